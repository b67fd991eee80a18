"""Python's garbage collector, kept in the window's thread.

It may start in any thread that makes objects, and destroys what it finds there; a QObject that is destroyed
in a thread that is not its own takes the program along.
"""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_LOOK_EVERY_MS: Final = 250


class GarbageCollector(QObject):
    """Collects as often as Python itself would, from the event loop only."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def keep_what_is_there(self) -> None:
        """Look only at what is made from now on: a look at all of a program takes 50 ms and more."""
        gc.freeze()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _look(self) -> None:
        counts = gc.get_count()
        oldest = max((k for k in range(3) if counts[k] > self._thresholds[k]), default=-1)
        if oldest >= 0:
            gc.collect(oldest)
