"""The pieces of a frame as shapes that can be edited: for drawings that are not made of pixels."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from gui.plots.cell.painting import Frame

_BENT: Final = 0.05  # sharper turns than this leave a gap between two pieces
_WIDE: Final = 0.75  # pixels: in thinner ones nobody sees it
_FROM_ITS_END: Final = 0.3  # tilted more than this, a piece shows its round end


def paint_pieces(painter: QPainter, frame: Frame) -> None:
    """A quadrangle for each piece, those behind first, and a disc where the course turns."""
    scene = frame.scene
    pieces, colours = scene.project(frame.projection, frame.size), scene.piece_colours()
    along = pieces.ends - pieces.starts
    lengths = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    aside = np.column_stack([-along[:, 1], along[:, 0]]) / lengths
    near, far = aside * pieces.radii[:, :1], aside * pieces.radii[:, 1:]
    corners = np.stack(
        [pieces.starts + near, pieces.ends + far, pieces.ends - far, pieces.starts - near], axis=1
    )
    has_disc = ((pieces.bends > _BENT) | (pieces.tilts[:, None] > _FROM_ITS_END)) & (pieces.radii > _WIDE)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for each in np.argsort(pieces.depths.mean(axis=1), kind="stable").tolist():
        if not pieces.seen[each]:
            continue
        painter.setBrush(QColor(*colours[each].tolist()))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners[each].tolist()]))
        for end, place in enumerate((pieces.starts[each], pieces.ends[each])):
            if has_disc[each, end]:
                radius = float(pieces.radii[each, end])
                painter.drawEllipse(QPointF(*place.tolist()), radius, radius)
