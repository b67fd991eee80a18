"""The panel: which cell it shows, what it says while there is none, and what it tells of a spot."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.targets import CellReference
from gui.background import wait_for_all
from gui.panels.cell.panel import CellPanel
from gui.plots.cell.picking import Pick
from gui.session.notices import Notice
from gui.session.session import Session
from tests.gui.cell.cells import CELL, Branch
from tests.gui.cell.small_session import SmallSession

OTHER = CellReference("cells", 8)
STICK = (
    Branch("soma[0]", diameter=20.0),
    Branch("dend[0]", "soma[0]", length=400.0, segments=41, distance=10.0),
)


@pytest.fixture
def session() -> Iterator[SmallSession]:
    yield SmallSession()
    wait_for_all()


@pytest.fixture
def panel(session: SmallSession, qtbot: QtBot) -> CellPanel:
    made = CellPanel(cast("Session", session))
    qtbot.addWidget(made)
    made.resize(500, 400)
    with qtbot.waitExposed(made):
        made.show()
    return made


def built(panel: CellPanel, session: SmallSession, qtbot: QtBot) -> None:
    """The cell is selected and drawn."""
    session.selection.select_cell(CELL)
    session.rig.build(CELL, *STICK)
    qtbot.waitUntil(panel.has_shape)


def test_that_it_says_what_to_do_and_what_it_waits_for(panel, session, qtbot) -> None:
    assert "Choose a cell" in panel.words.text() and panel.words.isVisible()
    session.selection.select_cell(CELL)
    session.rig.building.emit("Building L5_TTPC… 0.3 s", 0, 1)
    assert panel.words.text() == "Building L5_TTPC… 0.3 s"
    session.rig.building.emit("", 0, 0)
    assert "has not been built" in panel.words.text()
    session.rig.be("untrusted")
    assert "may run" in panel.words.text()
    session.rig.be("unavailable", "NEURON is not installed.")
    assert panel.words.text() == "NEURON is not installed."
    session.rig.be("ready")
    session.rig.build(CELL, *STICK)
    qtbot.waitUntil(panel.has_shape)
    assert not panel.words.isVisible() and panel.view.isVisible()


def test_that_an_artificial_cell_is_said_to_be_a_point(panel, session, qtbot) -> None:
    session.selection.select_cell(CELL)
    session.rig.build(CELL)
    qtbot.waitUntil(lambda: "is a point" in panel.words.text())
    assert not panel.has_shape()


def test_that_the_selected_cell_is_shown_else_the_first_of_the_experiment(panel, session, qtbot) -> None:
    session.rig.build(CELL, *STICK)
    session.rig.build(OTHER, Branch("soma[0]"))
    cells = ListedCells(cells=(OTHER, CELL))
    session.document.put(Experiment(circuit=CircuitReference(path="/nowhere.json"), cells=cells))
    qtbot.waitUntil(lambda: panel.has_shape() and panel.view.shapes[0].cell == OTHER)
    session.selection.select_cell(CELL)
    qtbot.waitUntil(lambda: panel.has_shape() and panel.view.shapes[0].cell == CELL)
    session.selection.clear()
    session.document.put(None)
    assert not panel.has_shape() and "Choose a cell" in panel.words.text()


def test_that_a_cell_that_is_built_anew_is_drawn_anew(panel, session, qtbot) -> None:
    built(panel, session, qtbot)
    session.rig.build(CELL, *STICK, Branch("dend[1]", "dend[0]"))
    qtbot.waitUntil(lambda: panel.has_shape() and panel.view.shapes[0].anatomy.segments == 43)


def test_that_buttons_and_menu_entries_choose_the_same_mode(panel, session, qtbot) -> None:
    actions = {action.id: action for action in panel.actions()}
    assert not actions["cell.mode.3d"].enabled()
    built(panel, session, qtbot)
    for mode, button in panel.head.modes.items():
        button.click()
        assert panel.view.mode == mode
        checked = {name for name, each in actions.items() if each.checked is not None and each.checked()}
        assert checked == {f"cell.mode.{mode}"}
        actions["cell.mode.2d"].run()
        assert panel.head.modes["2d"].isChecked()
    actions["cell.mode.dendrogram"].run()
    assert not actions["cell.from.side"].enabled() and not actions["cell.perspective"].enabled()


def test_that_the_line_below_tells_of_the_spot_under_the_mouse(panel, session, qtbot) -> None:
    built(panel, session, qtbot)
    anatomy = panel.view.shapes[0].anatomy
    segment = anatomy.segment_at("dend[0]", 0.5)
    panel.view.hovered.emit(Pick(CELL, "dend[0]", 0.5, segment, 0.0))
    text = panel.readout.text()
    assert text.startswith("dend[0](0.5) · basal dendrite · ")
    assert "210 µm from the soma" in text and "diameter 2 µm" in text and "41 segments" in text
    panel.view.hovered.emit(None)
    assert "dend" not in panel.readout.text()


def test_that_the_picture_is_copied_and_saved(panel, session, qtbot, tmp_path: Path) -> None:
    built(panel, session, qtbot)
    told: list[Notice] = []
    session.notices.posted.connect(told.append)
    panel.saving.copy()
    assert QGuiApplication.clipboard().image().width() == 2 * panel.view.width()
    panel.saving.save(tmp_path / "cell.svg")
    assert b"<svg" in (tmp_path / "cell.svg").read_bytes()
    panel.saving.save(tmp_path / "cell.pdf")
    pdf = (tmp_path / "cell.pdf").read_bytes()
    assert pdf.startswith(b"%PDF") and b"/Subtype /Image" not in pdf
    panel.saving.save(tmp_path / "cell.png")
    assert QImage(str(tmp_path / "cell.png")).width() == 2 * panel.view.width()
    assert "cell.png" in told[-1].what


def test_that_tab_reaches_the_drawing(panel, session, qtbot) -> None:
    built(panel, session, qtbot)
    panel.activateWindow()
    panel.head.modes["3d"].setFocus()
    for _ in range(12):
        if panel.view.hasFocus():
            break
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert panel.view.hasFocus()
