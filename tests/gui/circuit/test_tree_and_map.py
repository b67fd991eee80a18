"""The tree of a circuit, node sets, problems, and the map of the somata."""

from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QStandardItem
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gui.actions import check
from gui.panels.circuit.filter_text import of_values, with_condition
from gui.panels.circuit.panel import CircuitPanel
from gui.session.session import Session
from tests.benchmarks.node_table import write_circuit
from tests.gui.circuit.conftest import Browse
from tests.gui.circuit.looking import branch, children, filtered, ids

Column = tuple[Session, CircuitPanel]


def _opened(qtbot: QtBot, panel: CircuitPanel, item: QStandardItem) -> dict[str, str]:
    panel.tree.view.expand(item.parent().index())
    panel.tree.view.expand(item.index())
    qtbot.waitUntil(lambda: not panel.tree.model.is_counting)
    return children(item)


def _press(qtbot: QtBot, panel: CircuitPanel, item: QStandardItem) -> None:
    view = panel.tree.view
    view.scrollTo(item.index())
    place = view.visualRect(item.index()).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: not panel.cells.finder.is_busy)


def _with_map(qtbot: QtBot, panel: CircuitPanel) -> None:
    panel.show_map()
    qtbot.waitUntil(lambda: not panel.cells.map_tab.is_reading)
    qtbot.waitUntil(panel.cells.map_tab.map.isVisible)


def _place_of(panel: CircuitPanel, node_id: int) -> QPoint:
    tab = panel.cells.map_tab
    places = tab._places
    assert places is not None
    at = places.ids.tolist().index(node_id)
    scene = tab.map._box.mapViewToScene(QPointF(float(places.right[at]), float(places.up[at])))
    return QPoint(tab.map.mapFromScene(scene))


def test_that_the_tree_obeys_qt(column: Column, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(column[1].tree.model)


def test_that_node_sets_and_types_are_counted_when_opened(column: Column, qtbot: QtBot) -> None:
    _, panel = column
    sets = branch(panel, "column", "sets")
    assert children(sets) == {"Counting…": ""}
    assert _opened(qtbot, panel, sets)["Excitatory"] == "150"
    layers = _opened(qtbot, panel, branch(panel, "column", "column", "layer"))
    assert layers["2"] == "11"
    assert panel.title.text() == "cortical_column: 300 cells, 12,822 connections"


def test_that_a_click_on_a_set_or_a_type_filters_the_table(column: Column, qtbot: QtBot) -> None:
    _, panel = column
    sets = branch(panel, "column", "sets")
    names = list(_opened(qtbot, panel, sets))
    _press(qtbot, panel, sets.child(names.index("Excitatory")))
    assert panel.cells.model.rowCount() == 150
    layers = branch(panel, "column", "column", "layer")
    values = list(_opened(qtbot, panel, layers))
    _press(qtbot, panel, layers.child(values.index("2")))
    assert panel.cells.filter.text == "layer == 2"
    assert panel.cells.count.text() == "11 of 200 cells"


def test_that_a_node_set_is_saved_shown_and_undone(column: Column, qtbot: QtBot) -> None:
    session, panel = column
    session.selection.select_cells("column", [1, 5])
    panel.save_node_set()
    naming = panel._naming
    assert naming is not None
    naming.name.setText("Excitatory")
    save = naming.buttons.button(naming.buttons.StandardButton.Save)
    assert not save.isEnabled()
    naming.name.setText("Mine")
    save.click()
    experiment = session.document.experiment
    assert experiment is not None
    assert experiment.node_sets["Mine"] == {"population": "column", "node_id": [1, 5]}
    sets = branch(panel, "column", "sets")
    qtbot.waitUntil(lambda: not panel.tree.model.is_counting)
    assert children(sets)["Mine"] == "2"
    _press(qtbot, panel, sets.child(list(children(sets)).index("Mine")))
    assert ids(panel) == [1, 5]
    session.document.undo_stack.undo()
    qtbot.waitUntil(lambda: not panel.tree.model.is_counting)
    assert "Mine" not in children(sets)


def test_that_what_is_missing_is_said_with_its_fix(browse: Browse, shared_data: Path) -> None:
    _, panel = browse(shared_data / "allen" / "300_cells")
    item = panel.tree.model.problems_item
    assert item is not None and item.text() == "Problems (3)"
    panel.tree.show_problems()
    assert "internal_internal_edges.h5 is missing" in panel.tree.detail.text()
    assert "Put the file in place" in item.child(0).toolTip()
    assert panel.cells.model.rowCount() == 300


def test_that_the_multi_circuit_opens_with_its_problems(browse: Browse, shared_data: Path) -> None:
    session, panel = browse(shared_data / "bbp" / "sim_quick_scx_sonata_multicircuit")
    assert session.circuit is not None and panel.cells.model.rowCount() > 0
    assert (panel.tree.model.problems_item is not None) == bool(session.circuit.problems)


def test_that_cells_selected_in_the_map_are_selected_in_the_table(column: Column, qtbot: QtBot) -> None:
    session, panel = column
    _with_map(qtbot, panel)
    viewport = panel.cells.map_tab.map.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=_place_of(panel, 150))
    assert session.selection.node_ids.tolist() == [150]
    assert panel.cells.model.node_id(panel.cells.table.currentIndex().row()) == 150
    start, end = viewport.rect().topLeft() + QPoint(80, 5), viewport.rect().bottomRight() - QPoint(5, 60)
    filtered(qtbot, panel, "layer == 5")
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for part in (0.3, 0.6, 1.0):
        qtbot.mouseMove(viewport, start + (end - start) * part)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
    qtbot.waitUntil(lambda: session.selection.node_ids.size > 1)
    chosen = session.selection.node_ids.tolist()
    assert len(chosen) > 20 and set(chosen) <= set(ids(panel)), "what the filter hides is not selected"


def test_that_cells_selected_elsewhere_get_rings_in_the_map(column: Column, qtbot: QtBot) -> None:
    session, panel = column
    _with_map(qtbot, panel)
    session.selection.select_cells("column", [3, 4])
    assert len(panel.cells.map_tab.map._rings.data) == 2


def test_that_a_filter_set_beside_the_table_dims_the_map_when_it_is_seen_again(
    column: Column, qtbot: QtBot
) -> None:
    _, panel = column
    _with_map(qtbot, panel)
    panel.cells.tabs.setCurrentWidget(panel.cells.table)
    filtered(qtbot, panel, "layer == 2")
    panel.show_map()
    bright = panel.cells.map_tab.map._bright
    assert bright is not None and int(bright.sum()) == 11


def test_that_many_cells_are_drawn_as_densities_until_one_zooms_in(
    browse: Browse, qtbot: QtBot, tmp_path: Path
) -> None:
    _, panel = browse(write_circuit(tmp_path, 60_000))
    _with_map(qtbot, panel)
    tab = panel.cells.map_tab
    qtbot.waitUntil(lambda: tab.map.is_density)
    assert "Zoom in" in tab.legend.text()
    tab.map._box.setRange(xRange=(0, 100), yRange=(0, 100))
    qtbot.waitUntil(lambda: not tab.map.is_density)
    qtbot.waitUntil(lambda: "L1_BC" in tab.legend.text() or "others" in tab.legend.text())


def test_that_a_population_without_positions_says_so(browse: Browse, shared_data: Path, qtbot: QtBot) -> None:
    session, panel = browse(shared_data / "allen" / "300_cells")
    session.selection.select_cells("external", [0])
    panel.show_map()
    assert "gives no positions (x and y)" in panel.cells.map_tab.word.text()
    assert not panel.cells.map_tab.map.isVisible()


def test_that_conditions_from_menus_replace_their_predecessors() -> None:
    assert of_values("mtype", ["a b", "or"]) == 'mtype in ["a b", "or"]'
    text = with_condition("PC", "layer", of_values("layer", ["4"]))
    assert text == "PC & layer == 4"
    assert with_condition(text, "layer", of_values("layer", ["4", "5"])) == "PC & layer in [4, 5]"
    assert with_condition("a | b", "layer", "layer == 4") == "(a | b) & layer == 4"


def test_that_every_action_has_an_id_and_a_key_of_its_own(column: Column) -> None:
    actions = column[1].actions()
    check(actions)
    wanted = {"filter", "copy", "save_node_set", "add_cell", "columns", "map", "problems"}
    assert {action.id for action in actions} == {f"circuit.{name}" for name in wanted}
