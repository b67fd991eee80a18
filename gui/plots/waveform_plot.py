"""Piecewise linear signals that a run will play, over the time of the run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QPen

from gui import theme
from gui.plots import look
from gui.plots.value_range import extent, fitted
from gui.plots.view_box import ScopeViewBox

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlayedSignal:
    """Points at ms; `rests_at`: what it is before the first and after the last one, None: it is off then."""

    time: Numbers
    amplitude: Numbers
    pen: QPen
    rests_at: float | None = 0.0
    is_on_top: bool = False


class WaveformPlot(pg.PlotItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Signals of one unit. What lies behind the end of the run is grey and dashed, on a shaded ground."""

    def __init__(self, title: str) -> None:
        self.view = ScopeViewBox()
        super().__init__(viewBox=self.view, enableMenu=False)
        self.title = title
        self.hideButtons()
        self.view.setMouseEnabled(x=True, y=False)
        self._curves: list[tuple[pg.PlotCurveItem, pg.PlotCurveItem, PlayedSignal]] = []
        self._end = 0.0
        self._after = pg.LinearRegionItem(movable=False)
        self._after.setZValue(-10)
        self.addItem(self._after, ignoreBounds=True)
        self.view.sigXRangeChanged.connect(lambda *_: self.redraw())
        self.dress()

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        look.dress(self)
        look.caption(self, self.title)
        colours = theme.colours()
        self._after.setBrush(look.as_rgba(colours.grid, 120))
        for line in self._after.lines:
            line.setPen(look.line_pen(colours.muted_text))
            line.setHoverPen(look.line_pen(colours.muted_text))

    def show_signals(self, signals: Sequence[PlayedSignal], end_ms: float) -> None:
        """Draw these; the run ends at `end_ms`."""
        for inside, after, _ in self._curves:
            self.removeItem(inside)
            self.removeItem(after)
        self._curves, self._end = [], end_ms
        for signal in signals:
            pair = pg.PlotCurveItem(pen=signal.pen), pg.PlotCurveItem()
            pair[1].setPen(look.dashed_pen(theme.colours().ghost))
            for curve in pair:
                curve.setZValue(10 if signal.is_on_top else 0)
                self.addItem(curve, ignoreBounds=True)
            self._curves.append((*pair, signal))
        self._fit(signals)
        self.redraw()

    def drawn(self) -> list[tuple[Numbers, Numbers]]:
        """Times and values of each signal within the run, as they are drawn."""
        return [inside.getData() for inside, _, _ in self._curves]

    def redraw(self) -> None:
        """Take what is to be seen of the signals."""
        first, last = self.view.viewRange()[0]
        pixels = max(int(self.view.width()), 16)
        self._after.setVisible(last > self._end)
        self._after.setRegion((self._end, max(last, self._end)))
        for inside, after, signal in self._curves:
            time, amplitude = _with_rest(signal, min(0.0, first), max(last, self._end))
            inside.setData(*_reduced(*_cut(time, amplitude, first, min(last, self._end)), pixels))
            after.setData(*_reduced(*_cut(time, amplitude, max(first, self._end), last), pixels))

    def _fit(self, signals: Sequence[PlayedSignal]) -> None:
        pairs = [
            (float(each.amplitude.min()), float(each.amplitude.max())) for each in signals if each.time.size
        ]
        rests = [(each.rests_at, each.rests_at) for each in signals if each.rests_at is not None]
        if (data := extent([*pairs, *rests])) is not None:
            low, high = fitted(data)
            room = (high - low) * 0.06
            self.view.setYRange(low - room, high + room, padding=0)


def _with_rest(signal: PlayedSignal, first: float, last: float) -> tuple[Numbers, Numbers]:
    time, amplitude, rest = signal.time, signal.amplitude, signal.rests_at
    if rest is None or not time.size:
        return time, amplitude
    before = [first, time[0]] if time[0] > first else []
    after = [time[-1], last] if time[-1] < last else []
    return (
        np.concatenate([before, time, after]),
        np.concatenate([[rest] * len(before), amplitude, [rest] * len(after)]),
    )


def _cut(time: Numbers, amplitude: Numbers, first: float, last: float) -> tuple[Numbers, Numbers]:
    """The stretch between two times, with points on its borders."""
    if not time.size or last <= first or time[-1] < first or time[0] > last:
        return time[:0], amplitude[:0]
    begin, end = int(np.searchsorted(time, first, "left")), int(np.searchsorted(time, last, "right"))
    inner, values = time[begin:end], amplitude[begin:end]
    if begin > 0:
        inner = np.concatenate([[first], inner])
        values = np.concatenate([[_at(first, time, amplitude, begin)], values])
    if end < len(time):
        inner = np.concatenate([inner, [last]])
        values = np.concatenate([values, [_at(last, time, amplitude, end)]])
    return inner, values


def _at(when: float, time: Numbers, amplitude: Numbers, after: int) -> float:
    """The value on the line between the point `after` and the one before it."""
    width = time[after] - time[after - 1]
    share = (when - time[after - 1]) / width if width > 0 else 0.0
    return float(amplitude[after - 1] + share * (amplitude[after] - amplitude[after - 1]))


def _reduced(time: Numbers, amplitude: Numbers, pixels: int) -> tuple[Numbers, Numbers]:
    """The least and the greatest value for each pixel, where there are more points than can be seen."""
    if len(time) <= 4 * pixels:
        return time, amplitude
    size = -(-len(time) // pixels)
    starts = np.arange(0, len(time), size)
    values = np.empty(2 * len(starts))
    values[::2] = np.minimum.reduceat(amplitude, starts)
    values[1::2] = np.maximum.reduceat(amplitude, starts)
    return np.repeat(time[starts], 2), values
