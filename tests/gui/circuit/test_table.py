"""The table of cells, its filter and what is selected in it."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from engine.circuit.circuit import Circuit
from engine.errors import EngineError
from engine.experiment.experiment import ListedCells
from engine.experiment.groups import with_group
from engine.experiment.targets import CellReference
from gui.models.circuit_tree import Branch
from gui.panels.circuit.panel import CircuitPanel
from gui.session.session import Session
from tests.benchmarks.node_table import write_circuit
from tests.end_to_end.watchdog import Watchdog
from tests.gui.circuit.conftest import Browse
from tests.gui.circuit.looking import filtered, ids, place_of_row, sorted_by, text

Column = tuple[Session, CircuitPanel]


def _circuit(session: Session) -> Circuit:
    assert session.circuit is not None
    return session.circuit


def test_that_the_model_of_200_cells_obeys_qt(column: Column, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(column[1].cells.model)


def test_that_the_model_of_allen_cells_obeys_qt(
    browse: Browse, shared_data: Path, qtmodeltester: ModelTester
) -> None:
    _, panel = browse(shared_data / "allen" / "5_cells_iclamp")
    assert panel.cells.model.rowCount() == 5
    qtmodeltester.check(panel.cells.model)


def test_that_a_block_shows_what_the_file_holds(column: Column, qtbot: QtBot) -> None:
    session, panel = column
    nodes = _circuit(session).node_populations["column"]
    assert text(qtbot, panel, 199, "mtype") == nodes.read("mtype", 199, 200)[0]
    sorted_by(qtbot, panel, "y", descending=True)
    highest = int(np.argmax(nodes.values("y")))
    assert ids(panel)[0] == highest
    assert float(text(qtbot, panel, 0, "y")) == pytest.approx(nodes.values("y").max(), rel=1e-5)


def test_that_the_table_follows_the_letters_typed(column: Column, qtbot: QtBot) -> None:
    session, panel = column
    filtered(qtbot, panel, "layer == 5 & mtype ~ TTPC")
    wanted = _circuit(session).node_populations["column"].filter("layer == 5 & mtype ~ TTPC")
    assert ids(panel) == wanted.tolist()
    assert panel.cells.count.text() == f"{len(wanted)} of 200 cells"


def test_that_a_filter_that_is_wrong_says_where_and_keeps_the_rows(column: Column, qtbot: QtBot) -> None:
    _, panel = column
    filtered(qtbot, panel, "layer == 5")
    before = ids(panel)
    filtered(qtbot, panel, "layer == 5 & typ == PC")
    assert "'typ'" in panel.cells.filter.error
    assert "(at character 14)" in panel.cells.filter.error
    assert ids(panel) == before
    filtered(qtbot, panel, "layer == 5")
    assert not panel.cells.filter.error


def test_that_the_newest_filter_wins(column: Column, qtbot: QtBot) -> None:
    _, panel = column
    for words in ("layer == 4", "layer == 3", "layer == 2"):
        panel.cells.filter.show_text(words)
    qtbot.waitUntil(lambda: not panel.cells.finder.is_busy)
    assert panel.cells.count.text() == "11 of 200 cells"


def test_that_ticked_values_become_a_filter(column: Column, qtbot: QtBot) -> None:
    _, panel = column
    dialog = panel.cells.filter_by_values("etype")
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.list.count() > 0)
    assert dialog.list.item(0).text().split()[-1].isdigit()
    dialog.list.item(0).setCheckState(Qt.CheckState.Checked)
    value = dialog.list.item(0).text().split()[0]
    dialog.buttons.accepted.emit()
    qtbot.waitUntil(lambda: not panel.cells.finder.is_busy)
    assert panel.cells.filter.text == f"etype == {value}"
    assert 0 < panel.cells.model.rowCount() < 200


def test_that_a_range_of_numbers_becomes_a_filter(column: Column, qtbot: QtBot) -> None:
    session, panel = column
    filtered(qtbot, panel, "EXC")
    dialog = panel.cells.filter_by_values("y")
    assert dialog is not None
    qtbot.waitUntil(dialog.lowest.isVisible)
    dialog.lowest.setText("800")
    dialog.buttons.accepted.emit()
    qtbot.waitUntil(lambda: not panel.cells.finder.is_busy)
    assert panel.cells.filter.text == "EXC & y >= 800"
    wanted = _circuit(session).node_populations["column"].filter("EXC & y >= 800")
    assert ids(panel) == wanted.tolist()


def test_that_the_selection_is_kept_by_id_through_filter_and_sort(column: Column, qtbot: QtBot) -> None:
    session, panel = column
    qtbot.mouseClick(panel.cells.table.viewport(), Qt.MouseButton.LeftButton, pos=place_of_row(panel, 2))
    qtbot.mouseClick(
        panel.cells.table.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ShiftModifier,
        place_of_row(panel, 5),
    )
    assert session.selection.node_ids.tolist() == [2, 3, 4, 5]
    sorted_by(qtbot, panel, "y")
    filtered(qtbot, panel, "layer == 5")
    assert session.selection.node_ids.tolist() == [2, 3, 4, 5]
    panel.cells.filter.show_text("")
    qtbot.waitUntil(lambda: panel.cells.model.rowCount() == 200)
    assert panel.cells.model.node_id(panel.cells.table.currentIndex().row()) == 5


def test_that_ctrl_click_takes_one_cell_away_again(column: Column, qtbot: QtBot) -> None:
    session, panel = column
    view, press = panel.cells.table, Qt.MouseButton.LeftButton
    for row in (1, 3, 3):
        qtbot.mouseClick(
            view.viewport(), press, Qt.KeyboardModifier.ControlModifier, place_of_row(panel, row)
        )
    assert session.selection.node_ids.tolist() == [1]


def test_that_the_keyboard_reaches_a_cell_and_adds_it(column: Column, qtbot: QtBot) -> None:
    session, panel = column
    panel.focus_filter()
    filtered(qtbot, panel, "L5_TTPC")
    first = ids(panel)[0]
    qtbot.keyClick(panel.cells.filter.line, Qt.Key.Key_Down)
    assert session.selection.node_ids.tolist() == [first]
    qtbot.keyClick(panel.cells.table, Qt.Key.Key_Down)
    assert session.selection.node_ids.tolist() == [ids(panel)[1]]
    qtbot.keyClick(panel.cells.table, Qt.Key.Key_Return)
    experiment = session.document.experiment
    assert experiment is not None and isinstance(experiment.cells, ListedCells)
    assert CellReference("column", ids(panel)[1]) in experiment.cells.cells
    assert session.document.undo_stack.undoText() == "Add cell"


def test_that_a_virtual_cell_is_not_added(column: Column, qtbot: QtBot) -> None:
    session, panel = column
    before = session.document.experiment
    session.selection.select_cells("thalamus", [3])
    assert panel.cells.model.rowCount() == 100
    with qtbot.waitSignal(session.notices.posted) as told:
        panel.add_cells()
    assert "cannot be stimulated" in told.args[0].what
    assert session.document.experiment is before


def test_that_cells_are_copied_as_csv_in_the_order_shown(column: Column, qtbot: QtBot) -> None:
    session, panel = column
    sorted_by(qtbot, panel, "node_id", descending=True)
    session.selection.select_cells("column", [7, 9])
    with qtbot.waitSignal(session.notices.posted):
        panel.cells.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    nodes = _circuit(session).node_populations["column"]
    assert lines[0].startswith("node_id,mtype,etype,layer") and "x (µm)" in lines[0]
    assert [line.split(",")[0] for line in lines[1:]] == ["9", "7"]
    assert lines[1].split(",")[1] == nodes.read("mtype", 9, 10)[0]


def test_that_hidden_and_moved_columns_are_remembered(column: Column, browse: Browse, qtbot: QtBot) -> None:
    session, panel = column
    model, table = panel.cells.model, panel.cells.table
    etype = model.column_index("etype")
    panel.cells.columns.show_column(etype, shown=False)
    table.horizontalHeader().moveSection(0, 2)
    session.selection.select_cells("thalamus", [0])
    session.selection.select_cells("column", [0])
    assert table.isColumnHidden(model.column_index("etype"))
    assert table.horizontalHeader().visualIndex(model.column_index("node_id")) == 2
    panel.cells.columns.menu().actions()[-1].trigger()
    assert not table.isColumnHidden(model.column_index("etype"))
    assert table.horizontalHeader().visualIndex(model.column_index("node_id")) == 0


def test_that_the_window_goes_on_while_a_million_cells_are_filtered(
    browse: Browse, qtbot: QtBot, tmp_path: Path
) -> None:
    _session, panel = browse(write_circuit(tmp_path, 1_000_000))
    watchdog = Watchdog(panel)
    watchdog.start()
    for words in ("mtype == L5_PC", "y > 500 & L2", "x < 10"):
        filtered(qtbot, panel, words)
        sorted_by(qtbot, panel, "y", descending=words.startswith("y"))
        assert text(qtbot, panel, 0, "mtype")
        assert ids(panel)
    watchdog.stop()
    assert len(watchdog.gaps_ms) > 50
    assert watchdog.stalls == []


def test_that_several_cells_are_added_connected_in_one_step_with_a_word_of_what_there_is(
    column: Column, qtbot: QtBot
) -> None:
    session, panel = column
    before = session.document.experiment
    session.selection.select_cells("column", range(50), 7)
    assert panel.cells.add.isEnabled()
    with qtbot.waitSignal(session.notices.posted, timeout=10_000) as told:
        qtbot.mouseClick(panel.cells.add, Qt.MouseButton.LeftButton)
    assert told.args[0].what == (
        "The experiment has 50 cells with 382 synapses in 123 pairs of cells;"
        " all spikes and the voltages of 4 somata are recorded."
    )
    experiment = session.document.experiment
    assert experiment is not None and isinstance(experiment.cells, ListedCells)
    assert len(experiment.cells.cells) == 50 and experiment.connections.enabled
    assert [each.site.cell.node_id for each in experiment.recordings] == [0, 16, 33, 49]  # type: ignore[union-attr]
    session.document.undo_stack.undo()
    assert session.document.experiment == before


def test_that_a_node_set_is_added_and_too_many_cells_are_refused(column: Column, qtbot: QtBot) -> None:
    session, panel = column
    menu = panel.tree.menu_of(Branch("set", "column", "L5_TTPC"))
    assert menu is not None and panel.tree.menu_of(Branch("edges")) is None
    with qtbot.waitSignal(session.notices.posted, timeout=10_000):
        menu.actions()[1].trigger()
    experiment = session.document.experiment
    assert experiment is not None and isinstance(experiment.cells, ListedCells)
    wanted = _circuit(session).node_sets.select("L5_TTPC", _circuit(session).node_populations)["column"]
    assert [each.node_id for each in experiment.cells.cells] == wanted.tolist()
    with qtbot.waitSignal(session.notices.posted, timeout=10_000) as told:
        panel.tree.add_wanted.emit(Branch("population", "thalamus"))
    assert "virtual" in told.args[0].what
    many = [CellReference("column", number) for number in range(501)]
    with pytest.raises(EngineError, match="501 cells; at most 500"):
        with_group(experiment, many)
