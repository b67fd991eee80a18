"""The sections of a cell: searched, sorted, chosen, and linked with all other views of the cell."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.recordings import SiteRecording
from engine.experiment.targets import Site
from gui.models.section_tree import Column, SectionTree
from gui.panels.sections.panel import SectionsPanel
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool
from tests.gui.accessibility import nameless_controls
from tests.gui.sections.cells import CELL, described


@pytest.fixture
def session(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A cell is selected and, to all that is known, built; there are no workers."""
    pool = WorkerPool(cores=1)
    session = Session(pool)
    session.document.put(Experiment(circuit=CircuitReference(path="/nowhere/circuit_config.json")))
    known = {CELL: described()}
    monkeypatch.setattr(session.rig, "description", known.get)
    session.selection.select_cell(CELL)
    yield session
    session.rig.shutdown()
    pool.shutdown()


@pytest.fixture
def panel(qtbot: QtBot, session: Session) -> SectionsPanel:
    panel = SectionsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(400, 600)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def shown(model: SectionTree) -> dict[str, list[str]]:
    """Names of sections by the title of their type."""
    found = {}
    for row in range(model.rowCount()):
        group = model.index(row, 0)
        names = [model.index(place, 0, group).data() for place in range(model.rowCount(group))]
        found[str(group.data())] = names
    return found


def pointed_at(session: Session) -> str:
    return session.pointing.site.section if session.pointing.site is not None else ""


def test_that_the_model_keeps_qts_rules(qtbot: QtBot) -> None:
    model = SectionTree()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for sections in (
        described().sections,
        described(dendrites=0).sections,
        (),
        described(apical=30).sections,
    ):
        model.show(sections)
        model.search("apic 1")
        model.sort(Column.DISTANCE, Qt.SortOrder.DescendingOrder)
        model.search("")
        model.mark("apic[1]")


def test_that_sections_stand_under_their_types_with_their_numbers(panel: SectionsPanel) -> None:
    assert shown(panel.model) == {
        "Soma (1)": ["soma[0]"],
        "Basal dendrites (2)": ["dend[0]", "dend[1]"],
        "Apical dendrites (4)": ["apic[0]", "apic[1]", "apic[2]", "apic[3]"],
    }
    row = panel.model.index_of("apic[1]")
    texts = [row.siblingAtColumn(column).data() for column in Column]
    assert texts == ["apic[1]", "110.0", "100.0", "2.00", "4"]


def test_that_words_search_names_and_types(qtbot: QtBot, panel: SectionsPanel) -> None:
    QTest.keyClicks(panel.search, "basal 1")
    assert shown(panel.model) == {
        "Soma (0)": [],
        "Basal dendrites (1)": ["dend[1]"],
        "Apical dendrites (0)": [],
    }
    QTest.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.model.count == 7


def test_that_down_leads_from_the_search_to_the_first_section_found(
    qtbot: QtBot, panel: SectionsPanel, session: Session
) -> None:
    QTest.keyClicks(panel.search, "apic")
    QTest.keyClick(panel.search, Qt.Key.Key_Down)
    assert session.selection.site == Site(cell=CELL, section="apic[0]")
    QTest.keyClick(panel.tree, Qt.Key.Key_Down)
    assert session.selection.site == Site(cell=CELL, section="apic[1]")


def test_that_sorting_keeps_the_chosen_section(panel: SectionsPanel, session: Session) -> None:
    session.selection.select_site(Site(cell=CELL, section="apic[2]", x=0.1))
    panel.tree.sortByColumn(Column.DISTANCE, Qt.SortOrder.DescendingOrder)
    assert shown(panel.model)["Apical dendrites (4)"] == ["apic[3]", "apic[2]", "apic[1]", "apic[0]"]
    assert panel.tree.currentIndex().data() == "apic[2]"
    assert session.selection.site == Site(cell=CELL, section="apic[2]", x=0.1)


def test_that_a_click_chooses_a_spot_and_shows_what_is_there(
    qtbot: QtBot, panel: SectionsPanel, session: Session
) -> None:
    place = panel.tree.visualRect(panel.model.index_of("soma[0]")).center()
    QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.selection.site == Site(cell=CELL, section="soma[0]")
    assert panel.place.text() == "soma[0](0.5), in the soma"
    rows = [(row.variable, row.value, row.unit, row.kind) for row in panel.mechanisms.rows]
    assert rows == [
        ("L", 20.0, "µm", "parameter"),
        ("nseg", 1.0, "", "parameter"),
        ("diam", 4.0, "µm", "parameter"),
        ("Ra", 100.0, "Ω cm", "parameter"),
        ("hh.gnabar", 0.12, "S/cm²", "parameter"),
        ("hh.m", None, "", "state"),
        ("hh.gna", None, "S/cm²", "computed"),
        ("ena", None, "mV", "parameter"),
        ("ina", None, "mA/cm²", "computed"),
    ]
    texts = [panel.mechanisms.index(row, 2).data() for row in range(4, 9)]
    assert texts == ["0.12", "in a run", "in a run", "not a number", "in a run"]


def test_that_a_spot_chosen_elsewhere_is_shown_and_stays(panel: SectionsPanel, session: Session) -> None:
    session.selection.select_site(Site(cell=CELL, section="apic[3]", x=0.42))
    assert panel.tree.currentIndex().data() == "apic[3]"
    assert panel.place.text() == "apic[3](0.42), 352 µm from the soma"
    assert session.selection.site == Site(cell=CELL, section="apic[3]", x=0.42)
    session.selection.select_site(None)
    assert not panel.tree.currentIndex().isValid()
    assert panel.mechanisms.rows == () and panel.place.text() == "Choose a section."


def test_that_the_mouse_points_and_what_others_point_at_is_marked(
    qtbot: QtBot, panel: SectionsPanel, session: Session
) -> None:
    index = panel.model.index_of("dend[1]")
    panel.tree.entered.emit(index)
    assert pointed_at(session) == "dend[1]"
    assert index.data(Qt.ItemDataRole.BackgroundRole) is not None
    panel.tree.entered.emit(panel.model.index(0, 0))
    assert pointed_at(session) == ""
    session.pointing.point_at(Site(cell=CELL, section="apic[0]", x=0.9))
    marked = panel.model.index_of("apic[0]")
    assert marked.data(Qt.ItemDataRole.BackgroundRole) is not None
    assert index.data(Qt.ItemDataRole.BackgroundRole) is None


def test_that_the_table_is_copied_with_every_digit(panel: SectionsPanel, session: Session) -> None:
    session.selection.select_site(Site(cell=CELL, section="soma[0]"))
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Mechanism\tVariable\tValue\tUnit\tKind"
    assert lines[5] == "hh\thh.gnabar\t0.12\tS/cm²\tparameter"
    assert len(lines) == 10
    panel.copy_as_csv()
    assert "hh,hh.gnabar,0.12,S/cm²,parameter" in QGuiApplication.clipboard().text().splitlines()


def test_that_a_variable_of_the_table_is_recorded_at_the_spot(panel: SectionsPanel, session: Session) -> None:
    session.selection.select_site(Site(cell=CELL, section="soma[0]", x=0.25))
    panel.table.setCurrentIndex(panel.mechanisms.index(5, 1))
    panel.record_variable()
    experiment = session.document.experiment
    assert experiment is not None
    (recording,) = experiment.recordings
    assert isinstance(recording, SiteRecording)
    assert (recording.variable, recording.site.x) == ("hh.m", 0.25)
    assert session.selection.element == recording.id
    assert session.document.undo_stack.undoText() == "Record hh.m"


def test_that_without_a_cell_it_says_what_comes_next(panel: SectionsPanel, session: Session) -> None:
    session.selection.select_cells("", [])
    assert panel.hint.text().startswith("Choose a cell")
    assert not panel.tree.isVisible()
    assert nameless_controls(panel) == []


def test_that_thousands_of_sections_are_shown_without_an_object_for_each(qtbot: QtBot) -> None:
    model = SectionTree()
    model.show(described(dendrites=2000, apical=3000).sections)
    model.search("apic 29")
    assert model.count == sum("29" in str(number) for number in range(3000))
    model.sort(Column.DISTANCE, Qt.SortOrder.DescendingOrder)
    group = model.index(2, 0)
    assert model.index(0, 0, group).data() == "apic[2999]"
    assert model.index_of("dend[7]") == QModelIndex()
