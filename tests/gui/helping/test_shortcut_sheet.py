import pytest
from PySide6.QtWidgets import QLineEdit, QTreeWidget, QWidget

from gui.panels.shortcuts import INSIDE_PANELS, ShortcutSheet
from tests.gui.helping.examples import Deeds


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def sheet(window):
    sheet = ShortcutSheet(Deeds(window).actions, window)
    sheet.show()
    return sheet


def rows(sheet):
    """All that is to be seen: (group, what, keys)."""
    tree = sheet.findChild(QTreeWidget)
    groups = [tree.topLevelItem(place) for place in range(tree.topLevelItemCount())]
    return [
        (group.text(0), group.child(place).text(0), group.child(place).text(1))
        for group in groups
        for place in range(group.childCount())
        if not group.isHidden() and not group.child(place).isHidden()
    ]


def test_that_every_key_of_an_action_is_there_under_its_menu(sheet):
    assert rows(sheet)[:5] == [
        ("File", "Open…", "Ctrl+O"),
        ("File", "Save", "Ctrl+S"),
        ("Run", "Run", "F5"),
        ("Run", "Stop", "Shift+F5"),
        ("Run", "Pause", "Space"),
    ]


def test_that_keys_inside_of_panels_are_there_too(sheet):
    inside = {(group, what, keys) for group, table in INSIDE_PANELS.items() for keys, what in table}
    assert inside <= set(rows(sheet))


def test_that_it_can_be_searched_by_key_by_deed_and_by_group(sheet):
    field = sheet.findChild(QLineEdit)
    field.setText("shift+f5")
    assert rows(sheet) == [("Run", "Stop", "Shift+F5")]
    field.setText("rename run")
    assert rows(sheet) == [("List of runs", "Rename the run", "F2")]
    field.setText("number fields")
    assert len(rows(sheet)) == len(INSIDE_PANELS["Number fields"])
    field.setText("")
    assert len(rows(sheet)) == 5 + sum(map(len, INSIDE_PANELS.values()))
