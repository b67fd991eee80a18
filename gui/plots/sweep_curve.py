"""One sweep among many: a line that is quick to draw again, to colour again, and to draw more coarsely."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen
from typing_extensions import override

Floats = NDArray[np.float64]
_MARGIN = 0.02  # of its size, on each side, for the width of the pen
_LEAST = 1e-3  # a level line has a height, too, or Qt would not draw it


class SweepCurve(pg.PlotCurveItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Where pyqtgraph looks for its limits and its pen at each frame, this one knows them."""

    def __init__(self, times: Floats, values: Floats, pen: QPen) -> None:
        self._line = QPainterPath()
        self._limits = QRectF()
        super().__init__(pen=pen)
        self.show_samples(times, values)

    def show_samples(self, times: Floats, values: Floats) -> None:
        """(n,) ms, and their values."""
        self.setData(times, values, connect="finite")
        self._line = pg.arrayToQPath(times, values, connect="finite")
        self.prepareGeometryChange()
        limits = self._line.boundingRect()
        x, y = (max(each * _MARGIN, _LEAST) for each in (limits.width(), limits.height()))
        self._limits = limits.adjusted(-x, -y, x, y)

    def recolour(self, pen: QPen) -> None:
        """Draw it with another pen of the same width."""
        self.opts["pen"] = pen
        self.update()

    def coarsen(self, bins: int) -> None:
        """Draw no more than the least and the greatest value in each of so many bins."""
        times, values = self.getData()
        if len(times) > 2 * bins:
            self.show_samples(*outlined(times, values, bins))

    @override
    def boundingRect(self) -> QRectF:
        return self._limits

    @override
    def paint(self, painter: QPainter, *_what: object) -> None:
        painter.setPen(self.opts["pen"])
        painter.drawPath(self._line)


def outlined(times: Floats, values: Floats, bins: int) -> tuple[Floats, Floats]:
    """Times and values of a line that looks like all samples: of each bin the least and the greatest."""
    if len(values) <= 2 * bins:
        return times, values
    width = -(-len(values) // bins)
    over = -len(values) % width
    padded = np.pad(values, (0, over), mode="edge").reshape(-1, width)
    extremes = np.column_stack([padded.min(axis=1), padded.max(axis=1)]).ravel()
    middles = np.pad(times, (0, over), mode="edge").reshape(-1, width).mean(axis=1)
    return np.repeat(middles, 2), extremes
