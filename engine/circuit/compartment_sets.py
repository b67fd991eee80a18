"""Compartment sets: lists of spots on the cells of one population."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.circuit.manifest import read_json
from engine.circuit.problems import Problem

Spot = tuple[int, int | str, float]


@dataclass(frozen=True, slots=True)
class CompartmentSet:
    """Spots (node id, section by its SONATA number or by name, position from 0 to 1) in file order."""

    population: str
    spots: tuple[Spot, ...]


def read_compartment_sets(path: Path, problems: list[Problem]) -> dict[str, CompartmentSet]:
    """The sets of a file; wrong ones are left out and added to `problems`. Raises CircuitError."""
    found = {}
    for name, raw in read_json(path).items():
        made = _compartment_set(name, raw, str(path), problems)
        if made is not None:
            found[name] = made
    return found


def _compartment_set(name: str, raw: Any, where: str, problems: list[Problem]) -> CompartmentSet | None:
    population = raw.get("population") if isinstance(raw, dict) else None
    listed = raw.get("compartment_set") if isinstance(raw, dict) else None
    if not isinstance(population, str) or not isinstance(listed, list):
        problems.append(
            Problem(
                f"The compartment set {name!r} lacks its population or its list of compartments.",
                where,
                'Write {"population": "NAME", "compartment_set": [[node_id, section_id, offset], …]}.',
            )
        )
        return None
    spots: list[Spot] = []
    for number, entry in enumerate(listed):
        spot = _spot(entry)
        if spot is None:
            what = f"Entry {number} of the compartment set {name!r} is not a compartment: {entry!r}."
            hint = "Write [node_id, section_id, offset] with an offset from 0 to 1."
            problems.append(Problem(what, where, hint))
            return None
        spots.append(spot)
    _check_order(name, spots, where, problems)
    return CompartmentSet(population, tuple(spots))


def _spot(entry: Any) -> Spot | None:
    if not isinstance(entry, list) or len(entry) != 3:
        return None
    node_id, section, offset = entry
    whole = isinstance(node_id, int) and not isinstance(node_id, bool) and node_id >= 0
    named = isinstance(section, str) and section != ""
    numbered = isinstance(section, int) and not isinstance(section, bool) and section >= 0
    placed = isinstance(offset, int | float) and not isinstance(offset, bool) and math.isfinite(offset)
    if whole and (named or numbered) and placed and 0 <= offset <= 1:
        return node_id, section, float(offset)
    return None


def _check_order(name: str, spots: list[Spot], where: str, problems: list[Problem]) -> None:
    if len(set(spots)) < len(spots):
        what, hint = f"The compartment set {name!r} names a compartment twice.", "Remove the repetition."
        problems.append(Problem(what, where, hint, "warning"))
    numbered = [(node_id, section, x) for node_id, section, x in spots if isinstance(section, int)]
    if numbered != sorted(numbered):
        what = f"The compartment set {name!r} is not sorted, which libsonata insists on."
        problems.append(Problem(what, where, "Sort it by node id, section and offset.", "warning"))
