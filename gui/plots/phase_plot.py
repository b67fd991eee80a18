"""How fast voltages change against what they are: a loop for each action potential."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gui.plots import look
from gui.plots.distance_plot import DistancePlot
from gui.plots.picture import LegendEntry

Floats = NDArray[np.float64]
VOLTAGE: Final = "Voltage (mV)"
SLOPE: Final = "dV/dt (mV/ms)"


@dataclass(frozen=True, eq=False)
class PhaseCurve:
    """One trace: (n,) ms, (n,) mV and (n,) mV/ms; `colour`: "#rrggbb"."""

    name: str
    colour: str
    times: Floats
    voltage: Floats
    slope: Floats


class PhasePlot(DistancePlot):
    """The last curve lies over the others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.curves: tuple[PhaseCurve, ...] = ()
        self._items: list[pg.PlotCurveItem] = []
        super().__init__("Phase plane: dV/dt against the voltage", parent)
        self.name_values(SLOPE)
        self.getPlotItem().setLabel("bottom", VOLTAGE)

    def show_curves(self, curves: Sequence[PhaseCurve]) -> None:
        """Draw these and no others; the axes follow them until the user moves them."""
        for item in self._items:
            self.removeItem(item)
        self.curves = tuple(curves)
        self._items = [
            pg.PlotCurveItem(each.voltage, each.slope, pen=look.line_pen(each.colour), connect="finite")
            for each in curves
        ]
        for item in self._items:
            self.addItem(item, ignoreBounds=True)
        self.mark(None)
        self.offer(self._all("voltage"), self._all("slope"))
        if self.follows:
            self.home()

    def curve_at(self, point: int) -> tuple[PhaseCurve, int]:
        """The curve of a point that can be read off, and its place in that curve."""
        for each in self.curves:
            if point < len(each.times):
                return each, point
            point -= len(each.times)
        raise IndexError(point)

    def legend(self) -> list[LegendEntry]:
        """What the colours are."""
        return [(look.line_pen(each.colour), each.name) for each in self.curves]

    @override
    def dress(self) -> None:
        super().dress()
        self.getPlotItem().setLabel("bottom", VOLTAGE)

    @override
    def home(self) -> None:
        x, y = self._all("voltage"), self._all("slope")
        there = np.isfinite(x) & np.isfinite(y)
        if there.any():
            x, y = x[there], y[there]
            self.fit((float(x.min()), float(x.max())), [(float(y.min()), float(y.max()))])
        else:
            self.fit((-80.0, 40.0), [(-100.0, 100.0)])

    def _all(self, axis: str) -> Floats:
        return np.concatenate([np.empty(0), *(getattr(each, axis) for each in self.curves)])
