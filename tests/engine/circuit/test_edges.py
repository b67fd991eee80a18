"""Edges of the published circuits and of synthesised ones, against libsonata and plain NumPy."""

from pathlib import Path
from typing import Any

import h5py
import libsonata
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.circuit.edges import EdgePopulation, edge_population_names
from engine.errors import CircuitError, UnknownNameError
from tests.engine.circuit.synthetic_edges import write_edges, write_types

ALLEN = [
    ("300_intfire", "v1_v1"),
    ("300_intfire", "lgn_v1"),
    ("300_intfire", "tw_v1"),
    ("9_cells", "excvirt_cortex"),
]


def edges_of(path: Path, types: Path | None = None, edge_type: str = "chemical") -> EdgePopulation:
    return EdgePopulation(path, edge_population_names(path)[0], types, edge_type)


def allen_edges(shared_data: Path, circuit: str, name: str) -> EdgePopulation:
    folder = shared_data / "allen" / circuit / "network"
    return edges_of(folder / f"{name}_edges.h5", folder / f"{name}_edge_types.csv")


def all_rows(edges: EdgePopulation) -> np.ndarray:
    return np.arange(edges.size)


def assert_index_agrees_with_the_columns(edges: EdgePopulation) -> None:
    sources, targets = edges.sources(all_rows(edges)), edges.targets(all_rows(edges))
    for node in range(int(targets.max()) + 2):
        assert np.array_equal(edges.afferent(node), np.flatnonzero(targets == node))
    for node in range(int(sources.max()) + 2):
        assert np.array_equal(edges.efferent(node), np.flatnonzero(sources == node))


@pytest.mark.parametrize(("circuit", "name"), ALLEN)
def test_that_allen_indices_give_the_edges_of_every_node(shared_data: Path, circuit: str, name: str) -> None:
    edges = allen_edges(shared_data, circuit, name)
    assert_index_agrees_with_the_columns(edges)
    assert edges.problems == ()


def test_that_types_are_joined_by_edge_type_id(shared_data: Path) -> None:
    edges = allen_edges(shared_data, "300_intfire", "v1_v1")
    assert (edges.source, edges.target, edges.size) == ("v1", "v1", 61560)
    types = edges.read_rows("edge_type_id", all_rows(edges))
    weights = edges.read_rows("syn_weight", all_rows(edges))
    expected = {100: 0.01, 101: 0.15, 102: 0.3, 103: 0.002}
    assert np.array_equal(weights, [expected[each] for each in types.tolist()])
    first = np.flatnonzero(types == 100)[:1]
    assert edges.read_rows("target_query", first).tolist() == ["model_type=='point_process'&ei=='i'"]
    assert edges.columns["syn_weight"].unit == "µS"
    assert edges.columns["delay"].origin == "edge_types"
    assert edges.columns["nsyns"].origin == "file"


def test_that_attributes_equal_what_libsonata_reads(shared_data: Path) -> None:
    path = shared_data / "bbp" / "circuit_sonata_quick_scx_multi_circuit" / "edges_AB.h5"
    for name in edge_population_names(path):
        ours = EdgePopulation(path, name, None, "chemical")
        theirs = libsonata.EdgeStorage(str(path)).open_population(name)
        assert (ours.source, ours.target) == (theirs.source, theirs.target)
        rows = np.array([2, 0, 3, 0])
        for attribute in theirs.attribute_names:
            whole = theirs.get_attribute(attribute, theirs.select_all())
            assert np.array_equal(ours.read_rows(attribute, rows), whole[rows])
        assert {
            n: ours.columns[n].unit for n in ("delay", "conductance", "decay_time", "afferent_center_x")
        } == {
            "delay": "ms",
            "conductance": "nS",
            "decay_time": "ms",
            "afferent_center_x": "µm",
        }


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=1, max_size=40))
def test_that_lookups_are_right_with_libsonatas_index_and_without_any(
    tmp_path: Path, pairs: list[tuple[int, int]]
) -> None:
    sources, targets = np.array(pairs).T
    path = write_edges(tmp_path / "edges.h5", sources, targets)
    with_scan = edges_of(path)
    assert_index_agrees_with_the_columns(with_scan)
    with_scan.close()
    libsonata.EdgePopulation.write_indices(str(path), "E", 7, 5)
    indexed = edges_of(path)
    assert_index_agrees_with_the_columns(indexed)
    assert indexed.problems == ()
    indexed.close()


@pytest.mark.parametrize("damage", ["elsewhere", "beyond"])
def test_that_a_wrong_index_is_reported_and_done_without(tmp_path: Path, damage: str) -> None:
    path = write_edges(tmp_path / "edges.h5", [0, 1, 2, 0], [1, 0, 1, 0])
    libsonata.EdgePopulation.write_indices(str(path), "E", 3, 2)
    with h5py.File(path, "r+") as file:
        spans = file["edges/E/indices/target_to_source/range_to_edge_id"]
        spans[:] = spans[()][::-1] if damage == "elsewhere" else spans[:] + 100
    edges = edges_of(path)
    assert edges.afferent(1).tolist() == [0, 2]
    assert edges.efferent(0).tolist() == [0, 3]
    assert [problem.severity for problem in edges.problems] == ["warning"]
    assert "afferent" in edges.problems[0].what


def test_that_several_groups_and_the_table_of_types_are_put_together(tmp_path: Path) -> None:
    types = write_types(
        tmp_path / "types.csv", "edge_type_id delay template tau", '7 2.0 "two words" NULL', "8 3.5 NULL 4"
    )
    groups: dict[str, Any] = {
        "0": {"delay": [10.0, 11.0], "n": [5, 6]},
        "1": {"weight": [0.25, 0.5], "name": [b"x", b"y"]},
    }
    path = write_edges(
        tmp_path / "edges.h5",
        [0, 1, 2, 3],
        [0, 0, 0, 0],
        groups,
        edge_type_id=[7, 8, 8, 9],
        edge_group_id=[0, 1, 0, 1],
        edge_group_index=[1, 0, 0, 1],
    )
    edges, rows = edges_of(path, types), np.array([3, 2, 1, 0])
    assert edges.read_rows("delay", rows).tolist()[1:] == [10.0, 3.5, 11.0]  # the file overrides the table
    assert np.isnan(edges.read_rows("delay", rows)[0])  # type 9 is in no table
    assert np.array_equal(edges.read_rows("weight", rows), [0.5, np.nan, 0.25, np.nan], equal_nan=True)
    assert np.array_equal(edges.read_rows("n", rows), [np.nan, 5, np.nan, 6], equal_nan=True)
    assert edges.read_rows("name", rows).tolist() == ["y", "", "x", ""]
    assert edges.read_rows("template", rows).tolist() == ["", "", "", "two words"]
    assert np.array_equal(edges.read_rows("tau", rows), [np.nan, 4, 4, np.nan], equal_nan=True)


def test_that_libraries_and_dynamics_parameters_are_columns(tmp_path: Path) -> None:
    attributes: dict[str, Any] = {
        "kind": [1, 0, 1],
        "@library/kind": [b"exc", b"inh"],
        "dynamics_params/tau1": [0.1, 0.2, 0.3],
    }
    edges = edges_of(write_edges(tmp_path / "edges.h5", [0, 1, 2], [0, 0, 0], {"0": attributes}))
    assert edges.columns["kind"].kind == "category"
    assert edges.read_rows("kind", np.array([0, 1, 2])).tolist() == ["inh", "exc", "inh"]
    assert edges.columns["dynamics_params/tau1"].unit == "ms"
    assert edges.read_rows("dynamics_params/tau1", np.array([2])).tolist() == [0.3]


def test_that_the_conductance_of_exp2syn_edges_shows_both_units(tmp_path: Path) -> None:
    path = write_edges(tmp_path / "edges.h5", [0], [0], {"0": {"conductance": [0.5]}})
    assert edges_of(path, edge_type="Exp2Syn_synapse").columns["conductance"].unit == "nS | µS"
    assert edges_of(path, edge_type="point_process").columns["conductance"].unit == ""


def test_that_no_edges_are_no_trouble(tmp_path: Path) -> None:
    edges = edges_of(write_edges(tmp_path / "edges.h5", [], [], {"0": {"delay": np.empty(0)}}))
    assert edges.size == len(edges.afferent(0)) == len(edges.read_rows("delay", np.empty(0, np.int64))) == 0
    assert edges.afferent(-1).tolist() == edges.efferent(10**12).tolist() == []


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "empty"),
        (["edge_type_id delay", "1 2.0 3.0"], "Line 2 has 3 values"),
        (["type delay", "1 2.0"], "no column 'edge_type_id'"),
        (["edge_type_id delay", "one 2.0"], "whole numbers"),
        (["edge_type_id delay", "1 2.0", "1 3.0"], "twice"),
        (["edge_type_id delay delay", "1 2.0 3.0"], "twice"),
    ],
)
def test_that_a_broken_table_of_types_is_told(tmp_path: Path, lines: list[str], says: str) -> None:
    path = write_edges(tmp_path / "edges.h5", [0], [0])
    with pytest.raises(CircuitError, match=says) as caught:
        edges_of(path, write_types(tmp_path / "types.csv", *lines))
    assert "types.csv" in str(caught.value) or str(tmp_path) in str(caught.value)


def test_that_a_missing_table_of_types_is_told(tmp_path: Path) -> None:
    path = write_edges(tmp_path / "edges.h5", [0], [0])
    with pytest.raises(CircuitError, match=r"nowhere.csv cannot be read: No such file"):
        edges_of(path, tmp_path / "nowhere.csv")


def test_that_bad_files_are_told(tmp_path: Path, shared_data: Path) -> None:
    whole = (shared_data / "allen/300_intfire/network/tw_v1_edges.h5").read_bytes()
    (tmp_path / "short.h5").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.h5").write_text("edges", encoding="utf-8")
    for name, says in {
        "short.h5": "truncated",
        "text.h5": "signature not found",
        "none.h5": "missing",
    }.items():
        with pytest.raises(CircuitError, match=says):
            EdgePopulation(tmp_path / name, "E", None, "chemical")


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"edge_type_id": [1]}, "has 1 values where 2 are due"),
        ({"edge_type_id": [1.5, 2.5]}, "whole numbers"),
        ({"edge_type_id": [b"a", b"b"]}, "whole numbers"),
        ({"edge_group_id": [0, 0], "edge_group_index": [[0], [1]]}, "shape"),
    ],
)
def test_that_columns_of_the_wrong_form_are_told(tmp_path: Path, columns: dict[str, Any], says: str) -> None:
    with pytest.raises(CircuitError, match=says):
        edges_of(write_edges(tmp_path / "edges.h5", [0, 1], [0, 0], None, **columns))


def test_that_too_short_attributes_and_libraries_are_told(tmp_path: Path) -> None:
    attributes: dict[str, Any] = {"delay": [1.0], "kind": [0, 9], "@library/kind": [b"exc"]}
    edges = edges_of(write_edges(tmp_path / "edges.h5", [0, 1], [0, 0], {"0": attributes}))
    with pytest.raises(CircuitError, match="'delay' has 1 values, too few"):
        edges.read_rows("delay", np.array([0, 1]))
    with pytest.raises(CircuitError, match="library of 'kind' lacks"):
        edges.read_rows("kind", np.array([0, 1]))


def test_that_unknown_names_and_rows_are_told(tmp_path: Path) -> None:
    path = write_edges(tmp_path / "edges.h5", [0], [0], {"0": {"delay": [1.0]}})
    with pytest.raises(UnknownNameError, match="edge population named 'e'") as caught:
        EdgePopulation(path, "e", None, "chemical")
    assert caught.value.hint == "Did you mean 'E'?"
    with pytest.raises(UnknownNameError, match="edge attribute"):
        edges_of(path).read_rows("dealy", np.array([0]))
    with pytest.raises(CircuitError, match="edges 0 to 0 only"):
        edges_of(path).sources(np.array([1]))


def test_that_the_names_of_populations_say_what_the_attributes_leave_out(tmp_path: Path) -> None:
    path = write_edges(tmp_path / "edges.h5", [0], [0])
    with h5py.File(path, "r+") as file:
        for end in ("source", "target"):
            del file[f"edges/E/{end}_node_id"].attrs["node_population"]
        file.move("edges/E", "edges/lgn_to_v1")
    edges = EdgePopulation(path, "lgn_to_v1", None, "chemical")
    assert (edges.source, edges.target) == ("lgn", "v1")
    edges.close()
    with h5py.File(path, "a") as file:
        file.move("edges/lgn_to_v1", "edges/nameless")
    with pytest.raises(CircuitError, match="which node population"):
        EdgePopulation(path, "nameless", None, "chemical")
