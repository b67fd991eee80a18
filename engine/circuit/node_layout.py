"""Making out the columns of a node population from the structure of its file, without reading any values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from engine.circuit import hdf5
from engine.circuit.node_columns import (
    Attribute,
    Column,
    Gathered,
    Kind,
    Library,
    OfType,
    Origin,
    Placement,
    Recoded,
    RowNumbers,
    Source,
    StoredColumn,
)
from engine.circuit.problems import Problem
from engine.circuit.type_tables import TypeTable
from engine.errors import CircuitError

_UNITS = {
    **dict.fromkeys(("x", "y", "z", "depth", "radius"), "µm"),
    **dict.fromkeys(("threshold_current", "holding_current"), "nA"),
    "input_resistance": "MΩ",
    "resting_potential": "mV",
    **dict.fromkeys(
        ("exc-mini_frequency", "inh-mini_frequency", "exc_mini_frequency", "inh_mini_frequency"), "Hz"
    ),
    **dict.fromkeys(("rotation_angle_xaxis", "rotation_angle_yaxis", "rotation_angle_zaxis"), "rad"),
    "tuning_angle": "°",
    **dict.fromkeys(("V_m", "v_th", "V_th", "v_reset", "V_reset", "v_peak", "V_peak", "e_L", "E_L"), "mV"),
    **dict.fromkeys(("Delta_T", "delta_T"), "mV"),
    **dict.fromkeys(("t_ref", "tau_w", "tau_m", "tau_syn", "tau_syn_ex", "tau_syn_in"), "ms"),
    "C_m": "pF",
    **dict.fromkeys(("i_e", "I_e", "b"), "pA"),
    **dict.fromkeys(("g_L", "a"), "nS"),
}
_PACKED = {
    "positions": "xyz",
    "orientation": ("orientation_w", "orientation_x", "orientation_y", "orientation_z"),
}
_MOST_PARTS = 16
_DYNAMICS = "dynamics_params"


@dataclass(frozen=True, slots=True)
class Layout:
    """The number of nodes, and their columns by name."""

    size: int
    columns: Mapping[str, StoredColumn]
    problems: tuple[Problem, ...]


def read_layout(root: h5py.Group, table: TypeTable | None, path: Path) -> Layout:
    """The layout of the population at `root`; raises CircuitError if not even its size can be told."""
    return _Reader(root, table, path).layout()


@dataclass(frozen=True, slots=True)
class _Part:
    """An attribute of one group."""

    stored: StoredColumn
    length: int


class _Reader:
    def __init__(self, root: h5py.Group, table: TypeTable | None, path: Path) -> None:
        self._root = root
        self._table = table
        self._path = path
        self._where = f"{path.name}, population {root.name.rpartition('/')[2]}"
        self._problems: list[Problem] = []
        self._groups = {int(name): root[name] for name in hdf5.groups(root) if name.isdigit()}
        self._size = self._count()

    def layout(self) -> Layout:
        columns = {"node_id": StoredColumn(Column("node_id", "integer", "", "file"), RowNumbers())}
        type_ids = self._index("node_type_id")
        of_types = self._columns_of_types(type_ids)
        if type_ids is not None and self._table is not None:
            columns["node_type_id"] = StoredColumn(Column("node_type_id", "integer", "", "file"), type_ids)
        columns |= of_types
        columns |= self._columns_of_groups(of_types)
        return Layout(self._size, columns, tuple(self._problems))

    def _count(self) -> int:
        """The number of nodes: what node_type_id, or in its absence another index or attribute, says."""
        for name in ("node_type_id", "node_group_index", "node_group_id", "node_id"):
            found = self._root.get(name)
            if isinstance(found, h5py.Dataset) and found.ndim == 1:
                if name != "node_type_id":
                    self._report("There is no node_type_id.", f"{name} is counted instead.", "warning")
                return len(found)
        if len(self._groups) == 1:
            for _, data in _datasets(next(iter(self._groups.values()))):
                self._report(
                    "There is no node_type_id.", "The values of an attribute are counted.", "warning"
                )
                return int(data.shape[0])
        raise CircuitError(
            "The number of nodes cannot be told: the dataset 'node_type_id' is missing.", where=self._where
        )

    def _index(self, name: str) -> Source | None:
        if name not in self._root:
            return None
        try:
            return Attribute(hdf5.dataset(self._root, name, self._path, kinds="iu", length=self._size))
        except CircuitError as error:
            self._report(error.what, error.hint)
            return None

    def _columns_of_types(self, type_ids: Source | None) -> dict[str, StoredColumn]:
        if self._table is None:
            return {}
        if type_ids is None:
            self._report("The table of node types cannot be used: there is no node_type_id to join it on.")
            return {}
        return {name: self._column_of_types(name, type_ids, self._table) for name in self._table.columns}

    def _column_of_types(self, name: str, type_ids: Source, table: TypeTable) -> StoredColumn:
        values = table.columns[name]
        if values.dtype.kind != "O":
            column = Column(name, _kind(values.dtype), _unit(name), "node_types")
            return StoredColumn(column, OfType(type_ids, table, values, np.nan))
        texts, codes = np.unique(values.astype(str), return_inverse=True)
        library = Library(partial(list, texts.tolist()), len(texts))
        return StoredColumn(
            Column(name, "category", _unit(name), "node_types"),
            OfType(type_ids, table, codes.astype(np.int64), len(texts)),
            library,
        )

    def _columns_of_groups(self, of_types: Mapping[str, StoredColumn]) -> dict[str, StoredColumn]:
        placement = self._placement()
        if placement is None:
            return {}
        found: dict[str, dict[int, StoredColumn]] = {}
        for number, group in self._groups.items():
            for name, part in self._attributes(group):
                if self._fits(name, part):
                    found.setdefault(name, {})[number] = part.stored
        return {name: self._gathered(parts, placement, of_types.get(name)) for name, parts in found.items()}

    def _placement(self) -> Placement | None:
        groups, places = self._index("node_group_id"), self._index("node_group_index")
        if len(self._groups) > 1 and (groups is None or places is None):
            self._report(
                f"There are {len(self._groups)} groups of attributes, and no node_group_id and "
                "node_group_index to say which node belongs to which; their attributes are left out."
            )
            return None
        self._indexed = groups is not None and places is not None
        only = next(iter(self._groups)) if len(self._groups) == 1 else None
        return Placement(groups, places, only, self._size)

    def _fits(self, name: str, part: _Part) -> bool:
        if self._indexed or part.length == self._size:
            return True
        self._report(
            f"The attribute {name!r} has {part.length} values for {self._size} nodes; it is left out."
        )
        return False

    def _attributes(self, group: h5py.Group) -> Iterator[tuple[str, _Part]]:
        for name, data in _datasets(group):
            if hdf5.dtype_of(data) is None:
                self._report(f"The attribute {name!r} is of a type that is unknown.")
            elif (
                data.ndim == 1
                and h5py.check_string_dtype(data.dtype) is None
                and data.dtype.kind not in "iufb"
            ):
                self._report(f"The attribute {name!r} is of a type that cannot be shown ({data.dtype}).")
            elif data.ndim == 1:
                yield name, _Part(self._stored(group, name, data), len(data))
            elif data.ndim == 2 and data.dtype.kind in "iuf" and data.shape[1] <= _MOST_PARTS:
                yield from _packed(group, name, data)
            else:
                self._report(f"The attribute {name!r} is not a list of values (shape {data.shape}).")

    def _stored(self, group: h5py.Group, name: str, data: h5py.Dataset) -> StoredColumn:
        library = _library(group, name, data)
        if library is not None:
            column = Column(name, "category", _unit(name), "library")
            return StoredColumn(column, Attribute(data, library_size=library.size), library)
        origin: Origin = "dynamics_params" if name.startswith(f"{_DYNAMICS}/") else "file"
        source = Attribute(data)
        return StoredColumn(Column(name, _kind(source.dtype), _unit(name), origin), source)

    def _gathered(
        self, parts: Mapping[int, StoredColumn], placement: Placement, of_types: StoredColumn | None
    ) -> StoredColumn:
        first = next(iter(parts.values())).column
        everywhere = len(parts) == len(self._groups)
        fallback = None if everywhere else of_types
        members = [*parts.values(), *([fallback] if fallback else [])]
        if not self._indexed:
            return next(iter(parts.values()))
        if all(each.library is not None for each in members):
            return _gathered_categories(first, parts, placement, fallback)
        return _gathered_values(first, parts, placement, fallback, complete=everywhere)

    def _report(self, what: str, hint: str = "", severity: str = "error") -> None:
        self._problems.append(
            Problem(what, self._where, hint, "warning" if severity == "warning" else "error")
        )


def _gathered_categories(
    column: Column, parts: Mapping[int, StoredColumn], placement: Placement, fallback: StoredColumn | None
) -> StoredColumn:
    if len(parts) == 1 and fallback is None:
        [(number, only)] = parts.items()
        assert only.library is not None
        gathered = Gathered(placement, {number: only.source}, None, np.dtype(np.int64), only.library.size)
        return StoredColumn(column, gathered, only.library)
    members = [*parts.values(), *([fallback] if fallback else [])]
    together: dict[str, int] = {}
    for member in members:
        for text in member.library.texts if member.library else ():
            together.setdefault(text, len(together))
    recoded = [_recoded(member, together) for member in members]
    source = Gathered(
        placement,
        dict(zip(parts, recoded, strict=False)),
        recoded[-1] if fallback else None,
        np.dtype(np.int64),
        len(together),
    )
    return StoredColumn(column, source, Library(partial(list, together), len(together)))


def _recoded(member: StoredColumn, together: Mapping[str, int]) -> Source:
    assert member.library is not None
    return Recoded(member.source, np.array([together[text] for text in member.library.texts], dtype=np.int64))


def _gathered_values(
    column: Column,
    parts: Mapping[int, StoredColumn],
    placement: Placement,
    fallback: StoredColumn | None,
    *,
    complete: bool,
) -> StoredColumn:
    decoded = {number: _Decoded(part) for number, part in parts.items()}
    rest = _Decoded(fallback) if fallback else None
    dtypes = [each.dtype for each in (*decoded.values(), *([rest] if rest else []))]
    if any(dtype.kind == "O" for dtype in dtypes):
        as_text = {number: _AsText(each) for number, each in decoded.items()}
        source = Gathered(placement, as_text, _AsText(rest) if rest else None, np.dtype(object), "")
        return StoredColumn(Column(column.name, "text", column.unit, column.origin), source)
    dtype = np.result_type(*dtypes)
    if dtype.kind in "iu" and not complete:
        dtype = np.dtype(np.float64)
    missing = np.nan if dtype.kind == "f" else None
    gathered = Gathered(placement, decoded, rest, dtype, missing)
    return StoredColumn(Column(column.name, _kind(dtype), column.unit, column.origin), gathered)


class _Decoded:
    """A column as its user sees it, as a source of another."""

    def __init__(self, stored: StoredColumn) -> None:
        self._stored = stored
        self.dtype: np.dtype[Any] = np.dtype(object) if stored.library else stored.source.dtype

    def read(self, start: int, stop: int) -> Any:
        return self._stored.decoded(self._stored.source.read(start, stop))

    def take(self, rows: Any) -> Any:
        return self._stored.decoded(self._stored.source.take(rows))


class _AsText:
    """Numbers and text alike as text: what is left where groups disagree about the kind of an attribute."""

    dtype: np.dtype[Any] = np.dtype(object)

    def __init__(self, source: Source) -> None:
        self._source = source

    def read(self, start: int, stop: int) -> Any:
        return np.array([str(each) for each in self._source.read(start, stop)], dtype=object)

    def take(self, rows: Any) -> Any:
        return np.array([str(each) for each in self._source.take(rows)], dtype=object)


def _datasets(group: h5py.Group) -> Iterator[tuple[str, h5py.Dataset]]:
    """The attributes of a group, those of its dynamics_params under `dynamics_params/…`."""
    for prefix, place in (("", group), (f"{_DYNAMICS}/", group.get(_DYNAMICS))):
        if isinstance(place, h5py.Group):
            for name in filter(_is_text, place):
                if isinstance(data := place.get(name), h5py.Dataset) and data.shape:
                    yield prefix + name, data


def _is_text(name: object) -> bool:
    """False for the bytes that h5py gives for a name that is not UTF-8."""
    return isinstance(name, str)


def _packed(group: h5py.Group, name: str, data: h5py.Dataset) -> Iterator[tuple[str, _Part]]:
    """The parts of a dataset with several values per node, unless the group has them one by one as well."""
    known = _PACKED.get(name, ())
    names = known if len(known) >= data.shape[1] else [f"{name}/{index}" for index in range(data.shape[1])]
    for index, part in enumerate(names[: data.shape[1]]):
        if part not in group:
            source = Attribute(data, index)
            stored = StoredColumn(Column(part, _kind(source.dtype), _unit(part), "file"), source)
            yield part, _Part(stored, data.shape[0])


def _library(group: h5py.Group, name: str, data: h5py.Dataset) -> Library | None:
    libraries = group.get("@library")
    texts = libraries.get(name) if isinstance(libraries, h5py.Group) else None
    if not isinstance(texts, h5py.Dataset) or texts.ndim != 1 or data.dtype.kind not in "iu":
        return None
    if hdf5.dtype_of(texts) is None or h5py.check_string_dtype(texts.dtype) is None:
        return None
    return Library(partial(hdf5.strings, texts), len(texts))


def _kind(dtype: np.dtype[Any]) -> Kind:
    return "text" if dtype.kind == "O" else "real" if dtype.kind == "f" else "integer"


def _unit(name: str) -> str:
    return _UNITS.get(name.rpartition("/")[2], "")
