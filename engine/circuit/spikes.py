"""Spike files of every layout in use: who fired when."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import h5py
import numpy as np
from numpy.typing import NDArray

from engine.circuit import hdf5
from engine.circuit.problems import Problem
from engine.circuit.type_tables import read_columns
from engine.errors import CircuitError, UnknownNameError

Order = Literal["none", "by_id", "by_time"]

_ID_NAMES = ("node_ids", "gids")
_MS_PER_UNIT = {
    "ms": 1.0,
    "millisecond": 1.0,
    "milliseconds": 1.0,
    "s": 1000.0,
    "second": 1000.0,
    "seconds": 1000.0,
}


@dataclass(frozen=True, slots=True)
class Spikes:
    """The spikes of one population: `times` in ms and the node that fired at each, in the file's order."""

    times: NDArray[np.float64]
    node_ids: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.times)

    def sorted(self, order: Order) -> "Spikes":
        """The same spikes by time, or by node and then time; equals keep the order that they had."""
        if order == "none":
            return self
        by_time = np.argsort(self.times, kind="stable")
        rows = by_time if order == "by_time" else by_time[np.argsort(self.node_ids[by_time], kind="stable")]
        return Spikes(self.times[rows], self.node_ids[rows])

    def of(self, node_id: int) -> NDArray[np.float64]:
        """When one node fired, ascending, in ms."""
        return np.sort(self.times[self.node_ids == node_id])


def read_spikes(
    path: Path, population: str | None = None, *, told: list[Problem] | None = None
) -> Mapping[str, Spikes]:
    """The spikes in a file, by population; "" stands for the population of a file that names none.

    HDF5: `/spikes/<population>/{timestamps,node_ids}`, and the older `/spikes/{timestamps,gids}` and
    `/processing/<trial>/spike_train/<node>/data`. Otherwise text: columns timestamps, node_ids and, if there
    are several, population. With `population`, only its spikes; a file that names none holds just those.

    Raises CircuitError if the file is unreadable or holds times that are negative or no numbers, and
    UnknownNameError if it has no such population. With `told` such spikes are left out and told there.
    """
    read = _read_text if path.suffix.lower() in {".csv", ".txt", ".dat"} else _read_hdf5
    found = {name: _checked(spikes, path, name, told) for name, spikes in read(path).items()}
    if population is None:
        return found
    if population not in found and set(found) == {""}:
        return {population: found[""]}
    if population not in found:
        raise UnknownNameError("population with spikes", population, found, where=str(path))
    return {population: found[population]}


def _read_hdf5(path: Path) -> dict[str, Spikes]:
    with hdf5.open_file(path) as file, hdf5.reading(path):
        root = file.get("spikes")
        if isinstance(root, h5py.Group):
            return _named(root, path)
        if isinstance(file.get("processing"), h5py.Group):
            return {"": _by_node(file["processing"], path)}
    raise CircuitError(f"{path.name} holds no spikes: it has no group /spikes.", where=str(path.parent))


def _named(root: h5py.Group, path: Path) -> dict[str, Spikes]:
    found = {name: _columns(root[name], path) for name in hdf5.groups(root) if "timestamps" in root[name]}
    if "timestamps" in root:
        found[""] = _columns(root, path)
    if not found and (names := hdf5.groups(root)):
        raise CircuitError(
            f"{path.name} holds no spikes: {names[0]} has no timestamps.", where=str(path.parent)
        )
    return found


def _columns(group: h5py.Group, path: Path) -> Spikes:
    times = hdf5.dataset(group, "timestamps", path)
    ids_name = next((name for name in _ID_NAMES if name in group), _ID_NAMES[0])
    node_ids = hdf5.dataset(group, ids_name, path, kinds="iu", length=len(times))
    unit = hdf5.text(times.attrs.get("units")) or "ms"
    if unit.lower() not in _MS_PER_UNIT:
        raise CircuitError(f"The spike times are in {unit!r}; ms and s are understood.", where=str(path))
    return Spikes(times[()] * _MS_PER_UNIT[unit.lower()], node_ids[()])


def _by_node(trials: h5py.Group, path: Path) -> Spikes:
    """The layout in which every node has a dataset of its own."""
    names = hdf5.groups(trials)
    trains = trials[names[0]].get("spike_train") if len(names) == 1 else None
    if not isinstance(trains, h5py.Group):
        raise CircuitError(
            f"/processing should hold one trial with spikes, and holds {len(names)} groups.",
            where=str(path),
            hint="Keep one trial in each file.",
        )
    nodes = sorted(int(name) for name in hdf5.groups(trains) if name.isdigit())
    times = [hdf5.dataset(trains[str(node)], "data", path)[()] for node in nodes]
    node_ids = np.repeat(np.array(nodes, dtype=np.int64), [len(each) for each in times])
    return Spikes(np.concatenate([*times, np.empty(0)]), node_ids)


def _read_text(path: Path) -> dict[str, Spikes]:
    columns = read_columns(path)
    ids_name = next((name for name in _ID_NAMES if name in columns), None)
    if ids_name is None or "timestamps" not in columns:
        raise CircuitError(
            f"{path.name} should have columns timestamps and node_ids, separated by spaces.",
            where=str(path.parent),
            hint="The first line names the columns.",
        )
    times, node_ids = columns["timestamps"], columns[ids_name]
    if len(times) and (times.dtype.kind not in "if" or node_ids.dtype.kind != "i"):
        raise CircuitError("Spike times should be numbers and node ids whole numbers.", where=str(path))
    names = columns.get("population", np.full(len(times), "", dtype=object)).astype(str)
    return {str(name): Spikes(times[names == name], node_ids[names == name]) for name in dict.fromkeys(names)}


def _checked(spikes: Spikes, path: Path, population: str, told: list[Problem] | None) -> Spikes:
    times, node_ids = spikes.times.astype(np.float64), spikes.node_ids
    are_good = np.ones(len(times), dtype=np.bool_)
    for are_bad, what in (
        (~np.isfinite(times), "no numbers"),
        (times < 0, "negative"),
        (node_ids < 0, "of no node"),
    ):
        if count := int(np.count_nonzero(are_bad)):
            whose = f" of population {population}" if population else ""
            sentence = f"{count:,} of the {len(times):,} spike times{whose} are {what}"
            if told is None:
                raise CircuitError(f"{sentence}.", where=str(path), hint="Remove those spikes from the file.")
            told.append(
                Problem(f"{sentence}, and left out.", str(path), "Mend the file.", severity="warning")
            )
            are_good &= ~are_bad
    return Spikes(times[are_good], node_ids[are_good].astype(np.int64))
