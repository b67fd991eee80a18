"""Who is connected with whom: all edges of a pair made one."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.circuit.links import links_between
from engine.resources import resources_folder


def test_that_the_links_are_the_edges_of_the_file_counted_for_each_pair() -> None:
    folder = resources_folder() / "circuits" / "cortical_column"
    with h5py.File(folder / "networks" / "edges" / "column__column__exp2syn.h5") as file:
        edges = file["edges/column__column__exp2syn"]
        ends = np.column_stack([edges["source_node_id"][()], edges["target_node_id"][()]])
        strengths, delays = edges["0/conductance"][()], edges["0/delay"][()]
    told = []
    with open_circuit(folder) as circuit:
        links = links_between(
            circuit, {"column": range(30)}, tell=lambda done, total: told.append((done, total))
        )
    assert [each.population for each in links] == ["column__column__exp2syn"] and told[-1] == (29, 30)
    (found,) = links
    inside = (ends < 30).all(axis=1)
    assert found.synapses.sum() == inside.sum() == 168
    for source, target, count, weight, delay in zip(
        *(found.sources, found.targets, found.synapses, found.weights, found.delays), strict=True
    ):
        its = (ends == (source, target)).all(axis=1)
        assert count == its.sum() and delay == pytest.approx(delays[its].mean())
        assert weight == pytest.approx(strengths[its].sum() * 1000) and found.unit == "nS"


def test_that_edges_onto_point_neurons_have_weights_without_a_unit(shared_data: Path) -> None:
    with open_circuit(shared_data / "allen" / "300_intfire") as circuit:
        (found,) = links_between(circuit, {"v1": range(20)})
    assert found.unit == "" and found.synapses.sum() == 10 * len(found.sources)  # nsyns is 10
