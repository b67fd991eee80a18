"""Samples of many sweeps: in memory while they are few, then in a file that goes when nobody needs them."""

import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import IO, Final

import numpy as np
from typing_extensions import override

from engine.experiment.waveforms import Samples
from engine.protocols.sweeps import Outcome

IN_MEMORY_BYTES: Final = 64 * 2**20


class SweepStore:
    """Keeps what sweeps recorded; `make_file` opens the file, once there is too much for the memory.

    A thread writes, so that nobody waits for a disk; what cannot be written, as to a full one, stays in
    memory. The file is closed, and so gone, with the last outcome that needs it.
    """

    def __init__(
        self,
        in_memory_bytes: int = IN_MEMORY_BYTES,
        make_file: Callable[[], IO[bytes]] = tempfile.TemporaryFile,
    ) -> None:
        self._left_bytes = in_memory_bytes
        self._make_file = make_file
        self._file: _SampleFile | None = None
        self._counting = threading.Lock()  # sweeps end in several threads
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="sweeps")

    def kept(self, outcome: Outcome) -> Outcome:
        """The same, which may be read from the file from now on."""
        with self._counting:
            return self._kept(outcome)

    def _kept(self, outcome: Outcome) -> Outcome:
        size = sum(each.nbytes for each in outcome.columns.values())
        if size <= self._left_bytes:
            self._left_bytes -= size
            return outcome
        self._left_bytes = 0  # those that were first stay in memory
        columns = _StoredColumns(outcome.columns)
        self._writer.submit(self._write, columns)
        return replace(outcome, columns=columns)

    def close(self) -> None:
        """Take no more; wait until all is written."""
        self._writer.shutdown()

    def _write(self, columns: "_StoredColumns") -> None:
        try:
            if self._file is None:
                self._file = _SampleFile(self._make_file())
            columns.move_to(self._file)
        except OSError:
            return  # it stays in memory


class _StoredColumns(Mapping[str, Samples]):
    """Columns in memory, or where they are in the file."""

    def __init__(self, samples: Mapping[str, Samples]) -> None:
        self._samples: Mapping[str, Samples] | None = samples
        self._names = tuple(samples)
        self._file: _SampleFile | None = None
        self._places: dict[str, tuple[int, int]] = {}  # byte, and how many samples

    def move_to(self, file: "_SampleFile") -> None:
        """Write them, then forget them. OSError if they cannot be written."""
        assert self._samples is not None
        self._places = {name: (file.write(each), len(each)) for name, each in self._samples.items()}
        self._file, self._samples = file, None

    @override
    def __getitem__(self, name: str) -> Samples:
        samples = self._samples  # once, since another thread may forget them right after
        if samples is not None:
            return samples[name]
        assert self._file is not None
        return self._file.read(*self._places[name])

    @override
    def __contains__(self, name: object) -> bool:
        return name in self._names

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    @override
    def __len__(self) -> int:
        return len(self._names)


class _SampleFile:
    """Numbers one after the other, for several threads."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._end = 0
        self._alone = threading.Lock()
        weakref.finalize(self, file.close)

    def write(self, samples: Samples) -> int:
        """Append; the byte at which they begin."""
        with self._alone:
            begin = self._end
            self._file.seek(begin)
            self._file.write(np.ascontiguousarray(samples, dtype=np.float64).tobytes())
            self._file.flush()
            self._end = self._file.tell()
        return begin

    def read(self, begin: int, count: int) -> Samples:
        """So many numbers from a byte on."""
        with self._alone:
            self._file.seek(begin)
            return np.frombuffer(self._file.read(8 * count), dtype=np.float64)
