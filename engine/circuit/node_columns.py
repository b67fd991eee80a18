"""Where the values of a node column come from: HDF5 attributes, the table of types, or both, by groups."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

import h5py
import numpy as np
from numpy.typing import NDArray

from engine.circuit import hdf5
from engine.circuit.type_tables import TypeTable
from engine.errors import CircuitError

Rows = NDArray[np.int64]
Kind = Literal["integer", "real", "text", "category"]
Origin = Literal["file", "library", "node_types", "dynamics_params"]

_LARGEST_TABLE = 1 << 20  # type ids spread wider than this are searched instead of looked up


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of the nodes of a population."""

    name: str
    kind: Kind
    unit: str
    origin: Origin


class Source(Protocol):
    """Raw values: numbers, text as str objects, or codes into a library."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the values; object for text."""
        ...

    def read(self, start: int, stop: int) -> NDArray[Any]:
        """Values of the rows start..stop-1."""
        ...

    def take(self, rows: Rows) -> NDArray[Any]:
        """Values of these rows, in their order."""
        ...


class Library:
    """The texts that the codes of a category mean; the last, "", is that of every code out of range."""

    def __init__(self, load: Callable[[], Sequence[str]], size: int) -> None:
        self._load = load
        self.size = size

    @cached_property
    def texts(self) -> NDArray[Any]:
        """(size + 1,) str objects, indexed by code."""
        texts = np.empty(self.size + 1, dtype=object)
        texts[:-1] = list(self._load())
        texts[-1] = ""
        return texts


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """A column with its values; a library belongs to a category."""

    column: Column
    source: Source
    library: Library | None = None

    def decoded(self, raw: NDArray[Any]) -> NDArray[Any]:
        """What the user sees: the text of a category, everything else as it is."""
        return raw if self.library is None else np.asarray(self.library.texts[raw])


class RowNumbers:
    """The node ids: in SONATA a node's id is its row."""

    dtype: np.dtype[Any] = np.dtype(np.int64)

    def read(self, start: int, stop: int) -> NDArray[Any]:
        return np.arange(start, stop, dtype=np.int64)

    def take(self, rows: Rows) -> NDArray[Any]:
        return rows


class Attribute:
    """A dataset, or one column of a dataset of several such as packed positions."""

    def __init__(
        self, data: h5py.Dataset, part: int | None = None, *, library_size: int | None = None
    ) -> None:
        self._data = data
        self._part = part
        self._library_size = library_size
        self._is_text = h5py.check_string_dtype(data.dtype) is not None
        self.dtype: np.dtype[Any] = np.dtype(object) if self._is_text else _number_type(data.dtype)

    def read(self, start: int, stop: int) -> NDArray[Any]:
        view = self._data.asstr(errors="replace") if self._is_text else self._data
        values = view[start:stop] if self._part is None else view[start:stop, self._part]
        if len(values) < stop - start:
            raise CircuitError(
                f"The attribute {self._data.name} has {len(self._data)} values, too few for its nodes.",
                where=self._data.file.filename,
            )
        return self._tamed(values)

    def take(self, rows: Rows) -> NDArray[Any]:
        values = hdf5.take(self._data, rows)
        return self._tamed(values if self._part is None else values[:, self._part])

    def _tamed(self, values: NDArray[Any]) -> NDArray[Any]:
        """Codes that the library does not know become its last one."""
        if self._library_size is None:
            return values.astype(self.dtype, copy=False)
        if values.size and not 0 <= values.min() <= values.max() < self._library_size:
            strange = (values < 0) | (values >= self._library_size)
            return np.where(strange, self._library_size, values.astype(np.int64))
        return values


class OfType:
    """A column of the table of types, looked up by each node's type."""

    def __init__(self, type_ids: Source, table: TypeTable, values: NDArray[Any], missing: float) -> None:
        self._type_ids = type_ids
        self._table = table
        self._values = values
        self._missing = missing
        self.dtype: np.dtype[Any] = values.dtype

    def read(self, start: int, stop: int) -> NDArray[Any]:
        return self._looked_up(self._type_ids.read(start, stop))

    def take(self, rows: Rows) -> NDArray[Any]:
        return self._looked_up(self._type_ids.take(rows))

    def _looked_up(self, type_ids: NDArray[Any]) -> NDArray[Any]:
        """Whole numbers become real ones where a node is of no known type, for a NaN has to go there."""
        rows = self._table_rows(type_ids)
        if not rows.size or rows.min() >= 0:
            return np.asarray(self._values[rows])
        return np.append(self._values, self._missing)[rows]

    def _table_rows(self, type_ids: NDArray[Any]) -> Rows:
        lookup, lowest = self._lookup
        if lookup is None:
            return self._table.rows_of(type_ids.astype(np.int64))
        place = type_ids.astype(np.int64) - lowest + 1
        return np.asarray(lookup[np.clip(place, 0, len(lookup) - 1)])

    @cached_property
    def _lookup(self) -> tuple[Rows | None, int]:
        """The row of each type id from the lowest on, with a place for "none" at both ends."""
        known = self._table.type_ids
        lowest = int(known.min()) if known.size else 0
        spread = int(known.max()) - lowest if known.size else 0
        if spread > _LARGEST_TABLE:
            return None, lowest
        lookup = np.full(spread + 3, -1, dtype=np.int64)
        lookup[known - lowest + 1] = np.arange(len(known))
        return lookup, lowest


class Placement:
    """Which group each node's attributes are in, and where in that group."""

    def __init__(self, groups: Source | None, places: Source | None, only: int | None, size: int) -> None:
        self._groups = groups
        self._places = places
        self._only = only
        self._size = size

    @cached_property
    def straight(self) -> bool:
        """Is there one group, in the order of the nodes? Looks once at the index, where the file has one."""
        if self._groups is None or self._places is None:
            return True
        if self._only is None:
            return False
        groups, places = self.read(0, self._size)
        return bool(np.all(groups == self._only) and np.array_equal(places, np.arange(self._size)))

    def read(self, start: int, stop: int) -> tuple[Rows, Rows]:
        """Group number and place of the rows start..stop-1."""
        assert self._groups is not None and self._places is not None
        return self._groups.read(start, stop).astype(np.int64), self._places.read(start, stop).astype(
            np.int64
        )

    def take(self, rows: Rows) -> tuple[Rows, Rows]:
        """Group number and place of these rows."""
        assert self._groups is not None and self._places is not None
        return self._groups.take(rows).astype(np.int64), self._places.take(rows).astype(np.int64)


class Gathered:
    """An attribute put together from the groups that have it and, for the others, the table of types."""

    def __init__(
        self,
        placement: Placement,
        parts: Mapping[int, Source],
        fallback: Source | None,
        dtype: np.dtype[Any],
        missing: object,
    ) -> None:
        self._placement = placement
        self._parts = parts
        self._fallback = fallback
        self._missing = missing
        self.dtype: np.dtype[Any] = dtype

    def read(self, start: int, stop: int) -> NDArray[Any]:
        if len(self._parts) == 1 and self._placement.straight:
            return next(iter(self._parts.values())).read(start, stop).astype(self.dtype, copy=False)
        return self._gathered(*self._placement.read(start, stop), lambda: np.arange(start, stop))

    def take(self, rows: Rows) -> NDArray[Any]:
        if len(self._parts) == 1 and self._placement.straight:
            return next(iter(self._parts.values())).take(rows).astype(self.dtype, copy=False)
        return self._gathered(*self._placement.take(rows), lambda: rows)

    def _gathered(self, groups: Rows, places: Rows, rows: Callable[[], Rows]) -> NDArray[Any]:
        covered = np.isin(groups, list(self._parts))
        if places.size and places.min() < 0:
            raise CircuitError("node_group_index holds negative numbers.")
        if self.dtype.kind in "iu" and self._missing is None and not covered.all():
            raise CircuitError("Some nodes belong to a group of attributes that does not exist.")
        values = np.full(len(groups), 0 if self._missing is None else self._missing, dtype=self.dtype)
        for number, part in self._parts.items():
            inside = groups == number
            values[inside] = _taken(part, places[inside], number)
        if self._fallback is not None and not covered.all():
            values[~covered] = self._fallback.take(rows()[~covered])
        return values


class Recoded:
    """Codes of one library as codes of another that holds all of its texts."""

    def __init__(self, source: Source, codes: Rows) -> None:
        self._source = source
        self._codes = codes
        self.dtype: np.dtype[Any] = np.dtype(np.int64)

    def read(self, start: int, stop: int) -> NDArray[Any]:
        return np.asarray(self._codes[self._source.read(start, stop)])

    def take(self, rows: Rows) -> NDArray[Any]:
        return np.asarray(self._codes[self._source.take(rows)])


def _taken(part: Source, places: Rows, number: int) -> NDArray[Any]:
    try:
        return part.take(places)
    except IndexError as error:
        raise CircuitError(
            f"node_group_index points to nodes that the group {number} of attributes does not have."
        ) from error


def _number_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype(np.int8) if dtype.kind == "b" else dtype.newbyteorder("=")
