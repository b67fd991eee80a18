"""The whole window: one press to a voltage, actions, files, layout."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from engine.experiment import edits
from engine.experiment.base import changed
from engine.resources import ROOT, example_file
from gui.actions import check
from gui.app import Wanted
from gui.panels.help import HelpWindow
from gui.settings import SettingsStore
from gui.widgets.help_button import HelpButton
from tests.gui.shell.conftest import Start

SQUID = ROOT / "resources" / "circuits" / "squid_axon"


def edited(bench, text: str = "Rename") -> None:
    experiment = bench.session.document.experiment
    bench.session.document.change(changed(experiment, notes=f"{experiment.notes} more"), text)


def opened(qtbot: QtBot, bench, path: Path) -> None:
    with qtbot.waitSignal(bench.session.opened, timeout=20_000):
        bench.files.open(path)
    assert bench.session.document.experiment is not None
    arrangement = bench.tool_bar.window().arrangement
    qtbot.waitUntil(lambda: arrangement.is_arranged)


def chosen(qtbot: QtBot, bench, action: str) -> None:
    """As from a menu: not before it is possible."""
    widget = bench.actions.widget(action)
    qtbot.waitUntil(widget.isEnabled)
    widget.trigger()


def test_that_one_press_leads_to_a_voltage(start: Start, qtbot: QtBot) -> None:
    program, bench = start()
    card = program.window.welcome.cards[0]
    assert "Squid" in card.accessibleName()
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    runs = bench.session.runs
    qtbot.waitUntil(lambda: runs.latest is not None and runs.latest.state == "finished", timeout=20_000)
    assert runs.latest is not None
    assert runs.latest.traces.column(0).max() > 20  # mV
    qtbot.waitUntil(lambda: bench.status.state.text() == "Finished")
    assert program.window.pages.currentWidget() is bench.panels["scope"]
    assert bench.tool_bar.progress.value() == bench.tool_bar.progress.maximum()


def test_that_the_keyboard_starts_an_example(start: Start, qtbot: QtBot) -> None:
    program, bench = start()
    with qtbot.waitSignal(bench.session.opened, timeout=20_000):
        qtbot.keyClick(program.window.welcome.cards[1], Qt.Key.Key_Space)
    experiment = bench.session.document.experiment
    assert experiment is not None
    assert experiment.title == "Pyramidal cell in a cortical column"


def test_that_the_command_line_opens_and_runs_an_example(start: Start, qtbot: QtBot) -> None:
    _, bench = start(Wanted(example="squid-axon", run=True))
    qtbot.waitUntil(lambda: bench.session.runs.latest is not None, timeout=20_000)


def test_that_every_action_is_sound(start: Start) -> None:
    _, bench = start()
    actions = bench.actions.actions
    check(actions)
    assert {"file.open", "run.start", "run.stop", "edit.undo", "view.palette", "help.open"} <= {
        action.id for action in actions
    }
    for action in actions:
        widget = bench.actions.widget(action.id)
        assert widget.text(), action.id
        assert widget.toolTip(), action.id
        assert action.tip, action.id


def test_that_controls_of_the_frame_have_names(start: Start) -> None:
    program, bench = start()
    for parent in (program.window.welcome, bench.tool_bar, bench.status):
        for widget in parent.findChildren(QWidget):
            if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not isinstance(widget, QLineEdit):
                assert widget.accessibleName() or widget.objectName().startswith("qt_"), widget


def test_that_undo_says_what_it_takes_back(start: Start, qtbot: QtBot) -> None:
    _, bench = start()
    opened(qtbot, bench, SQUID)
    undo = bench.actions.widget("edit.undo")
    assert not undo.isEnabled()
    edited(bench, "Move electrode")
    qtbot.waitUntil(undo.isEnabled)
    assert undo.text() == "Undo Move electrode"
    undo.trigger()
    qtbot.waitUntil(lambda: bench.actions.widget("edit.redo").text() == "Redo Move electrode")


def test_that_the_title_tells_of_changes_and_saving_ends_them(
    start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, bench = start()
    opened(qtbot, bench, SQUID)
    edited(bench)
    assert program.window.isWindowModified()
    assert program.window.windowTitle().endswith("[*] – Somascope")
    file = tmp_path / "mine.somascope.json"
    monkeypatch.setattr("gui.window.questions.where_to_save", lambda *_: file)
    chosen(qtbot, bench, "file.save")
    assert json.loads(file.read_text(encoding="utf-8"))["circuit"]["path"]
    assert not program.window.isWindowModified()
    assert program.window.windowTitle() == "mine[*] – Somascope"
    assert program.store.value.recent_files[0] == file


@pytest.mark.parametrize("answer", ["cancel", "discard", "save"])
def test_that_unsaved_changes_are_asked_about(
    answer: str, start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes = answer != "cancel"
    program, bench = start()
    opened(qtbot, bench, SQUID)
    file = tmp_path / "kept.somascope.json"
    asked: list[str] = []

    def ask(name: str, _parent: QWidget) -> str:
        asked.append(name)
        return answer

    monkeypatch.setattr("gui.window.questions.about_unsaved_changes", ask)
    monkeypatch.setattr("gui.window.questions.where_to_save", lambda *_: file)
    edited(bench)
    chosen(qtbot, bench, "file.close")
    assert len(asked) == 1
    assert (bench.session.document.experiment is None) == goes
    assert file.exists() == (answer == "save")
    assert (program.window.pages.currentWidget() is program.window.welcome) == goes


def test_that_the_window_stays_when_the_user_wants_to_keep_changes(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, bench = start()
    opened(qtbot, bench, SQUID)
    edited(bench)
    monkeypatch.setattr("gui.window.questions.about_unsaved_changes", lambda *_: "cancel")
    assert not program.window.close()
    assert program.window.isVisible()


def test_that_a_dropped_folder_is_opened(start: Start, qtbot: QtBot) -> None:
    program, bench = start()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(SQUID))])
    drop = QDropEvent(
        *(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton),
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(bench.session.circuit_opened, timeout=20_000):
        program.window.dropEvent(drop)


def test_that_a_file_that_cannot_be_read_is_told_once_and_the_rest_stays(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    program, bench = start()
    opened(qtbot, bench, SQUID)
    (tmp_path / "bad.somascope.json").write_text("{")
    for _ in range(2):
        with qtbot.waitSignal(bench.session.opened, timeout=20_000):
            bench.files.open(tmp_path / "bad.somascope.json")
    assert len(program.window.strip.messages) == 1
    assert bench.session.document.experiment is not None
    assert bench.log.unseen == 2
    assert "2 new" in bench.status.log_button.text()
    bench.status.log_button.click()
    qtbot.waitUntil(lambda: bench.log.unseen == 0)


def test_that_space_is_typed_into_a_text_field(start: Start, qtbot: QtBot) -> None:
    program, bench = start()
    opened(qtbot, bench, example_file("squid-axon"))
    qtbot.waitUntil(bench.session.rig.can_step, timeout=20_000)
    bench.session.rig.step()
    qtbot.waitUntil(lambda: bench.session.rig.state == "paused", timeout=20_000)
    qtbot.waitUntil(bench.actions.widget("run.pause").isEnabled)
    field = QLineEdit(program.window)
    field.show()
    program.window.activateWindow()
    field.setFocus()
    qtbot.keyClicks(field, "a b.")
    assert field.text() == "a b."
    assert bench.session.rig.state == "paused"
    qtbot.keyClick(program.window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bench.session.rig.state != "paused", timeout=20_000)


def test_that_the_layout_is_there_again(start: Start, qtbot: QtBot) -> None:
    program, bench = start()
    opened(qtbot, bench, SQUID)
    chosen(qtbot, bench, "view.layout.patch")
    assert not program.window.arrangement.is_visible("circuit")
    program.window.close()
    second, bench = start()
    opened(qtbot, bench, SQUID)
    assert not second.window.arrangement.is_visible("circuit")
    assert second.window.arrangement.is_visible("experiment")


def test_that_a_circuit_that_is_closed_at_once_leaves_the_layout(start: Start, qtbot: QtBot) -> None:
    program, bench = start()
    opened(qtbot, bench, SQUID)
    chosen(qtbot, bench, "view.layout.patch")
    arrangement = program.window.arrangement
    arrangement.hide()
    arrangement.show()
    assert not arrangement.is_arranged, "it takes some turns of the event loop"
    arrangement.hide()
    assert program.window.updatesEnabled()
    arrangement.show()
    qtbot.waitUntil(lambda: arrangement.is_arranged)
    assert arrangement.is_visible("experiment") and not arrangement.is_visible("circuit")
    qtbot.waitUntil(program.window.updatesEnabled)


@pytest.mark.parametrize("spoilt", [b"", b"\x00\xff rubbish", "text", 7])
def test_that_a_broken_layout_leads_to_the_usual_one(
    spoilt: object, start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "home" / "data"
    folder.mkdir(parents=True)
    kept = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    for name, value in {"version": 1, "state": spoilt, "geometry": spoilt, "usual_zoom": "much"}.items():
        kept.setValue(name, value)
    kept.sync()
    program, bench = start()
    opened(qtbot, bench, SQUID)
    assert program.window.arrangement.is_visible("circuit")
    assert program.window.arrangement.is_visible("experiment")
    assert not program.window.arrangement.is_visible("log")


def test_that_focus_mode_hides_the_docks_and_brings_them_back(start: Start, qtbot: QtBot) -> None:
    program, bench = start()
    opened(qtbot, bench, SQUID)
    shown = [name for name in program.window.arrangement.docks if program.window.arrangement.is_visible(name)]
    chosen(qtbot, bench, "view.focus")
    assert not any(map(program.window.arrangement.is_visible, shown))
    chosen(qtbot, bench, "view.focus")
    assert all(map(program.window.arrangement.is_visible, shown))
    assert "circuit" in shown


def test_that_present_is_large_and_the_next_layout_as_before(start: Start, qtbot: QtBot) -> None:
    program, bench = start(store=SettingsStore())
    opened(qtbot, bench, SQUID)
    chosen(qtbot, bench, "view.layout.present")
    assert program.store.value.zoom_percent == 150
    chosen(qtbot, bench, "view.layout.explore")
    assert program.store.value.zoom_percent == 100


def test_that_it_fits_a_small_screen_at_twice_the_size(start: Start, qtbot: QtBot) -> None:
    program, bench = start()
    opened(qtbot, bench, example_file("pyramidal-cell"))
    program.store.change(zoom_percent=200)
    QApplication.processEvents()
    least = program.window.minimumSizeHint()
    assert least.width() <= 1280
    assert least.height() <= 720


def test_that_a_mistake_of_ours_is_told_once_and_written_down(start: Start, tmp_path: Path, capsys) -> None:
    program, _ = start()
    told: list[str] = []
    program.bugs.happened.connect(told.append)
    for _ in range(3):
        try:
            edits.with_stimulus(None, None)  # type: ignore[arg-type]
        except AttributeError as error:
            program.bugs.take(type(error), error, error.__traceback__)
    assert len(told) == 1
    assert "AttributeError" in (tmp_path / "home" / "log" / "somascope.log").read_text(encoding="utf-8")
    assert capsys.readouterr().err.count("Traceback") == 3


def test_that_question_marks_lead_to_their_pages(start: Start) -> None:
    _program, bench = start()
    buttons = [each for panel in bench.panels.values() for each in panel.findChildren(HelpButton)]
    assert {each.page for each in buttons} == {
        *("browsing", "cell", "channels", "network", "protocols", "measuring", "stimuli", "running"),
        *("space", "synapses", "comparing"),
    }
    for button in buttons:
        button.click()
        (shown,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, HelpWindow)]
        assert shown.isVisible() and shown.page == button.page
        shown.close()
