"""Spikes as ticks over the traces."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from gui import theme
from gui.plots import look
from gui.plots.view_box import ScopeViewBox


class SpikeRow(pg.PlotItem):  # type: ignore[misc]  # pyqtgraph has no types
    """One tick for each spike, or for all that fall on one pixel."""

    def __init__(self) -> None:
        self.view = ScopeViewBox()
        super().__init__(viewBox=self.view, enableMenu=False)
        self.hideButtons()
        self.view.setMouseEnabled(x=True, y=False)
        self.view.setYRange(0, 1, padding=0)
        self._times: NDArray[np.float64] = np.empty(0)
        self._ticks = pg.PlotCurveItem(connect="pairs")
        self.addItem(self._ticks, ignoreBounds=True)
        self.getAxis("left").setTicks([[(0.5, "Spikes")]])
        self.view.sigXRangeChanged.connect(lambda *_: self.redraw())
        self.dress()

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        look.dress(self)
        self._ticks.setPen(look.line_pen(theme.colours().text))

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._times)

    def show_spikes(self, times: NDArray[np.float64]) -> None:
        """Draw these times in ms."""
        if len(times) != len(self._times):
            self._times = np.sort(times[np.isfinite(times)])
            self.redraw()

    def redraw(self) -> None:
        """Take what is to be seen."""
        first, last = self.view.viewRange()[0]
        begin, end = np.searchsorted(self._times, (first, last))
        pixel = max((last - first) / max(self.view.width(), 16), 1e-12)
        shown = self._times[begin:end]
        if len(shown) > 1:
            shown = shown[np.concatenate([[True], np.diff(np.floor(shown / pixel)) > 0])]
        self._ticks.setData(np.repeat(shown, 2), np.tile([0.1, 0.9], len(shown)), connect="pairs")
