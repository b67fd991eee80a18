"""How often which interval between spikes occurs, as bars."""

from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gui import theme
from gui.plots import look
from gui.plots.distance_plot import DistancePlot

Floats = NDArray[np.float64]
INTERVAL: Final = "Interval between spikes (ms)"
_FILL: Final = 110  # of 255


class IntervalPlot(DistancePlot):
    """Bars from one edge of a bin to the next."""

    _weight_of_values = 0.0  # the bar under the mouse, wherever in it

    def __init__(self, parent: QWidget | None = None) -> None:
        self.edges: Floats = np.zeros(1)
        self.counts: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._bars = pg.PlotCurveItem()
        super().__init__("How often which interval between spikes occurs", parent)
        self.addItem(self._bars, ignoreBounds=True)
        self.name_values("Intervals")
        self.getPlotItem().setLabel("bottom", INTERVAL)

    def show_counts(self, edges: Floats, counts: NDArray[np.int64]) -> None:
        """(n + 1,) ms and (n,): draw these."""
        self.edges, self.counts = edges, counts
        self._bars.setVisible(len(counts) > 0)
        if len(counts):
            self._bars.setData(edges, counts, stepMode="center", fillLevel=0)
        self.offer((edges[:-1] + edges[1:]) / 2, counts.astype(np.float64))
        self.mark(None)
        if self.follows:
            self.home()

    @override
    def dress(self) -> None:
        super().dress()
        self.getPlotItem().setLabel("bottom", INTERVAL)
        colour = theme.trace_colour(0)
        self._bars.setPen(look.line_pen(colour))
        self._bars.setBrush(look.as_rgba(colour, _FILL))

    @override
    def home(self) -> None:
        top = float(self.counts.max()) if len(self.counts) else 1.0
        self.fit((0.0, float(self.edges[-1]) or 1.0), [(0.0, top)])
