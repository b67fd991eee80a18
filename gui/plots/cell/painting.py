"""One frame of a view of a cell: the picture of the pieces, and all that lies over it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from gui import theme
from gui.plots import look
from gui.plots.cell import dots, legend, markers, overlay
from gui.plots.cell.camera import Camera, Projection, Size
from gui.plots.cell.colours import types_of
from gui.plots.cell.dendrogram import Chart
from gui.plots.cell.dots import DotsInSpace
from gui.plots.cell.markers import PlacedMarker
from gui.plots.cell.scene import Scene

_GAP: Final = 0.4  # lines of text, between two legends
DARKEST: Final = 0.62  # how bright the edge of a thick piece is, where there is light and shade
THIN: Final = 1.6  # pixels: radius of what has no light and shade that could be seen


class DrawingError(Exception):
    """Somebody cannot draw here, or cannot any more; the text says why."""


@dataclass(frozen=True)
class Frame:
    """What a frame is of. `size`: in pixels of the widget."""

    scene: Scene
    projection: Projection
    size: Size
    is_shaded: bool
    is_smooth: bool = True  # edges; costs time while it moves
    lit: int | None = None  # segment of the first shape
    markers: Sequence[PlacedMarker] = ()
    dots: DotsInSpace | None = None
    note: str = ""  # in a corner


class PiecesPicture(Protocol):
    """Who draws the pieces. DrawingError if that fails."""

    def picture(self, frame: Frame, ratio: float) -> QImage: ...


def paint(painter: QPainter, frame: Frame, ratio: float, drawer: PiecesPicture) -> None:
    """Paint it all; the picture of the pieces has `ratio` pixels for each of the widget."""
    if frame.scene.pieces is None or not min(frame.size):
        painter.fillRect(QRectF(0, 0, *frame.size), look.colour(theme.colours().background))
        return
    painter.drawImage(QRectF(0, 0, *frame.size), drawer.picture(frame, ratio))
    paint_over(painter, frame)


def paint_over(painter: QPainter, frame: Frame) -> None:
    """What lies over the pieces."""
    _paint_lit(painter, frame)
    if frame.dots is not None:
        placed = frame.dots.placed(frame.projection, frame.size)
        dots.paint(painter, placed, frame.size)
    if isinstance(frame.projection, Chart):
        overlay.paint_distances(painter, frame.projection, frame.size)
    elif isinstance(frame.projection, Camera):
        overlay.paint_scale_bar(painter, frame.projection, frame.size)
        overlay.paint_axes(painter, frame.projection, frame.size)
    _paint_legend(painter, frame)
    overlay.paint_note(painter, frame.note)
    markers.paint(painter, frame.markers, frame.size)


def tip_of(
    scene: Scene, projection: Projection, size: Size, segment: int, x: float
) -> tuple[QPointF, float] | None:
    """Where a spot of the first shape is on the screen, and the angle of its branch there (clockwise)."""
    if not scene.shapes:
        return None
    shape = scene.shapes[0]
    number = shape.piece_at(segment, x)
    pieces = shape.pieces.take(np.array([number], dtype=np.intp))
    low, high = pieces.xs[0]
    along = min(max((x - low) / (high - low), 0.0), 1.0) if high > low else 0.5
    spot = pieces.starts + along * (pieces.ends - pieces.starts)
    right, down, _ = projection.places(spot, size)[0].tolist()
    on_screen = projection.project(pieces, size)
    step = on_screen.ends[0] - on_screen.starts[0]
    return QPointF(right, down), math.atan2(float(step[1]), float(step[0]))


def _paint_lit(painter: QPainter, frame: Frame) -> None:
    shapes = frame.scene.shapes
    if frame.lit is None or not shapes or not 0 <= frame.lit < shapes[0].anatomy.segments:
        return
    first, last = shapes[0].firsts[frame.lit : frame.lit + 2].tolist()
    overlay.paint_lit(painter, frame.scene.project(frame.projection, frame.size).part(first, last))


def _paint_legend(painter: QPainter, frame: Frame) -> None:
    """On the right: at the top, or where a tree has its short branches, at the bottom."""
    em, scale = look.em(), frame.scene.scale
    types = types_of(shape.anatomy for shape in frame.scene.shapes) if scale is None else ()
    dots = frame.dots.dots.legend if frame.dots is not None else ()
    gap = _GAP * em if dots else 0.0
    top = 0.3 * em
    if isinstance(frame.projection, Chart):
        needed = legend.height_of(types, scale) + (gap + legend.height_of(dots) if dots else 0.0)
        top = max(frame.size[1] - frame.projection.margins[3] - needed - top, top)
    right_top = QPointF(frame.size[0] - 0.4 * em, top)
    if scale is None:
        taken = legend.paint_types(painter, right_top, types)
    else:
        taken = legend.paint_scale(painter, right_top, scale)
    if dots:
        legend.paint_types(painter, QPointF(right_top.x(), taken.bottom() + gap), dots, are_dots=True)
