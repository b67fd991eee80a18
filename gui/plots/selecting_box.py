"""Marks out a piece of a plot with the mouse: a rectangle, or whatever is drawn around."""

import functools
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsPathItem
from typing_extensions import override

from gui import theme
from gui.plots.soma_regions import inside, within

_STEP_PIXELS: Final = 3  # between the corners of what is drawn
_LEAST_CORNERS: Final = 3


class SelectingBox(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """Left drag marks, which is told instead of zoomed to; the wheel zooms, middle drag moves."""

    drawn = Signal(object, bool)  # Region, whether to add
    pressed = Signal(object, bool)  # QPointF in µm, whether to add

    def __init__(self) -> None:
        super().__init__()
        self.is_lasso = False
        self._corners: list[QPointF] = []  # of the lasso, in pixels
        self._outline = QGraphicsPathItem()
        self._outline.setZValue(1e9)
        self.addItem(self._outline, ignoreBounds=True)
        self._outline.hide()

    def show_colours(self) -> None:
        """Those of the theme."""
        pen = pg.mkPen(theme.colours().text, width=1)
        brush = pg.mkColor(theme.colours().text)
        brush.setAlpha(30)
        for item in (self.rbScaleBox, self._outline):
            item.setPen(pen)
            item.setBrush(brush)

    @override
    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        if ev.button() != Qt.MouseButton.LeftButton:
            super().mouseDragEvent(ev, axis)
            return
        ev.accept()
        if self.is_lasso:
            self._draw_lasso(ev)
        elif not ev.isFinish():
            self.updateScaleBox(ev.buttonDownPos(), ev.pos())
        else:
            self.rbScaleBox.hide()
            one, other = self.mapToView(ev.buttonDownPos()), self.mapToView(ev.pos())
            left, end = sorted((one.x(), other.x()))
            bottom, top = sorted((one.y(), other.y()))
            self.drawn.emit(functools.partial(inside, view=(left, end, bottom, top)), _adds(ev))

    @override
    def mouseClickEvent(self, ev: Any) -> None:
        if ev.button() == Qt.MouseButton.LeftButton:
            ev.accept()
            self.pressed.emit(self.mapToView(ev.pos()), _adds(ev))

    def _draw_lasso(self, ev: Any) -> None:
        if ev.isStart():
            self._corners = [QPointF(ev.buttonDownPos())]
        way = QPointF(ev.pos()) - self._corners[-1]
        if ev.isFinish() or way.manhattanLength() >= _STEP_PIXELS:
            self._corners.append(QPointF(ev.pos()))
        corners = [self.mapToView(corner) for corner in self._corners]
        if not ev.isFinish():
            path = QPainterPath()
            path.addPolygon(QPolygonF(corners))
            self._outline.setPath(path)
            self._outline.show()
            return
        self._outline.hide()
        if len(corners) >= _LEAST_CORNERS:
            outline = np.array([(corner.x(), corner.y()) for corner in corners])
            self.drawn.emit(functools.partial(within, corners=outline), _adds(ev))


def _adds(event: Any) -> bool:
    more = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
    return bool(event.modifiers() & more)
