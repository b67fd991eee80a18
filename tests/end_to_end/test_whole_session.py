"""A session of work: stimulate, undo to nothing, redo, save, quit, come back, and the same trace again."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from engine.experiment import store as experiments
from gui.settings import SettingsStore
from gui.window import questions
from tests.end_to_end.conftest import Rig
from tests.end_to_end.presses import Hand
from tests.end_to_end.test_journeys import COLUMN, finished

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def stimulated(rig: Rig, hand: Hand) -> None:
    """J2 on the built-in circuit, until before Run; the cell is chosen with the keyboard."""
    session = rig.bench.session
    hand.press(rig.window.welcome.recent_buttons[0])
    rig.until_open()
    table = rig.table
    rig.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit) and table.model().rowCount() > 0)
    everything = table.model().rowCount()
    hand.type("L23_PC")
    rig.until(lambda: 0 < table.model().rowCount() < everything)
    hand.key(Qt.Key.Key_Down)
    rig.until(rig.bench.actions.widget("stimulus.soma").isEnabled)
    hand.key(Qt.Key.Key_I)
    rig.until(lambda: bool(session.document.experiment and session.document.experiment.stimuli))
    rig.until(rig.bench.actions.widget("run.start").isEnabled)


def test_a_session_from_the_first_edit_to_the_same_trace_after_coming_back(
    launch: Callable[..., Rig], store: SettingsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.remember_file(COLUMN)
    rig, hand = launch(), Hand()
    document, path = rig.bench.session.document, tmp_path / "kept.somascope.json"
    empty = document.experiment
    assert empty is None
    stimulated(rig, hand)
    full = document.experiment
    while document.undo_stack.canUndo():
        rig.until(rig.bench.actions.widget("edit.undo").isEnabled)
        hand.key(Qt.Key.Key_Z, CONTROL, rig.window)
    assert document.experiment is not None and not document.experiment.stimuli
    assert not document.is_modified
    while document.undo_stack.canRedo():
        rig.until(rig.bench.actions.widget("edit.redo").isEnabled)
        hand.key(Qt.Key.Key_Z, CONTROL | SHIFT, rig.window)
    assert document.experiment == full
    rig.until(rig.bench.actions.widget("file.save").isEnabled)
    monkeypatch.setattr(questions, "where_to_save", lambda _parent, _suggestion: path)
    hand.key(Qt.Key.Key_S, CONTROL, rig.window)
    rig.until(lambda: not document.is_modified)
    rig.until(rig.bench.actions.widget("run.start").isEnabled)
    hand.key(Qt.Key.Key_F5, widget=rig.window)
    first = finished(rig)
    rig.close()
    assert experiments.with_absolute_paths(experiments.load(path), path.parent) == full

    again = launch()
    hand.press(again.window.welcome.recent_buttons[0])
    again.until_open()
    assert again.bench.session.document.experiment == full
    again.until(again.bench.actions.widget("run.start").isEnabled)
    hand.key(Qt.Key.Key_F5, widget=again.window)
    second = finished(again)
    np.testing.assert_array_equal(first.traces.column(0), second.traces.column(0))
    again.close()


def test_that_every_state_can_be_looked_at(launch: Callable[..., Rig], store: SettingsStore) -> None:
    """Twelve screenshots with 01 to 03, 05 and 06 of the journeys; see conftest for the folder."""
    store.remember_file(COLUMN)
    rig, hand = launch(), Hand()
    session = rig.bench.session
    stimulated(rig, hand)
    actions = rig.bench.actions
    actions.widget("circuit.map").trigger()
    rig.shot("04-map")
    experiment = session.document.experiment
    assert experiment is not None
    hand.key(Qt.Key.Key_F5, widget=rig.window)
    run = rig.bench.session.runs
    rig.until(lambda: run.latest is not None and run.latest.traces.samples > 2000)
    rig.shot("07-running")
    rig.until(rig.bench.actions.widget("run.pause").isEnabled)
    hand.key(Qt.Key.Key_Space, widget=rig.window)
    rig.until(lambda: session.rig.state in ("paused", "ready"))
    rig.shot("08-paused")
    if session.rig.can_stop():
        hand.key(Qt.Key.Key_F5, SHIFT, rig.window)
    rig.until(lambda: run.latest is not None and run.latest.is_over)
    session.open_path(Path("no-such-circuit.json").absolute())
    rig.until(rig.window.strip.isVisible)
    rig.shot("09-error-strip")
    store.change(theme="dark")
    rig.shot("11-dark")
    store.change(theme="light", zoom_percent=200)
    rig.window.resize(1280, 720)
    QApplication.processEvents()
    rig.shot("12-zoom-200")
    assert rig.window.width() <= 1280 and rig.window.height() <= 720
    assert session.document.experiment == experiment
