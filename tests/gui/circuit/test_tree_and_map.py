"""The tree of a circuit, node sets, problems, and the map of the somata."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPolygonF, QStandardItem
from PySide6.QtWidgets import QToolTip
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gui import theme
from gui.actions import check
from gui.panels.circuit.filter_text import of_values, with_condition
from gui.panels.circuit.panel import CircuitPanel
from gui.plots.soma_layers import Places, View
from gui.plots.soma_regions import Members, inside, within
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


# Percent of the map: an outline with a dent, so that not all that is between its corners is in it
_BENT = ((20, 15), (85, 20), (80, 75), (55, 40), (25, 70))


def _draw(qtbot: QtBot, panel: CircuitPanel, corners: Sequence[QPoint], *, adds: bool = False) -> None:
    """Draw a line over these corners with the left button held."""
    viewport = panel.cells.map_tab.map.viewport()
    more = Qt.KeyboardModifier.ShiftModifier if adds else Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    with qtbot.waitSignal(panel._session.selection.cells_changed):
        qtbot.mousePress(viewport, left, more, pos=corners[0])
        for corner in corners[1:]:
            qtbot.mouseMove(viewport, corner)
        qtbot.mouseRelease(viewport, left, more, pos=corners[-1])


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
    near = panel.cells.map_tab.map._near
    assert near is not None and int(near.kept.sum()) == 11


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


def test_that_a_lasso_selects_what_lies_within_and_adds_with_shift(
    column: Column, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, panel = column
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", -1)  # the hand of a test is quicker
    _with_map(qtbot, panel)
    tab = panel.cells.map_tab
    qtbot.keyClick(tab.map, Qt.Key.Key_L)
    assert tab.lasso.isChecked()
    area = tab.map.viewport().rect()
    corners = [QPoint(area.width() * x // 100, area.height() * y // 100) for x, y in _BENT]
    _draw(qtbot, panel, corners)
    places = tab._places
    assert places is not None
    outline = QPolygonF([tab.map._box.mapSceneToView(tab.map.mapToScene(corner)) for corner in corners])
    wanted = [
        node_id
        for node_id, x, y in zip(places.ids.tolist(), places.right, places.up, strict=True)
        if outline.containsPoint(QPointF(float(x), float(y)), Qt.FillRule.OddEvenFill)
    ]
    chosen = session.selection.node_ids.tolist()
    assert len(wanted) > 5 and chosen == wanted
    assert len(tab.map._rings.data) == len(wanted)
    _draw(qtbot, panel, [QPoint(2, 2), QPoint(area.width(), 2), QPoint(2, area.height() - 70)], adds=True)
    assert set(session.selection.node_ids.tolist()) > set(wanted)


def test_that_what_lies_in_an_outline_is_found_as_qt_finds_it() -> None:
    random = np.random.default_rng(4)
    right, up = random.uniform(-10, 10, (2, 5_000)).astype(np.float32)
    places = Places(np.arange(5_000), right, up, (-10, 10, -10, 10))
    corners = random.uniform(-9, 9, (25, 2))
    corners[7] = corners[8]  # a hand that rests
    outline = QPolygonF([QPointF(x, y) for x, y in corners.tolist()])
    wanted = [
        outline.containsPoint(QPointF(float(x), float(y)), Qt.FillRule.OddEvenFill)
        for x, y in zip(right, up, strict=True)
    ]
    assert 0 < sum(wanted) < 5_000
    assert within(places, corners).tolist() == wanted


def test_that_all_of_many_cells_are_selected_from_the_map_and_drawn(
    browse: Browse, qtbot: QtBot, tmp_path: Path
) -> None:
    session, panel = browse(write_circuit(tmp_path, 150_000))
    _with_map(qtbot, panel)
    shown = panel.cells.map_tab.map
    qtbot.waitUntil(lambda: shown.is_density)
    before = shown._image.image.copy()
    qtbot.keyClick(shown, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: session.selection.node_ids.size == 150_000)
    qtbot.waitUntil(lambda: not shown.is_seeing)
    painted, colour = shown._image.image, QColor(theme.colours().text)
    assert abs(painted[painted[..., 3] > 0][:, 0].astype(int) - colour.red()).max() <= 1
    assert not np.array_equal(painted, before)
    assert panel.cells.table.shows_selected(0) and panel.cells.table.shows_selected(149_999)
    session.selection.select_cells("cells", [7])
    assert not panel.cells.table.shows_selected(0), "who selects later wins"


def test_that_a_density_says_how_many_cells_and_which_are_under_the_mouse(
    browse: Browse, qtbot: QtBot, tmp_path: Path
) -> None:
    session, panel = browse(write_circuit(tmp_path, 60_000))
    assert session.circuit is not None
    _with_map(qtbot, panel)
    tab = panel.cells.map_tab
    qtbot.waitUntil(lambda: tab.map.is_density)
    filtered(qtbot, panel, "mtype == L5_PC")
    qtbot.waitUntil(lambda: not tab.map.is_seeing)
    said: list[tuple[View, QPoint]] = []
    tab.map.crowd_hovered.connect(lambda piece, place: said.append((piece, place)))
    mouse = _place_of(panel, 1234)
    qtbot.mouseMove(tab.map.viewport(), mouse)
    qtbot.waitUntil(lambda: bool(said) and tab._asking is None)
    places, kept = tab._places, Members(panel.cells.model.rows)
    assert places is not None
    at, (left, end, bottom, top) = tab.map._box.mapSceneToView(tab.map.mapToScene(mouse)), said[-1][0]
    assert left <= at.x() <= end and bottom <= at.y() <= top
    there = inside(places, said[-1][0])
    nodes = session.circuit.node_populations["cells"]
    types = nodes.read_rows("mtype", places.ids[there]).tolist()
    assert types
    text = QToolTip.text()
    found = f"{len(types):,} {'cell' if len(types) == 1 else 'cells'} here"
    count = int((there & kept.among(places)).sum())
    assert text.startswith(found if count == len(types) else f"{found}, {count:,} of them kept")
    assert f"mtype: L5_PC {count}" in text if count else "mtype" not in text


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
    wanted = {"filter", "copy", "save_node_set", "add_cell", "columns", "map", "lasso", "problems"}
    assert {action.id for action in actions} == {f"circuit.{name}" for name in wanted}
