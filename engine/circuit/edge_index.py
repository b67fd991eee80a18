"""Finding the edges of a node: by the file's index where it has a sound one, else by looking at all once."""

import h5py
import numpy as np
from numpy.typing import NDArray

from engine.circuit import hdf5
from engine.circuit.problems import Problem

Rows = NDArray[np.int64]

_RANGES = ("node_id_to_ranges", "node_id_to_range")  # the specification's name, and that of Allen's files


class EdgeIndex:
    """Answers which edges begin or end at a node.

    An index that turns out wrong is reported once and done without.
    """

    def __init__(
        self, root: h5py.Group, source_ids: h5py.Dataset, target_ids: h5py.Dataset, where: str
    ) -> None:
        self._afferent = _Direction(root.get("indices/target_to_source"), target_ids)
        self._efferent = _Direction(root.get("indices/source_to_target"), source_ids)
        self._where = where

    @property
    def problems(self) -> tuple[Problem, ...]:
        """One for each direction whose index had to be done without."""
        broken = [name for name, each in self._named() if each.broken]
        hint = "Edges are found without it, more slowly at first; rebuild the index to mend that."
        return tuple(
            Problem(f"The index of {name} edges is wrong.", self._where, hint, "warning") for name in broken
        )

    def afferent(self, node_id: int) -> Rows:
        """The edges that end at a node, ascending."""
        return self._afferent.edges_of(node_id)

    def efferent(self, node_id: int) -> Rows:
        """The edges that begin at a node, ascending."""
        return self._efferent.edges_of(node_id)

    def _named(self) -> "list[tuple[str, _Direction]]":
        return [("afferent", self._afferent), ("efferent", self._efferent)]


class _Direction:
    def __init__(self, index: object, node_ids: h5py.Dataset) -> None:
        self._node_ids = node_ids
        self._ranges, self._edges = _datasets(index)
        self._sorted: tuple[Rows, NDArray[np.int64]] | None = None
        self.broken = False

    def edges_of(self, node_id: int) -> Rows:
        if node_id < 0:
            return np.empty(0, dtype=np.int64)
        if self._ranges is not None and not self.broken:
            rows = self._by_index(node_id)
            if rows is not None:
                return rows
            self.broken = True
        return self._by_scan(node_id)

    def _by_index(self, node_id: int) -> Rows | None:
        """The edges, or None if the index points elsewhere than to edges of this node."""
        if self._ranges is None or self._edges is None or node_id >= len(self._ranges):
            return np.empty(0, dtype=np.int64)
        first, last = (int(each) for each in self._ranges[node_id])
        if not 0 <= first <= last <= len(self._edges):
            return None
        spans = self._edges[first:last].astype(np.int64)
        if spans.size and not (spans.min() >= 0 and spans.max() <= len(self._node_ids)):
            return None
        rows = np.sort(
            np.concatenate([np.arange(start, stop) for start, stop in spans] or [np.empty(0, np.int64)])
        )
        return rows if bool(np.all(hdf5.take(self._node_ids, rows) == node_id)) else None

    def _by_scan(self, node_id: int) -> Rows:
        if self._sorted is None:
            ids = self._node_ids[()].astype(np.int64)
            order = np.argsort(ids, kind="stable")
            self._sorted = order, ids[order]
        order, ids = self._sorted
        start, stop = np.searchsorted(ids, [node_id, node_id + 1])
        return order[start:stop]


def _datasets(index: object) -> tuple[h5py.Dataset | None, h5py.Dataset | None]:
    if not isinstance(index, h5py.Group):
        return None, None
    ranges = next((index[name] for name in _RANGES if name in index), None)
    edges = index.get("range_to_edge_id")
    return (ranges, edges) if _is_pairs(ranges) and _is_pairs(edges) else (None, None)


def _is_pairs(data: object) -> bool:
    return (
        isinstance(data, h5py.Dataset) and data.ndim == 2 and data.shape[1] == 2 and data.dtype.kind in "iu"
    )
