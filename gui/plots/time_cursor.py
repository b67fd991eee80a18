"""The moment that all views show, as a line through plots that share the time."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QObject, Signal

from gui import theme
from gui.plots import look

_HEIGHT = 55  # over the traces and the cursors that measure


class TimeCursor(QObject):
    """A line that can be dragged; the last of the plots names its time."""

    dragged = Signal(float)  # ms: where the user wants it

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.time: float | None = None
        self._plots: tuple[pg.PlotItem, ...] = ()
        self._lines: list[tuple[pg.PlotItem, pg.InfiniteLine]] = []

    def attach(self, plots: Sequence[pg.PlotItem]) -> None:
        """Go through these plots, from the top."""
        if tuple(plots) != self._plots:
            self._plots = tuple(plots)
            self._rebuild()

    def show(self, time: float | None) -> None:
        """Stand at another time in ms; None: nowhere. Never emits."""
        is_same_kind = (time is None) == (self.time is None)
        self.time = time
        if not is_same_kind:
            self._rebuild()
        elif time is not None:
            for _, line in self._lines:
                line.setValue(time)

    def dress(self) -> None:
        """Take the colours of the window."""
        self._rebuild()

    def _rebuild(self) -> None:
        for plot, line in self._lines:
            plot.removeItem(line)
        self._lines = []
        if self.time is None:
            return
        for plot in self._plots:
            self._lines.append((plot, self._line_in(plot)))
        if self._lines:
            _label_of(self._lines[-1][1])

    def _line_in(self, plot: pg.PlotItem) -> pg.InfiniteLine:
        colour = theme.colours().accent
        line = pg.InfiniteLine(
            pos=self.time,
            angle=90,
            movable=True,
            pen=look.line_pen(colour),
            hoverPen=look.line_pen(colour, width=3),
        )
        line.setZValue(_HEIGHT)
        line.setToolTip("The moment that the cell is coloured by. Drag it; Esc shows the newest again")
        line.sigDragged.connect(self._on_dragged)
        plot.addItem(line, ignoreBounds=True)
        return line

    def _on_dragged(self, line: pg.InfiniteLine) -> None:
        wanted = float(line.value())
        if self.time is not None:
            line.setValue(self.time)  # it goes where it is told to, perhaps on the nearest sample
        self.dragged.emit(wanted)


def _label_of(line: pg.InfiniteLine) -> None:
    colours = theme.colours()
    label = pg.InfLineLabel(
        *(line, "{value:.7g} ms", False, 0.0),
        anchors=[(0, 1), (1, 1)],
        color=look.colour(colours.on_accent),
        fill=look.colour(colours.accent),
    )
    label.setZValue(_HEIGHT + 1)
