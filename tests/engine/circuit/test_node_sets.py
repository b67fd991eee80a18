"""Node sets: rules, unions, merging, and what is wrong with them."""

import json
from pathlib import Path
from typing import Any

import libsonata
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.circuit.circuit import open_circuit
from engine.circuit.node_sets import NodeSets
from engine.circuit.nodes import NodePopulation
from engine.errors import CircuitError, QueryError, UnknownNameError
from tests.engine.circuit.synthesise import allen_circuit, obi_circuit


@pytest.fixture(scope="module")
def populations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NodePopulation]:
    folder = tmp_path_factory.mktemp("node_sets")
    obi_circuit(folder)
    kinds = {"cortex": "biophysical", "thalamus": "virtual"}
    return {name: NodePopulation(folder / "nodes.h5", name, None, kind) for name, kind in kinds.items()}


def _selected(chosen: Any, populations: dict[str, NodePopulation], sets: Any = None) -> dict[str, list[int]]:
    found = NodeSets(sets).select(chosen, populations)
    return {name: ids.tolist() for name, ids in found.items()}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, {"cortex": [0, 1, 2, 3, 4], "thalamus": [0, 1, 2]}),
        ({"population": "thalamus"}, {"thalamus": [0, 1, 2]}),
        ({"population": ["thalamus", "none"]}, {"thalamus": [0, 1, 2]}),
        ({"node_id": [4, 1, 1, 99]}, {"cortex": [1, 4], "thalamus": [1]}),
        ({"node_id": 2, "population": "cortex"}, {"cortex": [2]}),
        ({"gids": [0, 4]}, {"cortex": [0, 4]}),
        ({"layer": "5"}, {"cortex": [1, 2, 4]}),
        ({"layer": 5}, {"cortex": [1, 2, 4]}),
        ({"layer": ["2", "4"]}, {"cortex": [0, 3], "thalamus": [0, 1, 2]}),
        ({"layer": "5", "mtype": "L5_BC"}, {"cortex": [4]}),
        ({"mtype": {"$regex": "^L5"}}, {"cortex": [1, 2, 4]}),
        ({"mtype": {"$regex": "BC$"}, "layer": "5"}, {"cortex": [4]}),
        ({"x": {"$gt": 10}}, {"cortex": [2, 3, 4]}),
        ({"x": {"$gte": 10, "$lt": 30}}, {"cortex": [1, 2]}),
        ({"x": {"$lte": 0}}, {"cortex": [0]}),
        ({"x": [10, 40.0]}, {"cortex": [1, 4]}),
        ({"dynamics_params/threshold_current": {"$gt": 0.15}}, {"cortex": [1, 2, 3]}),
        ({"no_such_attribute": "5"}, {}),
        ({"x": "L5"}, {}),
        ({"x": {"$regex": "1"}}, {}),
    ],
)
def test_that_a_rule_selects_what_satisfies_all_of_its_keys(
    rule: dict[str, Any], expected: dict[str, list[int]], populations: dict[str, NodePopulation]
) -> None:
    assert _selected(rule, populations) == expected


def test_that_unions_hold_what_their_members_hold(populations: dict[str, NodePopulation]) -> None:
    sets = {
        "upper": {"population": "cortex", "layer": "2"},
        "basket": {"mtype": "L5_BC"},
        "some": ["upper", "basket"],
        "more": ["some", "inputs", "some"],
        "inputs": {"population": "thalamus"},
    }
    assert NodeSets(sets).problems == ()
    assert _selected("some", populations, sets) == {"cortex": [0, 3, 4]}
    assert _selected("more", populations, sets) == {"cortex": [0, 3, 4], "thalamus": [0, 1, 2]}
    assert _selected(["upper", "inputs"], populations, sets) == {"cortex": [0, 3], "thalamus": [0, 1, 2]}


def test_that_sets_that_contain_themselves_are_told_and_hold_the_rest(
    populations: dict[str, NodePopulation],
) -> None:
    sets = {"a": ["b", "upper"], "b": ["a", "basket"], "upper": {"layer": "2"}, "basket": {"mtype": "L5_BC"}}
    problems = NodeSets(sets).problems
    assert [problem.what for problem in problems] == [
        "The node set 'a' contains itself.",
        "The node set 'b' contains itself.",
    ]
    assert _selected("a", populations, sets) == {"cortex": [0, 3, 4]}


def test_that_deeply_doubled_unions_take_no_time(populations: dict[str, NodePopulation]) -> None:
    sets: dict[str, Any] = {f"s{i}": [f"s{i + 1}", f"s{i + 1}"] for i in range(2000)} | {
        "s2000": {"layer": "2"}
    }
    assert _selected("s0", populations, {**sets, "s1999": ["s2000"]}) == {"cortex": [0, 3]}


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (["upper", "uper"], "Did you mean 'upper'?"),
        ([1, 2], "not the name of a node set"),
        ("layer 5", "neither a rule"),
        (5, "neither a rule"),
    ],
)
def test_that_wrong_definitions_are_told(definition: Any, said: str) -> None:
    [problem] = NodeSets({"upper": {"layer": "2"}, "wrong": definition}).problems
    assert said in str(problem) and "'wrong'" in problem.what


def test_that_wrong_rules_are_errors_when_they_are_used(populations: dict[str, NodePopulation]) -> None:
    sets = {"a": {"x": {"$near": 5}}, "b": {"layer": {"$regex": "("}}, "c": {"layer": None}, "d": 7}
    for name in sets:
        with pytest.raises(CircuitError, match=f"'{name}'"):
            _selected(name, populations, sets)
    with pytest.raises(QueryError, match=r"\$near"):
        _selected(sets["a"], populations)


def test_that_populations_are_sets_by_themselves_and_all_is_everything(
    populations: dict[str, NodePopulation],
) -> None:
    assert _selected("thalamus", populations) == {"thalamus": [0, 1, 2]}
    assert set(_selected("all", populations)) == {"cortex", "thalamus"}
    assert _selected("all", populations, {"all": {"layer": "2"}}) == {"cortex": [0, 3]}
    with pytest.raises(UnknownNameError, match="Did you mean 'thalamus'"):
        _selected("talamus", populations)


def test_that_merged_sets_replace_those_of_the_same_name() -> None:
    merged = NodeSets({"a": {"layer": "2"}, "b": {"layer": "3"}}).merged_with(
        {"b": {"layer": "4"}, "c": ["a"]}
    )
    assert merged.names == ("a", "b", "c")
    assert merged.expression("b") == {"layer": "4"}
    with pytest.raises(UnknownNameError):
        merged.expression("d")


def test_that_the_sets_of_the_simulation_override_those_of_the_circuit(tmp_path: Path) -> None:
    obi_circuit(tmp_path)
    extra = {"Excitatory": {"layer": "2"}, "Mine": {"node_id": [1]}}
    (tmp_path / "more.json").write_text(json.dumps(extra))
    simulation = {"run": {}, "network": "circuit_config.json", "node_sets_file": "more.json"}
    (tmp_path / "simulation.json").write_text(json.dumps(simulation))
    with open_circuit(tmp_path / "simulation.json") as circuit:
        assert circuit.node_sets.names == ("Excitatory", "Mine")
        assert circuit.node_sets.expression("Excitatory") == {"layer": "2"}
    with open_circuit(tmp_path / "circuit_config.json") as circuit:
        assert circuit.node_sets.names == ("Excitatory",)


def test_that_allens_gids_mean_the_cells_that_are_simulated(tmp_path: Path) -> None:
    with open_circuit(allen_circuit(tmp_path)) as circuit:
        selected = circuit.node_sets.select("recorded", circuit.node_populations)
        assert {name: ids.tolist() for name, ids in selected.items()} == {"v1": [0, 2]}


texts = st.sampled_from(["2", "4", "5", "L5_BC", "L2_IPC", "x"])
rules = st.one_of(
    st.fixed_dictionaries({"layer": texts | st.lists(texts, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"mtype": texts, "population": st.sampled_from(["cortex", "thalamus"])}),
    st.fixed_dictionaries(
        {"mtype": st.fixed_dictionaries({"$regex": st.sampled_from(["L5", "^L2.*C$", "B", "5_[A-C]"])})}
    ),
    st.fixed_dictionaries(
        {
            "x": st.dictionaries(
                st.sampled_from(["$gt", "$lt", "$gte", "$lte"]), st.floats(-5, 45), min_size=1, max_size=1
            )
        }
    ),
    st.fixed_dictionaries({"node_id": st.lists(st.integers(0, 4), min_size=1, max_size=3)}),
    st.fixed_dictionaries({"population": st.sampled_from(["cortex", "thalamus"])}),
)


@settings(max_examples=150, deadline=None)
@given(definitions=st.lists(rules, min_size=1, max_size=4))
def test_that_libsonata_selects_the_same(
    definitions: list[dict[str, Any]], populations: dict[str, NodePopulation]
) -> None:
    sets: dict[str, Any] = {str(number): rule for number, rule in enumerate(definitions)}
    sets["union"] = list(sets)
    theirs = libsonata.NodeSets(json.dumps(sets))
    storage = libsonata.NodeStorage(str(populations["cortex"].path)).open_population("cortex")
    for name in sets:  # thalamus lacks some attributes, which libsonata takes for an error
        ours = _selected(name, {"cortex": populations["cortex"]}, sets)
        assert ours.get("cortex", []) == theirs.materialize(name, storage).flatten().tolist()
