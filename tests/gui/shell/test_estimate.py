"""What a run will cost, asked before it begins."""

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.resources import example_file
from gui.panels.estimate import EstimateDialog
from gui.window.workbench import Workbench
from tests.gui.accessibility import nameless_controls
from tests.gui.shell.conftest import Start


def _asked(qtbot: QtBot, bench: Workbench) -> EstimateDialog:
    action = bench.actions.widget("run.estimate")
    qtbot.waitUntil(action.isEnabled, timeout=20_000)
    action.trigger()
    (dialog,) = (
        each
        for each in QApplication.topLevelWidgets()
        if isinstance(each, EstimateDialog) and each.isVisible()
    )
    return dialog


def test_that_time_and_memory_are_told_before_a_run(start: Start, qtbot: QtBot) -> None:
    _program, bench = start()
    assert not bench.actions.widget("run.estimate").isEnabled(), "there is nothing to run"
    with qtbot.waitSignal(bench.session.opened):
        bench.files.open(example_file("squid-axon"))
    dialog = _asked(qtbot, bench)
    assert nameless_controls(dialog) == []
    assert dialog.estimate.text() == "Building a few cells, to tell …"
    with qtbot.waitSignal(dialog.estimate.told, timeout=60_000):
        pass
    words = dialog.estimate.text()
    assert words.startswith("Estimate for 1 cell with 0 connections:")
    assert "solving" in words and "for 40 ms" in words and "MiB" in words
    dialog.reject()
    given_up = _asked(qtbot, bench)
    given_up.reject()
    with qtbot.assertNotEmitted(given_up.estimate.told):
        qtbot.waitUntil(bench.session.rig.can_run)
