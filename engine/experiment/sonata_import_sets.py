"""Where the inputs and reports of a configuration go: its node sets and compartment sets."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import JsonValue

from engine.circuit.manifest import read_json, resolve
from engine.errors import CircuitError, UnknownNameError
from engine.experiment.experiment import Cells, CompartmentSet, ListedCells, NodeSetOfCells, Spot
from engine.experiment.sonata_entry import REQUIRED, Entry
from engine.experiment.sonata_sets import cell_of, listed_cells, site_of
from engine.experiment.targets import CellReference, CompartmentSetTarget, NodeSetTarget, Site

# BMTK knows this one without a file; the engine knows "all", and a population by its name.
_BIOPHYSICAL: Final = "biophysical"


class Sets:
    """The sets of one configuration; the ones that an export made for a cell or a spot turn back into it."""

    def __init__(
        self, top: Entry, base: Path, circuit: Mapping[str, Any], circuit_base: Path, *, allen: bool
    ) -> None:
        self._top, self._allen = top, allen
        self._node_sets: dict[str, JsonValue] = {}
        file = top.text("node_sets_file", None)
        if file is not None:
            self._node_sets = read_json(resolve(base, file))
        self._circuit_sets = _names_in(circuit, circuit_base)
        self._compartment_sets = _compartment_sets(top, base)
        self._turned_back: set[str] = set()
        self._named: set[str] = set()
        self._simulated = self._name_of(top.get("node_set"), "cells of the simulation", top)

    def cells(self) -> Cells:
        """The cells that take part."""
        if self._simulated is None:
            return NodeSetOfCells()
        cells = listed_cells(self._simulated, self._node_sets)
        if cells is None:
            return NodeSetOfCells(node_set=self._simulated)
        self._turned_back |= {name for name in self._node_sets if name.startswith(self._simulated)}
        return ListedCells(cells=cells)

    def of_input(self, entry: Entry) -> Site | NodeSetTarget | CompartmentSetTarget:
        """Where an input goes: the middle of the soma of a node set, or the spots of a compartment set."""
        if "compartment_set" in entry and "node_set" in entry:
            raise entry.refusal("only one of 'node_set' and 'compartment_set' can be given")
        if "compartment_set" in entry:
            return self.compartment_set(entry)
        if "node_set" not in entry and not self._allen:
            raise entry.refusal("one of the keys 'node_set' and 'compartment_set' is missing")
        return self.node_set(entry, "node_set", "all")

    def of_report(self, entry: Entry) -> Site | NodeSetTarget:
        """The cells of a report: its own, else those of the simulation."""
        otherwise = _BIOPHYSICAL if self._allen else self._simulated or "all"
        return self.node_set(entry, "cells", otherwise)

    def node_set(self, entry: Entry, key: str, default: JsonValue = None) -> Site | NodeSetTarget:
        """A node set by its name or its expression; one cell where it is one of ours."""
        name = self._name_of(entry.get(key, default), f"{key} of {entry.name}", entry)
        assert name is not None, "callers give a default or have seen that there is one"
        cell = self.only_cell(name)
        return NodeSetTarget(node_set=name) if cell is None else Site(cell=cell)

    def only_cell(self, name: str) -> CellReference | None:
        """The cell that a node set stands for, if it is one of ours."""
        cell = cell_of(name, self._node_sets)
        if cell is not None:
            self._turned_back.add(name)
        return cell

    def sources(self, entry: Entry) -> str | None:
        """The node set that an entry restricts the sources of spikes to."""
        return self._name_of(entry.get("node_set"), f"sources of {entry.name}", entry)

    def end(self, entry: Entry, key: str) -> str:
        """The node set at one end of connections: it is needed as such, even if it is one of ours."""
        name = self._name_of(entry.get(key, REQUIRED), f"{key} of {entry.name}", entry)
        assert name is not None, "it is required"
        self._named.add(name)
        return name

    def is_simulated(self, value: object) -> bool:
        """Whether a value of the key `node_set` means just the cells of the simulation."""
        return value == self._simulated or value == self._top.values.get("node_set")

    def compartment_set(self, entry: Entry) -> Site | CompartmentSetTarget:
        """A compartment set by its name; one spot where it is one of ours."""
        name = entry.text("compartment_set")
        if name not in self._compartment_sets:
            raise UnknownNameError(
                f"compartment set (of {entry.name})", name, self._compartment_sets, where=entry.where
            )
        site = site_of(name, self._compartment_sets)
        if site is None:
            return CompartmentSetTarget(compartment_set=name)
        self._turned_back.add(name)
        return site

    def node_sets_in_use(self) -> dict[str, JsonValue]:
        """What the experiment needs to know besides the circuit's own node sets."""
        needless = self._turned_back - self._named
        return {name: each for name, each in self._node_sets.items() if name not in needless}

    def compartment_sets_in_use(self) -> dict[str, CompartmentSet]:
        """The compartment sets that are more than one spot of ours."""
        return {name: each for name, each in self._compartment_sets.items() if name not in self._turned_back}

    def _name_of(self, value: object, suggestion: str, entry: Entry) -> str | None:
        if value is None:
            return None
        if isinstance(value, str) and value:
            if self._allen and value == _BIOPHYSICAL and not self._is_known(value):
                self._node_sets[value] = {"model_type": "biophysical"}
            return value
        if isinstance(value, list) and value and all(type(each) is int for each in value):
            value = {"node_id": value}
        if not isinstance(value, dict | list):
            raise entry.refusal(f"a node set should be a name or an object {{…}}, and is {value!r}")
        same = (
            name for name, each in self._node_sets.items() if each == value and name.startswith(suggestion)
        )
        name = next(same, suggestion)
        self._node_sets[name] = value
        return name

    def _is_known(self, name: str) -> bool:
        return name in self._node_sets or name in self._circuit_sets


def _names_in(circuit: Mapping[str, Any], base: Path) -> set[str]:
    """The names of the circuit's node sets, as far as they can be read."""
    file = circuit.get("node_sets_file")
    if not isinstance(file, str):
        return set()
    try:
        return set(read_json(resolve(base, file)))
    except CircuitError:
        return set()


def _compartment_sets(top: Entry, base: Path) -> dict[str, CompartmentSet]:
    file = top.text("compartment_sets_file", None)
    if file is None:
        return {}
    path = resolve(base, file)
    return {
        name: _compartment_set(Entry(raw, f"Compartment set {name!r}", str(path)))
        for name, raw in read_json(path).items()
    }


def _compartment_set(entry: Entry) -> CompartmentSet:
    if "compartment_set" not in entry:
        raise entry.refusal("the key 'compartment_set', a list of spots, is missing")
    spots = entry.get("compartment_set")
    if not isinstance(spots, list):
        raise entry.refusal(f"'compartment_set' should be a list, and is {spots!r}")
    return CompartmentSet(
        population=entry.text("population"), spots=tuple(_spot(entry, each) for each in spots)
    )


def _spot(entry: Entry, raw: object) -> Spot:
    if not isinstance(raw, list) or len(raw) != 3 or any(isinstance(each, bool) for each in raw):
        raise entry.refusal(f"a spot should be [node id, section, position], and is {raw!r}")
    if not isinstance(raw[1], str | int) or not isinstance(raw[0], int):
        raise entry.refusal(f"a spot should be [node id, section, position], and is {raw!r}")
    return entry.build(Spot, {"node_id": raw[0], "section": raw[1], "x": raw[2]}, {"x": "position"})
