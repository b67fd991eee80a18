import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QMenu, QMessageBox, QPlainTextEdit, QPushButton

from engine.experiment.experiment import CircuitReference, Experiment
from gui import theme
from gui.actions import check
from gui.models.run_table import Column
from gui.panels.run_view import RunView
from gui.session.notices import Notice
from gui.session.run import Run
from tests.gui.runs.conftest import experiment, live


def view_of(panel):
    return panel.findChild(RunView)


def press(qtbot, panel, key):
    view_of(panel).setFocus()
    qtbot.keyClick(view_of(panel), key)


def click_mark(qtbot, panel, row, column):
    view = view_of(panel)
    place = view.visualRect(view.model().index(row, column)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))


def question(panel):
    boxes = [box for box in panel.findChildren(QMessageBox) if box.isVisible()]
    return boxes[0] if boxes else None


def answer(qtbot, panel, text):
    box = question(panel)
    button = next(each for each in box.findChildren(QPushButton) if each.text().replace("&", "") == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def action(panel, name):
    return next(each for each in panel.actions() if each.id == name)


@pytest.fixture
def notices(session):
    told: list[Notice] = []
    session.notices.posted.connect(told.append)
    return told


def test_that_an_experiment_is_restored_exactly_and_undo_takes_it_back(session, panel, add):
    present = session.document.experiment
    old = add()
    add()
    panel.select(old)
    action(panel, "runs.restore").run()
    assert session.document.experiment is old.experiment
    assert session.document.undo_stack.undoText() == "Restore Run 1"
    session.document.undo_stack.undo()
    assert session.document.experiment is present


def test_that_the_experiment_of_another_circuit_is_not_put_into_this_one(session, panel, add, notices):
    present = session.document.experiment
    add(experiment=Experiment(circuit=CircuitReference(path="/circuits/two/circuit_config.json")))
    action(panel, "runs.restore").run()
    assert session.document.experiment is present
    assert "another circuit" in notices[0].what


def test_that_there_is_nothing_to_restore_when_it_is_the_present_one(session, panel, add):
    run = add()
    assert action(panel, "runs.restore").enabled()
    session.document.change(run.experiment, "The same")
    assert not action(panel, "runs.restore").enabled()


def test_that_a_new_run_is_selected_and_told_about(panel, add):
    add()
    run = add("stopped")
    assert panel.selected() == (run,)
    assert "stopped at 500 ms" in panel.findChild(QPlainTextEdit).toPlainText()


def test_that_progress_and_live_changes_are_told_while_it_runs(session, panel, add):
    run = add("running")
    details = panel.findChild(QPlainTextEdit)
    run.time = 100.0
    session.runs.advanced.emit(run)
    assert details.toPlainText().startswith("running 20 %")
    run.settings = (live(25.0, 90.0),)
    session.runs.advanced.emit(run)
    assert "from 90 ms: temperature → 25 °C" in details.toPlainText()


def test_that_the_keyboard_renames_pins_hides(qtbot, panel, add):
    run = add()
    press(qtbot, panel, Qt.Key.Key_F2)
    editor = view_of(panel).findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "control p")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: run.name == "control p")
    assert not run.is_pinned
    press(qtbot, panel, Qt.Key.Key_P)
    press(qtbot, panel, Qt.Key.Key_Return)
    assert run.is_pinned and not run.is_visible
    press(qtbot, panel, Qt.Key.Key_P)
    press(qtbot, panel, Qt.Key.Key_Return)
    assert not run.is_pinned and run.is_visible


def test_that_clicks_on_the_marks_hide_and_pin(qtbot, panel, add):
    run = add()
    click_mark(qtbot, panel, 0, Column.SHOWN)
    click_mark(qtbot, panel, 0, Column.PINNED)
    assert not run.is_visible and run.is_pinned


def test_that_a_click_on_the_chip_offers_colours(qtbot, panel, add):
    run = add()
    click_mark(qtbot, panel, 0, Column.COLOUR)
    menu = next(each for each in panel.findChildren(QMenu) if each.isVisible())
    next(each for each in menu.actions() if each.text() == "Colour 3").trigger()
    menu.close()
    assert run.colour == theme.trace_colour(2)
    panel.choose_colour()
    menu = next(each for each in panel.findChildren(QMenu) if each.isVisible())
    menu.actions()[0].trigger()
    menu.close()
    assert run.colour == ""


def test_that_delete_asks_and_deletes(qtbot, session, panel, add):
    add()
    add()
    press(qtbot, panel, Qt.Key.Key_Delete)
    answer(qtbot, panel, "Cancel")
    assert len(session.runs) == 2
    press(qtbot, panel, Qt.Key.Key_Delete)
    qtbot.keyClick(question(panel), Qt.Key.Key_Return)
    assert [run.number for run in session.runs] == [1]


def test_that_delete_is_for_the_list_while_it_has_the_focus(qtbot, session, panel, add):
    add()
    taken = []
    shortcut = QShortcut(QKeySequence(Qt.Key.Key_Delete), panel)
    shortcut.activated.connect(lambda: taken.append("window"))
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    press(qtbot, panel, Qt.Key.Key_Delete)
    assert taken == []
    answer(qtbot, panel, "Delete")
    assert len(session.runs) == 0


def test_that_pinned_runs_and_those_under_way_are_kept_and_it_is_said(qtbot, session, panel, add, notices):
    runs = [add(), add("running"), add()]
    session.runs.change(runs[0], is_pinned=True)
    panel.select(*runs)
    press(qtbot, panel, Qt.Key.Key_Delete)
    answer(qtbot, panel, "Delete")
    assert list(session.runs) == runs[:2]
    assert [notice.what for notice in notices] == ["Run 1 is pinned and stays.", "Run 2 is still under way."]


def test_that_all_unpinned_runs_go_at_once(qtbot, session, panel, add):
    runs = [add() for _ in range(4)]
    session.runs.change(runs[2], is_pinned=True)
    panel.delete_unpinned()
    assert "3 runs" in question(panel).text()
    answer(qtbot, panel, "Delete")
    assert list(session.runs) == [runs[2]]


def test_that_a_run_is_compared_with_the_one_before_or_with_the_other_selected(session, panel, add):
    first, second, third = add(), add(), add()
    compared: list[tuple[Run, ...]] = []
    session.runs.compared.connect(compared.append)
    panel.compare()
    assert action(panel, "runs.compare").text() == "Compare with previous"
    panel.select(first, third)
    assert action(panel, "runs.compare").text() == "Compare the two selected"
    panel.compare()
    assert compared == [(second, third), (first, third)]
    view_of(panel).customContextMenuRequested.emit(QPoint(5, 5))
    menu = next(each for each in panel.findChildren(QMenu) if each.isVisible())
    next(each for each in menu.actions() if each.text() == "Stop comparing").trigger()
    menu.close()
    assert compared[-1] == ()
    panel.select(first)
    assert not action(panel, "runs.compare").enabled()


def test_that_deleting_a_compared_run_ends_the_comparison(qtbot, session, panel, add):
    add()
    add()
    panel.compare()
    panel.delete()
    answer(qtbot, panel, "Delete")
    assert panel.compared == ()


def test_that_a_summary_is_copied(panel, add):
    add()
    panel.copy_summary()
    assert "Experiment: of run 1" in QGuiApplication.clipboard().text()


def test_that_its_actions_have_ids_of_their_own_and_take_no_key_of_the_window(panel):
    check(panel.actions())
    assert all(each.shortcut is None for each in panel.actions())


def test_that_the_context_menu_has_every_action(qtbot, panel, add):
    add()
    view_of(panel).customContextMenuRequested.emit(QPoint(5, 5))
    menu = next(each for each in panel.findChildren(QMenu) if each.isVisible())
    texts = [each.text() for each in menu.actions() if not each.isSeparator()]
    menu.close()
    assert len(texts) == len(panel.actions()) + 1  # stop comparing, which the scope has in the menus
    assert texts[0] == "Restore this experiment"


def test_that_an_empty_list_says_how_to_fill_it(qtbot, panel, session, add):
    assert not view_of(panel).isVisible()
    run = add(experiment=experiment("x"))
    assert view_of(panel).isVisible()
    session.runs.remove(run)
    assert not view_of(panel).isVisible()
