"""A cell of a network that has been run is run again, by one click, and compared; so are changes of it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.experiment.edits import switched
from engine.experiment.experiment import NodeSetOfCells
from gui.panels.rerun import RerunDialog
from gui.window.workbench import Workbench
from tests.gui.accessibility import nameless_controls
from tests.gui.shell.conftest import Start

LONG_MS = 60_000


@pytest.mark.timeout(240)
def test_that_one_click_repeats_a_cell_of_a_network_and_a_change_shows(start: Start, qtbot: QtBot) -> None:
    program, bench = start()
    qtbot.mouseClick(program.window.welcome.cards[-1], Qt.MouseButton.LeftButton)
    assert _said_of_run(bench, 1, qtbot).startswith(
        "Run 1 is the same as Reference column:150, in all digits that it keeps (3,000 samples)."
    )
    session = bench.session
    reference, run = session.runs
    assert reference.is_pinned and run.spikes["column"].count == reference.spikes["column"].count == 15
    experiment = session.document.experiment
    assert experiment is not None
    session.document.change(switched(experiment, experiment.replays[-1].id, enabled=False), "No neighbours")
    bench.files.run_when_ready()
    assert "Run 2 differs from Reference column:150 by up to" in _said_of_run(bench, 2, qtbot)
    _choose_another(bench, qtbot)
    assert "Run 3 is the same as Reference column:71" in _said_of_run(bench, 3, qtbot)
    for _ in range(3):
        session.document.undo_stack.undo()
    assert session.document.experiment is not None
    assert session.document.experiment.cells == NodeSetOfCells(node_set="Network")


def _choose_another(bench: Workbench, qtbot: QtBot) -> None:
    """With the keyboard alone."""
    bench.rerunning.ask()
    (dialog,) = (each for each in QApplication.topLevelWidgets() if isinstance(each, RerunDialog))
    assert nameless_controls(dialog) == []
    qtbot.waitUntil(lambda: dialog.table_model.counts == (16, 16), timeout=LONG_MS)
    qtbot.keyClicks(dialog.field, "SSC soma")
    assert dialog.count.text() == "4 of 16"
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.isVisible())


def _said_of_run(bench: Workbench, number: int, qtbot: QtBot) -> str:
    session = bench.session
    scope = bench.panels["scope"]

    def is_over() -> bool:
        latest = session.runs.latest
        return latest is not None and latest.number == number and latest.is_over

    qtbot.waitUntil(is_over, timeout=LONG_MS)
    scope.stack.draw()  # type: ignore[attr-defined]  # a ScopePanel
    return str(scope.remarks.text()).partition("\n")[0]  # type: ignore[attr-defined]
