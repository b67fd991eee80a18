"""How often the sources of a raster fire: spikes in bins of time, in Hz per cell, a line for each band."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from gui.plots import look
from gui.plots.view_box import ScopeViewBox

_TITLE: Final = "Rate (Hz per cell)"
_MS_PER_S: Final = 1000.0
_TICKS: Final = 0.4  # of the usual density: the plot is low
_LEAST_TOP: Final = 1.0  # Hz
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of a raster that belong together: `start` to `stop` - 1, at least one. `colour`: "#rrggbb"."""

    name: str
    start: int
    stop: int
    colour: str


@dataclass(frozen=True, slots=True)
class Fired:
    """Spikes up to now: (n,) ms, ascending, and the row of each. From `end` (ms) on nothing is known."""

    times: NDArray[np.float64]
    rows: NDArray[np.int64]
    end: float


class RatePlot(pg.PlotItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Bins begin at multiples of their width. Where more would fall on a pixel, some are put together."""

    def __init__(self, bin_ms: float) -> None:
        self.view = ScopeViewBox()
        super().__init__(viewBox=self.view, enableMenu=False)
        self.bin_ms = bin_ms
        self.drawn_bin_ms = bin_ms
        self.follows_values = True
        self.bands: tuple[Band, ...] = ()
        self._curves: list[pg.PlotCurveItem] = []
        self._top = 0.0
        self.hideButtons()
        self.view.moved_by_user.connect(self._on_moved)
        self.dress()

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        look.dress(self)
        self.getAxis("left").setTickDensity(_TICKS)
        self._say()
        self._paint()

    def show_bands(self, bands: Sequence[Band]) -> None:
        """Other rows: a line for each band."""
        self.bands = tuple(bands)
        for curve in self._curves:
            self.removeItem(curve)
        self._curves = [pg.PlotCurveItem() for _ in self.bands]
        for curve in self._curves:
            self.addItem(curve, ignoreBounds=True)
        self._paint()
        self.fit()

    def fit(self) -> None:
        """Let the axis of rates follow them again."""
        self.follows_values, self._top = True, 0.0

    def redraw(self, fired: Fired) -> None:
        """Count the spikes that are in view."""
        first, last = self.view.viewRange()[0]
        edges = self._edges(max(first, 0.0), min(last, fired.end))
        self._say()
        highest = 0.0
        for band, curve in zip(self.bands, self._curves, strict=True):
            rates = rates_of(fired, band, edges)
            if len(rates):
                curve.setData(edges, rates, stepMode="center")
                highest = max(highest, float(rates.max()))
            curve.setVisible(len(rates) > 0)
        if not self._top or (self.follows_values and highest > self._top):
            self._top = max(1.1 * highest, _LEAST_TOP)
            self.view.setYRange(0, self._top, padding=0)

    def columns(self, fired: Fired) -> list[tuple[str, NDArray[np.float64]]]:
        """Of the whole run: the beginnings of the bins, and the rates of each band in them."""
        edges = _edges(0.0, fired.end, self.bin_ms)
        rates = [(f"{band.name} (Hz per cell)", rates_of(fired, band, edges)) for band in self.bands]
        return [("bin begins (ms)", edges[:-1]), *rates]

    def _edges(self, first: float, last: float) -> NDArray[np.float64]:
        pixels = max(self.view.width(), 16)
        together = max(math.ceil((last - first) / self.bin_ms / pixels), 1) if last > first else 1
        self.drawn_bin_ms = self.bin_ms * together
        return _edges(first, last, self.drawn_bin_ms)

    def _say(self) -> None:
        title = f"{_TITLE}, bins of {self.drawn_bin_ms:g} ms"
        if self.titleLabel.text != title:
            look.caption(self, title)

    def _on_moved(self, _time: bool, values: bool) -> None:  # noqa: FBT001 - a slot
        if values:
            self.follows_values = False

    def _paint(self) -> None:
        for band, curve in zip(self.bands, self._curves, strict=True):
            curve.setPen(look.line_pen(band.colour))


def rates_of(fired: Fired, band: Band, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """(bins,) Hz per row of a band between `edges`, (bins + 1,) ms; one on an edge is of the later bin."""
    if len(edges) < 2:
        return np.empty(0)
    begin, end = np.searchsorted(fired.times, (edges[0], edges[-1]))
    rows = fired.rows[begin:end]
    its = fired.times[begin:end][(rows >= band.start) & (rows < band.stop)]
    counts = np.diff(np.searchsorted(its, edges, side="left")).astype(np.float64)
    return counts * _MS_PER_S / np.diff(edges) / max(band.stop - band.start, 1)


def _edges(first: float, last: float, width: float) -> NDArray[np.float64]:
    """Multiples of the width around a stretch of time; the last bin ends where the stretch does.

    A last bin that is not complete is left out: few spikes in a short time look like a high rate.
    """
    begin = math.floor(first / width + _ROUNDING)
    end = math.floor(last / width + _ROUNDING)
    if end <= begin:
        return np.empty(0)
    return np.arange(begin, end + 1, dtype=np.float64) * width
