"""What plots of the window show, as a figure for print: curves, points, areas, pictures, and their axes."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPen, QTextDocumentFragment
from PySide6.QtWidgets import QGraphicsItem

from gui import theme
from gui.plots.cell.colours import type_on_white
from gui.plots.figure import (
    Area,
    Axis,
    Chart,
    Curve,
    Entry,
    Figure,
    Floats,
    Mark,
    Pixels,
    Symbol,
    Words,
)
from gui.plots.picture import LegendEntry
from gui.plots.raster_plot import RasterPlot
from gui.plots.spike_row import SpikeRow
from gui.plots.trace_plot import TraceCurve

_BUCKETS, _FEWEST, _TOGETHER = 2400, 500, 48_000  # of a trace: one for each dot of half a page; of many
_MOST_TICKS: Final = 20_000  # spikes that are drawn one by one
_AIDS: Final = 12.0  # what lies higher are marks of the mouse, of cursors and of the run's time
_BULLET: Final = "\u25a0"  # after it a caption says what the colours are, as the legend does
_MARGIN: Final = 0.05  # of a drawing, around it
_MANY_POINTS, _FEW_POINTS_SIZE, _MANY_POINTS_SIZE = 60, 4.0, 2.2  # of symbols, in points of a page
_LEAST_WIDTH: Final = 0.5
_LIGHTEST: Final = 0.72  # of 1: lighter lines than these are lost on white
_SYMBOLS: Final[dict[Any, Symbol]] = {"s": "square", "t": "triangle", "t1": "triangle", "d": "diamond"}
_ROW_LINES: Final = 1.2  # height of a row of spikes


def figure_of(plots: Sequence[pg.PlotItem], legend: Sequence[LegendEntry], title: str) -> Figure:
    """The plots as they are shown now. Copies no samples that do not change any more."""
    entries = tuple(Entry(text, in_print(pen.color()), _dash(pen)) for pen, text in legend)
    return Figure(tuple(map(_chart, plots)), entries, title)


def in_print(colour: QColor) -> str:
    """The colour on white of what has this one on the screen."""
    name = colour.name()
    known = theme.on_white(name) or type_on_white(name)
    if known is not None:
        return known
    lightness = colour.lightnessF()
    if lightness <= _LIGHTEST:
        return name
    darker = QColor.fromHslF(max(colour.hslHueF(), 0.0), colour.hslSaturationF(), _LIGHTEST)
    return darker.name()


def _chart(plot: pg.PlotItem) -> Chart:
    (left, right), (low, high) = plot.vb.viewRange()
    is_drawing = not plot.getAxis("left").isVisible() and not plot.getAxis("bottom").isVisible()
    marks = tuple(_marks(plot))
    if is_drawing:
        left, right = _within(left, right, [each.x for each in marks if isinstance(each, Curve)])
        low, high = _within(low, high, [each.y for each in marks if isinstance(each, Curve)])
    x_axis = Axis(_title(plot, "bottom"), left, right, *_ticks(plot.getAxis("bottom")))
    y_axis = Axis(
        _title(plot, "left"), low, high, *_ticks(plot.getAxis("left")), is_inverted=plot.vb.yInverted()
    )
    return Chart(
        x_axis,
        y_axis,
        marks,
        has_axes=not is_drawing,
        fixed_lines=_ROW_LINES if isinstance(plot, SpikeRow) else None,
        is_square=bool(plot.vb.state["aspectLocked"]),
    )


def _within(low: float, high: float, drawn: Sequence[Floats]) -> tuple[float, float]:
    """The part of a range that something is drawn in."""
    values = np.concatenate([np.empty(0), *drawn])
    values = values[np.isfinite(values)]
    if not len(values):
        return low, high
    margin = _MARGIN * float(np.ptp(values))
    within = max(low, float(values.min()) - margin), min(high, float(values.max()) + margin)
    return within if within[0] < within[1] else (low, high)


def _title(plot: pg.PlotItem, side: str) -> str:
    axis = plot.getAxis(side)
    caption = plot.titleLabel.text if side == "left" and plot.titleLabel.isVisible() else ""
    caption = QTextDocumentFragment.fromHtml(caption or "").toPlainText().partition(_BULLET)[0].strip()
    if side == "bottom" and not axis.labelText:
        return "Time (ms)"  # of a row of a stack: only the last one says it
    return str(caption or axis.labelText or "")


def _ticks(axis: pg.AxisItem) -> tuple[Any, Any]:
    """What an axis of its own kind says at its ticks."""
    levels = getattr(axis, "_tickLevels", None)
    if levels is not None:
        return tuple((float(value), str(text)) for level in levels for value, text in level), None
    if type(axis) is not pg.AxisItem:
        return None, lambda values, step: axis.tickStrings(list(values), 1.0, step)
    return None, None


def _marks(plot: pg.PlotItem) -> Iterable[Mark]:
    if isinstance(plot, RasterPlot) and (ticks := _spikes(plot)) is not None:
        yield from ticks
        return
    items = [each for each in plot.items if each.isVisible() and each.zValue() <= _AIDS]
    for item in sorted(items, key=QGraphicsItem.zValue):
        yield from _marks_of(item, plot)


def _marks_of(item: Any, plot: pg.PlotItem) -> Iterable[Mark]:
    if isinstance(item, TraceCurve):
        first, last = plot.vb.viewRange()[0]
        line = item.line
        buckets = min(max(_TOGETHER // max(len(plot.items), 1), _FEWEST), _BUCKETS)
        x, y = line.traces.envelope(line.column, first, last, buckets)
        yield _line(x, y.copy(), line.pen)
    elif isinstance(item, pg.PlotDataItem):
        yield _points(item)
    elif isinstance(item, pg.PlotCurveItem):
        yield from _of_curve(item)
    elif isinstance(item, pg.ScatterPlotItem):
        yield from _of_scatter(item)
    elif isinstance(item, pg.FillBetweenItem):
        upper, lower = (each.getData() for each in item.curves)
        x = np.concatenate([upper[0], lower[0][::-1]])
        y = np.concatenate([upper[1], lower[1][::-1]])
        colour = item.brush().color()
        yield Area(x, y, in_print(_opaque(colour)), colour.alphaF())
    elif isinstance(item, pg.ImageItem) and item.image is not None:
        yield _of_image(item)
    elif isinstance(item, pg.TextItem):
        yield Words(item.pos().x(), item.pos().y(), item.toPlainText())
    elif isinstance(item, pg.InfiniteLine) and item.angle == 90 and not item.movable:
        low, high = plot.vb.viewRange()[1]
        yield _line(np.full(2, item.value()), np.array([low, high]), item.pen)


def _of_curve(item: pg.PlotCurveItem) -> Iterable[Mark]:
    x, y = item.getData()
    if x is None or not len(x):
        return
    if item.opts.get("stepMode") == "center":
        x, y = np.repeat(x, 2)[1:-1], np.repeat(y, 2)
    level, brush = item.opts.get("fillLevel"), item.opts.get("brush")
    if level is not None and isinstance(brush, QBrush | QColor):
        colour = QColor(brush) if isinstance(brush, QColor) else brush.color()
        outline = np.concatenate([x, x[::-1]]), np.concatenate([y, np.full(len(y), float(level))])
        yield Area(*outline, in_print(_opaque(colour)), colour.alphaF())
    pen = item.opts["pen"]
    if isinstance(pen, QPen) and pen.style() != Qt.PenStyle.NoPen:
        yield _line(x, y, pen, pairs=item.opts.get("connect") == "pairs")


def _of_scatter(item: pg.ScatterPlotItem) -> Iterable[Mark]:
    """Points of one colour are one mark."""
    x, y = item.getData()
    if not len(x):
        return
    brushes = [spot.brush().color() for spot in item.points()]
    names = np.array([in_print(_opaque(each)) for each in brushes])
    for name in dict.fromkeys(names.tolist()):
        chosen = names == name
        yield Curve(x[chosen], y[chosen], name, has_line=False, symbol="circle", symbol_size=_size(len(x)))


def _size(count: int) -> float:
    return _FEW_POINTS_SIZE if count <= _MANY_POINTS else _MANY_POINTS_SIZE


def _of_image(item: pg.ImageItem) -> Pixels:
    item.render()
    rect: QRectF = item.mapRectToParent(item.boundingRect())
    picture: QImage = item.qimage
    return Pixels(picture.copy(), (rect.left(), rect.top(), rect.width(), rect.height()))


def _points(item: pg.PlotDataItem) -> Curve:
    x, y = item.getData()
    pen, symbol, brush = (item.opts.get(name) for name in ("pen", "symbol", "symbolBrush"))
    colour = pen.color() if isinstance(pen, QPen) else QColor(theme.colours().text)
    return Curve(
        np.asarray(x if x is not None else (), dtype=np.float64),
        np.asarray(y if y is not None else (), dtype=np.float64),
        in_print(_opaque(colour)),
        _dash(pen) if isinstance(pen, QPen) else (),
        has_line=isinstance(pen, QPen),
        symbol=None if symbol is None else _SYMBOLS.get(symbol, "circle"),
        symbol_is_filled=brush is not None,
        symbol_size=_size(len(x) if x is not None else 0),
        opacity=colour.alphaF(),
    )


def _line(x: Floats, y: Floats, pen: QPen, *, pairs: bool = False) -> Curve:
    colour = pen.color()
    width = max(pen.widthF(), _LEAST_WIDTH)
    return Curve(
        np.asarray(x, dtype=np.float64),
        np.asarray(y, dtype=np.float64),
        in_print(_opaque(colour)),
        _dash(pen),
        width=width,
        pairs=pairs,
        opacity=colour.alphaF(),
    )


def _spikes(plot: RasterPlot) -> list[Mark] | None:
    """A tick for each spike, population by population; None: there are too many, and the picture serves."""
    first, last = plot.vb.viewRange()[0]
    begin, end = np.searchsorted(plot.times, (first, last))
    if end - begin > _MOST_TICKS:
        return None
    times, rows = plot.times[begin:end], plot.numbers[begin:end]
    groups = plot.rows.groups[rows] if len(rows) else np.empty(0, dtype=np.intp)
    marks: list[Mark] = []
    for group in np.unique(groups).tolist():
        chosen = groups == group
        x = np.repeat(times[chosen], 2)
        y = (rows[chosen][:, None] + np.array([0.1, 0.9])).ravel()
        colour = theme.trace_colour_on_white(int(plot.rows.colours[group]))
        marks.append(Curve(x, y, colour, pairs=True))
    return marks


def _opaque(colour: QColor) -> QColor:
    solid = QColor(colour)
    solid.setAlpha(255)
    return solid


def _dash(pen: QPen) -> tuple[float, ...]:
    return () if pen.style() == Qt.PenStyle.SolidLine else tuple(pen.dashPattern())
