"""How mouse and keyboard move the cell about, and what they choose on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from gui.plots.cell.markers import PlacedMarker

Side = Literal["front", "side", "top"]

_DEGREES_PER_PIXEL: Final = 0.45
_STEP_DEGREES, _STEP_PIXELS, _STEP_ZOOM = 10.0, 40.0, 1.25
_WHEEL_NOTCH: Final = 120.0  # eighths of a degree
_SIDES: Final[Mapping[Qt.Key, Side]] = {Qt.Key.Key_1: "front", Qt.Key.Key_2: "side", Qt.Key.Key_3: "top"}
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ZOOMS: Final = {
    Qt.Key.Key_Plus: _STEP_ZOOM,
    Qt.Key.Key_Equal: _STEP_ZOOM,
    Qt.Key.Key_Minus: 1 / _STEP_ZOOM,
}


class Moved(Protocol):
    """What gestures act on."""

    def turns(self) -> bool: ...
    def turn(self, right: float, up: float) -> None: ...
    def move_by(self, right: float, down: float) -> None: ...
    def zoom(self, factor: float, at: QPointF | None = None) -> None: ...
    def fit(self) -> None: ...
    def look_from(self, side: Side) -> None: ...
    def marker_at(self, place: QPointF) -> PlacedMarker | None: ...
    def seize(self, marker: PlacedMarker, place: QPointF) -> None: ...
    def drag_marker(self, place: QPointF) -> None: ...
    def drop_marker(self) -> None: ...
    def press(self, event: QMouseEvent) -> None: ...
    def hover(self, place: QPointF | None) -> None: ...


@dataclass(slots=True)
class _Grip:
    """The mouse button is down."""

    begin: QPointF
    last: QPointF
    is_marker: bool
    is_moving: bool = False


class Hand:
    """Left drag turns (with Shift, or another button: moves), the wheel zooms, a click chooses."""

    def __init__(self, moved: Moved) -> None:
        self._moved = moved
        self._grip: _Grip | None = None

    @property
    def is_dragging(self) -> bool:
        """Whether the picture moves with the mouse right now."""
        return self._grip is not None and self._grip.is_moving

    def mouse_pressed(self, event: QMouseEvent) -> None:
        """A button went down: on a marker, or anywhere."""
        place = event.position()
        marker = self._moved.marker_at(place) if event.button() == Qt.MouseButton.LeftButton else None
        self._grip = _Grip(place, place, is_marker=marker is not None)
        if marker is not None:
            self._moved.seize(marker, place)

    def mouse_moved(self, event: QMouseEvent) -> None:
        """With a button: drag. Without: look what is there."""
        place, grip = event.position(), self._grip
        if grip is None or event.buttons() == Qt.MouseButton.NoButton:
            self._grip = None
            self._moved.hover(place)
            return
        far = (place - grip.begin).manhattanLength() >= QApplication.startDragDistance()
        grip.is_moving = grip.is_moving or far
        if not grip.is_moving:
            return
        step, grip.last = place - grip.last, place
        if grip.is_marker:
            self._moved.drag_marker(place)
        elif self._turns(event):
            self._moved.turn(step.x() * _DEGREES_PER_PIXEL, -step.y() * _DEGREES_PER_PIXEL)
        else:
            self._moved.move_by(step.x(), step.y())

    def mouse_released(self, event: QMouseEvent) -> None:
        """The end of a drag; a press without one is a click."""
        grip, self._grip = self._grip, None
        if grip is None:
            return
        if grip.is_marker:
            self._moved.drop_marker()
        elif not grip.is_moving and event.button() == Qt.MouseButton.LeftButton:
            self._moved.press(event)

    def wheel_turned(self, event: QWheelEvent) -> None:
        """Zoom; what is under the mouse stays there."""
        self._moved.zoom(_STEP_ZOOM ** (event.angleDelta().y() / _WHEEL_NOTCH), event.position())

    def key_pressed(self, event: QKeyEvent) -> bool:
        """Whether the key means something here."""
        deed = self._deed(event)
        if deed is not None:
            deed()
        return deed is not None

    def knows(self, event: QKeyEvent) -> bool:
        """Whether the key means something here, so that no menu gets it."""
        return self._deed(event) is not None

    def _deed(self, event: QKeyEvent) -> Callable[[], None] | None:
        key, moved = Qt.Key(event.key()), self._moved
        with_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
            return None
        if key in _ARROWS:
            right, down = _ARROWS[key]
            if moved.turns() and not with_shift:
                return lambda: moved.turn(right * _STEP_DEGREES, -down * _STEP_DEGREES)
            return lambda: moved.move_by(right * _STEP_PIXELS, down * _STEP_PIXELS)
        if key in _SIDES:
            return lambda: moved.look_from(_SIDES[key])
        if key in _ZOOMS:
            return lambda: moved.zoom(_ZOOMS[key])
        return moved.fit if key in (Qt.Key.Key_F, Qt.Key.Key_Home) else None

    def _turns(self, event: QMouseEvent) -> bool:
        is_left = bool(event.buttons() & Qt.MouseButton.LeftButton)
        with_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return self._moved.turns() and is_left and not with_shift
