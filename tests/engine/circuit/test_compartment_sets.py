"""Compartment sets, sound and wrong."""

from pathlib import Path
from typing import Any

import pytest

from engine.circuit.circuit import open_circuit
from engine.circuit.compartment_sets import CompartmentSet, read_compartment_sets
from engine.circuit.problems import Problem
from tests.engine.circuit.synthesise import obi_circuit, write_json


def _read(path: Path, content: Any) -> tuple[dict[str, CompartmentSet], list[Problem]]:
    problems: list[Problem] = []
    return read_compartment_sets(write_json(path / "sets.json", content), problems), problems


def test_that_sections_go_by_number_or_name(tmp_path: Path) -> None:
    listed = [[0, 0, 0.5], [0, 7, 1], [2, "apic[3]", 0]]
    found, problems = _read(tmp_path, {"tips": {"population": "p", "compartment_set": listed}})
    assert found == {"tips": CompartmentSet("p", ((0, 0, 0.5), (0, 7, 1.0), (2, "apic[3]", 0.0)))}
    assert problems == []


@pytest.mark.parametrize(
    "entry",
    [
        [0, 0],
        [0, 0, 1.5],
        [-1, 0, 0.5],
        [0, -1, 0.5],
        [0, "", 0.5],
        [0.5, 0, 0.5],
        [True, 0, 0.5],
        "soma",
        None,
    ],
)
def test_that_a_wrong_entry_spoils_its_own_set_only(tmp_path: Path, entry: Any) -> None:
    content = {
        "wrong": {"population": "p", "compartment_set": [[0, 0, 0.5], entry]},
        "right": {"population": "p", "compartment_set": [[0, 0, 0.5]]},
    }
    found, [problem] = _read(tmp_path, content)
    assert list(found) == ["right"]
    assert "Entry 1" in problem.what and "'wrong'" in problem.what


@pytest.mark.parametrize("wrong", [[], {"population": "p"}, {"population": 3, "compartment_set": []}])
def test_that_a_set_without_its_parts_is_told(tmp_path: Path, wrong: Any) -> None:
    found, [problem] = _read(tmp_path, {"s": wrong})
    assert found == {} and "'s'" in problem.what


def test_that_repeated_and_unsorted_entries_are_warned_of_and_kept(tmp_path: Path) -> None:
    listed = [[1, 10, 0.5], [1, 2, 0.5], [1, 2, 0.5]]
    found, problems = _read(tmp_path, {"s": {"population": "p", "compartment_set": listed}})
    assert found["s"].spots == ((1, 10, 0.5), (1, 2, 0.5), (1, 2, 0.5))
    assert [problem.severity for problem in problems] == ["warning", "warning"]


def test_that_a_circuit_has_the_sets_that_its_simulation_names(tmp_path: Path) -> None:
    obi_circuit(tmp_path)
    spots = {"compartment_set": [[0, 0, 0.5]]}
    write_json(
        tmp_path / "sets.json",
        {"a": {"population": "cortex", **spots}, "b": {"population": "cortx", **spots}},
    )
    simulation = {"run": {}, "network": "circuit_config.json", "compartment_sets_file": "./sets.json"}
    with open_circuit(write_json(tmp_path / "simulation.json", simulation)) as circuit:
        assert circuit.compartment_sets["a"].spots == ((0, 0, 0.5),)
        assert any("Did you mean 'cortex'" in problem.hint for problem in circuit.problems)
