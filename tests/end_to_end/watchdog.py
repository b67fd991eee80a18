"""Notices when the event loop stands still."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

STUMBLE_MS, STALL_MS = 16.0, 100.0
_LONGEST_MS = 250.0  # however little of it was the window's own work
_HICCUP_MS = 150.0
_BEAT_MS = 4
_SCHEDULER = Path("/proc/thread-self/schedstat")  # of Linux: ns at work, ns waiting for a processor, turns


class Watchdog(QObject):
    """Beats in the event loop, and remembers each gap between two beats.

    What the window waited for a processor, because the machine had other work, is not its fault.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.gaps_ms: list[float] = []
        self._work_ms: list[float] = []  # of the window's thread, in each gap
        self._last = self._last_wait = self._last_work = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """From now on."""
        self.gaps_ms.clear()
        self._work_ms.clear()
        self._last, self._last_wait, self._last_work = time.perf_counter(), waited_s(), time.thread_time()
        self._timer.start()

    @contextlib.contextmanager
    def looking_away(self) -> Iterator[None]:
        """What the test itself does meanwhile, such as writing a picture into a file, does not count."""
        began, began_wait, began_work = time.perf_counter(), waited_s(), time.thread_time()
        yield
        self._last += time.perf_counter() - began
        self._last_wait += waited_s() - began_wait
        self._last_work += time.thread_time() - began_work

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    @property
    def is_beating(self) -> bool:
        """Whether it looks."""
        return self._timer.isActive()

    @property
    def stumbles(self) -> list[float]:
        """Gaps over 16 ms, worst first."""
        return sorted((gap for gap in self.gaps_ms if gap > STUMBLE_MS), reverse=True)

    @property
    def stalls(self) -> list[float]:
        """Gaps in which the window worked for over 100 ms, or that were over 250 ms whatever it did.

        A single one under 150 ms is forgiven: a machine that is shared with others takes twice as long for
        the same work now and then, and calls that work of ours.
        """
        found = zip(self.gaps_ms, self._work_ms, strict=True)
        stalls = sorted((gap for gap, work in found if work > STALL_MS or gap > _LONGEST_MS), reverse=True)
        return [] if len(stalls) == 1 and stalls[0] < _HICCUP_MS else stalls

    def _beat(self) -> None:
        now, wait = time.perf_counter(), waited_s()
        self.gaps_ms.append(1000 * (now - self._last - (wait - self._last_wait)) - _BEAT_MS)
        work = time.thread_time()
        self._work_ms.append(1000 * (work - self._last_work))
        self._last, self._last_wait, self._last_work = now, wait, work


def waited_s() -> float:
    """How long this thread was ready to work, and another had the processor."""
    return int(_SCHEDULER.read_text().split()[1]) / 1e9 if _SCHEDULER.exists() else 0.0
