"""What is drawn over the cell and belongs to the screen: scale bar, axes, and what lights up."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.plots import look
from gui.plots.cell.camera import Camera, Projected, Size
from gui.plots.cell.dendrogram import Chart
from gui.plots.cell.legend import nice_step

_BAR: Final = 0.18  # of the width: the scale bar is as long or a little shorter
_THICK: Final = 3.0  # pixels: round ends of thicker pieces would reach far beyond them
_LINES_FOR_AXES: Final = 8.5  # a lower screen has no room for them under the legend
_ARROW: Final = 1.7  # lines of text: length of an axis


def paint_scale_bar(painter: QPainter, camera: Camera, size: Size) -> None:
    """Its length in µm, at the distance of the middle of the picture."""
    em = look.em()
    most = _BAR * size[0] / camera.scale
    length = nice_step(most / 2.5) if most > 0 else 0.0
    text = f"{length / 1000:g} mm" if length >= 1000 else f"{length:g} µm"
    left, bottom = 0.8 * em, size[1] - 0.8 * em
    right = left + length * camera.scale
    painter.setPen(QPen(look.colour(theme.colours().text), 2 * theme.zoom()))
    painter.drawLine(QPointF(left, bottom), QPointF(right, bottom))
    painter.setFont(QApplication.font())
    width = max(right - left, look.text_width(text))
    box = QRectF(left, bottom - 1.4 * em, width + 2, 1.2 * em)
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text)


def paint_axes(painter: QPainter, camera: Camera, size: Size) -> None:
    """Where x, y and z point; the one that points at who looks is drawn last."""
    em = look.em()
    if size[1] < _LINES_FOR_AXES * em:
        return
    middle = QPointF(size[0] - 3.2 * em, size[1] - 3.0 * em)
    axes = camera.rotation.T  # a row for each axis: to the right, up, towards who looks
    painter.setFont(QApplication.font())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number in np.argsort(axes[:, 2]):
        right, up, towards = axes[number]
        colour = theme.colours().text if towards > -0.5 else theme.colours().muted_text
        end = middle + QPointF(right, -up) * _ARROW * em
        painter.setPen(QPen(look.colour(colour), 1.5 * theme.zoom()))
        painter.drawLine(middle, end)
        name = middle + QPointF(right, -up) * (_ARROW + 0.55) * em
        box = QRectF(name.x() - em, name.y() - em, 2 * em, 2 * em)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "xyz"[int(number)])


def paint_distances(painter: QPainter, chart: Chart, size: Size) -> None:
    """The axis of path distances along the bottom."""
    em = look.em()
    top = size[1] - chart.margins[3] + 0.3 * em
    painter.fillRect(QRectF(0, top - 0.3 * em, size[0], size[1]), look.colour(theme.colours().background))
    painter.setPen(look.colour(theme.colours().muted_text))
    painter.drawLine(QPointF(0, top), QPointF(size[0], top))
    painter.setFont(QApplication.font())
    painter.setPen(look.colour(theme.colours().text))
    step = nice_step(6 * em / chart.scales[0])
    first = max(int(np.ceil(chart.distance_at(0, size) / step)), 0)
    last = int(np.floor(chart.distance_at(size[0], size) / step))
    for number in range(first, last + 1):
        place = float(chart.places(np.array([[number * step, 0.0, 0.0]]), size)[0, 0])
        painter.drawLine(QPointF(place, top), QPointF(place, top + 0.25 * em))
        text = f"{number * step:g}"
        half = look.text_width(text) / 2 + 1
        if half <= place <= size[0] - half:
            box = QRectF(place - half, top + 0.25 * em, 2 * half, 1.1 * em)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
    title = QRectF(0, size[1] - 1.3 * em, size[0], 1.2 * em)
    painter.drawText(title, Qt.AlignmentFlag.AlignCenter, "Path distance from the soma (µm)")


def paint_note(painter: QPainter, note: str) -> None:
    """A word in the upper left corner."""
    em = look.em()
    box = QRectF(0.4 * em, 0.3 * em, look.text_width(note) + 0.8 * em, 1.3 * em)
    if note:
        painter.fillRect(box, look.as_rgba(theme.colours().background, 200))
        painter.setFont(QApplication.font())
        painter.setPen(look.colour(theme.colours().text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, note)


def paint_lit(painter: QPainter, pieces: Projected) -> None:
    """A glow around pieces; the forks of a tree lead elsewhere and have none."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    glow, core = look.as_rgba(theme.colours().accent, 130), look.colour(theme.colours().accent)
    shown = np.flatnonzero(pieces.seen & (pieces.xs[:, 0] < pieces.xs[:, 1]))
    for colour, wider in ((glow, 8.0), (core, 2.0)):
        for each in shown:
            pen = QPen(colour, float(pieces.radii[each].sum()) + wider * theme.zoom())
            is_thick = pieces.radii[each, 0] > _THICK
            pen.setCapStyle(Qt.PenCapStyle.FlatCap if is_thick else Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(QPointF(*pieces.starts[each]), QPointF(*pieces.ends[each]))
