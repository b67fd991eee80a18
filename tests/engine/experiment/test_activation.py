"""Which synapses are active is a matter of the document and the circuit alone, and always the same."""

import json

import numpy as np
import pytest
from pydantic import ValidationError

from engine.circuit.afferent import AfferentSynapses
from engine.circuit.circuit import open_circuit
from engine.errors import QueryError
from engine.experiment import store
from engine.experiment.activation import are_active, edges_of, with_active, without_connections
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.synaptic_input import (
    ActiveSynapses,
    AtRandom,
    Connections,
    OfEdges,
    OfFilter,
    OfPopulations,
)
from engine.experiment.targets import CellReference
from engine.resources import resources_folder

COLUMN = resources_folder() / "circuits" / "cortical_column" / "circuit_config.json"
CELL = CellReference("column", 117)
EMPTY = Experiment(circuit=CircuitReference(path="circuit_config.json"))


@pytest.fixture(scope="module")
def table():
    with open_circuit(COLUMN) as circuit:
        yield AfferentSynapses(circuit, CELL.population, CELL.node_id)


def active(table, choice, **more):
    made = with_active(EMPTY, CELL, choice)
    connections = Connections(**{**dict(made.connections), **more})
    return are_active(connections, CELL, table)


def test_that_all_are_active_once_connections_are_on_and_none_before(table):
    assert not are_active(Connections(), CELL, table).any()
    assert active(table, None).all()
    assert not active(table, None, enabled=False).any()


def test_that_a_choice_is_of_one_cell(table):
    other = CellReference("column", 3)
    connections = with_active(EMPTY, other, OfEdges(edges=())).connections
    assert are_active(connections, CELL, table).all()
    assert not are_active(connections, other, table).any()


def test_that_populations_filters_and_edges_choose_what_they_name(table):
    thalamic = table.values("source") == "thalamus"
    np.testing.assert_array_equal(
        active(table, OfPopulations(populations=("thalamus__column__exp2syn",))), thalamic
    )
    np.testing.assert_array_equal(active(table, OfFilter(text="source == thalamus")), thalamic)
    rows = np.array([2, 50, 85])
    mask = active(table, edges_of(table, rows))
    np.testing.assert_array_equal(np.flatnonzero(mask), rows)
    within = active(table, edges_of(table, rows), edge_populations=("column__column__exp2syn",))
    assert np.flatnonzero(within).tolist() == [2]


def test_that_the_same_seed_chooses_the_same_and_more_of_them_keep_the_first(table):
    ten, again, other = (active(table, AtRandom(count=10, seed=seed)) for seed in (4, 4, 5))
    np.testing.assert_array_equal(ten, again)
    assert ten.sum() == other.sum() == 10
    assert (ten != other).any()
    twenty = active(table, AtRandom(count=20, seed=4))
    assert twenty.sum() == 20
    assert (twenty | ten == twenty).all()
    assert np.flatnonzero(ten).tolist() == sorted(np.random.RandomState(4).random_sample(86).argsort()[:10])
    assert active(table, AtRandom(count=1000)).all()
    thalamic = active(table, AtRandom(count=10, text="thalamus"))
    assert set(table.values("source")[thalamic]) == {"thalamus"}


def test_that_a_filter_without_sense_says_where(table):
    with pytest.raises(QueryError, match="delya"):
        active(table, OfFilter(text="delya > 1"))


def test_that_activating_lets_the_cell_take_part_and_replaces_its_earlier_choice():
    first = with_active(EMPTY, CELL, AtRandom(count=3))
    assert first.cells == ListedCells(cells=(CELL,))
    second = with_active(first, CELL, OfFilter(text="thalamus"))
    assert [each.choice for each in second.connections.active] == [OfFilter(text="thalamus")]
    off = without_connections(second)
    assert not off.connections.enabled
    assert off.connections.active == second.connections.active
    assert with_active(off, CELL, None).connections == Connections(enabled=True)


def test_that_a_file_keeps_it_and_older_files_open(tmp_path):
    made = with_active(EMPTY, CELL, AtRandom(count=3, seed=9, text="thalamus"))
    path = tmp_path / "e.somascope.json"
    store.save(made, path, folder=tmp_path)
    assert store.load(path).connections == made.connections
    raw = json.loads(path.read_text())
    del raw["connections"]["active"]
    path.write_text(json.dumps(raw))
    assert store.load(path).connections == Connections(enabled=True)


def test_that_two_choices_for_one_cell_are_refused():
    each = ActiveSynapses(cell=CELL, choice=AtRandom(count=1))
    with pytest.raises(ValidationError, match="chosen more than once"):
        Connections(active=(each, each))
