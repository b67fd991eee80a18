"""The stretch of time that plots of a run show together: a part that somebody zoomed to, or the whole."""

from PySide6.QtCore import QObject, Signal

Span = tuple[float, float]


class TimeSpan(QObject):
    """None: each plot shows all that there is of its run."""

    changed = Signal(object)  # (first, last) in ms, or None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.span: Span | None = None

    def show(self, span: Span | None) -> None:
        """Look at another stretch."""
        if span != self.span:
            self.span = span
            self.changed.emit(span)
