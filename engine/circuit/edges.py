"""Edge populations: who connects to whom, and the attributes of each connection."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import h5py
import numpy as np
from numpy.typing import NDArray

from engine.circuit import hdf5
from engine.circuit.edge_index import EdgeIndex
from engine.circuit.problems import Problem
from engine.circuit.type_tables import TypeTable, missing_of, read_type_table
from engine.errors import CircuitError, UnknownNameError

Rows = NDArray[np.int64]

_UNITS = {
    "delay": "ms",
    "conductance": "nS",
    "syn_weight": "µS",
    "decay_time": "ms",
    "depression_time": "ms",
    "facilitation_time": "ms",
    "u_hill_coefficient": "mM",
    "spine_length": "µm",
    "afferent_segment_offset": "µm",
    "efferent_segment_offset": "µm",
    "dist": "µm",
    "tau1": "ms",
    "tau2": "ms",
    "erev": "mV",
    "neuromod_dtc": "ms",
    "neuromod_strength": "µM",
    "volume_CR": "µm³",
    "gmax_d_AMPA": "nS",
    "gmax_p_AMPA": "nS",
}
_PLACES = re.compile(r"((afferent|efferent)_(center|surface)|pos)_[xyz]")
_NAMED_ENDS = re.compile(r"(?P<source>.+?)(_to_|__)(?P<target>.+?)(__[a-z_]+)?")


@dataclass(frozen=True, slots=True)
class EdgeColumn:
    """One attribute of the edges of a population."""

    name: str
    kind: Literal["integer", "real", "text", "category"]
    unit: str
    origin: Literal["file", "library", "edge_types"]


class EdgePopulation:
    """The edges of one population. A row is the edge's place in the file, which is also its edge id.

    Opening reads no column. Raises CircuitError if the population or its table of types cannot be read.
    """

    def __init__(self, path: Path, name: str, types_path: Path | None, edge_type: str) -> None:
        self.path = path
        self.name = name
        self.edge_type = edge_type
        self._types = TypeTable(np.empty(0, np.int64), {})
        if types_path is not None:
            self._types = read_type_table(types_path, "edge_type_id")
        self._file = hdf5.open_file(path)
        try:
            with hdf5.reading(path):
                self._open()
        except CircuitError:
            self._file.close()
            raise

    def _open(self) -> None:
        populations = hdf5.groups(self._file["edges"]) if "edges" in self._file else []
        if self.name not in populations:
            raise UnknownNameError("edge population", self.name, populations, where=str(self.path))
        self._root = self._file["edges"][self.name]
        self._source_ids = hdf5.dataset(self._root, "source_node_id", self.path, kinds="iu")
        self.size = len(self._source_ids)
        self._target_ids = self._numbers("target_node_id")
        self._type_ids = self._numbers("edge_type_id") if "edge_type_id" in self._root else None
        self.source = self._population_of(self._source_ids, "source")
        self.target = self._population_of(self._target_ids, "target")
        self._groups = {
            int(name): _Group(self._root[name]) for name in hdf5.groups(self._root) if name.isdigit()
        }
        self._group_ids, self._group_rows = self._group_columns()
        self._index = EdgeIndex(self._root, self._source_ids, self._target_ids, self._where)
        self.columns: Mapping[str, EdgeColumn] = self._describe_columns()

    @property
    def _where(self) -> str:
        return f"{self.path.name}, population {self.name}"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What turned out to be wrong so far, though edges can be read all the same."""
        return self._index.problems

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def afferent(self, node_id: int) -> Rows:
        """The edges that end at a node, rows ascending."""
        with hdf5.reading(self.path):
            return self._index.afferent(node_id)

    def efferent(self, node_id: int) -> Rows:
        """The edges that begin at a node, rows ascending."""
        with hdf5.reading(self.path):
            return self._index.efferent(node_id)

    def sources(self, rows: Rows) -> NDArray[np.int64]:
        """The node that each edge begins at."""
        return self._take(self._source_ids, self._checked(rows)).astype(np.int64)

    def targets(self, rows: Rows) -> NDArray[np.int64]:
        """The node that each edge ends at."""
        return self._take(self._target_ids, self._checked(rows)).astype(np.int64)

    def read_rows(self, column: str, rows: Rows) -> NDArray[Any]:
        """Values of a column at these rows, in their order: the file's, else those of the edge's type.

        Text is str ("" where missing), a category its text, a missing number NaN.
        """
        if column not in self.columns:
            raise UnknownNameError("edge attribute", column, self.columns, where=self._where)
        rows = self._checked(rows)
        if column == "edge_type_id" and self._type_ids is not None:
            return self._take(self._type_ids, rows).astype(np.int64)
        inside = [(number, group) for number, group in self._groups.items() if column in group.attributes]
        if len(inside) == len(self._groups) == 1 and self._group_ids is None:
            return self._attribute(inside[0][1], column, rows)
        return self._gathered(column, rows, inside)

    def _gathered(self, column: str, rows: Rows, inside: "list[tuple[int, _Group]]") -> NDArray[Any]:
        """Put together from several groups and, where none has it, from the table of types."""
        chosen, places = self._places(rows)
        pieces = [
            (mask := chosen == number, self._attribute(group, column, places[mask]))
            for number, group in inside
        ]
        covered = np.isin(chosen, [number for number, _ in inside])
        if column in self._types.columns and not covered.all():
            pieces.append((~covered, self._of_types(column, rows[~covered])))
            covered[:] = True
        values = _empty(len(rows), [piece.dtype for _, piece in pieces], complete=bool(covered.all()))
        for mask, piece in pieces:
            values[mask] = piece
        return values

    def _of_types(self, column: str, rows: Rows) -> NDArray[Any]:
        if self._type_ids is None:
            return self._types.values(column, np.full(len(rows), -1, np.int64))
        type_ids = self._take(self._type_ids, rows).astype(np.int64)
        return self._types.values(column, self._types.rows_of(type_ids))

    def _attribute(self, group: "_Group", column: str, places: Rows) -> NDArray[Any]:
        data = group.attributes[column]
        if places.size and int(places.max()) >= len(data):
            raise CircuitError(
                f"The attribute {column!r} has {len(data)} values, too few for its edges.", where=self._where
            )
        values = self._take(data, places)
        library = group.libraries.get(column)
        if library is None:
            return values
        with hdf5.reading(self.path):
            names = np.array(hdf5.strings(library), dtype=object)
        if values.size and int(values.max()) >= len(names):
            raise CircuitError(f"The library of {column!r} lacks some of its values.", where=self._where)
        return np.asarray(names[values.astype(np.int64)])

    def _places(self, rows: Rows) -> tuple[Rows, Rows]:
        """The group of each edge, and its place in that group."""
        if self._group_ids is None or self._group_rows is None:
            only = next(iter(self._groups), 0)
            return np.full(len(rows), only, dtype=np.int64), rows
        chosen = self._take(self._group_ids, rows).astype(np.int64)
        return chosen, self._take(self._group_rows, rows).astype(np.int64)

    def _group_columns(self) -> tuple[h5py.Dataset | None, h5py.Dataset | None]:
        if "edge_group_id" in self._root and "edge_group_index" in self._root:
            return self._numbers("edge_group_id"), self._numbers("edge_group_index")
        if len(self._groups) > 1:
            raise CircuitError(
                f"There are {len(self._groups)} groups of attributes, but no edge_group_id and "
                "edge_group_index to say which edge belongs to which.",
                where=self._where,
            )
        return None, None

    def _describe_columns(self) -> dict[str, EdgeColumn]:
        columns = {
            name: EdgeColumn(name, _kind(values.dtype), self._unit(name), "edge_types")
            for name, values in self._types.columns.items()
        }
        if self._type_ids is not None:
            columns["edge_type_id"] = EdgeColumn("edge_type_id", "integer", "", "file")
        for group in self._groups.values():
            for name, data in group.attributes.items():
                enumerated = name in group.libraries
                kind = "category" if enumerated else _kind(data.dtype)
                columns[name] = EdgeColumn(name, kind, self._unit(name), "library" if enumerated else "file")
        return columns

    def _unit(self, name: str) -> str:
        if name == "conductance" and self.edge_type == "Exp2Syn_synapse":
            return "nS | µS"  # the specification says nS, the simulators take the number as µS
        if name == "conductance" and self.edge_type == "point_process":
            return ""  # the weight of an event at an IntFire cell
        return "µm" if _PLACES.fullmatch(name) else _UNITS.get(name.rpartition("/")[2], "")

    def _population_of(self, ids: h5py.Dataset, end: str) -> str:
        if name := hdf5.text(ids.attrs.get("node_population")):
            return name
        if guess := _NAMED_ENDS.fullmatch(self.name):
            return guess[end]
        raise CircuitError(
            f"{end}_node_id does not say which node population it means.",
            where=self._where,
            hint="Give the dataset an attribute node_population.",
        )

    def _numbers(self, name: str) -> h5py.Dataset:
        return hdf5.dataset(self._root, name, self.path, kinds="iu", length=self.size)

    def _take(self, data: h5py.Dataset, rows: Rows) -> NDArray[Any]:
        with hdf5.reading(self.path):
            return hdf5.take(data, rows)

    def _checked(self, rows: Rows) -> Rows:
        rows = np.asarray(rows, dtype=np.int64)
        if rows.size and not 0 <= int(rows.min()) <= int(rows.max()) < self.size:
            raise CircuitError(f"There are edges 0 to {self.size - 1} only.", where=self._where)
        return rows


class _Group:
    """A group of attributes of the file, with those of its dynamics_params as `dynamics_params/NAME`."""

    def __init__(self, root: h5py.Group) -> None:
        inner, library = root.get("dynamics_params"), root.get("@library")
        self.attributes = _datasets_of(root)
        if isinstance(inner, h5py.Group):
            self.attributes |= {f"dynamics_params/{name}": data for name, data in _datasets_of(inner).items()}
        named = _datasets_of(library) if isinstance(library, h5py.Group) else {}
        self.libraries = {
            name: names
            for name, names in named.items()
            if name in self.attributes and self.attributes[name].dtype.kind in "iu"
        }


def edge_population_names(path: Path) -> tuple[str, ...]:
    """The populations in an edges file; raises CircuitError if it is not one."""
    with hdf5.open_file(path) as file, hdf5.reading(path):
        if not isinstance(file.get("edges"), h5py.Group):
            raise CircuitError(f"{path.name} holds no edges: it has no group /edges.", where=str(path.parent))
        return tuple(hdf5.groups(file["edges"]))


def _datasets_of(group: h5py.Group) -> dict[str, h5py.Dataset]:
    return {name: data for name, data in group.items() if isinstance(data, h5py.Dataset) and data.ndim == 1}


def _kind(dtype: np.dtype[Any]) -> Literal["integer", "real", "text"]:
    return "integer" if dtype.kind in "iub" else "real" if dtype.kind == "f" else "text"


def _empty(length: int, dtypes: list[np.dtype[Any]], *, complete: bool) -> NDArray[Any]:
    """An array that holds all these types, and "no value" too unless the pieces are complete."""
    if any(dtype.kind not in "iufb" for dtype in dtypes):
        return np.full(length, "", dtype=object)
    together = np.result_type(*dtypes) if dtypes else np.dtype(np.float64)
    dtype = together if complete or together.kind == "f" else np.dtype(np.float64)
    return np.full(length, missing_of(dtype), dtype=dtype)
