"""The result of a protocol as it grows: worked out in a thread, and not for every sweep."""

import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import EngineError
from gui.background import Task, in_background

if TYPE_CHECKING:
    from engine.protocols.protocol import Protocol
    from engine.protocols.sweeps import Batch, Bench, Outcome, Result

_SHARE: Final = 5  # of the time that passes, it takes no more than a fifth
_SHORTEST_MS: Final = 100


class InterimResult(QObject):
    """What is known of one protocol at a time, while its sweeps come."""

    grew = Signal(object)  # Result

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._protocol: Protocol | None = None
        self._bench: Bench | None = None
        self._answered: list[list[Outcome]] = []
        self._batch: Batch = ()
        self._task: Task | None = None
        self._is_stale = False
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._go_on)

    def begin(self, protocol: "Protocol", bench: "Bench") -> None:
        """Another one."""
        self.end()
        self._protocol, self._bench = protocol, bench

    def expect(self, batch: "Batch") -> None:
        """These sweeps are run next."""
        self._batch = batch
        self._answered.append([])

    def take(self, outcome: "Outcome") -> None:
        """One of them has ended."""
        self._answered[-1].append(outcome)
        self._is_stale = True
        self._go_on()

    def end(self) -> None:
        """The whole result is known, or will never be."""
        if self._task is not None:
            self._task.cancel()
        self._pause.stop()
        self._protocol, self._bench, self._task, self._is_stale = None, None, None, False
        self._batch, self._answered = (), []

    def _go_on(self) -> None:
        protocol, bench, batch = self._protocol, self._bench, self._batch
        if protocol is None or bench is None or not self._is_stale:
            return
        if self._task is not None or self._pause.isActive():
            return
        answered = [tuple(each) for each in self._answered]

        def work(_task: Task) -> tuple["Result | None", float]:
            from engine.protocols.interim import so_far

            began = time.perf_counter()
            return so_far(protocol, bench, answered, batch), time.perf_counter() - began

        self._is_stale = False
        self._task = in_background(work, self._on_known, self._on_failed)

    def _on_known(self, known: tuple["Result | None", float]) -> None:
        self._task = None
        result, seconds = known
        self._pause.start(max(round(_SHARE * seconds * 1000), _SHORTEST_MS))
        if result is not None:
            self.grew.emit(result)

    def _on_failed(self, _error: EngineError) -> None:
        """The whole result will tell why."""
        self._task = None
