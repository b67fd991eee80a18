"""The stochastic synapses of BBP circuits get what the edges, the conditions and the seeds say."""

import h5py
import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.errors import CircuitError
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.release_streams import ReleaseStreams, population_number
from engine.experiment.targets import CellReference
from engine.simulation.bbp_synapses import along_section, calcium_scale, release_table
from engine.simulation.contacts import Edges, UnsupportedEdgesError
from engine.simulation.host import h
from engine.simulation.simulation import Simulation
from engine.simulation.wiring_key import wiring_key
from tests.engine.simulation.bench_circuit import SPHERE
from tests.engine.simulation.in_process import in_process
from tests.engine.simulation.stand_in_synapses import built, replaying, write_stochastic_edges

UNSET = -7.0  # what the variables of the stand-in mechanisms begin with


@pytest.fixture
def chemical(bench, tmp_path):
    """The bench, its edges from outside those of stochastic synapses."""
    bench.close()
    write_stochastic_edges(tmp_path)
    with open_circuit(tmp_path) as circuit:
        yield circuit


def edges_of(circuit):
    population = circuit.edge_populations["outside__cells"]
    rows = np.arange(population.size)
    return Edges(population, rows, population.sources(rows), population.targets(rows), rows)


def test_that_excitatory_synapses_take_what_their_edges_say(chemical):
    table = release_table(edges_of(chemical), None)
    assert table.mechanism(0) == table.mechanism(3) == "ProbAMPANMDA_EMS"
    expected = {"Use": 0.5, "Dep": 600, "Fac": 20, "Nrrp": 3, "tau_d_AMPA": 1.7, "NMDA_ratio": 0.6}
    assert table.values(0) == expected


def test_that_inhibitory_synapses_take_signs_away_and_keep_their_own_where_the_edge_has_none(chemical):
    table = release_table(edges_of(chemical), None)
    assert table.mechanism(1) == "ProbGABAAB_EMS"
    assert table.values(1) == {"Use": 0.4, "Dep": 700, "Fac": 0, "tau_d_GABAA": 8}


def test_that_an_override_chooses_the_model_and_takes_the_ratio_of_the_edge_away(chemical):
    everything = np.ones(5, dtype=bool)
    table = release_table(edges_of(chemical).only(everything, "GABAAB"), None)
    assert {table.mechanism(index) for index in range(5)} == {"ProbGABAAB_EMS"}
    assert table.values(0) == {"Use": 0.5, "Dep": 600, "Fac": 20, "Nrrp": 3, "tau_d_GABAA": 1.7}
    table = release_table(edges_of(chemical).only(everything, "AMPANMDA"), None)
    assert {table.mechanism(index) for index in range(5)} == {"ProbAMPANMDA_EMS"}
    with pytest.raises(UnsupportedEdgesError, match="lack the parameters of plasticity"):
        release_table(edges_of(chemical).only(everything, "GluSynapse"), None)


def test_that_calcium_scales_the_utilisation_as_bluecellulab_has_it(chemical):
    """0.7963963150978088 at 2 mM became 0.14765959922468286 at 1.25 mM (u_hill_coefficient 2.79 mM)."""
    expected = 0.5 * 0.14765959922468286 / 0.7963963150978088
    assert release_table(edges_of(chemical), 1.25).values(0)["Use"] == pytest.approx(expected, rel=1e-12)


def test_that_calcium_changes_nothing_at_2_mmol_and_saturates_far_above():
    halves = np.array([0.0, np.nan, 0.5, 2.0, 2.79])
    assert calcium_scale(halves, 2.0) == pytest.approx(np.ones(5))
    assert calcium_scale(halves, 1e6) == pytest.approx((np.nan_to_num(halves) ** 4 + 16) / 16)
    assert calcium_scale(np.array([2.0]), 1.0) == pytest.approx(2 / 17)


@pytest.mark.parametrize(("attribute", "value"), [("decay_time", 0.0), ("u_syn", np.nan)])
def test_that_parameters_that_make_no_sense_are_an_error(chemical, tmp_path, attribute, value):
    chemical.close()
    with h5py.File(tmp_path / "outside__cells.h5", "r+") as file:
        file[f"edges/outside__cells/0/{attribute}"][0] = value
    with open_circuit(tmp_path) as circuit, pytest.raises(CircuitError, match="make no sense"):
        release_table(edges_of(circuit), None)


def test_that_a_place_behind_a_point_is_found_along_the_section():
    section = h.Section("curved")
    for x, y in ((0, 0), (30, 0), (30, 40), (30, 70)):
        section.pt3dadd(x, y, 0, 1)
    assert along_section(section, 0, 25) == pytest.approx(0.25)
    assert along_section(section, 2, 15) == pytest.approx(0.85)
    assert 0 < along_section(section, 0, -3) < 1e-6
    assert 1 - 1e-6 < along_section(section, 3, 5) < 1
    assert along_section(section, 4, 0) == 0.5


def test_that_without_their_mechanisms_they_are_left_out_counted_and_named(chemical, tmp_path):
    simulation = Simulation(replaying(tmp_path), chemical, tmp_path)
    (problem,) = simulation.problems
    assert problem.what.startswith("5 edges are left out of outside__cells.")
    assert "ProbAMPANMDA_EMS and ProbGABAAB_EMS" in problem.what
    assert problem.hint.startswith("Provide ProbAMPANMDA_EMS.mod and ProbGABAAB_EMS.mod")
    assert simulation.connection_count == 1  # that of the other population


def test_that_synapses_are_built_again_when_what_is_built_into_them_changes(chemical, tmp_path):
    plain = replaying(tmp_path)

    def key(**conditions):
        return wiring_key(
            changed(plain, conditions=changed(plain.conditions, **conditions)), chemical, trains={}
        )

    assert key() == key(random_seed=5, seed_convention="bluecellulab", stimulus_seed=4)
    assert len({key(), key(synapse_seed=1), key(extracellular_calcium=1.2)}) == 3
    assert key(randomize_gaba_rise_time=True) != key(randomize_gaba_rise_time=True, random_seed=5)


@pytest.mark.timeout(300)
def test_that_synapses_are_told_their_parameters_and_streams_and_hear_of_spikes(tmp_path):
    """Stand-ins for the mechanisms show what arrives; two edges end on sections that there are not."""
    conditions = {"randomize_gaba_rise_time": True, "synapse_seed": 3, "random_seed": 9}
    found = in_process(built, str(tmp_path), conditions, folder=tmp_path)
    first, onto_patch, inhibitory = found["synapses"]
    pathway = 65536 * population_number("outside") + population_number("cells") + 3 + 300
    assert first == {
        "of": "ProbAMPANMDA_EMS",
        "on": "benchsphere",
        "received": 0.3,
        "Use": 0.5,
        "Dep": 600,
        "Fac": 20,
        "Nrrp": 3,
        "tau_d_AMPA": 1.7,
        "NMDA_ratio": 0.6,
        "synapseID": 0,
        "first": 251,
        "second": 100,
        "third": pathway,
    }
    assert [onto_patch[each] for each in ("on", "synapseID", "first", "second")] == [
        "benchpatch",
        0,
        252,
        100,
    ]
    assert onto_patch["received"] == 0
    assert [inhibitory[each] for each in ("received", "first", "second", "third")] == [0.7, 251, 101, pathway]
    assert inhibitory["Nrrp"] == inhibitory["GABAB_ratio"] == UNSET
    streams = ReleaseStreams({"cells": 0}, Conditions(**conditions))
    rise_time = streams.rise_time("outside", CellReference(SPHERE.population, SPHERE.node_id), 1)
    assert inhibitory["tau_r_GABAA"] == rise_time
    (problem,) = found["problems"]
    assert problem.startswith("2 edges are left out of outside__cells.")
    assert problem.endswith("Other reasons of this kind: 1.")
    assert "cannot be used with CVODE. Turn the variable time step off." in found["with_variable_step"]
