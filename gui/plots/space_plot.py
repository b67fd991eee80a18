"""Values along a path through a cell, at one moment, between the highest and the lowest that they reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gui import theme
from gui.plots import look
from gui.plots.distance_plot import DistancePlot, Floats
from gui.plots.picture import LegendEntry
from gui.plots.value_range import Range

Values = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Stretch:
    """A section on the way: where it begins and ends in µm."""

    name: str
    begin: float
    end: float


class SpacePlot(DistancePlot):
    """One line for now, two thin ones around it with the room between them shaded."""

    _weight_of_values = 0.0

    def __init__(self, parent: QWidget | None = None) -> None:
        self._now = pg.PlotCurveItem()
        self._highest, self._lowest = pg.PlotCurveItem(), pg.PlotCurveItem()
        self._between = pg.FillBetweenItem(self._highest, self._lowest)
        self._borders: list[pg.InfiniteLine] = []
        self._stretches: tuple[Stretch, ...] = ()
        self._distances: Floats = np.empty(0)
        super().__init__("Values along a path through the cell, against the distance", parent)
        for item, height in ((self._between, 0), (self._lowest, 5), (self._highest, 5), (self._now, 10)):
            item.setZValue(height)
            self.addItem(item, ignoreBounds=True)
        self.view.sigXRangeChanged.connect(self._show_names)
        self.view.sigResized.connect(self._show_names)

    @override
    def dress(self) -> None:
        super().dress()
        self._now.setPen(now_pen())
        self._highest.setPen(highest_pen())
        self._lowest.setPen(lowest_pen())
        self._between.setBrush(look.as_rgba(theme.colours().accent, 36))
        self._between.setPen(None)
        top = self.getPlotItem().getAxis("top")
        top.setPen(look.line_pen(theme.colours().grid))
        top.setTextPen(look.line_pen(theme.colours().muted_text))
        top.setTickFont(self.getPlotItem().getAxis("bottom").style["tickFont"])
        top.setStyle(tickLength=0, tickTextOffset=2, autoReduceTextSpace=False)
        for border in self._borders:
            border.setPen(look.line_pen(theme.colours().grid))

    def show_path(self, distances: Floats, stretches: Sequence[Stretch]) -> None:
        """Another way: (n,) µm of its segments, and its sections."""
        self._distances = distances
        if tuple(stretches) != self._stretches:
            self._stretches = tuple(stretches)
            self._show_stretches()
        self.show_values(*(np.full(len(distances), np.nan),) * 3)
        self.fit(self._range(), ())

    def show_values(self, now: Values, lowest: Values, highest: Values) -> None:
        """(n,) each: at the moment that is shown, and the least and the greatest so far."""
        for curve, values in ((self._now, now), (self._lowest, lowest), (self._highest, highest)):
            curve.setData(self._distances, values, connect="finite")
        self.offer(self._distances, now)
        self.show_ranges(self._range(), self._extents())

    @override
    def home(self) -> None:
        self.fit(self._range(), self._extents())

    def legend(self) -> list[LegendEntry]:
        """What the lines are."""
        return [(now_pen(), "moment shown"), (highest_pen(), "highest"), (lowest_pen(), "lowest")]

    def drawn(self) -> tuple[Values, Values, Values]:
        """Now, lowest and highest, as they are drawn."""
        now, lowest, highest = (each.getData()[1] for each in (self._now, self._lowest, self._highest))
        return now, lowest, highest

    def _range(self) -> Range:
        return (0.0, float(self._distances[-1]) or 1.0) if self._distances.size else (0.0, 1.0)

    def _extents(self) -> list[Range]:
        values = np.concatenate([*self.drawn()]) if self._distances.size else np.empty(0)
        values = values[np.isfinite(values)]
        return [(float(values.min()), float(values.max()))] if values.size else []

    def _show_stretches(self) -> None:
        for border in self._borders:
            self.removeItem(border)
        self._borders = []
        for each in self._stretches[1:]:
            border = pg.InfiniteLine(pos=each.begin, angle=90, pen=look.line_pen(theme.colours().grid))
            border.setZValue(-10)
            self.addItem(border, ignoreBounds=True)
            self._borders.append(border)
        item = self.getPlotItem()
        item.showAxis("top", bool(self._stretches))
        self._show_names()

    def _show_names(self, *_what: object) -> None:
        """Of those sections that are long enough on the screen."""
        pixel = self.view.viewPixelSize()[0]
        names = [
            ((each.begin + each.end) / 2, each.name)
            for each in self._stretches
            if (each.end - each.begin) / pixel > look.text_width(each.name) + 0.4 * look.em()
        ]
        self.getPlotItem().getAxis("top").setTicks([names])


def now_pen() -> QPen:
    """The line at the moment that is shown."""
    return look.line_pen(theme.colours().accent, width=2.0)


def highest_pen() -> QPen:
    """The line of what was reached at most."""
    return look.line_pen(theme.trace_colour(1))


def lowest_pen() -> QPen:
    """The line of what was reached at least."""
    return look.line_pen(theme.trace_colour(2), (6.0, 3.0))
