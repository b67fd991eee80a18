"""What the colours mean: names of types, or a bar of values with its unit."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.plots import look
from gui.plots.cell.colours import ColourScale, scale_colours

_BYTES: Final = 3  # of a pixel
_SCALE_LINES, _TYPE_LINES, _PADDING_LINES = 3.2, 1.15, 0.15  # heights in lines of text
_ROOM: Final = 0.22  # of the bar: how far apart two numbers are at least


def height_of(types: Sequence[tuple[str, str]], scale: ColourScale | None = None) -> float:
    """Pixels that a legend takes."""
    lines = _SCALE_LINES if scale is not None else len(types) * _TYPE_LINES + 2 * _PADDING_LINES
    return lines * look.em()


def paint_types(
    painter: QPainter, right_top: QPointF, types: Sequence[tuple[str, str]], *, are_dots: bool = False
) -> QRectF:
    """Names and colours under each other, as squares or dots; the space that they take."""
    em = look.em()
    width = max((look.text_width(name) for name, _ in types), default=0.0) + 1.6 * em
    left = right_top.x() - width - 0.4 * em
    box = QRectF(left, right_top.y(), width + 0.4 * em, height_of(types))
    painter.fillRect(box, look.as_rgba(theme.colours().background, 200))
    painter.setFont(QApplication.font())
    for number, (name, colour) in enumerate(types):
        top = box.top() + (_PADDING_LINES + number * _TYPE_LINES) * em
        mark = QRectF(box.left() + 0.3 * em, top + 0.25 * em, 0.7 * em, 0.7 * em)
        if are_dots:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour(colour))
            painter.drawEllipse(mark.adjusted(0.1 * em, 0.1 * em, -0.1 * em, -0.1 * em))
        else:
            painter.fillRect(mark, look.colour(colour))
        painter.setPen(look.colour(theme.colours().text))
        text = QRectF(box.left() + 1.4 * em, top, width, _TYPE_LINES * em)
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
    return box


def paint_scale(painter: QPainter, right_top: QPointF, scale: ColourScale) -> QRectF:
    """A bar from the lowest value to the highest, with the unit; the space that it takes."""
    em = look.em()
    ticks = ticks_of(scale.low, scale.high)
    width = max(8 * em, look.text_width(scale.heading)) + 1.2 * em
    box = QRectF(right_top.x() - width, right_top.y(), width, _SCALE_LINES * em)
    painter.fillRect(box, look.as_rgba(theme.colours().background, 200))
    painter.setFont(QApplication.font())
    painter.setPen(look.colour(theme.colours().text))
    painter.drawText(
        QRectF(box.left(), box.top(), width, 1.2 * em), Qt.AlignmentFlag.AlignCenter, scale.heading
    )
    bar = QRectF(box.left() + 1.2 * em, box.top() + 1.25 * em, width - 2.4 * em, 0.6 * em)
    colours = np.ascontiguousarray(scale_colours()[None])
    image = QImage(colours.data, colours.shape[1], 1, colours.shape[1] * _BYTES, QImage.Format.Format_RGB888)
    painter.drawImage(bar, image)
    for value in ticks:
        place = bar.left() + (value - scale.low) / (scale.high - scale.low) * bar.width()
        painter.drawLine(QPointF(place, bar.bottom()), QPointF(place, bar.bottom() + 0.2 * em))
        text = QRectF(place - 3 * em, bar.bottom() + 0.2 * em, 6 * em, 1.1 * em)
        painter.drawText(text, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, f"{value:.4g}")
    return box


def ticks_of(low: float, high: float) -> list[float]:
    """The ends of a range, and round numbers in between that leave room to read them."""
    if not high > low:
        return [low]
    step = nice_step((high - low) / 3)
    first = int(np.ceil(low / step - 1e-9))
    last = int(np.floor(high / step + 1e-9))
    room = _ROOM * (high - low)
    inner = [round(number * step, 12) for number in range(first, last + 1)]
    return [low, *(each for each in inner if low + room < each < high - room), high]


def nice_step(least: float) -> float:
    """The next of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9)))
