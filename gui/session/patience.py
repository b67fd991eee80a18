"""Waiting that does not blame others for the time in which we were asleep ourselves."""

from PySide6.QtCore import QObject, QTimer, Signal

_TICKS = 8


class Patience(QObject):
    """Runs out after `interval_ms` without a `refresh`, counted only while this event loop turns.

    A plain timer that falls due in a blocked event loop fires before what came meanwhile is read.
    """

    ran_out = Signal()

    def __init__(self, interval_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left = _TICKS
        self._timer = QTimer(self)
        self._timer.setInterval(max(interval_ms // _TICKS, 1))
        self._timer.timeout.connect(self._on_tick)

    def start(self) -> None:
        """Begin, or go on, to wait."""
        if not self._timer.isActive():
            self._left = _TICKS
            self._timer.start()

    def refresh(self) -> None:
        """Begin again: there was a sign of life."""
        self._left = _TICKS

    def stop(self) -> None:
        """Wait no longer."""
        self._timer.stop()

    def _on_tick(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self._timer.stop()
            self.ran_out.emit()
