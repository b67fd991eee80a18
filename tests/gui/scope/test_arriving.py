"""The row of arriving spikes says what will reach the shown cell, and follows every edit."""

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication

from engine.circuit.circuit import open_circuit
from engine.circuit.spikes import read_spikes
from engine.experiment.base import changed
from engine.experiment.edits import switched, with_replay
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.spike_sources import PoissonTrains, RegularTrains
from engine.experiment.synaptic_input import Connections, SpikeReplay
from engine.experiment.targets import CellReference
from engine.resources import resources_folder
from gui.settings import settings

COLUMN = resources_folder() / "circuits" / "cortical_column"
CELL = CellReference("column", 105)
REGULAR = RegularTrains(id="regular", population="thalamus", interval=100.0, delay=50.0, duration=1000.0)


@pytest.fixture
def experiment():
    return Experiment(
        circuit=CircuitReference(path=(COLUMN / "circuit_config.json").as_posix()),
        cells=ListedCells(cells=(CELL,)),
        replays=(REGULAR,),
        connections=Connections(enabled=True),
    )


@pytest.fixture
def arriving(scope, session, qtbot):
    """What the scope shows, once it is there."""
    with open_circuit(COLUMN) as circuit:
        session.circuit = circuit
        session.circuit_opened.emit(circuit)
        qtbot.waitUntil(lambda: bool(scope.arriving.rows))
        yield scope.arriving
        qtbot.waitUntil(lambda: scope.arriving._task is None)


def sources(circuit):
    """The nodes of the thalamus that synapses onto the cell come from."""
    edges = circuit.edge_populations["thalamus__column__exp2syn"]
    return np.unique(edges.sources(edges.afferent(CELL.node_id)))


def test_that_each_source_has_a_row_with_its_spikes_and_the_rest_is_counted(arriving, session, scope, qtbot):
    ids = sources(session.circuit)
    others = session.circuit.node_populations["thalamus"].size - len(ids)
    rows = arriving.plot.rows
    assert rows.node_ids.tolist() == ids.tolist()
    assert arriving.plot.times.tolist() == np.repeat(np.arange(50.0, 1000.0, 100.0), len(ids)).tolist()
    rate = 10 * len(ids) / arriving.found.sources
    assert arriving.plot.title == f"Spikes to column:105 by source id, {rate:.3g} Hz each"
    assert arriving.text == (
        f"{10 * len(ids):,} spikes will arrive at column:105, "
        f"from {len(ids)} of {arriving.found.sources} sources; "
        f"{10 * others:,} will not: {others} cells have no active synapse onto it."
    )
    qtbot.waitUntil(lambda: arriving.plot in scope.stack.rows)
    assert arriving.text in scope.remarks.text()
    told: list[str] = []
    scope.cursor_text.connect(told.append)
    arriving.plot.hovered.emit(arriving.plot.spike_at(150.0, 0.5))
    assert told == [f"thalamus:{ids[0]} fires at 150 ms"]
    settings().change(preview_position="hidden")
    qtbot.waitUntil(lambda: arriving.plot not in scope.stack.rows)


def test_that_it_follows_edits_and_files_and_shows_what_is_wrong(arriving, session, qtbot):
    file = COLUMN / "simulations" / "thalamic_replay" / "thalamus_spikes.h5"
    now = switched(session.document.experiment, "regular", enabled=False)
    now = with_replay(now, SpikeReplay(spike_file=file.as_posix()))
    now = with_replay(now, SpikeReplay(name="lost", spike_file="/nowhere/lost.h5"))
    session.document.change(now, "Other sources")
    qtbot.waitUntil(lambda: "lost.h5" in arriving.text)
    spikes = read_spikes(file)["thalamus"]
    arrived = spikes.times[np.isin(spikes.node_ids, sources(session.circuit)) & (spikes.times <= 1000)]
    np.testing.assert_array_equal(arriving.plot.times, np.sort(arrived))
    many = PoissonTrains(population="thalamus", rate=1.0)
    for rate in (10.0, 20.0, 30.0):  # as if typed: the last one counts
        many = changed(many, rate=rate)
        session.document.change(changed(now, replays=(many,)), "Change rate")
    qtbot.waitUntil(lambda: abs(arriving.plot.count / len(sources(session.circuit)) - 30) < 3)
    session.document.change(changed(session.document.experiment, cells=ListedCells()), "Remove cell")
    session.selection.select_cell(CELL)
    qtbot.waitUntil(lambda: arriving.text.endswith("It takes no part in the experiment yet."))
    session.document.change(changed(now, connections=Connections()), "Switch off")
    qtbot.waitUntil(lambda: "connections of the circuit are off" in arriving.text)
    assert not arriving.rows


def test_that_the_spikes_are_copied_as_a_table(arriving, scope, session):
    menu = scope.menu_of(arriving.plot)
    action = next(each for each in menu.actions() if each.text() == "Copy spikes in view")
    arriving.plot.view.setXRange(120, 160, padding=0)
    action.trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Time (ms)\tPopulation\tNode id"
    assert lines[1:] == [f"150.0\tthalamus\t{each}" for each in sources(session.circuit)]
