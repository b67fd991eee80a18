"""Node populations: the cells of a circuit as a table that is read in pieces, filtered and sorted."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.circuit import hdf5, query
from engine.circuit.node_columns import Column, Rows, StoredColumn
from engine.circuit.node_layout import read_layout
from engine.circuit.problems import Problem
from engine.circuit.type_tables import TypeTable, read_type_table
from engine.errors import CircuitError, EngineError, UnknownNameError

_CHUNK = 1 << 20  # rows looked at in one go: memory stays bounded however large the population is
_OLD_NAMES = {"point_neuron": "point_process", "point_soma": "point_process"}  # of Allen's first files
_BY_WEIGHT = ("biophysical", "single_compartment", "point_process", "virtual")


class NodePopulation:
    """The nodes of one population. A row is a node's id.

    Opening reads no column. Raises CircuitError if the population cannot be read; what is wrong but can be
    done without is listed in `problems`.
    """

    def __init__(self, path: Path, name: str, types_path: Path | None = None, node_type: str = "") -> None:
        self.path = path
        self.name = name
        self._declared_type = node_type
        self._problems: list[Problem] = []
        table = self._read_types(types_path)
        self._file = hdf5.open_file(path)
        try:
            with hdf5.reading(path):
                layout = read_layout(self._root(), table, path)
        except EngineError:
            self._file.close()
            raise
        self.size = layout.size
        self._stored: Mapping[str, StoredColumn] = layout.columns
        self._problems.extend(layout.problems)
        self.columns: Mapping[str, Column] = MappingProxyType(
            {name: stored.column for name, stored in layout.columns.items()}
        )
        self._table = table

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, though the population can be read."""
        return tuple(self._problems)

    @cached_property
    def node_type(self) -> str:
        """What the configuration says; else the weightiest model type among the types of its nodes."""
        if self._declared_type:
            return self._declared_type
        if "model_type" not in self._stored or self.size == 0:
            return "biophysical"
        present = {_OLD_NAMES.get(each, each) for each in self.histogram("model_type")}
        return next((each for each in _BY_WEIGHT if each in present), min(present))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def read(self, column: str, start: int, stop: int) -> NDArray[Any]:
        """Values of the rows start..stop-1; a category as text (objects that are str)."""
        stored = self._known(column)
        start, stop = max(start, 0), min(stop, self.size)
        with hdf5.reading(self.path):
            return stored.decoded(stored.source.read(start, max(start, stop)))

    def read_rows(self, column: str, rows: ArrayLike) -> NDArray[Any]:
        """Values of these rows, in their order; a category as text."""
        stored = self._known(column)
        with hdf5.reading(self.path):
            return stored.decoded(stored.source.take(self.checked_rows(rows)))

    def values(self, column: str) -> NDArray[Any]:
        """All values of a column."""
        return self.read(column, 0, self.size)

    def library(self, column: str) -> NDArray[Any] | None:
        """(n,) the texts that the codes of a category mean, the last one "" for none; None for others."""
        library = self._known(column).library
        with hdf5.reading(self.path):
            return None if library is None else library.texts

    def raw(self, column: str, start: int, stop: int) -> NDArray[Any]:
        """As `read`, but a category as codes into its library."""
        stored = self._known(column)
        with hdf5.reading(self.path):
            return stored.source.read(start, stop)

    def id_in_file(self, row: int) -> int:
        """The id that the file gives a node. It should be the row; few programs look at it."""
        given = self._file["nodes"][self.name].get("node_id")
        if not isinstance(given, h5py.Dataset) or given.shape != (self.size,):
            return row
        with hdf5.reading(self.path):
            return int(given[row])

    def chunks(self) -> Iterator[tuple[int, int]]:
        """Ranges of rows that together are all rows."""
        for start in range(0, self.size, _CHUNK):
            yield start, min(start + _CHUNK, self.size)

    def histogram(self, column: str) -> dict[str, int]:
        """How many nodes have each text of a category or text column, the most frequent first."""
        counts: dict[str, int] = {}
        library = self.library(column)
        for start, stop in self.chunks():
            values = self.raw(column, start, stop)
            if library is None:
                texts, numbers = np.unique(values.astype(str), return_counts=True)
            else:
                every = np.bincount(values, minlength=len(library))
                texts, numbers = library[every > 0], every[every > 0]
            for text, number in zip(texts.tolist(), numbers.tolist(), strict=True):
                counts[text] = counts.get(text, 0) + number
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def filter(self, expression: str | Mapping[str, Any]) -> Rows:
        """Rows, ascending, that satisfy a filter text or a SONATA node set expression; raises QueryError."""
        condition = query.condition(expression, self)
        if condition == query.EVERYTHING:
            return np.arange(self.size)
        found = [
            np.flatnonzero(condition.holds(query.Chunk(self, start, stop))) + start
            for start, stop in self.chunks()
        ]
        return np.concatenate([*found, np.empty(0, dtype=np.int64)])

    def sort(self, columns: Sequence[tuple[str, bool]], rows: ArrayLike | None = None) -> Rows:
        """The rows (all if None) in the order of columns (name, descending), equal ones in the order given.

        What is missing comes last in either direction. Categories are sorted by their text.
        """
        chosen = None if rows is None else self.checked_rows(rows)
        return query.ordered(self, columns, chosen)

    def checked_rows(self, rows: ArrayLike) -> Rows:
        """`rows` as an array; raises CircuitError if any is not a row of this population."""
        array = np.atleast_1d(np.asarray(rows, dtype=np.int64))
        if array.size and not 0 <= int(array.min()) <= int(array.max()) < self.size:
            wrong = int(array.min()) if array.min() < 0 else int(array.max())
            raise CircuitError(
                f"There is no cell {wrong} in population {self.name!r}.",
                where=self.path.name,
                hint=f"Its cells are 0 to {self.size - 1}." if self.size else "It has no cells.",
            )
        return array

    def _known(self, column: str) -> StoredColumn:
        if column not in self._stored:
            raise UnknownNameError(
                "column", column, self._stored, where=f"{self.path.name}, population {self.name}"
            )
        return self._stored[column]

    def _root(self) -> h5py.Group:
        nodes = self._file.get("nodes")
        populations = hdf5.groups(nodes) if isinstance(nodes, h5py.Group) else []
        if self.name not in populations:
            raise UnknownNameError("node population", self.name, populations, where=str(self.path))
        return nodes[self.name]

    def _read_types(self, types_path: Path | None) -> TypeTable | None:
        if types_path is None:
            return None
        try:
            return read_type_table(types_path, "node_type_id")
        except CircuitError as error:
            self._problems.append(Problem(error.what, error.where, error.hint))
            return None


def node_population_names(path: Path) -> tuple[str, ...]:
    """The populations in a nodes file; raises CircuitError if it is not one."""
    with hdf5.open_file(path) as file, hdf5.reading(path):
        if not isinstance(file.get("nodes"), h5py.Group):
            raise CircuitError(f"{path.name} holds no nodes: it has no group /nodes.", where=str(path.parent))
        return tuple(hdf5.groups(file["nodes"]))
