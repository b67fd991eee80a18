import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QListView, QWidget

from gui.panels.palette import CommandPalette
from tests.gui.helping.examples import Deeds


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    return window


@pytest.fixture
def deeds(window):
    return Deeds(window)


@pytest.fixture
def palette(window, deeds):
    palette = CommandPalette(deeds.actions, window)
    palette.open()
    yield palette
    palette.close()


def listed(palette):
    model = palette.findChild(QListView).model()
    return [model.index(row).data() for row in range(model.rowCount())]


def current(palette):
    return palette.findChild(QListView).currentIndex().data()


def type_into(qtbot, palette, text):
    qtbot.keyClicks(palette.findChild(QLineEdit), text)


def press(qtbot, palette, key):
    qtbot.keyClick(palette.findChild(QLineEdit), key)


def test_that_it_lists_everything_that_is_to_be_seen(palette):
    assert listed(palette) == ["Open…", "Save", "Run", "Stop", "Pause", "Restore this experiment"]


def test_that_typing_and_enter_run_an_action(qtbot, palette, deeds):
    type_into(qtbot, palette, "stp")
    assert current(palette) == "Stop"
    press(qtbot, palette, Qt.Key.Key_Return)
    assert deeds.done == ["run.stop"]
    assert not palette.isVisible()


def test_that_menus_and_sentences_are_searched_too(qtbot, palette):
    type_into(qtbot, palette, "kept")
    assert listed(palette) == ["Restore this experiment"]
    palette.findChild(QLineEdit).clear()
    type_into(qtbot, palette, "circuit")
    assert listed(palette) == ["Open…"]


def test_that_arrows_choose(qtbot, palette, deeds):
    press(qtbot, palette, Qt.Key.Key_Down)
    press(qtbot, palette, Qt.Key.Key_Down)
    press(qtbot, palette, Qt.Key.Key_Up)
    press(qtbot, palette, Qt.Key.Key_Enter)
    assert deeds.done == ["file.save"]


def test_that_what_is_not_possible_is_shown_and_does_not_run(qtbot, palette, deeds):
    type_into(qtbot, palette, "pause")
    assert listed(palette)[0] == "Pause"
    press(qtbot, palette, Qt.Key.Key_Return)
    view = palette.findChild(QListView)
    place = view.visualRect(view.model().index(0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert deeds.done == []
    assert palette.isVisible()
    assert "not possible now" in view.model().index(0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_that_it_asks_anew_what_is_possible_when_it_opens(qtbot, palette, deeds):
    palette.close()
    deeds.may_pause = True
    palette.open()
    type_into(qtbot, palette, "pause")
    press(qtbot, palette, Qt.Key.Key_Return)
    assert deeds.done == ["run.pause"]


def test_that_what_was_used_last_comes_first(qtbot, palette, deeds):
    for name in ("stop", "save"):
        palette.open()
        type_into(qtbot, palette, name)
        press(qtbot, palette, Qt.Key.Key_Return)
    palette.open()
    assert deeds.done == ["run.stop", "file.save"]
    assert listed(palette)[:3] == ["Save", "Stop", "Open…"]
    assert palette.findChild(QLineEdit).text() == ""


def test_that_escape_closes_it_and_nothing_runs(qtbot, palette, deeds):
    press(qtbot, palette, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert deeds.done == []


def test_that_nothing_happens_when_nothing_fits(qtbot, palette, deeds):
    type_into(qtbot, palette, "zzzz")
    press(qtbot, palette, Qt.Key.Key_Return)
    assert listed(palette) == []
    assert deeds.done == []


def test_that_a_click_runs_what_was_clicked(qtbot, palette, deeds):
    view = palette.findChild(QListView)
    place = view.visualRect(view.model().index(2)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
    assert deeds.done == ["run.start"]
