"""Reports of every layout in use: one variable over time at many places of many cells, read lazily."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import h5py
import numpy as np
from numpy.typing import NDArray

from engine.circuit import hdf5
from engine.errors import CircuitError, UnknownNameError

_POINTERS = ("index_pointers", "index_pointer")  # the specification's name, and BMTK's
_NODES = ("node_ids", "gids")
_MS_PER_UNIT = {"ms": 1.0, "s": 1000.0}
_GAP_COLUMNS = 64  # columns nearer to each other than this are read in one go
_ROUNDING = 1e-6  # of a sample: window edges are sums of steps like 0.025 ms


class ReportPopulation:
    """The report over one population: `samples` rows in time, a column for each place (an "element").

    `node_ids` are the reported nodes, each once, in the file's order. `column_nodes` and `element_ids` have a
    value for each column; `element_positions` too, where the file has positions along the section (0 to 1).
    Samples are at `start`, `start + dt`, … ms, whatever the convention of the program that wrote them.
    """

    def __init__(self, group: h5py.Group, path: Path, name: str) -> None:
        self.name = name
        self._path = path
        mapping = group.get("mapping")
        self._data = group.get("data")
        if not isinstance(mapping, h5py.Group) or not isinstance(self._data, h5py.Dataset):
            raise CircuitError("The report has no data or no mapping.", where=self._where)
        if self._data.ndim != 2 or self._data.dtype.kind not in "iuf":
            raise CircuitError(
                "The data of the report are not rows and columns of numbers.", where=self._where
            )
        self.samples, self.columns = self._data.shape
        self._read_mapping(mapping)
        self._read_time(mapping)
        self.variable = hdf5.text(self._data.attrs.get("variable"))
        usual = {"v": "mV", "cai": "mM"}.get(self.variable, "")
        self.unit = hdf5.text(self._data.attrs.get("units")) or usual

    @property
    def sections(self) -> NDArray[np.int64] | None:
        """The section of each column, numbered as the writing program does.

        None where the element ids only count the columns, as BlueCelluLab writes them; it also lists a node
        again for each of its columns.
        """
        counts = len(self.node_ids) > 1 and np.array_equal(self.element_ids, np.arange(self.columns))
        return None if counts or self._lists_nodes_again else self.element_ids

    def columns_of(self, node_id: int) -> NDArray[np.int64]:
        """The columns of one node, in the file's order; none if it is not in the report."""
        return np.flatnonzero(self.column_nodes == node_id)

    def times(self, start: float | None = None, stop: float | None = None) -> NDArray[np.float64]:
        """When the samples of a window were taken, in ms."""
        first, last = self._window(start, stop)
        return self.start + self.dt * np.arange(first, last, dtype=np.float64)

    def data(
        self,
        columns: Sequence[int] | NDArray[np.int64] | None = None,
        start: float | None = None,
        stop: float | None = None,
    ) -> NDArray[Any]:
        """Samples × columns at start ≤ t < stop (ms); everything by default. Nothing else is read."""
        first, last = self._window(start, stop)
        with hdf5.reading(self._path):
            if columns is None:
                return np.asarray(self._data[first:last])
            return self._columns(np.asarray(columns, dtype=np.int64), first, last)

    def _columns(self, columns: NDArray[np.int64], first: int, last: int) -> NDArray[Any]:
        if columns.size == 0:
            return np.empty((last - first, 0), dtype=self._data.dtype)
        wanted, back = np.unique(columns, return_inverse=True)
        if wanted[0] < 0 or wanted[-1] >= self.columns:
            raise CircuitError(f"The report has columns 0 to {self.columns - 1} only.", where=self._where)
        breaks = np.flatnonzero(np.diff(wanted) > _GAP_COLUMNS) + 1
        parts = [
            self._data[first:last, part[0] : part[-1] + 1][:, part - part[0]]
            for part in np.split(wanted, breaks)
        ]
        return np.asarray(np.concatenate(parts, axis=1)[:, back])

    def _window(self, start: float | None, stop: float | None) -> tuple[int, int]:
        first = 0 if start is None else math.ceil((start - self.start) / self.dt - _ROUNDING)
        last = self.samples if stop is None else math.ceil((stop - self.start) / self.dt - _ROUNDING)
        first = min(max(first, 0), self.samples)
        return first, min(max(last, first), self.samples)

    def _read_mapping(self, mapping: h5py.Group) -> None:
        nodes_name = next((name for name in _NODES if name in mapping), _NODES[0])
        pointers_name = next((name for name in _POINTERS if name in mapping), _POINTERS[0])
        listed = hdf5.dataset(mapping, nodes_name, self._path, kinds="iu")[()].astype(np.int64)
        pointers = hdf5.dataset(mapping, pointers_name, self._path, kinds="iu")[()].astype(np.int64)
        elements = hdf5.dataset(mapping, "element_ids", self._path, kinds="iu", length=self.columns)
        if len(pointers) == len(listed):
            pointers = np.append(pointers, self.columns)
        counts = np.diff(pointers)
        if (
            len(counts) != len(listed)
            or int(counts.sum()) != self.columns
            or (len(counts) and counts.min() < 0)
        ):
            raise CircuitError(
                f"{pointers_name} does not share {self.columns} columns out among {len(listed)} nodes.",
                where=self._where,
            )
        self.column_nodes = np.repeat(listed, counts)
        self.node_ids = listed[np.sort(np.unique(listed, return_index=True)[1])]
        self._lists_nodes_again = len(self.node_ids) < len(listed)
        self.element_ids = elements[()].astype(np.int64)
        self.element_positions = self._positions(mapping)
        self._is_of_bmtk = pointers_name == _POINTERS[1]

    def _positions(self, mapping: h5py.Group) -> NDArray[np.float64] | None:
        if "element_pos" not in mapping:
            return None
        positions = hdf5.dataset(mapping, "element_pos", self._path, length=self.columns)
        return np.asarray(positions[()], dtype=np.float64)

    def _read_time(self, mapping: h5py.Group) -> None:
        time = hdf5.dataset(mapping, "time", self._path, length=3)
        unit = hdf5.text(time.attrs.get("units")) or "ms"
        start, _, step = (float(each) * _MS_PER_UNIT.get(unit, math.nan) for each in time[()])
        if not (math.isfinite(start) and math.isfinite(step) and step > 0):
            raise CircuitError(
                f"The time of the report is {time[()].tolist()} {unit}, not start, end and step in ms.",
                where=self._where,
            )
        self.dt = step
        # BMTK keeps a sample after each step and leaves out the one before the first
        self.start = start + step if self._is_of_bmtk else start
        self.stop = self.start + self.samples * step

    @property
    def _where(self) -> str:
        return f"{self._path.name}, population {self.name}" if self.name else self._path.name


class Report:
    """The report in a file, open until closed. `partial` if the run that wrote it did not reach its end."""

    def __init__(self, path: Path, file: h5py.File) -> None:
        self.path = path
        self._file = file
        self.partial = bool(file.attrs.get("partial", False))
        self.populations: Mapping[str, ReportPopulation] = _populations(file, path)

    def __getitem__(self, population: str) -> ReportPopulation:
        if population not in self.populations:
            raise UnknownNameError(
                "population with a report", population, self.populations, where=str(self.path)
            )
        return self.populations[population]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def read_report(path: Path) -> Report:
    """Open a report; only its mapping is read. Raises CircuitError if it is not one."""
    file = hdf5.open_file(path)
    try:
        with hdf5.reading(path):
            return Report(path, file)
    except CircuitError:
        file.close()
        raise


def _populations(file: h5py.File, path: Path) -> dict[str, ReportPopulation]:
    root = file.get("report")
    if isinstance(root, h5py.Group):
        return {name: ReportPopulation(root[name], path, name) for name in hdf5.groups(root)}
    if "data" in file and "mapping" in file:
        return {"": ReportPopulation(file, path, "")}
    raise CircuitError(f"{path.name} holds no report: it has no group /report.", where=str(path.parent))
