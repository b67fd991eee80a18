"""Tables in text files, such as those of node and edge types: split at spaces, NULL for a missing value."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import CircuitError

_MISSING = frozenset({"", "NULL", "NONE", "None", "NaN", "nan"})


@dataclass(frozen=True, slots=True)
class TypeTable:
    """Columns over the rows of a table: int64, float64 or text (objects that are str), as all values allow.

    A missing text is "", a missing number NaN.
    """

    type_ids: NDArray[np.int64]
    columns: Mapping[str, NDArray[Any]]

    def rows_of(self, type_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of each type id, -1 where the table has none."""
        if self.type_ids.size == 0:
            return np.full(len(type_ids), -1, dtype=np.int64)
        order = np.argsort(self.type_ids, kind="stable")
        place = np.searchsorted(self.type_ids, type_ids, sorter=order).clip(max=len(order) - 1)
        rows = order[place]
        return np.where(self.type_ids[rows] == type_ids, rows, -1)

    def values(self, column: str, rows: NDArray[np.int64]) -> NDArray[Any]:
        """Values of one column at these rows; missing where the row is -1."""
        values = self.columns[column]
        if rows.size and rows.min() < 0 and values.dtype.kind == "i":
            values = values.astype(np.float64)
        missing = missing_of(values.dtype)
        return np.concatenate([values, np.asarray([missing], dtype=values.dtype)])[rows]


def missing_of(dtype: np.dtype[Any]) -> object:
    """What stands for "no value" in a column of this type."""
    return "" if dtype.kind == "O" else np.nan if dtype.kind == "f" else 0


def read_type_table(path: Path, id_column: str) -> TypeTable:
    """Read a table keyed by `id_column` (node_type_id or edge_type_id); raises CircuitError."""
    columns = read_columns(path)
    if id_column not in columns:
        raise CircuitError(
            f"The table has no column {id_column!r}: its first line should name the columns.",
            where=str(path),
            hint="Columns are separated by single spaces.",
        )
    type_ids = columns.pop(id_column)
    if len(type_ids) and type_ids.dtype.kind != "i":
        raise CircuitError(f"The column {id_column!r} should hold whole numbers only.", where=str(path))
    if len(np.unique(type_ids)) < len(type_ids):
        raise CircuitError(f"A type occurs twice in the column {id_column!r}.", where=str(path))
    return TypeTable(type_ids.astype(np.int64), columns)


def read_columns(path: Path) -> dict[str, NDArray[Any]]:
    """The columns of any table whose first line names them and whose values are separated by spaces."""
    header, rows = _header_and_rows(path)
    if len(set(header)) < len(header):
        raise CircuitError("The table names a column twice.", where=str(path))
    return {name: _typed([row[index] for row in rows]) for index, name in enumerate(header)}


def _header_and_rows(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line.strip() for line in file]
    except OSError as error:
        raise CircuitError(
            f"The table {path.name} cannot be read: {error.strerror}.", where=str(path.parent)
        ) from error
    except UnicodeDecodeError as error:
        raise CircuitError(f"The table {path.name} is not text.", where=str(path.parent)) from error
    filled = [(number, line) for number, line in enumerate(lines, start=1) if line]
    if not filled:
        raise CircuitError(f"The table {path.name} is empty.", where=str(path.parent))
    header = _split(filled[0][1], None)
    return header, [_row(path, number, line, len(header)) for number, line in filled[1:]]


def _row(path: Path, number: int, line: str, length: int) -> list[str]:
    row = _split(line, length)
    if len(row) != length:
        raise CircuitError(
            f"Line {number} has {len(row)} values where the first line names {length} columns.",
            where=str(path),
            hint='A value that contains spaces stands in double quotes ("); a missing one is NULL.',
        )
    return row


def _split(line: str, length: int | None) -> list[str]:
    """At each space; at runs of spaces where that does not give the right number of values."""
    row = next(csv.reader([line], delimiter=" "))
    return row if len(row) == length else next(csv.reader([line], delimiter=" ", skipinitialspace=True))


def _typed(texts: Sequence[str]) -> NDArray[Any]:
    present = [text for text in texts if text not in _MISSING]
    kind = _kind(present)
    if kind is int and len(present) == len(texts):
        return np.array([int(text) for text in texts], dtype=np.int64)
    if present and kind in (int, float):
        return np.array([np.nan if text in _MISSING else float(text) for text in texts])
    return np.array(["" if text in _MISSING else text for text in texts], dtype=object)


def _kind(texts: Sequence[str]) -> type:
    if any("_" in text for text in texts):  # Python reads 1_000 as a number, nobody else does
        return str
    for kind in (int, float):
        try:
            [kind(text) for text in texts]
        except (ValueError, OverflowError):
            continue
        return kind
    return str
