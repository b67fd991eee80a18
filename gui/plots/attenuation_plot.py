"""How far a signal has fallen off, against the distance: a dot for each segment, a curve for each fit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gui.plots import look
from gui.plots.distance_plot import DistancePlot, Floats
from gui.plots.picture import LegendEntry


@dataclass(frozen=True, eq=False)
class Group:
    """The segments of one type. `curve`: a fit, as distances and values; empty where there is none."""

    name: str
    colour: str
    symbol: str
    points: NDArray[np.intp]  # (n,) numbers of segments
    distances: Floats  # (n,) µm
    values: Floats  # (n,)
    curve: tuple[Floats, Floats]


class AttenuationPlot(DistancePlot):
    """Groups in their colours, each with a symbol of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._items: list[tuple[pg.ScatterPlotItem, pg.PlotCurveItem]] = []
        self.groups: tuple[Group, ...] = ()
        self.segments: NDArray[np.intp] = np.empty(0, dtype=np.intp)  # of the points that can be read off
        super().__init__("Amplitudes of all segments, against the distance", parent)

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Draw these and no others."""
        for pair in self._items:
            for item in pair:
                self.removeItem(item)
        self._items, self.groups = [], tuple(groups)
        for group in groups:
            dots = pg.ScatterPlotItem(
                *(group.distances, group.values),
                symbol=group.symbol,
                size=round(0.45 * look.em()),
                pen=None,
                brush=look.as_rgba(group.colour, 110),
            )
            curve = pg.PlotCurveItem(*group.curve, pen=look.line_pen(group.colour, width=2.0))
            curve.setZValue(10)
            for item in (dots, curve):
                self.addItem(item, ignoreBounds=True)
            self._items.append((dots, curve))
        together = (
            [np.concatenate([getattr(group, name) for group in groups]) for name in _OF_POINTS]
            if groups
            else []
        )
        self.segments, distances, values = together or (np.empty(0, dtype=np.intp), np.empty(0), np.empty(0))
        self.offer(distances, values)
        self.mark(None)
        if self.follows:
            self.home()

    def at(self, point: int) -> tuple[float, float]:
        """Distance (µm) and value of a point that can be read off."""
        distances, values = self._spots
        return float(distances[point]), float(values[point])

    def legend(self) -> list[LegendEntry]:
        """What the colours are."""
        return [(look.line_pen(group.colour, width=2.0), group.name) for group in self.groups]

    @override
    def home(self) -> None:
        distances = np.concatenate([np.zeros(1), *(group.distances for group in self.groups)])
        drawn = [values for group in self.groups for values in (group.values, group.curve[1])]
        values = np.concatenate([np.zeros(1), *drawn])
        self.fit((0.0, float(distances.max()) or 1.0), [(float(values.min()), float(values.max()))])


_OF_POINTS = ("points", "distances", "values")
