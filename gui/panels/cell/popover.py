"""What can be put at a place of the cell, offered beside the place."""

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from engine.experiment.placing import Placement
from gui import theme

OFFERS: Final[tuple[tuple[Placement, str, str, str], ...]] = (
    ("inject", "&Inject here", "Inject a current step here, and record the voltage", "stimulus"),
    ("record", "&Record here", "Record the voltage here", "recording"),
    ("synapse", "&Synapse here", "Put a synapse here, and record the voltage", "synapse"),
    ("clamp", "&Clamp here", "Clamp the voltage here, and record the current that this takes", "clamp"),
)
_BESIDE: Final = QPoint(10, 10)  # pixels from the mouse, so that the place can still be seen


class Popover(QFrame):
    """Lies over the window, not in one of its own: the next click elsewhere closes it and counts as well.

    A click with Shift leaves it to who listens: it may be for another place.
    """

    chosen = Signal(str)  # Placement
    closed = Signal()

    def __init__(self, beside: QWidget) -> None:
        super().__init__(beside.window())
        self._beside = beside
        self.setObjectName("popover")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setAccessibleName("What to put at this place")
        self.place = QLabel()
        self.place.setTextFormat(Qt.TextFormat.PlainText)
        self.place.setAccessibleName("The place")
        self.more = QLabel()
        self.more.setAccessibleName("How to choose more places")
        self.buttons: dict[Placement, QPushButton] = {}
        layout = QVBoxLayout(self)
        layout.setSpacing(2)
        layout.addWidget(self.place)
        for placement, text, tip, _ in OFFERS:
            button = self.buttons[placement] = QPushButton(text)
            button.setToolTip(tip)
            button.setFlat(True)
            button.setAutoDefault(True)
            button.clicked.connect(partial(self._choose, placement))
            layout.addWidget(button)
        layout.addWidget(self.more)
        theme.notifier().changed.connect(self._dress)
        self._dress()
        self.hide()

    def show_at(self, where: QPoint, place: str, more: str) -> None:
        """Offer what can be put at a place (in words), beside a point of the screen."""
        window = self._beside.window()
        self.setParent(window)  # the dock may have become a window, or come back
        self.place.setText(place)
        self.more.setText(more)
        self.adjustSize()
        room = window.rect().adjusted(4, 4, -4, -4)
        box = QRect(window.mapFromGlobal(where) + _BESIDE, self.sizeHint())
        box.moveRight(min(box.right(), room.right()))
        box.moveBottom(min(box.bottom(), room.bottom()))
        box.moveLeft(max(box.left(), room.left()))
        box.moveTop(max(box.top(), room.top()))
        self.setGeometry(box)
        self.show()
        self.raise_()
        self.buttons["inject"].setFocus(Qt.FocusReason.PopupFocusReason)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def dismiss(self) -> None:
        """Close it; the keyboard goes back to the cell."""
        if self.isVisible():
            has_focus = self.isAncestorOf(QApplication.focusWidget() or self._beside)
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
            self.hide()
            if has_focus:
                self._beside.setFocus()
            self.closed.emit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click elsewhere closes it; so does leaving the window."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            is_inside = isinstance(watched, QWidget) and (watched is self or self.isAncestorOf(watched))
            adds = watched is self._beside and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if isinstance(watched, QWidget) and not is_inside and not adds:
                self.dismiss()
        elif event.type() == QEvent.Type.WindowDeactivate and watched is self.window():
            self.dismiss()
        return super().eventFilter(watched, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        by_letter = {placement[0]: placement for placement in self.buttons}
        letter = event.text().lower()
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif letter in by_letter:
            self._choose(by_letter[letter])
        else:
            super().keyPressEvent(event)

    @override
    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Tab and arrows stay inside, and go round."""
        buttons = list(self.buttons.values())
        at = next((number for number, button in enumerate(buttons) if button.hasFocus()), -1)
        beside = buttons[(at + (1 if forwards else -1)) % len(buttons)]
        beside.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    @override
    def event(self, event: QEvent) -> bool:
        """Plain keys are its own: its letters need no Alt, and no menu gets them."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_plain(event):
            event.accept()
            return True
        return super().event(event)

    def _choose(self, placement: Placement, _checked: bool = False) -> None:  # noqa: FBT001 - a slot
        self.dismiss()
        self.chosen.emit(placement)

    def _dress(self) -> None:
        colours = theme.colours()
        self.setStyleSheet(
            f"#popover {{ background: {colours.raised}; border: 1px solid {colours.border};"
            " border-radius: 4px; }"
            " QPushButton { text-align: left; padding: 3px 10px; border: none; }"
            f" QPushButton:focus, QPushButton:hover {{ background: {colours.selection};"
            f" color: {colours.on_selection}; }}"
        )
        self.more.setStyleSheet(f"color: {colours.muted_text};")
        for placement, _, _, icon in OFFERS:
            self.buttons[placement].setIcon(theme.icon(icon))


def _is_plain(event: QKeyEvent) -> bool:
    """Whether it is Esc, or something that one could type."""
    modified = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    is_typed = bool(event.text()) and event.text().isprintable()
    return not modified and (is_typed or event.key() == Qt.Key.Key_Escape)
