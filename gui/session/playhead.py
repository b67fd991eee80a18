"""The moment that all views show: of the run that is drawn, at a time, or wherever the run is."""

from PySide6.QtCore import QObject, Signal


class Playhead(QObject):
    """Traces mark it, the cell is coloured as it was then. None: the newest sample there is."""

    moved = Signal(object)  # float in ms, or None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.time: float | None = None

    def move(self, time: float | None) -> None:
        """Show another moment (ms)."""
        if time != self.time:
            self.time = time
            self.moved.emit(time)
