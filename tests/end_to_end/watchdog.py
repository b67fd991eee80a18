"""Notices when the event loop stands still."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

STUMBLE_MS, STALL_MS = 16.0, 100.0
_BEAT_MS = 4
_SCHEDULER = Path("/proc/thread-self/schedstat")  # of Linux: ns at work, ns waiting for a processor, turns


class Watchdog(QObject):
    """Beats in the event loop, and remembers each gap between two beats.

    What the window waited for a processor, because the machine had other work, is not its fault.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.gaps_ms: list[float] = []
        self._last = self._last_wait = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """From now on."""
        self.gaps_ms.clear()
        self._last, self._last_wait = time.perf_counter(), waited_s()
        self._timer.start()

    @contextlib.contextmanager
    def looking_away(self) -> Iterator[None]:
        """What the test itself does meanwhile, such as writing a picture into a file, does not count."""
        began, began_wait = time.perf_counter(), waited_s()
        yield
        self._last += time.perf_counter() - began
        self._last_wait += waited_s() - began_wait

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    @property
    def stumbles(self) -> list[float]:
        """Gaps over 16 ms, worst first."""
        return sorted((gap for gap in self.gaps_ms if gap > STUMBLE_MS), reverse=True)

    @property
    def stalls(self) -> list[float]:
        """Gaps over 100 ms, worst first."""
        return [gap for gap in self.stumbles if gap > STALL_MS]

    def _beat(self) -> None:
        now, wait = time.perf_counter(), waited_s()
        self.gaps_ms.append(1000 * (now - self._last - (wait - self._last_wait)) - _BEAT_MS)
        self._last, self._last_wait = now, wait


def waited_s() -> float:
    """How long this thread was ready to work, and another had the processor."""
    return int(_SCHEDULER.read_text().split()[1]) / 1e9 if _SCHEDULER.exists() else 0.0
