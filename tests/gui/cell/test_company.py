"""Several selected cells are drawn together, each where it stands in the circuit."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.circuit.circuit import open_circuit
from engine.experiment.targets import CellReference
from engine.resources import resources_folder
from gui.panels.cell.panel import CellPanel
from gui.plots.cell.shapes import Shape
from gui.session.selection import FEW, Selection
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool

COLUMN = resources_folder() / "circuits" / "cortical_column" / "circuit_config.json"
LONG_MS = 60_000


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session(WorkerPool(cores=1))
    made.open_path(COLUMN)
    qtbot.waitUntil(lambda: made.rig.state == "ready", timeout=LONG_MS)
    yield made
    made.shutdown()


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> CellPanel:
    made = CellPanel(session)
    qtbot.addWidget(made)
    made.resize(600, 500)
    with qtbot.waitExposed(made):
        made.show()
    return made


def cells(panel: CellPanel) -> list[int]:
    return [shape.cell.node_id for shape in panel.view.shapes]


def soma(shape: Shape) -> np.ndarray:
    """Its middle, µm."""
    course = shape.points[: shape.anatomy.description.sections[0].points, :3]
    return np.asarray(course.mean(axis=0))


def test_that_selected_cells_stand_as_far_apart_as_in_the_circuit(panel, session, qtbot) -> None:
    session.selection.select_cells("column", [105, 120, 150], 120)
    qtbot.waitUntil(lambda: cells(panel) == [120, 105, 150], timeout=LONG_MS)
    with open_circuit(COLUMN) as circuit:
        places = {node: np.array(circuit.cell("column", node).position) for node in (105, 120, 150)}
    first = panel.view.shapes[0]
    for shape in panel.view.shapes[1:]:
        apart = np.linalg.norm(soma(shape) - soma(first))
        expected = np.linalg.norm(places[shape.cell.node_id] - places[120])
        assert apart == pytest.approx(expected, abs=15)  # somata are some µm beside where the cell is


def test_that_a_click_on_another_cell_makes_it_the_shown_one(panel, session, qtbot) -> None:
    session.selection.select_cells("column", [105, 120], 120)
    qtbot.waitUntil(lambda: cells(panel) == [120, 105], timeout=LONG_MS)
    view = panel.view
    other = view.shapes[1]
    projected = view.projection.project(other.pieces, view.pixels())
    places = (projected.starts + projected.ends) / 2
    free = next(
        QPointF(*place)
        for place in places.tolist()
        if (found := view.pick_at(QPointF(*place))) is not None and found.cell == other.cell
    )
    with qtbot.assertNotEmitted(view.clicked):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=free.toPoint())
    assert session.selection.current == CellReference("column", 105)
    assert session.selection.node_ids.tolist() == [105, 120]
    qtbot.waitUntil(lambda: cells(panel) == [105, 120], timeout=LONG_MS)


def test_that_who_is_alone_again_is_drawn_alone(panel, session, qtbot) -> None:
    session.selection.select_cells("column", [105, 120], 120)
    qtbot.waitUntil(lambda: cells(panel) == [120, 105], timeout=LONG_MS)
    session.selection.select_cells("column", [120])
    qtbot.waitUntil(lambda: cells(panel) == [120])


def test_that_of_many_cells_the_current_one_is_drawn_alone() -> None:
    selection = Selection()
    selection.select_cells("column", range(FEW), 3)
    assert [cell.node_id for cell in selection.few()] == [3, 0, 1, 2, 4, 5, 6, 7]
    selection.select_cells("column", range(FEW + 1), 3)
    assert [cell.node_id for cell in selection.few()] == [3]
    selection.clear()
    assert selection.few() == ()
