"""What a protocol found, as points, with fits, over what it found before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gui import theme
from gui.plots import look
from gui.plots.distance_plot import DistancePlot
from gui.plots.picture import LegendEntry

Floats = NDArray[np.float64]
_SYMBOLS = ("o", "s", "t1", "d")
_GHOST_ALPHA = 110


@dataclass(frozen=True, eq=False)
class Series:
    """Points of one quantity; `fit`: a curve without points. `ghost`: of an earlier measurement."""

    name: str
    x: Floats
    y: Floats
    colour: int = 0
    fit: bool = False
    ghost: bool = False


class ResultPlot(DistancePlot):
    """Any quantity against any other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._items: list[pg.PlotDataItem] = []
        self.series: tuple[Series, ...] = ()
        self._x_title = ""
        super().__init__("What the protocol found", parent)
        for side in ("bottom", "left"):  # their titles name a unit, with which a factor of 0.001 does not go
            self.getPlotItem().getAxis(side).enableAutoSIPrefix(False)

    def show_series(self, series: Sequence[Series], x_title: str, y_title: str) -> None:
        """Draw these and no others, on axes that fit."""
        for item in self._items:
            self.removeItem(item)
        self._items, self.series, self._x_title = [], tuple(series), x_title
        for each in series:
            item = self._drawn(each)
            self._items.append(item)
            self.addItem(item, ignoreBounds=True)
        own = [each for each in series if not each.fit and not each.ghost]
        together = [np.concatenate([getattr(each, axis) for each in own]) for axis in "xy"] if own else None
        self.offer(*(together or (np.empty(0), np.empty(0))))
        self.mark(None)
        self.getPlotItem().setLabel("bottom", x_title)
        self.name_values(y_title)
        self.home()

    def legend(self) -> list[LegendEntry]:
        """What the colours are."""
        return [(_pen(each), each.name) for each in self.series]

    @override
    def dress(self) -> None:
        super().dress()
        self.getPlotItem().setLabel("bottom", self._x_title)
        if self.series:
            self.show_series(self.series, self._x_title, self.title)

    @override
    def home(self) -> None:
        x = np.concatenate([np.empty(0), *(each.x for each in self.series)])
        y = np.concatenate([np.empty(0), *(each.y for each in self.series)])
        there = np.isfinite(x) & np.isfinite(y)
        if not there.any():
            self.fit((0.0, 1.0), ())
            return
        low, high = float(x[there].min()), float(x[there].max())
        if low == high:
            low, high = low - 0.5, high + 0.5
        self.fit((low, high), [(float(y[there].min()), float(y[there].max()))])

    def _drawn(self, series: Series) -> pg.PlotDataItem:
        if series.fit:
            return pg.PlotDataItem(series.x, series.y, pen=_pen(series), connect="finite")
        colour = look.as_rgba(theme.trace_colour(series.colour), _GHOST_ALPHA if series.ghost else 255)
        return pg.PlotDataItem(
            *(series.x, series.y),
            pen=_pen(series),
            connect="finite",
            symbol=_SYMBOLS[series.colour % len(_SYMBOLS)],
            symbolSize=round(0.5 * look.em()),
            symbolBrush=None if series.ghost else colour,
            symbolPen=look.line_pen(colour),
        )


def _pen(series: Series) -> QPen:
    colour = look.as_rgba(theme.trace_colour(series.colour), _GHOST_ALPHA if series.ghost else 255)
    return look.line_pen(colour, (5.0, 4.0) if series.fit or series.ghost else None)
