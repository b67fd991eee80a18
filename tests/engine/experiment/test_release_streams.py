"""Stochastic synapses draw from the streams that neurodamus and BlueCelluLab give them."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.release_streams import (
    ReleaseStreams,
    network_of,
    population_number,
    population_offsets,
    streams_of,
)
from engine.experiment.synaptic_input import Connections
from engine.experiment.targets import CellReference

CELL = CellReference("S1nonbarrel_neurons", 0)
OUTSIDE = "external_S1nonbarrel_neurons"
OFFSETS = {"POm": 0, "S1nonbarrel_neurons": 1000}


def streams(**conditions):
    return ReleaseStreams(OFFSETS, Conditions(**conditions))


@pytest.mark.parametrize(
    ("name", "number"),
    [("POm", 1166), ("S1nonbarrel_neurons", 2969), ("NodeA", 4058), ("RingA", 1341), ("default", 4034)],
)
def test_that_populations_have_the_numbers_of_neurodamus(name, number):
    assert population_number(name) == number


def test_that_the_cells_of_each_population_begin_at_the_next_free_thousand_by_name():
    assert population_offsets({"S1nonbarrel_neurons": 1, "POm": 94, "VPM": 73}) == {
        "POm": 0,
        "S1nonbarrel_neurons": 1000,
        "VPM": 2000,
    }
    assert population_offsets({"A": 1000, "B": 1001, "C": 1}) == {"A": 0, "B": 1000, "C": 3000}
    assert population_offsets({}) == {}


@given(st.dictionaries(st.text(max_size=5), st.integers(1, 10_000), max_size=6))
def test_that_no_two_cells_share_a_number(counts):
    offsets = population_offsets(counts)
    ordered = [(offsets[name], offsets[name] + counts[name]) for name in sorted(counts)]
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(ordered))
    assert all(start % 1000 == 0 for start, _ in ordered)


def test_that_release_draws_from_the_stream_that_bluecellulab_prints():
    assert streams().release("POm", CELL, 0) == (1251, 100, 76418245)
    assert streams(synapse_seed=3).release("POm", CELL, 0) == (1251, 100, 76418248)
    assert streams().release(OUTSIDE, CELL, 3895) == (1251, 3995, 21826757)


def test_that_both_conventions_release_alike_but_count_cells_for_rise_times_from_1_and_from_0():
    neurodamus, bluecellulab = (
        streams(seed_convention="neurodamus"),
        streams(seed_convention="bluecellulab"),
    )
    assert neurodamus.release("POm", CELL, 5) == bluecellulab.release("POm", CELL, 5)
    assert bluecellulab.rise_time_ids("POm", CELL, 5) == (1250, 105, 76418395)
    assert neurodamus.rise_time_ids("POm", CELL, 5) == (1251, 105, 76418395)


def test_that_minis_count_cells_from_1_and_raised_or_from_0_and_as_their_population_does():
    """76417952 stands for POm onto S1nonbarrel_neurons: 76418245 of release, less 300 and more 7."""
    pathway = 76418245 - 300 + 7
    neurodamus = streams(seed_convention="neurodamus", minis_seed=7, synapse_seed=1)
    assert neurodamus.minis("POm", CELL, 5) == ((205, 1251, pathway + 300), (205, 1251, pathway + 350))
    bluecellulab = streams(seed_convention="bluecellulab", minis_seed=7, synapse_seed=1)
    assert bluecellulab.minis("POm", CELL, 5) == ((205, 250, pathway + 300), (205, 250, pathway + 350))


@pytest.mark.parametrize(
    ("place", "seed", "rise_time"),
    [
        (806, 0, 0.15805103287874625),
        (807, 0, 0.06742332453622546),
        (3895, 0, 0.2895436679615014),
        (806, 3, 0.3732389418048181),
        (3895, 3, 0.05519332114048147),
    ],
)
def test_that_rise_times_are_those_of_bluecellulab(place, seed, rise_time):
    """Of the inhibitory synapses of a published circuit (BlueCelluLab 2.6.111, NEURON 9.0.2), in ms."""
    drawn = streams(seed_convention="bluecellulab", random_seed=1, synapse_seed=seed)
    assert drawn.rise_time(OUTSIDE, CELL, place) == rise_time


def test_that_a_cell_alone_has_the_streams_of_its_network_where_its_connections_say_so():
    """Without: the cells of the first population count up to 1200, so those of the second begin at 3000."""
    nodes = {"A": ("biophysical", 5000), "B": ("biophysical", 50), "Axons": ("virtual", 94)}
    circuit: Any = SimpleNamespace(
        node_populations={
            name: SimpleNamespace(node_type=kind, size=size) for name, (kind, size) in nodes.items()
        }
    )
    cell = CellReference("B", 7)

    def experiment(*cells, **more):
        return Experiment(circuit=CircuitReference(path="."), cells=ListedCells(cells=cells), **more)

    network = experiment(cell, CellReference("A", 1200), CellReference("A", 3))
    alone = experiment(cell, connections=Connections(counted=network_of(network, circuit)))
    assert streams_of(network, circuit).offsets == {"A": 0, "Axons": 2000, "B": 3000}
    assert streams_of(alone, circuit) == streams_of(network, circuit)
    assert streams_of(alone, circuit).release("A", cell, 4) == (3258, 104, 300 + (1407 << 16) + 3741)
    assert streams_of(experiment(cell), circuit).offsets["B"] == 1000
