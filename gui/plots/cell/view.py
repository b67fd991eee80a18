"""The widget that shows a cell, and says what the mouse does on it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gui import theme
from gui.plots import look
from gui.plots.cell.camera import Camera, Projection, Size
from gui.plots.cell.colours import ColourScale
from gui.plots.cell.dots import DotLayer, Dots, PlacedDots
from gui.plots.cell.gestures import Hand, Side
from gui.plots.cell.marker_set import MarkerSet
from gui.plots.cell.markers import Marker, PlacedMarker
from gui.plots.cell.outlook import Mode, Outlook
from gui.plots.cell.painting import DrawingError, Frame, PiecesPicture, paint, tip_of
from gui.plots.cell.picking import REACH, Pick
from gui.plots.cell.scene import Scene
from gui.plots.cell.shapes import Shape
from gui.plots.cell.software import SoftwareDrawer
from gui.plots.cell.still import Still

_DRAG_REACH: Final = 60.0  # pixels: how far from the cell a marker can be dragged and still be on it
_REST_MS: Final = 150
_FINE_ENOUGH: Final = 1.5  # pixels of the screen for one of the widget: edges need no smoothing
_OF_PICTURE: Final = 2.0  # times the size on the screen


class CellView(QWidget):
    """Shows shapes in three ways with one rule of what is where; changes nothing but how it is looked at."""

    hovered = Signal(object)  # Pick on the first shape, or None
    other_clicked = Signal(object)  # Pick on another shape than the first
    clicked = Signal(object, object, object)  # Pick or None, Qt.KeyboardModifiers, QPoint on the screen
    dot_clicked = Signal(object, object)  # key of the dot, Qt.KeyboardModifiers; `clicked` does not come then
    marker_pressed = Signal(object, object)  # key of the marker, Pick where it is
    marker_dragged = Signal(object, object)  # key, Pick where it would be dropped now
    marker_dropped = Signal(object, object)  # key, Pick; also without having been dragged
    tip_wanted = Signal(object, object)  # Pick, QPoint on the screen: the mouse rests there
    drawing_failed = Signal(str)  # why who drew in 3-D does it no more
    looked = Signal()  # from elsewhere, or in another mode

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene()
        self._outlook = Outlook()
        self.lit: int | None = None
        self.note = ""
        self._software = SoftwareDrawer()
        self._in_space: PiecesPicture | None = None  # who draws in 3-D; None: the processor, as elsewhere
        self._markers = MarkerSet(self._tip_of)
        self._dots = DotLayer()
        self._hovered: Pick | None = None
        self._moving = QTimer(self)  # runs until it has been at rest for a while
        self._moving.setSingleShot(True)
        self._moving.setInterval(_REST_MS)
        self._moving.timeout.connect(self.update)
        self._hand = Hand(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(120, 80))
        self.setAccessibleName("The cell")
        theme.notifier().changed.connect(self._on_theme)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """What is shown, as it is laid out in this mode."""
        return self.scene.shapes

    @property
    def dots(self) -> Dots | None:
        """What `show_dots` has been given, if there is any dot."""
        return self._dots.dots

    @property
    def mode(self) -> Mode:
        """In space, flat, or as a tree."""
        return self._outlook.mode

    @property
    def camera(self) -> Camera:
        """Where it is looked at from, in space and flat."""
        return self._outlook.camera

    @property
    def projection(self) -> Projection:
        """What brings the pieces onto the screen now."""
        return self._outlook.projection

    def show_shapes(self, shapes: Sequence[Shape]) -> None:
        """Show these cells; the first one is that which values, markers and `highlight` are of."""
        before = self.scene.shapes
        self.scene.show_shapes(shapes)
        if not (shapes and before and shapes[0].anatomy is before[0].anatomy):
            self.lit = None
            self._markers.show(())
            self._dots.show(None)
        self._tell_hovered(None)
        is_other = [shape.cell for shape in shapes[:1]] != [shape.cell for shape in before[:1]]
        if is_other or (self._outlook.is_fitted and len(shapes) != len(before)):
            self.fit()
        self._moving.start()  # the first picture comes sooner without smooth edges
        self.update()

    def show_mode(self, mode: Mode) -> None:
        """In space, flat, or as a tree."""
        if mode != self.mode:
            self._outlook.mode = mode
            self.scene.show_tree(is_tree=mode == "dendrogram")
            self._tell_hovered(None)
            if self._outlook.is_fitted or mode == "dendrogram":
                self.fit()
            self.update()
            self.looked.emit()

    def show_types(self) -> None:
        """Colour by the type of section."""
        self.scene.show_values(None, None)
        self.update()

    def show_values(self, values: NDArray[Any] | None, colours: ColourScale) -> None:
        """Colour the segments of the first shape by values (segments,); None: not known, all are grey."""
        self.scene.show_values(values, colours)
        self.update()

    def show_markers(self, markers: Sequence[Marker]) -> None:
        """Draw these on the first shape, and no others."""
        self._markers.show(markers)
        self.update()

    def show_dots(self, dots: Dots | None) -> None:
        """Draw these on the first shape, and no others; None: none."""
        self._dots.show(dots)
        self.update()

    def dot_at(self, place: QPointF) -> int | None:
        """The key of the dot there, or near; None: there is none."""
        placed = self.placed_dots()
        return placed.nearest(place) if placed is not None else None

    def placed_dots(self) -> PlacedDots | None:
        """Where the dots are on the widget; None: there are none."""
        dots = self._dots.in_space(self.shapes)
        return dots.placed(self.projection, self.pixels()) if dots is not None else None

    def show_note(self, note: str) -> None:
        """A word in a corner, "" for none."""
        if note != self.note:
            self.note = note
            self.update()

    def highlight(self, segment: int | None) -> None:
        """Let a segment of the first shape light up, or none."""
        if segment != self.lit:
            self.lit = segment
            self.update()

    def show_perspective(self, *, has_perspective: bool) -> None:
        """Whether what is nearer looks larger."""
        self._outlook.camera = replace(self.camera, has_perspective=has_perspective)
        self.update()
        self.looked.emit()

    def draw_with(self, drawer: PiecesPicture | None) -> None:
        """Have this one draw in 3-D; None: the processor."""
        self._in_space = drawer
        self.update()

    def fit(self) -> None:
        """All of it in view."""
        self._outlook.fit(self.scene.pieces, self.pixels())
        self.update()
        self.looked.emit()

    def look_from(self, side: Side) -> None:
        """A standard view, with all of it."""
        if self.mode != "dendrogram":
            self._outlook.turn_to(side)
            self.fit()

    def turns(self) -> bool:
        """Whether it can be turned in this mode."""
        return self.mode == "3d"

    def turn(self, right: float, up: float) -> None:
        """Turn it by degrees."""
        self._look(self.projection.turned(right, up))

    def move_by(self, right: float, down: float) -> None:
        """Move it by pixels."""
        self._look(self.projection.moved(right, down))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """So many times as large; what is at that pixel, or in the middle, stays there."""
        place = at if at is not None else QRectF(self.rect()).center()
        self._look(self.projection.zoomed(factor, (place.x(), place.y()), self.pixels()))

    def stand_still(self) -> None:
        """It does not move any more: draw it with smooth edges now."""
        self._moving.stop()
        self.update()

    def pick_at(self, place: QPointF, reach: float = REACH) -> Pick | None:
        """What is at a place of the widget, or nearest to it within so many pixels."""
        return self.scene.pick(self.projection, self.pixels(), (place.x(), place.y()), reach)

    def place_of(self, segment: int, x: float) -> QPointF | None:
        """Where a spot of the first shape is on the widget; None if there is no shape."""
        found = self._tip_of(segment, x)
        return None if found is None else found[0]

    def still(self) -> Still:
        """What is shown, to be painted apart from this widget."""
        frame = replace(self._frame(), scene=self.scene.copy(), is_smooth=True, note="")
        return Still(frame, is_fitted=self._outlook.is_fitted)

    def picture(self) -> QImage:
        """What is shown, sharper than on the screen."""
        return self.still().image(round(self.width() * _OF_PICTURE), self.note)

    def pixels(self) -> Size:
        """Width and height."""
        return self.width(), self.height()

    def marker_at(self, place: QPointF) -> PlacedMarker | None:
        """The marker that the mouse would seize there."""
        return self._markers.at(place)

    def seize(self, marker: PlacedMarker, place: QPointF) -> None:
        """The mouse takes hold of a marker."""
        self._markers.seize(marker, place)
        self.marker_pressed.emit(marker.marker.key, self._pick_of(marker.marker))

    def drag_marker(self, place: QPointF) -> None:
        """The held marker goes along the tree with the mouse."""
        held = self._markers.held
        found = self.pick_at(self._markers.tip_under(place), _DRAG_REACH)
        if held is not None and found is not None and found.cell == self.shapes[0].cell:
            self._markers.move_held(found)
            self.update()
            self.marker_dragged.emit(held.key, found)

    def drop_marker(self) -> None:
        """The mouse lets go of the marker."""
        held = self._markers.let_go()
        if held is not None:
            self.marker_dropped.emit(held.key, self._pick_of(held))
        self.update()

    def press(self, event: QMouseEvent) -> None:
        """A click, not on a marker."""
        if (dot := self.dot_at(event.position())) is not None:
            self.dot_clicked.emit(dot, event.modifiers())
            return
        found = self.pick_at(event.position())
        if self._is_beside(found):
            self.other_clicked.emit(found)
        else:
            self.clicked.emit(found, event.modifiers(), event.globalPosition().toPoint())

    def hover(self, place: QPointF | None) -> None:
        """The mouse is there, or gone; a marker is where its tip is."""
        marker = self.marker_at(place) if place is not None else None
        is_on_marker = marker is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_on_marker else Qt.CursorShape.ArrowCursor)
        if marker is not None:
            self._tell_hovered(self._pick_of(marker.marker))
        else:
            self._tell_hovered(self.pick_at(place) if place is not None else None)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        frame, ratio = self._frame(), self.devicePixelRatioF()
        try:
            paint(painter, frame, ratio, (self.mode == "3d" and self._in_space) or self._software)
        except DrawingError as error:
            self._in_space = None
            paint(painter, frame, ratio, self._software)
            self.drawing_failed.emit(str(error))
        if self.hasFocus():
            painter.setPen(QPen(look.colour(theme.colours().accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._outlook.is_fitted:
            self.fit()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._hand.mouse_pressed(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hand.mouse_moved(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hand.mouse_released(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._hand.mouse_pressed(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self._hand.wheel_turned(event)
        event.accept()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.hover(None)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._hand.key_pressed(event):
            super().keyPressEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._hand.knows(event)
        ):
            event.accept()  # else a menu gets it that has the same key
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            if self._hovered is not None:
                self.tip_wanted.emit(self._hovered, event.globalPos())
            return True
        return super().event(event)

    def _look(self, projection: Projection) -> None:
        self._outlook.take(projection)
        self._moving.start()
        self.update()
        self.looked.emit()

    def _frame(self) -> Frame:
        return Frame(
            self.scene,
            self.projection,
            self.pixels(),
            is_shaded=self.mode == "3d",
            is_smooth=not self._moving.isActive() and self.devicePixelRatioF() < _FINE_ENOUGH,
            lit=self.lit,
            markers=self._markers.placed(),
            dots=self._dots.in_space(self.shapes),
            note=self.note,
        )

    def _tip_of(self, segment: int, x: float) -> tuple[QPointF, float] | None:
        return tip_of(self.scene, self.projection, self.pixels(), segment, x)

    def _pick_of(self, marker: Marker) -> Pick:
        shape = self.shapes[0]
        section = shape.anatomy.section(marker.segment).name
        return Pick(shape.cell, section, marker.x, marker.segment, 0.0)

    def _tell_hovered(self, found: Pick | None) -> None:
        if found != self._hovered:
            self._hovered = found
            self.hovered.emit(None if self._is_beside(found) else found)

    def _is_beside(self, found: Pick | None) -> bool:
        """Whether it is on another cell than the first."""
        return found is not None and found.cell != self.shapes[0].cell

    def _on_theme(self) -> None:
        self.scene.colour_anew()
        if self._outlook.is_fitted:
            self.fit()
        self.update()
