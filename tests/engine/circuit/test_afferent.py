"""The table of the synapses onto a cell says what the files say, in one language for all dialects."""

import json

import h5py
import numpy as np
import pytest

from engine.circuit.afferent import AfferentSynapses
from engine.circuit.circuit import open_circuit
from engine.circuit.section_places import SectionPlaces
from engine.errors import QueryError, UnknownNameError
from engine.resources import resources_folder
from tests.engine.simulation.bench_circuit import make_bench

COLUMN = resources_folder() / "circuits" / "cortical_column" / "circuit_config.json"
SPHERE = SectionPlaces(
    names=("soma[0]",),
    numbers=np.array([0]),
    near_ends=np.array([0.0]),
    lengths=np.array([20.0]),
    are_soma=np.array([True]),
    segment_counts=np.array([1]),
    arcs=lambda _row: np.array([0.0, 20.0]),
)


def spoil(folder, name, row, value):
    with h5py.File(folder / "outside__cells.h5", "r+") as file:
        file[f"edges/outside__cells/{name}"][row] = value


def test_that_every_edge_onto_the_cell_is_there_once_with_what_its_file_says():
    with open_circuit(COLUMN) as circuit:
        table = AfferentSynapses(circuit, "column", 117)
        assert table.size == 86
        assert set(table.populations) == set(circuit.edge_populations)
        for name, edges in table.edge_ids(np.arange(table.size)).items():
            population = circuit.edge_populations[name]
            rows = np.flatnonzero(table.values("edges") == name)
            np.testing.assert_array_equal(edges, population.afferent(117))
            np.testing.assert_array_equal(table.values("source_id")[rows], population.sources(edges))
            in_file = population.read_rows("conductance", edges).astype(np.float64)
            np.testing.assert_array_equal(table.values("conductance")[rows], in_file * 1000)
            np.testing.assert_array_equal(table.values("decay")[rows], population.read_rows("tau2", edges))
            assert set(table.values("source")[rows]) == {population.source}
            assert table.values("synapse_id")[rows].tolist() == list(range(len(edges)))
        inhibits = table.values("erev") < -60
        assert 0 < inhibits.sum() < table.size
        np.testing.assert_array_equal(table.values("kind") == "inhibitory", inhibits)
        assert table.problems == ()


def test_that_filter_and_sort_are_those_of_the_table_of_cells():
    with open_circuit(COLUMN) as circuit:
        table = AfferentSynapses(circuit, "column", 117)
        found = table.select("thalamus & delay > 1.5 & kind == excitatory")
        expected = (table.values("source") == "thalamus") & (table.values("delay") > 1.5)
        np.testing.assert_array_equal(found, np.flatnonzero(expected))
        order = table.sort("delay", found, descending=True)
        assert sorted(order) == found.tolist()
        assert (np.diff(table.values("delay")[order]) <= 0).all()
        with pytest.raises(QueryError, match="delya"):
            table.select("delya > 1")
        with pytest.raises(UnknownNameError):
            AfferentSynapses(circuit, "colum", 117)


def test_that_the_built_cell_says_on_which_section_and_how_far_away_a_synapse_is(tmp_path):
    with make_bench(tmp_path) as circuit:
        table = AfferentSynapses(circuit, "cells", 0, SPHERE)
        assert table.values("section").tolist() == ["soma[0]"] * 3
        assert table.values("distance").tolist() == [0.0] * 3
        without = AfferentSynapses(circuit, "cells", 0)
        assert np.isnan(without.values("distance")).all()
        assert without.problems == ()


def test_that_distances_count_from_the_near_end_of_the_section():
    places = SectionPlaces(
        names=("soma[0]", "dend[3]"),
        numbers=np.array([0, 9]),
        near_ends=np.array([0.0, 40.0]),
        lengths=np.array([20.0, 100.0]),
        are_soma=np.array([True, False]),
        segment_counts=np.array([1, 4]),
        arcs=lambda row: np.array(([0.0, 20.0], [0.0, 30.0, 100.0])[row]),
    )
    rows = places.rows_of(np.array([9.0, 0.0, 5.0, np.nan, -1.0]))
    assert rows.tolist() == [1, 0, -1, -1, -1]
    distances = places.distances(rows, np.array([0.25, 0.0, 0.5, 0.5, 0.5]))
    assert distances[:2].tolist() == [65.0, 10.0]
    assert np.isnan(distances[2:]).all()
    assert places.segments.middles.tolist() == [0.0, 52.5, 77.5, 102.5, 127.5]
    assert places.along(1, 1, 5.0) == 0.35
    assert np.isnan(places.along(1, 3, 5.0)), "there is no such point"


def test_that_a_cell_without_synapses_has_an_empty_table(tmp_path):
    with make_bench(tmp_path) as circuit:
        table = AfferentSynapses(circuit, "cells", 2)
        assert (table.size, table.populations) == (0, ())
        assert table.select("delay > 1").size == 0
        assert table.values("kind").size == 0


def test_that_a_point_cell_has_weights_without_a_unit(tmp_path):
    with make_bench(tmp_path) as circuit:
        table = AfferentSynapses(circuit, "points", 0)
        assert table.size == 2
        assert np.isnan(table.values("conductance")).all()


def test_that_sources_and_sections_that_do_not_exist_are_counted_in_a_sentence_each(tmp_path):
    make_bench(tmp_path).close()
    spoil(tmp_path, "source_node_id", 0, 99)
    spoil(tmp_path, "0/afferent_section_id", 1, 7)
    with open_circuit(tmp_path) as circuit:
        table = AfferentSynapses(circuit, "cells", 0, SPHERE)
        missing, lost = table.problems
    assert missing.what == (
        "1 synapse of outside__cells onto cells:0 begins at a node that is missing:"
        " outside has nodes 0 to 2 only."
    )
    assert lost.what.startswith("1 synapse onto cells:0 are on sections that the built cell does not have")
    assert table.size == 3


def test_that_a_column_that_cannot_be_read_is_missing_and_told_once(tmp_path):
    make_bench(tmp_path).close()
    with h5py.File(tmp_path / "outside__cells.h5", "r+") as file:
        group = file["edges/outside__cells/0"]
        values = group["delay"][:1]
        del group["delay"]
        group["delay"] = values
    with open_circuit(tmp_path) as circuit:
        table = AfferentSynapses(circuit, "cells", 0, SPHERE)
        assert np.isnan(table.values("delay")[table.values("source") == "outside"]).all()
        assert table.values("delay")[table.values("source") == "cells"].tolist() == [1.0]
        (problem,) = table.problems
    assert "'delay' has 1 values, too few" in problem.what


def test_that_stochastic_synapses_say_how_they_release_and_allen_ones_what_their_model_says(tmp_path):
    make_bench(tmp_path).close()
    with h5py.File(tmp_path / "outside__cells.h5", "r+") as file:
        group = file["edges/outside__cells/0"]
        del group["erev"], group["tau2"]
        for name, values in {
            "syn_type_id": [113, 8],
            "u_syn": [0.5, 0.2],
            "depression_time": [670.0, 700.0],
            "facilitation_time": [17.0, 20.0],
            "decay_time": [1.7, 8.3],
            "n_rrp_vesicles": [3, 1],
        }.items():
            group[name] = values
    with h5py.File(tmp_path / "cells__cells.h5", "r+") as file:
        group = file["edges/cells__cells/0"]
        del group["erev"], group["tau2"], group["conductance"]
        group["dynamics_params"] = ["GABA.json"]
        group["syn_weight"] = [0.002]
    (tmp_path / "GABA.json").write_text(json.dumps({"tau1": 1.0, "tau2": 8.0, "erev": -70.0}))
    config = json.loads((tmp_path / "circuit_config.json").read_text())
    for each in config["networks"]["edges"]:
        name = each["edges_file"].removesuffix(".h5")
        kind = {"outside__cells": "chemical"}.get(name, "biophysical")
        each["populations"] = {name: {"type": kind}}
    config["components"] = {"synaptic_models_dir": "."}
    (tmp_path / "circuit_config.json").write_text(json.dumps(config))
    with open_circuit(tmp_path) as circuit:
        table = AfferentSynapses(circuit, "cells", 0, SPHERE)
        rows = table.sort("edge", table.select("source == outside"))
        assert table.values("kind")[rows].tolist() == ["excitatory", "inhibitory"]
        for column, expected in {
            "U": [0.5, 0.2],
            "D": [670.0, 700.0],
            "F": [17.0, 20.0],
            "vesicles": [3.0, 1.0],
            "decay": [1.7, 8.3],
            "conductance": [0.0005, 0.0002],
        }.items():
            assert table.values(column)[rows].tolist() == expected, column
        (row,) = table.select("source == cells")
        assert table.values("kind")[row] == "inhibitory"
        assert table.values("decay")[row] == 8.0
        assert table.values("conductance")[row] == 2.0
        assert table.columns["conductance"].unit == "nS"
        assert table.problems == ()
