"""One plot of traces against time."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPen

from gui import theme
from gui.plots import look
from gui.plots.placing import AS_TAKEN, Numbers, Placing
from gui.plots.value_range import Range, extent, fitted, grown
from gui.plots.view_box import ScopeViewBox
from gui.session.traces import Traces

_BOLDER, _OVER_OTHERS = 2.0, 10  # pixels; z


@dataclass(frozen=True)
class Line:
    """One trace to draw. Lines with a higher `order` are drawn over others."""

    key: object
    name: str
    unit: str
    traces: Traces
    column: int
    pen: QPen
    order: int = 0
    placing: Placing = AS_TAKEN

    def times(self) -> Numbers:
        """(n,) ms, where its samples are drawn."""
        return self.placing.times(self.traces.times())

    def values(self, first: int = 0, stop: int | None = None) -> Numbers:
        """What is drawn of the samples first..stop-1."""
        return self.placing.values(self.traces.column(self.column)[first:stop])

    def index_at(self, time: float) -> int:
        """The sample that is drawn nearest to a time (ms); -1 if there is none."""
        return self.traces.index_at(time - self.placing.later)


@dataclass(frozen=True, slots=True)
class Reading:
    """One sample under the mouse."""

    line: Line
    index: int
    time: float  # ms
    value: float

    @property
    def text(self) -> str:
        """Such as "soma v: -65.3 mV at 12.3 ms"."""
        unit = f" {self.line.unit}" if self.line.unit else ""
        return f"{self.line.name}: {self.value:.5g}{unit} at {self.time:.7g} ms"


class TraceCurve(pg.PlotCurveItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Draws no more of a trace than can be seen."""

    def __init__(self, line: Line) -> None:
        super().__init__(pen=line.pen, skipFiniteCheck=True)
        self.line = line
        self._pens = _pens(line.pen), _pens(_bold(line.pen))
        self.is_bold = self._is_dense = False
        self.setZValue(line.order)

    def embolden(self, *, is_bold: bool) -> None:
        """Draw it with a thicker pen over the others, or as usual."""
        if is_bold != self.is_bold:
            self.is_bold = is_bold
            self.setPen(self._pen(self._is_dense))
            self.setZValue(self.line.order + (_OVER_OTHERS if is_bold else 0))

    def refresh(self, first_ms: float, last_ms: float, pixels: int) -> None:
        """Take what is to be seen of the samples that there are now."""
        placing, later = self.line.placing, self.line.placing.later
        found = self.line.traces.envelope(self.line.column, first_ms - later, last_ms - later, pixels)
        times, values = placing.times(found[0]), placing.values(found[1])
        is_whole = bool(np.isfinite(values).all())
        self._is_dense = len(values) > pixels
        pen = self._pen(self._is_dense)
        if self.opts["pen"] is not pen:
            self.setPen(pen)
        self.setData(times, values, connect="all" if is_whole else "finite", skipFiniteCheck=is_whole)

    def _pen(self, is_dense: bool) -> QPen:  # noqa: FBT001 - private
        """Dashes of dense lines cannot be told apart, and take a hundred times as long to draw."""
        usual, solid = self._pens[self.is_bold]
        return solid if is_dense else usual


class TracePlot(pg.PlotItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Traces of one quantity; the axis of values follows them until the user moves it."""

    moved_by_user = Signal(bool, bool)  # time, values

    def __init__(self, key: object, title: str) -> None:
        self.view = ScopeViewBox()
        super().__init__(viewBox=self.view, enableMenu=False)
        self.key, self.title = key, title
        self.trace_curves: list[TraceCurve] = []
        self.follows_values = True
        self._shown: Range | None = None
        self._bold: Collection[object] = ()
        self._marks: list[tuple[tuple[float, str], pg.InfiniteLine]] = []
        self._now = pg.InfiniteLine(angle=90, movable=False)
        self._hover = pg.ScatterPlotItem(size=7, pen=None)
        for item, height in ((self._now, 20), (self._hover, 60)):
            item.setZValue(height)
            item.hide()
            self.addItem(item, ignoreBounds=True)
        self.hideButtons()
        self.view.moved_by_user.connect(self._on_moved)
        self.dress()

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        look.dress(self)
        look.caption(self, self.title)
        self._now.setPen(look.line_pen(theme.colours().muted_text))
        for _, mark in self._marks:
            mark.setPen(look.dashed_pen(theme.colours().accent))

    def name_values(self, title: str) -> None:
        """What the axis of values is called, with the unit."""
        if title != self.title:
            self.title = title
            look.caption(self, title)

    def show_now(self, time: float | None) -> None:
        """A line where the run is, in ms; None: it is over."""
        self._now.setVisible(time is not None)
        if time is not None:
            self._now.setValue(time)

    def show_marks(self, marks: Sequence[tuple[float, str]]) -> None:
        """Dashed lines at ms, with what happened there as a tooltip."""
        if list(marks) == [mark for mark, _ in self._marks]:
            return
        for _, item in self._marks:
            self.removeItem(item)
        self._marks = []
        for time, text in marks:
            item = pg.InfiniteLine(pos=time, angle=90, pen=look.dashed_pen(theme.colours().accent))
            item.setToolTip(text)
            item.setZValue(15)
            self.addItem(item, ignoreBounds=True)
            self._marks.append(((time, text), item))

    def show_reading(self, reading: "Reading | None") -> None:
        """A dot at the sample under the mouse."""
        self._hover.setVisible(reading is not None)
        if reading is not None:
            self._hover.setData([reading.time], [reading.value], brush=reading.line.pen.color())

    @property
    def lines(self) -> list[Line]:
        """What it draws."""
        return [curve.line for curve in self.trace_curves]

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Draw these and no others."""
        kept = {curve.line.key: curve for curve in self.trace_curves}
        self.trace_curves = []
        for line in lines:
            curve = kept.get(line.key)
            if curve is None or curve.line != line:
                curve = TraceCurve(line)
                self.addItem(curve, ignoreBounds=True)
            else:
                del kept[line.key]
            self.trace_curves.append(curve)
        for curve in kept.values():
            self.removeItem(curve)
        self.embolden(self._bold)

    def embolden(self, keys: Collection[object]) -> None:
        """Draw the lines with these keys bold, over the others."""
        self._bold = keys
        for curve in self.trace_curves:
            curve.embolden(is_bold=curve.line.key in keys)

    def redraw(self) -> None:
        """Take new samples, and the present range of time."""
        first, last = self.view.viewRange()[0]
        pixels = max(int(self.view.width()), 16)
        for curve in self.trace_curves:
            curve.refresh(first, last, pixels)
        if self.follows_values and (data := self._extent()) is not None:
            self._show_values(grown(self._shown, data))

    def fit(self) -> None:
        """Show all values, and follow them again."""
        self.follows_values = True
        data = self._extent()
        self._shown = None
        if data is not None:
            self._show_values(fitted(data))

    def nearest(self, where: QPointF) -> Reading | None:
        """The sample of a line that is nearest to a point of the scene; None if there is none."""
        point = self.view.mapSceneToView(where)
        pixel_height = self.view.viewPixelSize()[1]
        best: tuple[float, Reading] | None = None
        for line in self.lines:
            index = line.index_at(point.x())
            if index < 0:
                continue
            value = float(line.values(index, index + 1)[0])
            time = line.placing.start(line.traces) + index * line.traces.interval
            distance = abs(value - point.y()) / pixel_height
            if math.isfinite(distance) and (best is None or distance < best[0]):
                best = distance, Reading(line, index, time, value)
        return None if best is None else best[1]

    def _extent(self) -> Range | None:
        return extent(line.placing.extremes(line.traces, line.column) for line in self.lines)

    def _show_values(self, shown: Range) -> None:
        if shown != self._shown:
            self._shown = shown
            self.view.setYRange(*shown, padding=0)

    def _on_moved(self, time: bool, values: bool) -> None:  # noqa: FBT001 - a slot
        if values:
            self.follows_values = False
        self.moved_by_user.emit(time, values)


def _bold(pen: QPen) -> QPen:
    bold = QPen(pen)
    bold.setWidthF(pen.widthF() + _BOLDER)
    return bold


def _pens(pen: QPen) -> tuple[QPen, QPen]:
    """As it is, and without dashes."""
    solid = QPen(pen)
    solid.setStyle(Qt.PenStyle.SolidLine)
    return pen, solid
