"""Plots of several panels with one axis of time: who zooms in one of them zooms all."""

from PySide6.QtCore import QObject

from gui.plots.stack import PlotStack
from gui.session.time_span import Span, TimeSpan


class SharedTime(QObject):
    """Tells the session what a stack of plots shows, and lets it show what another one told."""

    def __init__(self, span: TimeSpan, stack: PlotStack) -> None:
        super().__init__(stack)
        self._span, self._stack = span, stack
        stack.range_changed.connect(self._on_range)
        span.changed.connect(self._on_span)

    def _on_range(self, first: float, last: float) -> None:
        self._span.show(None if self._stack.follows_time else (first, last))

    def _on_span(self, span: Span | None) -> None:
        self._stack.show_span(span)
