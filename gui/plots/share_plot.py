"""Shares of all current in one direction, one on the other, and how large all of it is."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from typing_extensions import override

from gui import theme
from gui.plots import look
from gui.plots.view_box import ScopeViewBox

Floats = NDArray[np.float64]
_MOST_DECADES: Final = 6  # of an axis of totals: what is less is nothing
_MOST_STEPS: Final = 2  # between the ticks of a low plot
_PERCENT: Final = 100.0
_HEADROOM: Final = 4.0  # %, under the caption


class _TimePlot(pg.PlotItem):  # type: ignore[misc]  # pyqtgraph has no types
    """A row of a stack whose values do not move."""

    def __init__(self, title: str) -> None:
        self.view = ScopeViewBox()
        super().__init__(viewBox=self.view, enableMenu=False)
        self.title = title
        self.hideButtons()
        self.view.setMouseEnabled(x=True, y=False)
        self.dress()

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        look.dress(self)
        look.caption(self, self.title)


class SharePlot(_TimePlot):
    """The first share is at the bottom; all together are 100 %, or nothing where there is no current."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.times: Floats = np.empty(0)
        self.tops: Floats = np.empty((0, 0))  # (k, n) %, where each share ends
        self._areas: list[pg.PlotCurveItem] = []
        self.view.setYRange(0, _PERCENT + _HEADROOM, padding=0)
        self.getAxis("left").setTicks([[(percent, f"{percent:g}") for percent in (0.0, 50.0, _PERCENT)]])

    def show_shares(self, times: Floats, shares: Floats, colours: Sequence[str]) -> None:
        """(n,) ms and (k, n) parts of 1."""
        for area in self._areas:
            self.removeItem(area)
        self.times, self.tops = times, np.cumsum(shares, axis=0) * _PERCENT
        self._areas = []
        for number, colour in enumerate(colours):
            area = pg.PlotCurveItem(
                times, self.tops[number], fillLevel=0, brush=look.colour(colour), pen=None
            )
            area.setZValue(1 - number / len(colours))  # the one below hides what this one fills down there
            self.addItem(area, ignoreBounds=True)
            self._areas.append(area)

    def share_at(self, time: float, percent: float) -> tuple[int, int] | None:
        """Which share is drawn at a place, and in which column; None: there is none."""
        if not len(self.times) or not 0 <= percent <= _PERCENT:
            return None
        column = int(np.argmin(np.abs(self.times - time)))
        number = int(np.searchsorted(self.tops[:, column], percent))
        return (number, column) if number < len(self.tops) else None


class TotalPlot(_TimePlot):
    """All outward and all inward current on a logarithmic axis, both upwards."""

    def __init__(self, title: str) -> None:
        self._curves = (pg.PlotCurveItem(connect="finite"), pg.PlotCurveItem(connect="finite"))
        super().__init__(title)
        for curve in self._curves:
            self.addItem(curve, ignoreBounds=True)

    def show_totals(self, times: Floats, outward: Floats, inward: Floats) -> None:
        """(n,) ms, and two of (n,) in mA/cm²."""
        positive = np.concatenate([each[each > 0] for each in (outward, inward)])
        if len(positive):
            high = math.ceil(math.log10(positive.max()))
            low = max(math.floor(math.log10(positive.min())), high - _MOST_DECADES)
            high = max(high, low + 1)
            self.view.setYRange(low, high, padding=0)
            powers = range(high, low - 1, -math.ceil((high - low) / _MOST_STEPS))
            self.getAxis("left").setTicks([[(float(power), f"{10.0**power:g}") for power in powers]])
        for curve, values in zip(self._curves, (outward, inward), strict=True):
            with np.errstate(divide="ignore"):
                curve.setData(times, np.where(values > 0, np.log10(values), np.nan), connect="finite")

    @override
    def dress(self) -> None:
        super().dress()
        outward, inward = self._curves
        outward.setPen(look.line_pen(theme.colours().text))
        inward.setPen(look.line_pen(theme.colours().accent, (6, 3)))


def share_colour(number: int) -> str:
    """Of a current, as "#rrggbb": those of traces, then the same a little lighter."""
    base = look.colour(theme.trace_colour(number))
    return str((base if number < theme.TRACE_COLOURS else base.lighter(150)).name())
