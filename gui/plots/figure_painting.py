"""Painting a figure for print with any of Qt's painters. Coordinates are points, 1/72 inch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPaintEngine,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)

from gui.plots.figure import (
    MM_PER_POINT,
    Area,
    Axis,
    Chart,
    Curve,
    Entry,
    Figure,
    Floats,
    Pixels,
    Style,
    Symbol,
    Words,
    number_text,
    round_length,
)

_FAMILIES: Final = ("Arial", "Helvetica", "Liberation Sans", "DejaVu Sans")
_INK: Final = "#000000"
_AXIS_POINTS: Final = 0.6
_TICK_POINTS: Final = 2.5
_CHART_MM: Final = 38.0  # height of a chart, unless the figure's is given
_DRAWING_PART: Final = 0.9  # of the width: the height of a chart without axes
_BAR_PART: Final = 0.35  # of the axis: the length of a scale bar, at most
_UNSEEN, _PASSES, _FEW = 0.01, 6, 64  # points of a page; how often a line is thinned; shorter lines are not
_PIECE: Final = 64  # points of a line that are painted together
_DENSE: Final = 30.0  # lines so many times as long as their chart is wide: dashes cannot be told apart
_CAPTION_LINES: Final = 1.9  # over a chart


def height_points(figure: Figure, style: Style) -> float:
    """The height of the figure in points."""
    if style.height_mm is not None:
        return style.height_mm / MM_PER_POINT
    fonts = _Fonts(style)
    charts = 0.0
    for chart in figure.charts:
        if chart.fixed_lines is not None:
            charts += (chart.fixed_lines + _CAPTION_LINES) * fonts.line
        else:
            charts += _CHART_MM / MM_PER_POINT if chart.has_axes else _DRAWING_PART * _width(style)
    return charts + _legend_height(figure, style, fonts) + 3 * fonts.line


def paint(figure: Figure, style: Style, painter: QPainter) -> None:
    """Draw it all; the painter's coordinates are points, and its ground is white already."""
    fonts = _Fonts(style)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setFont(fonts.font)
    top = _paint_legend(figure, style, fonts, painter)
    frames = _frames(figure, style, fonts, top)
    for number, (chart, frame) in enumerate(zip(figure.charts, frames, strict=True)):
        names_x = number == len(figure.charts) - 1 or chart.x.title != figure.charts[number + 1].x.title
        _ChartPainter(chart, frame, style, fonts, painter).paint(names_x=names_x)


def _width(style: Style) -> float:
    return style.width_mm / MM_PER_POINT


@dataclass(slots=True)
class _Fonts:
    """The font of a figure, and its measures in points."""

    style: Style

    @property
    def font(self) -> QFont:
        font = QFont()
        font.setFamilies(list(_FAMILIES))
        font.setPixelSize(self.style.text_points)  # a pixel is a point here
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    @property
    def metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self.font)

    @property
    def line(self) -> float:
        return 1.25 * self.style.text_points

    def width(self, text: str) -> float:
        return self.metrics.horizontalAdvance(text)


def _frames(figure: Figure, style: Style, fonts: _Fonts, top: float) -> list[QRectF]:
    """Where the charts are: their left and right edges agree."""
    below = 2.7 if _has_axes(figure, style) else 1.6
    bottom = height_points(figure, style) - below * fonts.line - _TICK_POINTS
    left = max((_left_margin(chart, style, fonts) for chart in figure.charts), default=0.0)
    right = _width(style) - max((_right_margin(chart, style, fonts) for chart in figure.charts), default=0.0)
    fixed = sum(each.fixed_lines * fonts.line for each in figure.charts if each.fixed_lines is not None)
    captions = sum(_caption_height(chart, fonts) for chart in figure.charts)
    sharing = sum(each.fixed_lines is None for each in figure.charts)
    share = max((bottom - top - fixed - captions) / max(sharing, 1), 2 * fonts.line)
    frames = []
    for chart in figure.charts:
        top += _caption_height(chart, fonts)
        height = share if chart.fixed_lines is None else chart.fixed_lines * fonts.line
        frames.append(QRectF(left, top, max(right - left, 1.0), height))
        top += height
    return frames


def _caption_height(chart: Chart, fonts: _Fonts) -> float:
    return (_CAPTION_LINES if chart.y.title else 0.7) * fonts.line


def _right_margin(chart: Chart, style: Style, fonts: _Fonts) -> float:
    if not (style.scale_bars and _has_bar(chart)):
        return 1.2 * fonts.line
    return fonts.width(_bar_text(chart.y)) + 1.2 * fonts.line


def _has_axes(figure: Figure, style: Style) -> bool:
    return not style.scale_bars and any(chart.has_axes for chart in figure.charts)


def _left_margin(chart: Chart, style: Style, fonts: _Fonts) -> float:
    if not chart.has_axes or style.scale_bars:
        return 0.5 * fonts.line
    texts = [text for _, text in chart.y.tick_marks(5)]
    return max(map(fonts.width, texts), default=0.0) + _TICK_POINTS + 0.7 * fonts.line


def _legend_rows(figure: Figure, style: Style, fonts: _Fonts) -> list[list[tuple[Entry, float]]]:
    """Entries with their left ends, row by row."""
    if not style.legend:
        return []
    rows: list[list[tuple[Entry, float]]] = []
    left = _width(style)
    for entry in figure.legend:
        needed = fonts.width(entry.text) + 3.2 * fonts.line
        if left + needed > _width(style):
            rows.append([])
            left = 0.5 * fonts.line
        rows[-1].append((entry, left))
        left += needed
    return rows


def _legend_height(figure: Figure, style: Style, fonts: _Fonts) -> float:
    return len(_legend_rows(figure, style, fonts)) * fonts.line + 0.3 * fonts.line


def _paint_legend(figure: Figure, style: Style, fonts: _Fonts, painter: QPainter) -> float:
    """Its lower end."""
    for number, row in enumerate(_legend_rows(figure, style, fonts)):
        middle = (number + 0.7) * fonts.line
        for entry, left in row:
            painter.setPen(_pen(entry.colour, 1.5 * style.line_points, entry.dash))
            painter.drawLine(QPointF(left, middle), QPointF(left + 1.8 * fonts.line, middle))
            painter.setPen(QColor(_INK))
            baseline = middle + 0.36 * fonts.style.text_points
            painter.drawText(QPointF(left + 2.2 * fonts.line, baseline), entry.text)
    return _legend_height(figure, style, fonts)


class _ChartPainter:
    """Paints one chart into its frame."""

    def __init__(self, chart: Chart, frame: QRectF, style: Style, fonts: _Fonts, painter: QPainter) -> None:
        self._chart, self._style, self._fonts, self._painter = chart, style, fonts, painter
        self._frame = _square(chart, frame) if chart.is_square else frame

    def paint(self, *, names_x: bool) -> None:
        chart, painter = self._chart, self._painter
        painter.save()
        painter.setClipRect(self._frame.adjusted(-0.5, -0.5, 0.5, 0.5))
        for mark in chart.marks:
            if isinstance(mark, Curve):
                self._curve(mark)
            elif isinstance(mark, Area):
                self._area(mark)
            elif isinstance(mark, Pixels):
                self._pixels(mark)
        painter.restore()
        for mark in chart.marks:
            if isinstance(mark, Words):
                self._words(mark)
        painter.setPen(QColor(_INK))
        if chart.y.title:
            place = QPointF(0.5 * self._fonts.line, self._frame.top() - 0.8 * self._fonts.line)
            room = self._style.width_mm / MM_PER_POINT - place.x()
            elided = self._fonts.metrics.elidedText(chart.y.title, Qt.TextElideMode.ElideRight, room)
            painter.drawText(place, elided)
        if chart.has_axes and not self._style.scale_bars:
            self._y_axis()
            self._x_axis(is_named=names_x)
        elif chart.has_axes:
            self._scale_bars(has_x=names_x)

    def _places(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        frame = self._frame
        across = frame.left() + self._chart.x.part(x) * frame.width()
        down = frame.bottom() - self._chart.y.part(y) * frame.height()
        return np.clip(across, -1e5, 1e5), np.clip(down, -1e5, 1e5)

    def _curve(self, curve: Curve) -> None:
        across, down = self._places(curve.x, curve.y)
        painter = self._painter
        painter.setOpacity(curve.opacity)
        if curve.has_line and len(across):
            if not curve.pairs:
                across, down = _simplified(across, down)
            is_dense = _length(across, down) > _DENSE * self._frame.width()
            dash = () if is_dense else curve.dash
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, not is_dense)  # ten times as fast
            painter.setPen(_pen(curve.colour, curve.width * self._style.line_points, dash))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for piece in self._pieces(len(across), can_be_cut=not (dash or curve.pairs)):
                connect = "pairs" if curve.pairs else "finite"
                painter.drawPath(pg.arrayToQPath(across[piece], down[piece], connect=connect))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            across, down = self._places(curve.x, curve.y)
        if curve.symbol is not None:
            painter.setPen(_pen(curve.colour, self._style.line_points, ()))
            painter.setBrush(QBrush(QColor(curve.colour if curve.symbol_is_filled else "#ffffff")))
            shape = _shape(curve.symbol, curve.symbol_size)
            is_there = np.isfinite(across) & np.isfinite(down)
            for x, y in zip(across[is_there].tolist(), down[is_there].tolist(), strict=True):
                painter.drawPath(shape.translated(x, y))
        painter.setOpacity(1.0)

    def _pieces(self, count: int, *, can_be_cut: bool) -> Iterator[slice]:
        """Pixels of a long line that crosses itself take time with the square of its length: it is cut."""
        is_pixels = self._painter.paintEngine().type() == QPaintEngine.Type.Raster
        if not (is_pixels and can_be_cut):
            yield slice(0, count)
            return
        for begin in range(0, max(count - 1, 1), _PIECE):
            yield slice(begin, min(begin + _PIECE + 1, count))

    def _area(self, area: Area) -> None:
        across, down = self._places(area.x, area.y)
        self._painter.setOpacity(area.opacity)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(area.colour))
        points = [QPointF(x, y) for x, y in zip(across.tolist(), down.tolist(), strict=True)]
        self._painter.drawPolygon(QPolygonF(points))
        self._painter.setOpacity(1.0)

    def _pixels(self, pixels: Pixels) -> None:
        left, top, width, height = pixels.place
        across, down = self._places(np.array([left, left + width]), np.array([top, top + height]))
        target = QRectF(QPointF(across[0], down[0]), QPointF(across[1], down[1]))
        self._painter.drawImage(target, pixels.image)

    def _words(self, words: Words) -> None:
        across, down = self._places(np.array([words.x]), np.array([words.y]))
        half = self._fonts.width(words.text) / 2
        self._painter.setPen(QColor(_INK))
        place = QPointF(float(across[0]) - half, float(down[0]) - 0.6 * self._fonts.line)
        self._painter.drawText(place, words.text)

    def _y_axis(self) -> None:
        frame, painter, fonts = self._frame, self._painter, self._fonts
        painter.setPen(_pen(_INK, _AXIS_POINTS, ()))
        if self._chart.fixed_lines is None:
            painter.drawLine(frame.bottomLeft(), frame.topLeft())
        most = max(int(frame.height() / (1.6 * fonts.line)), 2)
        for value, text in self._chart.y.tick_marks(min(most, 6)):
            down = frame.bottom() - float(self._chart.y.part(np.array([value]))[0]) * frame.height()
            if self._chart.fixed_lines is None:
                painter.drawLine(QPointF(frame.left() - _TICK_POINTS, down), QPointF(frame.left(), down))
            place = frame.left() - _TICK_POINTS - 0.25 * fonts.line - fonts.width(text)
            painter.drawText(QPointF(place, down + 0.36 * self._style.text_points), text)

    def _x_axis(self, *, is_named: bool) -> None:
        frame, painter, fonts = self._frame, self._painter, self._fonts
        painter.setPen(_pen(_INK, _AXIS_POINTS, ()))
        if is_named or self._chart.fixed_lines is None:
            painter.drawLine(frame.bottomLeft(), frame.bottomRight())
        if not is_named:
            return
        most = max(int(frame.width() / (3.5 * fonts.line)), 2)
        for value, text in self._chart.x.tick_marks(min(most, 10)):
            across = frame.left() + float(self._chart.x.part(np.array([value]))[0]) * frame.width()
            painter.drawLine(QPointF(across, frame.bottom()), QPointF(across, frame.bottom() + _TICK_POINTS))
            place = QPointF(across - fonts.width(text) / 2, frame.bottom() + _TICK_POINTS + fonts.line)
            painter.drawText(place, text)
        title = self._chart.x.title
        middle = frame.center().x() - fonts.width(title) / 2
        painter.drawText(QPointF(middle, frame.bottom() + _TICK_POINTS + 2.15 * fonts.line), title)

    def _scale_bars(self, *, has_x: bool) -> None:
        """Beside and below the chart: what their lengths are."""
        frame, painter, fonts, chart = self._frame, self._painter, self._fonts, self._chart
        painter.setPen(_pen(_INK, 1.5 * _AXIS_POINTS, ()))
        corner = QPointF(frame.right() + 0.4 * fonts.line, frame.bottom() + 0.2 * fonts.line)
        if _has_bar(chart):
            part = _bar_length(chart.y) / (chart.y.high - chart.y.low)
            upper = QPointF(corner.x(), corner.y() - part * frame.height())
            painter.drawLine(corner, upper)
            middle = (corner.y() + upper.y()) / 2 + 0.36 * self._style.text_points
            painter.drawText(QPointF(corner.x() + 0.3 * fonts.line, middle), _bar_text(chart.y))
        if has_x:
            part = _bar_length(chart.x) / (chart.x.high - chart.x.low)
            left = QPointF(corner.x() - part * frame.width(), corner.y())
            painter.drawLine(left, corner)
            text = _bar_text(chart.x)
            place = (left.x() + corner.x() - fonts.width(text)) / 2
            painter.drawText(QPointF(place, corner.y() + fonts.line), text)


def _has_bar(chart: Chart) -> bool:
    return chart.has_axes and chart.y.ticks is None and chart.y.high > chart.y.low


def _bar_length(axis: Axis) -> float:
    return round_length(_BAR_PART * (axis.high - axis.low))


def _bar_text(axis: Axis) -> str:
    return f"{number_text(_bar_length(axis))} {axis.unit}".strip()


def _square(chart: Chart, frame: QRectF) -> QRectF:
    """The largest part of a frame in which a unit is as long on both axes."""
    scale = min(
        frame.width() / ((chart.x.high - chart.x.low) or 1.0),
        frame.height() / ((chart.y.high - chart.y.low) or 1.0),
    )
    width, height = scale * (chart.x.high - chart.x.low), scale * (chart.y.high - chart.y.low)
    return QRectF(frame.center().x() - width / 2, frame.center().y() - height / 2, width, height)


def _simplified(across: Floats, down: Floats) -> tuple[Floats, Floats]:
    """Without points that no printer shows: of every two, one that lies on the line of its neighbours.

    Gaps (NaN) stay. In each of the passes a line moves by `_UNSEEN` points at most.
    """
    for _ in range(_PASSES):
        if len(across) < _FEW:
            break
        chord_x, chord_y = across[2:] - across[:-2], down[2:] - down[:-2]
        to_x, to_y = across[1:-1] - across[:-2], down[1:-1] - down[:-2]
        apart = np.abs(chord_x * to_y - chord_y * to_x)
        is_between = chord_x * to_x + chord_y * to_y >= 0
        is_unseen = is_between & (apart <= _UNSEEN * np.hypot(chord_x, chord_y))  # False at gaps
        kept = np.ones(len(across), dtype=np.bool_)
        kept[1:-1:2] = ~is_unseen[::2]
        across, down = across[kept], down[kept]
    return across, down


def _length(across: Floats, down: Floats) -> float:
    """Of a line, in points; gaps have none."""
    return float(np.nansum(np.hypot(np.diff(across), np.diff(down))))


def _pen(colour: str, width: float, dash: tuple[float, ...]) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if dash else Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dash:
        pen.setDashPattern(list(dash))
    return pen


def _shape(symbol: Symbol, size: float) -> QPainterPath:
    """A symbol around the origin."""
    half, path = size / 2, QPainterPath()
    if symbol == "circle":
        path.addEllipse(QPointF(0, 0), half, half)
        return path
    corners: dict[str, list[tuple[float, float]]] = {
        "square": [(-1, -1), (1, -1), (1, 1), (-1, 1)],
        "triangle": [(0, -1), (1, 1), (-1, 1)],
        "diamond": [(0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)],
    }
    path.addPolygon(QPolygonF([QPointF(x * half, y * half) for x, y in corners[symbol]]))
    path.closeSubpath()
    return path
