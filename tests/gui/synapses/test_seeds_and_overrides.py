"""What the list of synapses says of overrides and random streams, and which columns it remembers."""

import numpy as np

from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.edits import with_cell, with_override
from engine.experiment.release_streams import population_number
from engine.experiment.targets import CellReference
from gui.session.notices import Notice
from tests.gui.cell.cells import CELL
from tests.gui.synapses.test_synapses_panel import column_of, entry

ROW = 31  # of outside__cells


def put(desk, *overrides):
    experiment = with_cell(desk.session.document.experiment, CELL)
    for each in overrides:
        experiment = with_override(experiment, each)
    desk.session.document.change(experiment, "Put")
    desk.settle()


def select(desk, row=ROW):
    desk.afferent.selection.select_cell(CellReference(desk.afferent.table.name, row))


def test_that_a_synapse_tells_its_streams_in_the_convention_that_is_chosen_beside_it(desk):
    put(desk, ConnectionOverride(source="outside", spont_minis=0.3, weight=0.5))
    select(desk)
    place = int(desk.afferent.table.values("synapse_id")[ROW])
    pathway = 65536 * population_number("outside") + population_number("cells")
    assert "In runs: weight × 0.5, 0.3 releases a second by itself." in desk.panel.about.text()
    expected = f"minis from ({place + 200}, 258, {pathway + 300}) and ({place + 200}, 258, {pathway + 350})"
    assert expected in desk.panel.about.text()
    assert "node ids raised by 0" in desk.panel.about.text()
    seeds = desk.panel.seeds
    assert seeds.isVisible() and seeds.currentText() == "Random streams as neurodamus"
    seeds.setCurrentIndex(1)
    seeds.activated.emit(1)
    desk.settle()
    document = desk.session.document
    assert document.experiment.conditions.seed_convention == "bluecellulab"
    assert document.undo_stack.undoText() == "Change seed convention"
    assert f"minis from ({place + 200}, 257, {pathway + 300})" in desk.panel.about.text()
    document.undo_stack.undo()
    desk.settle()
    assert seeds.currentText() == "Random streams as neurodamus"
    select(desk, 0)
    assert not seeds.isVisible(), "the first synapse draws no numbers"


def test_that_a_synapse_over_which_nothing_arrives_says_so(desk):
    put(desk, ConnectionOverride(source="outside", weight=0))
    select(desk)
    assert "Connection overrides leave it out." in desk.panel.about.text()


def test_that_an_override_that_names_nothing_is_told_and_the_ticks_stay(desk):
    said: list[Notice] = []
    desk.session.notices.posted.connect(said.append)
    entry(desk.panel.activate, "All 60")
    put(desk, ConnectionOverride(source="outsid"))
    assert desk.afferent.active.all()
    assert "no node set named 'outsid'" in said[-1].what


def test_that_the_menu_adds_an_override_for_the_population_of_the_selected_synapses(desk):
    desk.afferent.selection.select_cells(desk.afferent.table.name, np.array([ROW, ROW + 1]))
    entry(desk.panel.activate, "Add connection override")
    (added,) = desk.connections.overrides
    assert added.edge_population == "outside__cells"
    entry(desk.panel.activate, "Spontaneous release as the circuit says")
    assert desk.connections.spontaneous_release


def test_that_columns_are_remembered_for_the_next_table(open_desk, monkeypatch, tmp_path):
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))
    first = open_desk()
    first.panel.columns.show_column(column_of(first, "tau1"), shown=True)
    first.panel.columns.show_column(column_of(first, "delay"), shown=False)
    later = type(first.panel)(first.session)
    names = [each.name for each in later.model.columns]
    hidden = {name: later.table.isColumnHidden(section) for section, name in enumerate(names)}
    assert (hidden["tau1"], hidden["delay"], hidden["kind"]) == (False, True, False)
    usual = next(each for each in later.columns.menu().actions() if each.text() == "Usual columns")
    usual.trigger()
    assert later.table.isColumnHidden(names.index("tau1"))
    later.deleteLater()
