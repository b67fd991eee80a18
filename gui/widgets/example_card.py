"""A large button that shows what an example is about."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from gui import theme

_WIDTH_IN_LETTERS = 32
_POINTS = 400


class ExampleCard(QAbstractButton):
    """A drawn voltage, a title, a sentence. Pressed with the mouse, Enter or Space."""

    def __init__(
        self, title: str, sentence: str, spike_times: Sequence[float], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title, self._sentence = title, sentence
        self._voltage = _voltage(spike_times)
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{sentence} Opens and runs it.")
        self.setToolTip("Opens and runs it")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        width = self.fontMetrics().averageCharWidth() * _WIDTH_IN_LETTERS
        return QSize(width, self.heightForWidth(width))

    @override
    def heightForWidth(self, width: int, /) -> int:
        words = QRect(0, 0, width - 2 * self._margin(), 40 * self.fontMetrics().lineSpacing())
        title = QFontMetrics(self._title_font()).boundingRect(words, _WRAP, self._title)
        sentence = self.fontMetrics().boundingRect(words, _WRAP, self._sentence)
        return self._picture_height() + title.height() + sentence.height() + 4 * self._margin()

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours()
        stressed = self.underMouse() or self.hasFocus() or self.isDown()
        painter.setPen(QPen(QColor(colours.accent if stressed else colours.border), 2 if stressed else 1))
        painter.setBrush(QColor(colours.selection if self.isDown() else colours.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 6, 6)
        margin = self._margin()
        area = self.rect().adjusted(margin, margin, -margin, -margin)
        picture = QRect(area.left(), area.top(), area.width(), self._picture_height())
        self._paint_voltage(painter, QRectF(picture))
        area.setTop(picture.bottom() + margin)
        painter.setPen(QColor(colours.text))
        painter.setFont(self._title_font())
        drawn = painter.drawText(area, _WRAP, self._title)
        area.setTop(drawn.bottom() + margin // 2)
        painter.setPen(QColor(colours.muted_text))
        painter.setFont(self.font())
        painter.drawText(area, _WRAP, self._sentence)

    def _paint_voltage(self, painter: QPainter, area: QRectF) -> None:
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.colours().background))
        painter.drawRoundedRect(area, 4, 4)
        line = QPolygonF(
            [
                QPointF(area.left() + area.width() * x, area.bottom() - area.height() * (0.1 + 0.8 * v))
                for x, v in self._voltage
            ]
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.trace_colour(0)), 1.5 * theme.zoom()))
        painter.drawPolyline(line)
        painter.restore()

    def _title_font(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _margin(self) -> int:
        return self.fontMetrics().lineSpacing() * 2 // 3

    def _picture_height(self) -> int:
        return self.fontMetrics().lineSpacing() * 5


_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft


def _voltage(spike_times: Sequence[float]) -> list[tuple[float, float]]:
    """A sketch of a membrane voltage, both axes 0 to 1: rest, a step, spikes with their undershoot."""
    width = 0.012 if len(spike_times) > 1 else 0.03
    end = max(spike_times) + (0.1 if len(spike_times) > 1 else 0.0)
    points = []
    for k in range(_POINTS + 1):
        x = k / _POINTS
        charge = 1 - math.exp(-max(x - 0.12, 0.0) / 0.04)
        decay = math.exp(-max(x - end, 0.0) / 0.05)
        v = 0.18 + (0.12 * charge * decay if len(spike_times) > 1 else 0.0)
        for time in spike_times:
            v += 0.75 * math.exp(-(((x - time) / (0.4 * width)) ** 2))
            if x > time:
                v -= (
                    0.16 * math.exp(-(x - time) / (2.5 * width)) * (1 - math.exp(-(x - time) / (0.6 * width)))
                )
        points.append((x, min(max(v, 0.0), 1.0)))
    return points
