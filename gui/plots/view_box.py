"""How a mouse moves about in a plot of traces."""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from typing_extensions import override

_LEAST_RECTANGLE_PX = 4


class ScopeViewBox(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """Wheel: zoom time, with Ctrl the other axis. Drag: move. Ctrl-drag, right drag: zoom to a rectangle.

    A click without keys tells where it was.
    """

    moved_by_user = Signal(bool, bool)  # time, values
    clicked = Signal(float, float)  # of both axes, in their units
    menu_wanted = Signal(object)  # QPointF on the screen

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.disableAutoRange()
        self.setDefaultPadding(0.0)

    @override
    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        if axis is None:
            axis = 1 if ev.modifiers() & Qt.KeyboardModifier.ControlModifier else 0
        super().wheelEvent(ev, axis=axis)
        self.moved_by_user.emit(axis == 0, axis == 1)

    @override
    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        is_rectangle = ev.button() == Qt.MouseButton.RightButton or (
            ev.button() == Qt.MouseButton.LeftButton and ev.modifiers() & Qt.KeyboardModifier.ControlModifier
        )
        if is_rectangle and axis is None:
            self._drag_rectangle(ev)
        else:
            super().mouseDragEvent(ev, axis=axis)
            self.moved_by_user.emit(axis in (None, 0), axis in (None, 1))

    @override
    def mouseClickEvent(self, ev: Any) -> None:
        if ev.button() == Qt.MouseButton.RightButton:
            ev.accept()
            self.menu_wanted.emit(QPointF(ev.screenPos()))
        elif ev.button() == Qt.MouseButton.LeftButton and not ev.modifiers():
            ev.accept()
            where = self.mapToView(ev.pos())
            self.clicked.emit(where.x(), where.y())

    @override
    def keyPressEvent(self, ev: Any) -> None:
        ev.ignore()  # keys belong to the panel

    def _drag_rectangle(self, ev: Any) -> None:
        ev.accept()
        begin, now = QPointF(ev.buttonDownPos(ev.button())), QPointF(ev.pos())
        if not ev.isFinish():
            self.updateScaleBox(begin, now)
            return
        self.rbScaleBox.hide()
        drawn = QRectF(begin, now).normalized() & self.boundingRect()
        if min(drawn.width(), drawn.height()) >= _LEAST_RECTANGLE_PX:
            self.setRange(self.childGroup.mapRectFromParent(drawn), padding=0)
            self.moved_by_user.emit(True, True)
