"""The mouse on a trace lights up its site on the cell, and the mouse on a site makes its traces bold."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from engine.experiment.targets import Site
from gui.panels.scope.lines import DrawnRuns
from gui.plots.stack import PlotStack
from gui.plots.trace_plot import Reading, TracePlot
from gui.session.session import Session


class Linking(QObject):
    """Only pens change: no trace is drawn anew for a mouse that passes by."""

    def __init__(self, session: Session, stack: PlotStack, drawn: Callable[[], DrawnRuns]) -> None:
        super().__init__(stack)
        self._pointing, self._stack, self._drawn = session.pointing, stack, drawn
        self._points = False  # what is pointed at was pointed at here
        stack.hovered.connect(self._on_hovered)
        stack.drawing.connect(self.show)
        self._pointing.changed.connect(self.show)

    def show(self, *_site: object) -> None:
        """Make the traces of the site that the mouse is over bold, and no others."""
        site = self._pointing.site
        bold = {
            (run.id, head.id)
            for run in self._drawn().all
            for head in run.heads
            if site is not None and head.site == site
        }
        for plot in self._stack.rows:
            if isinstance(plot, TracePlot):
                plot.embolden(bold)

    def _on_hovered(self, reading: Reading | None) -> None:
        site = self._site(reading) if reading is not None else None
        if site is not None or self._points:
            self._points = site is not None
            self._pointing.point_at(site)

    def _site(self, reading: Reading) -> Site | None:
        for run in self._drawn().all:
            for head in run.heads:
                if reading.line.key == (run.id, head.id):
                    return head.site
        return None
