"""Writing reports as SONATA has them, in pieces as the simulation goes on."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import EngineError

_BLOCK_VALUES = 1 << 20  # what is collected before it is written: 4 MiB of float32 for each population
_BLOCK_SAMPLES = 4096
_CHUNK_VALUES = 1 << 16


@dataclass(frozen=True, slots=True)
class Elements:
    """The columns of the samples to come: which node and which section each belongs to, in any order."""

    node_ids: ArrayLike
    section_ids: ArrayLike


class ReportWriter:
    """A report that grows beside its place under a hidden name, and takes its place when finished.

    Samples are taken at `start`, `start + dt`, … ms. In the file nodes ascend, and the columns of a node keep
    the order they were given in. Use it in a `with`, which cleans up what was not finished; all methods raise
    EngineError where the disk is full or the folder may not be written to.
    """

    def __init__(
        self, path: Path, populations: Mapping[str, Elements], *, dt: float, unit: str, start: float = 0.0
    ) -> None:
        self.path = path
        self._start, self._dt = start, dt
        self._growing = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        self._file: h5py.File | None = None
        with self._explaining():
            # without a cache a full disk is met by a write; met by closing, it makes HDF5 1.14 crash
            self._file = h5py.File(self._growing, "x", rdcc_nbytes=0)
            root = self._file.create_group("report")
            self._columns = {
                name: _Columns(root.create_group(name), elements, unit)
                for name, elements in populations.items()
                if np.size(elements.node_ids)
            }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def append(self, population: str, samples: NDArray[np.floating]) -> None:
        """Add samples × columns of one population, next in time, columns as they were declared."""
        with self._explaining():
            self._columns[population].append(samples)

    def finish(self, *, partial: bool = False) -> None:
        """Complete the file and put it in its place; `partial` marks a run that did not reach its end."""
        if self._file is None:
            return
        with self._explaining():
            if partial:
                self._file.attrs["partial"] = True
            for columns in self._columns.values():
                columns.finish(self._start, self._dt)
            self._file.close()
            self._file = None
            self._growing.replace(self.path)

    def discard(self) -> None:
        """Forget what was written so far; does nothing once finished."""
        file, self._file = self._file, None
        self._columns = {}
        try:
            if file is not None:
                file.close()
        except (OSError, RuntimeError):
            pass  # HDF5 flushes as it closes, and says a second time that the disk is full
        finally:
            self._growing.unlink(missing_ok=True)

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except (OSError, RuntimeError) as error:
            self.discard()
            raise EngineError(
                f"The report {self.path.name} could not be written: {_reason(error)}.",
                where=str(self.path.parent),
                hint="Make room on the disk or choose a folder that you may write to.",
            ) from error


class _Columns:
    """The columns of one population: collects samples into blocks as large as the file's chunks are high."""

    def __init__(self, group: h5py.Group, elements: Elements, unit: str) -> None:
        node_ids = np.asarray(elements.node_ids, dtype=np.uint64)
        self._order = np.argsort(node_ids, kind="stable")
        width = len(node_ids)
        height = min(max(_BLOCK_VALUES // width, 1), _BLOCK_SAMPLES)
        self._data = group.create_dataset(
            "data",
            shape=(0, width),
            maxshape=(None, width),
            dtype=np.float32,
            chunks=(height, min(max(_CHUNK_VALUES // height, 1), width)),
        )
        self._data.attrs["units"] = unit
        self._mapping = group.create_group("mapping")
        nodes, firsts = np.unique(node_ids[self._order], return_index=True)
        self._mapping["node_ids"] = nodes
        self._mapping["index_pointers"] = np.append(firsts, width).astype(np.uint64)
        self._mapping["element_ids"] = np.asarray(elements.section_ids, dtype=np.uint32)[self._order]
        self._block = np.empty((height, width), dtype=np.float32)
        self._filled = 0

    def append(self, samples: NDArray[np.floating]) -> None:
        with np.errstate(over="ignore"):
            samples = np.asarray(samples, dtype=np.float32)[:, self._order]
        while len(samples):
            now = samples[: len(self._block) - self._filled]
            self._block[self._filled : self._filled + len(now)] = now
            self._filled += len(now)
            samples = samples[len(now) :]
            if self._filled == len(self._block):
                self._write()

    def finish(self, start: float, dt: float) -> None:
        self._write()
        stop = round(start + len(self._data) * dt, 9)
        self._mapping.create_dataset("time", data=np.array([start, stop, dt])).attrs["units"] = "ms"

    def _write(self) -> None:
        written = len(self._data)
        self._data.resize(written + self._filled, axis=0)
        self._data[written:] = self._block[: self._filled]
        self._filled = 0


def _reason(error: OSError | RuntimeError) -> str:
    """The operating system's words, out of what HDF5 makes of them."""
    inside = str(error).partition("error message = '")[2].partition("'")[0]
    number = getattr(error, "errno", None)
    return inside or (os.strerror(number) if number else str(error))
