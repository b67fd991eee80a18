"""The sweeps of a family, one over the other, in colours that say their value."""

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gui.plots import look
from gui.plots.cell.colours import perceptual
from gui.plots.distance_plot import DistancePlot
from gui.plots.picture import LegendEntry
from gui.plots.sweep_curve import SweepCurve, outlined
from gui.plots.value_range import Range

Floats = NDArray[np.float64]
_MOST: Final = 200  # of a larger family every second is drawn, or every fourth, and so on
_GLITCH: Final = 5  # samples: in so many, what is there once or twice is left out of the range
_NAMED: Final = 5  # values in the legend of a picture
_BINS: Final = {0: 2000, 10: 500, 40: 200, 100: 100}  # of a sweep, where there are so many or more
_SOON_MS: Final = 100
_STEPS: Final = 100  # of colours


class SweepPlot(DistancePlot):
    """Sweeps are added as they end; their colours follow the range of all values."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._curves: list[tuple[float, SweepCurve]] = []
        self._waiting: list[SweepCurve] = []  # of them, those that are not drawn yet
        self.every = 1  # of so many sweeps one is drawn
        self._added = 0
        self._extents: list[Range] = []
        self._range_ms = (0.0, 1.0)
        super().__init__("Sweeps, one over the other", parent)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.draw_waiting)
        self.getPlotItem().setLabel("bottom", "Time (ms)")
        self.name_values("Voltage (mV)")

    def clear_sweeps(self, title: str) -> None:
        """Another family begins."""
        self.draw_waiting()
        for _, curve in self._curves:
            self.removeItem(curve)
        self._curves, self._extents = [], []
        self.every, self._added = 1, 0
        self._range_ms = (0.0, 1.0)
        self.name_values(title)
        self.fit(self._range_ms, ())

    def add_sweep(self, value: float, interval: float, samples: Floats) -> None:
        """One more: (n,) samples, one every `interval` ms."""
        number = self._added
        self._added += 1
        if number % self.every == 0 and len(self._curves) >= _MOST:
            self._thin()
        if number % self.every:
            return
        before = self._bins
        self._curves.append((value, SweepCurve(*self._outlined(interval, samples), QPen())))
        if self._bins < before:
            for _, curve in self._curves:
                curve.coarsen(self._bins)
        self._range_ms = (0.0, max(self._range_ms[1], interval * (len(samples) - 1)))
        self._extents.append(_without_glitches(samples))
        self._waiting.append(self._curves[-1][1])
        if len(self._curves) == 1:
            self.draw_waiting()
        elif not self._soon.isActive():
            self._soon.start()

    def draw_waiting(self) -> None:
        """Draw those that have come; several at once, since all are drawn again for each."""
        self._soon.stop()
        if not self._waiting:
            return
        for curve in self._waiting:
            self.addItem(curve, ignoreBounds=True)
        extents = self._extents[-len(self._waiting) :]
        self._waiting.clear()
        self._colour()
        self.show_ranges(self._range_ms, extents)

    @property
    def _bins(self) -> int:
        """Into how many a sweep is divided at the most, of which the least and the greatest are drawn."""
        return min(bins for count, bins in _BINS.items() if len(self._curves) >= count)

    def _outlined(self, interval: float, samples: Floats) -> tuple[Floats, Floats]:
        times = np.arange(len(samples), dtype=np.float64) * np.float64(interval)
        return outlined(times, samples, self._bins)

    def _thin(self) -> None:
        """Draw half as many."""
        self.draw_waiting()
        for _, curve in self._curves[1::2]:
            self.removeItem(curve)
        self._curves = self._curves[::2]
        self.every *= 2

    @property
    def values(self) -> tuple[float, float] | None:
        """The least and the greatest value of what is drawn; None: there is nothing."""
        numbers = [value for value, _ in self._curves]
        return (min(numbers), max(numbers)) if numbers else None

    def colour_of(self, value: float) -> QColor:
        """The colour of a value."""
        return perceptual(_part(value, self.values or (0.0, 1.0)))

    def legend(self, unit: str = "") -> list[LegendEntry]:
        """Some of the values, from the least to the greatest, with their colours."""
        values = np.unique([value for value, _ in self._curves])
        numbers = np.unique(np.linspace(0, max(len(values) - 1, 0), _NAMED).round().astype(int))
        chosen = values[numbers[: len(values)]].tolist()
        return [
            (look.line_pen(self.colour_of(each)), f"{each:.3g} {unit}".strip().replace("-", "−"))
            for each in chosen
        ]

    @override
    def dress(self) -> None:
        super().dress()
        self.getPlotItem().setLabel("bottom", "Time (ms)")
        self._colour()

    @override
    def home(self) -> None:
        self._shown = None
        self.fit(self._range_ms, self._extents)

    def _colour(self) -> None:
        values = self.values
        if values is None:
            return
        pens = [look.line_pen(perceptual(step / _STEPS)) for step in range(_STEPS + 1)]
        for value, curve in self._curves:
            curve.recolour(pens[round(_part(value, values) * _STEPS)])


def _part(value: float, values: Range) -> float:
    low, high = values
    return (value - low) / (high - low) if high > low else 0.5


def _without_glitches(samples: Floats) -> Range:
    """The least and the greatest value that last longer than a membrane is charged by a clamp."""
    if len(samples) < _GLITCH:
        return float(samples.min()), float(samples.max())
    windows = np.sort(sliding_window_view(samples, _GLITCH), axis=1)[:, _GLITCH // 2]
    return float(windows.min()), float(windows.max())
