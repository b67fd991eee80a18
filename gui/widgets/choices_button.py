"""A button with a list of which several can be chosen."""

from collections.abc import Collection, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget
from typing_extensions import override


class ChoicesButton(QToolButton):
    """Shows what is chosen; its menu stays open while the user ticks what should be."""

    chosen = Signal(object)  # tuple[str, ...]: the keys, in the order of the choices

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._menu = _StayingMenu(self)
        self.setMenu(self._menu)
        self._shown: tuple[tuple[tuple[str, str], ...], frozenset[str]] | None = None

    @override
    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width() + self.fontMetrics().averageCharWidth() * 2, hint.height())

    def show_choices(self, choices: Mapping[str, str], chosen: Collection[str]) -> None:
        """Offer these (keys and what they are called), of which some are chosen. Never emits."""
        wanted = tuple(choices.items()), frozenset(chosen)
        if wanted == self._shown:
            return
        self._shown = wanted
        present = [action.data() for action in self._menu.actions()]
        if present != list(choices):
            self._menu.clear()
            for key, label in choices.items():
                action = self._menu.addAction(label)
                action.setCheckable(True)
                action.setData(key)
                action.triggered.connect(self._on_triggered)
        for action in self._menu.actions():
            action.setChecked(action.data() in chosen)

    def _on_triggered(self, _checked: bool) -> None:  # noqa: FBT001 - a slot
        self._shown = None  # is what the user wants, and may be refused
        self.chosen.emit(tuple(action.data() for action in self._menu.actions() if action.isChecked()))


class _StayingMenu(QMenu):
    """Closes on Escape, Return, or a click outside of it."""

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action: QAction | None = self.actionAt(event.position().toPoint())
        if action is None or not action.isCheckable():
            super().mouseReleaseEvent(event)
        elif action.isEnabled():
            action.trigger()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        action: QAction | None = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and action.isEnabled():
            action.trigger()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
        else:
            super().keyPressEvent(event)
