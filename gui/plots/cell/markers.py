"""Electrodes and synapses on a cell, drawn as pipettes and knobs, that can be seized with the mouse."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.plots import look
from gui.plots.cell.camera import Size

MarkerKind = Literal["inject", "record", "clamp", "synapse", "place"]

_LENGTH, _WIDTH, _TIP = 24.0, 9.0, 1.5  # pixels, of a pipette at 100 %
_ROUND: Final = (Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
_KNOB: Final = 6.0  # pixels
_RING: Final = 8.0  # pixels, of the mark of a chosen place
_FAN: Final = math.radians(50)  # between markers on the same spot
_LINES_FOR_NAMES: Final = 10  # on a lower screen they would cover the cell
_ALONE: Final = 12.0  # pixels: markers that are further apart do not hinder each other


@dataclass(frozen=True)
class Marker:
    """Something on the first shape: at `x` of the section that `segment` is part of."""

    key: object
    segment: int
    x: float
    colour: str
    kind: MarkerKind
    name: str = ""
    is_selected: bool = False


@dataclass(frozen=True)
class PlacedMarker:
    """A marker on the screen. `angle`: where it comes from, in radians, counted clockwise from the right."""

    marker: Marker
    tip: QPointF
    angle: float

    def outline(self) -> QPainterPath:
        """What can be seized."""
        size, path = theme.zoom(), QPainterPath()
        away = QPointF(math.cos(self.angle), math.sin(self.angle))
        across = QPointF(-away.y(), away.x())
        if self.marker.kind == "synapse":
            path.addEllipse(self.tip + away * _KNOB * size, _KNOB * size, _KNOB * size)
            return path
        near, far = self.tip + away * _TIP * size, self.tip + away * _LENGTH * size
        half = across * (_WIDTH / 2 * size)
        path.addPolygon(QPolygonF([near - across * size, far - half, far + half, near + across * size]))
        path.closeSubpath()
        return path

    def is_at(self, place: QPointF) -> bool:
        """Whether the mouse can seize it there; the mark of a place leaves what is under it free."""
        if self.marker.kind == "place":
            return False
        outline = self.outline()
        around = QPainterPathStroker(QPen(Qt.GlobalColor.black, 6 * theme.zoom()))
        return outline.contains(place) or around.createStroke(outline).contains(place)


def placed(markers: Sequence[Marker], tips: Sequence[tuple[QPointF, float]]) -> list[PlacedMarker]:
    """Markers on the screen; each tip with the angle of its branch. They make room for each other."""
    result: list[PlacedMarker] = []
    for marker, (tip, branch) in zip(markers, tips, strict=True):
        beside = sum(
            (each.tip - tip).manhattanLength() < _ALONE * theme.zoom()
            for each in result
            if each.marker.kind != "place"
        )
        upright = branch - math.pi / 2 if math.sin(branch - math.pi / 2) <= 0 else branch + math.pi / 2
        side = (beside + 1) // 2 * (1 if beside % 2 else -1)
        result.append(PlacedMarker(marker, tip, upright + side * _FAN))
    return result


def paint(painter: QPainter, markers: Sequence[PlacedMarker], size: Size) -> None:
    """Draw them on a screen of that size, the selected ones over the others."""
    for each in sorted(markers, key=lambda placed: placed.marker.is_selected):
        if each.marker.kind == "place":
            _paint_ring(painter, each)
        else:
            _paint_one(painter, each)
    has_room = size[1] >= _LINES_FOR_NAMES * look.em()
    for each in markers:
        if each.marker.name and (has_room or each.marker.is_selected):
            _paint_name(painter, each, size)


def _paint_ring(painter: QPainter, placed_marker: PlacedMarker) -> None:
    size = theme.zoom()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ring = QPen(QColor(placed_marker.marker.colour), 2 * size, Qt.PenStyle.SolidLine, *_ROUND)
    for pen in (QPen(look.colour(theme.colours().background), 5 * size), ring):
        painter.setPen(pen)
        painter.drawEllipse(placed_marker.tip, _RING * size, _RING * size)


def _paint_one(painter: QPainter, placed_marker: PlacedMarker) -> None:
    marker, size = placed_marker.marker, theme.zoom()
    colour, background = QColor(marker.colour), look.colour(theme.colours().background)
    outline = placed_marker.outline()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(background, 5 * size, Qt.PenStyle.SolidLine, *_ROUND))
    painter.drawPath(outline)
    if marker.is_selected:
        painter.setPen(QPen(look.colour(theme.colours().accent), 2.5 * size))
        painter.drawEllipse(placed_marker.tip, 7 * size, 7 * size)
    painter.setBrush(background if marker.kind == "record" else colour)
    painter.setPen(QPen(colour, 2 * size, Qt.PenStyle.SolidLine, *_ROUND))
    painter.drawPath(outline)
    if marker.kind == "clamp":
        painter.setPen(QPen(background, 2 * size))
        away = QPointF(math.cos(placed_marker.angle), math.sin(placed_marker.angle))
        painter.drawLine(
            placed_marker.tip + away * 10 * size, placed_marker.tip + away * (_LENGTH - 4) * size
        )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(placed_marker.tip, 2.2 * size, 2.2 * size)


def _paint_name(painter: QPainter, placed_marker: PlacedMarker, size: Size) -> None:
    away = QPointF(math.cos(placed_marker.angle), math.sin(placed_marker.angle))
    reach = 2 * _KNOB if placed_marker.marker.kind == "synapse" else _LENGTH
    end = placed_marker.tip + away * (reach + 5) * theme.zoom()
    painter.setFont(QApplication.font())
    width, height = look.text_width(placed_marker.marker.name), look.em()
    left = end.x() - width / 2 * (1 - math.cos(placed_marker.angle))
    top = end.y() - height / 2 * (1 - math.sin(placed_marker.angle))
    left, top = min(max(left, 2), size[0] - width - 2), min(max(top, 0), size[1] - height)
    box = QRectF(left - 2, top, width + 4, height)
    painter.fillRect(box, look.as_rgba(theme.colours().background, 190))
    painter.setPen(look.colour(theme.colours().text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, placed_marker.marker.name)
