"""The sheet of all keys: those of the actions, and what keys and mouse do inside of panels."""

from collections.abc import Iterable
from typing import Final, get_args

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from gui.actions import ActionSet, Menu

Row = tuple[str, str]  # keys, what they do
_ELSEWHERE: Final = "In no menu"

INSIDE_PANELS: Final[dict[str, tuple[Row, ...]]] = {
    "Scope": (
        ("Wheel", "Zoom in time around the pointer"),
        ("Ctrl+Wheel", "Zoom in the quantity around the pointer"),
        ("Drag", "Move the view"),
        ("Right drag, Ctrl+Drag", "Zoom to a rectangle"),
        ("Home", "Show the whole run"),
        ("Arrows", "Move the chosen cursor (Shift: further)"),
        ("Right click", "Copy or save the picture or the data"),
    ),
    "Drawing of the cell": (
        ("1, 2, 3", "Look from the front, from the side, from the top"),
        ("F, Home", "Show all of the cell"),
        ("+ / -, Wheel", "Larger, smaller"),
        ("Arrows, Drag", "Turn it; in 2-D and as a tree: move it"),
        ("Shift+Arrows, Shift+Drag", "Move it"),
    ),
    "Table of cells": (
        ("Up / Down", "Go from cell to cell"),
        ("Shift+Up / Shift+Down", "Select several"),
        ("Space", "Select one more, or one less"),
        ("Ctrl+A", "Select all that the filter shows"),
        ("Enter", "Take the selected cells into the experiment"),
    ),
    "List of runs": (
        ("Enter", "Show or hide the selected runs"),
        ("F2", "Rename the run"),
        ("P", "Pin or unpin: pinned runs cannot be deleted"),
        ("K", "Choose a colour"),
        ("Delete", "Delete the selected runs, after a question"),
    ),
    "Number fields": (
        ("Up / Down", "A step more or less"),
        ("50p, 0.05n", "Prefixes of units are understood"),
        ("*2, /10, +5", "Computes with the present number"),
        ("Enter", "Take the number"),
    ),
}


class ShortcutSheet(QDialog):
    """Not modal: it may stay open beside the window while one learns."""

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self._field = QLineEdit(placeholderText="Search for a key or for what it does")
        self._field.setAccessibleName("Search for a key or for what it does")
        self._field.setClearButtonEnabled(True)
        self._field.textChanged.connect(self._filter)
        self._groups: list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = []
        self._tree = QTreeWidget(columnCount=2)
        self._tree.setAccessibleName("Keys and what they do")
        self._tree.setHeaderLabels(["What it does", "Keys"])
        self._tree.setRootIsDecorated(False)
        self._tree.setUniformRowHeights(True)
        header = self._tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._actions = actions
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self._field, self._tree, buttons):
            layout.addWidget(widget)
        metrics = self.fontMetrics()
        room = self.screen().availableSize()
        self.resize(
            min(metrics.averageCharWidth() * 80, room.width()),
            min(metrics.height() * 34, room.height() * 9 // 10),
        )
        self._field.setFocus()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """List what there is now: panels may have brought more actions since."""
        self._groups.clear()
        self._tree.clear()
        for title, rows in (*_of_actions(self._actions).items(), *INSIDE_PANELS.items()):
            self._add_group(title, rows)
        self._filter(self._field.text())
        super().showEvent(event)

    def _add_group(self, title: str, rows: Iterable[Row]) -> None:
        group = QTreeWidgetItem(self._tree, [title])
        group.setFlags(Qt.ItemFlag.ItemIsEnabled)
        bold = self.font()
        bold.setBold(True)
        group.setFont(0, bold)
        self._groups.append((group, [QTreeWidgetItem(group, [what, keys]) for keys, what in rows]))
        self._tree.setFirstColumnSpanned(self._tree.indexOfTopLevelItem(group), QModelIndex(), True)
        group.setExpanded(True)

    def _filter(self, typed: str) -> None:
        """Leave the rows that hold every typed word; a group whose title does shows all of its rows."""
        words = typed.casefold().split()
        for group, rows in self._groups:
            for row in rows:
                text = f"{group.text(0)} {row.text(0)} {row.text(1)}".casefold()
                row.setHidden(not all(word in text for word in words))
            group.setHidden(all(row.isHidden() for row in rows))


def _of_actions(actions: ActionSet) -> dict[str, list[Row]]:
    """By menu, in the order of the menus: what has a key."""
    groups: dict[str, list[Row]] = {menu or _ELSEWHERE: [] for menu in get_args(Menu)}
    for action in actions.actions:
        widget = actions.widget(action.id)
        if not widget.shortcut().isEmpty() and action.show():
            keys = widget.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            groups[action.menu or _ELSEWHERE].append((keys, widget.text().replace("&", "")))
    return {menu: rows for menu, rows in groups.items() if rows}
