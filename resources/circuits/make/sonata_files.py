"""Writing SONATA files: HDF5 with nothing in it that changes from run to run, JSON that people can read.

Nothing is compressed: libsonata as it is distributed has no filters.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any] | Sequence[str]
_MAGIC: Final = 0x0A7A


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write indented JSON, keeping lists of numbers and names on one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_json(content, "") + "\n", encoding="utf-8")


def _json(value: Any, indent: str) -> str:
    inner = indent + "  "
    if isinstance(value, Mapping) and value:
        items = [f"{inner}{json.dumps(key)}: {_json(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        return "[\n" + ",\n".join(inner + _json(item, inner) for item in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


def write_nodes(
    path: Path, population: str, columns: Mapping[str, Column], dynamics: Mapping[str, NDArray[np.float64]]
) -> None:
    """Write one node population; texts become numbers with an `@library`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = len(next(iter(columns.values())))
    with h5py.File(path, "w") as file:
        _mark(file)
        group = file.create_group(f"nodes/{population}")
        group["node_type_id"] = np.full(count, -1, dtype=np.int64)
        for name, column in columns.items():
            _write_column(group.require_group("0"), name, column)
        for name, values in dynamics.items():
            group.require_group("0/dynamics_params")[name] = values


def _write_column(group: h5py.Group, name: str, column: Column) -> None:
    if isinstance(column, np.ndarray):
        group[name] = column
        return
    library = list(dict.fromkeys(column))
    group[name] = np.array([library.index(text) for text in column], dtype=np.uint32)
    texts = group.require_group("@library")
    texts.create_dataset(name, data=library, dtype=h5py.string_dtype())


def write_edges(
    path: Path,
    population: str,
    ends: tuple[str, int, str, int],
    ids: tuple[NDArray[np.uint64], NDArray[np.uint64]],
    columns: Mapping[str, NDArray[Any]],
) -> None:
    """Write one edge population, sorted by target, with both indices.

    `ends` are source population and its size, target population and its size; `ids` the source and target of
    each edge.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    source_population, source_size, target_population, target_size = ends
    with h5py.File(path, "w") as file:
        _mark(file)
        group = file.create_group(f"edges/{population}")
        group["edge_type_id"] = np.full(len(ids[0]), -1, dtype=np.int64)
        for name, numbers, attribute in (
            ("source_node_id", ids[0], source_population),
            ("target_node_id", ids[1], target_population),
        ):
            group[name] = numbers
            group[name].attrs["node_population"] = attribute
        for name, values in columns.items():
            group.require_group("0")[name] = values
        for name, numbers, size in (
            ("source_to_target", ids[0], source_size),
            ("target_to_source", ids[1], target_size),
        ):
            _write_index(group.create_group(f"indices/{name}"), numbers, size)


def _write_index(group: h5py.Group, ids: NDArray[np.uint64], size: int) -> None:
    """For each node the ranges of `range_to_edge_id` that hold its edges, and these as [first, last + 1)."""
    ranges: list[tuple[int, int]] = []
    nodes: list[tuple[int, int]] = []
    for node in range(size):
        rows = np.flatnonzero(ids == node)
        runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else []
        nodes.append((len(ranges), len(ranges) + len(runs)))
        ranges += [(int(run[0]), int(run[-1]) + 1) for run in runs]
    group["node_id_to_ranges"] = np.array(nodes, dtype=np.uint64)
    group["range_to_edge_id"] = np.array(ranges, dtype=np.uint64).reshape(-1, 2)


def write_spikes(path: Path, population: str, times_ms: NDArray[np.float64], ids: NDArray[np.uint64]) -> None:
    """Write a spike file of one population, sorted by time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    order = np.lexsort((ids, times_ms))
    with h5py.File(path, "w") as file:
        group = file.create_group(f"spikes/{population}")
        sorting = h5py.enum_dtype({"none": 0, "by_id": 1, "by_time": 2}, basetype=np.uint8)
        group.attrs.create("sorting", 2, dtype=sorting)
        group["timestamps"] = times_ms[order]
        group["timestamps"].attrs["units"] = "ms"
        group["node_ids"] = ids[order]


def _mark(file: h5py.File) -> None:
    file.attrs["magic"] = np.uint32(_MAGIC)
    file.attrs["version"] = np.array([0, 1], dtype=np.uint32)
