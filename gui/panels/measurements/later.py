"""Work whose result is shown while what it is of may change: done when that has settled, or given up."""

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import EngineError
from gui.background import Task, in_background

_SETTLED_MS: Final = 120  # since the last change: a region that is dragged changes with every pixel


class Later(QObject):
    """One piece of work at a time; who wants another gives up the one before."""

    progressed = Signal(int, int)  # done, total
    failed = Signal(object)  # EngineError

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: Callable[[Task], Any] = lambda _task: None
        self._done: Callable[[Any], object] = lambda _found: None
        self._task: Task | None = None
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._begin)

    @property
    def is_computing(self) -> bool:
        """Whether what was wanted last is not done."""
        return self._task is not None or self._settled.isActive()

    def want(self, work: Callable[[Task], Any], done: Callable[[Any], object]) -> None:
        """Do this in a thread soon, and `done` with its result in the window's."""
        self.cancel()
        self._work, self._done = work, done
        self._settled.start()

    def cancel(self) -> None:
        """Give it up; nothing comes of it."""
        self._settled.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _begin(self) -> None:
        self._task = in_background(self._work, self._on_done, self._on_failed)
        self._task.progressed.connect(self._on_progressed)

    def _on_progressed(self, done: int, total: int, _text: str) -> None:
        if self.sender() is self._task:
            self.progressed.emit(done, total)

    def _on_done(self, found: object) -> None:
        self._task = None
        self._done(found)

    def _on_failed(self, error: EngineError) -> None:
        self._task = None
        self.failed.emit(error)
