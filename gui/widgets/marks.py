"""Small marks that lists paint: an eye, a pin, a chip of colour. They grow with the font."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap


def paint_eye(painter: QPainter, area: QRectF, colour: QColor, *, is_open: bool) -> None:
    """An open eye; closed: struck through."""
    left, right, middle = area.left(), area.right(), area.center()
    lid = QPainterPath(QPointF(left, middle.y()))
    lid.quadTo(middle.x(), area.top() - area.height() * 0.1, right, middle.y())
    lid.quadTo(middle.x(), area.bottom() + area.height() * 0.1, left, middle.y())
    _outline(painter, area, colour)
    painter.drawPath(lid)
    if is_open:
        painter.setBrush(colour)
        painter.drawEllipse(middle, area.width() * 0.13, area.width() * 0.13)
    else:
        painter.drawLine(QPointF(left, area.bottom()), QPointF(right, area.top()))


def paint_pin(painter: QPainter, area: QRectF, colour: QColor, *, is_set: bool) -> None:
    """A drawing pin; a hollow one is not set."""
    width, height, middle = area.width(), area.height(), area.center()
    head = QRectF(middle.x() - width * 0.22, area.top(), width * 0.44, height * 0.5)
    _outline(painter, area, colour)
    painter.setBrush(colour if is_set else Qt.BrushStyle.NoBrush)
    painter.drawRect(head)
    shoulder = area.top() + height * 0.5
    painter.drawLine(
        QPointF(middle.x() - width * 0.4, shoulder + 1), QPointF(middle.x() + width * 0.4, shoulder + 1)
    )
    painter.drawLine(QPointF(middle.x(), shoulder), QPointF(middle.x(), area.bottom()))


def paint_chip(painter: QPainter, area: QRectF, colours: tuple[QColor, ...]) -> None:
    """A round chip in as many parts as there are colours."""
    painter.setPen(Qt.PenStyle.NoPen)
    share = 16 * 360 // len(colours)
    for number, colour in enumerate(colours):
        painter.setBrush(colour)
        if len(colours) == 1:
            painter.drawEllipse(area)
        else:
            painter.drawPie(area, 16 * 90 + number * share, share)


def chip_icon(colours: tuple[QColor, ...], size: int, ratio: float = 1.0) -> QIcon:
    """A chip for menus."""
    pixmap = QPixmap(math.ceil(size * ratio), math.ceil(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_chip(painter, QRectF(1, 1, size - 2, size - 2), colours)
    painter.end()
    return QIcon(pixmap)


def _outline(painter: QPainter, area: QRectF, colour: QColor) -> None:
    painter.setPen(QPen(colour, max(1.2, area.width() / 11)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
