"""The sweeps of a family, one over the other, in colours that say their value."""

from typing import Final

import numpy as np
import pyqtgraph as pg
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gui.plots import look
from gui.plots.cell.colours import perceptual
from gui.plots.distance_plot import DistancePlot
from gui.plots.picture import LegendEntry
from gui.plots.value_range import Range

Floats = NDArray[np.float64]
_MOST: Final = 400  # of a larger family every so-manieth is drawn
_GLITCH: Final = 5  # samples: in so many, what is there once or twice is left out of the range
_NAMED: Final = 5  # values in the legend of a picture
_BINS: Final = 2000  # of a sweep: the least and the greatest in each are drawn


class SweepPlot(DistancePlot):
    """Sweeps are added as they end; their colours follow the range of all values."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._curves: list[tuple[float, pg.PlotCurveItem]] = []
        self._extents: list[Range] = []
        self._range_ms = (0.0, 1.0)
        super().__init__("Sweeps, one over the other", parent)
        self.getPlotItem().setLabel("bottom", "Time (ms)")
        self.name_values("Voltage (mV)")

    def clear_sweeps(self, title: str) -> None:
        """Another family begins."""
        for _, curve in self._curves:
            self.removeItem(curve)
        self._curves, self._extents = [], []
        self._range_ms = (0.0, 1.0)
        self.name_values(title)
        self.fit(self._range_ms, ())

    def add_sweep(self, value: float, interval: float, samples: Floats) -> None:
        """One more: (n,) samples, one every `interval` ms."""
        if len(self._curves) >= _MOST:
            return
        curve = pg.PlotCurveItem(*_outlined(interval, samples), connect="finite")
        self._curves.append((value, curve))
        self.addItem(curve, ignoreBounds=True)
        self._range_ms = (0.0, max(self._range_ms[1], interval * (len(samples) - 1)))
        self._colour()
        self._extents.append(_without_glitches(samples))
        self.show_ranges(self._range_ms, self._extents[-1:])

    @property
    def values(self) -> tuple[float, float] | None:
        """The least and the greatest value of what is drawn; None: there is nothing."""
        numbers = [value for value, _ in self._curves]
        return (min(numbers), max(numbers)) if numbers else None

    def colour_of(self, value: float) -> QColor:
        """The colour of a value."""
        low, high = self.values or (0.0, 1.0)
        return perceptual((value - low) / (high - low) if high > low else 0.5)

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
        for value, curve in self._curves:
            curve.setPen(look.line_pen(self.colour_of(value)))


def _without_glitches(samples: Floats) -> Range:
    """The least and the greatest value that last longer than a membrane is charged by a clamp."""
    if len(samples) < _GLITCH:
        return float(samples.min()), float(samples.max())
    windows = np.sort(sliding_window_view(samples, _GLITCH), axis=1)[:, _GLITCH // 2]
    return float(windows.min()), float(windows.max())


def _outlined(interval: float, samples: Floats) -> tuple[Floats, Floats]:
    """Times and values of a line that looks like all samples: of each bin the least and the greatest."""
    if len(samples) <= 2 * _BINS:
        return np.arange(len(samples), dtype=np.float64) * interval, samples
    width = -(-len(samples) // _BINS)
    padded = np.pad(samples, (0, -len(samples) % width), mode="edge").reshape(-1, width)
    values = np.column_stack([padded.min(axis=1), padded.max(axis=1)]).ravel()
    times = np.repeat((np.arange(len(padded)) + 0.5) * width * interval, 2)
    return times.astype(np.float64), values
