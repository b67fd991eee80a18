"""The most memory that a worker may take."""

import contextlib
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

from engine.errors import EngineError

_MIB: Final = 2**20
_STATUS: Final = Path("/proc/self/statm")  # of Linux
_KEPT_MIB: Final = 1024.0
_SIGNS: Final = ("bad_alloc", "Cannot allocate memory", "out of memory")


class Ceiling:
    """A limit of the address space of this process, where the system has one (not on Windows).

    Reaching it is an error of one request instead of a machine that swaps.
    """

    def __init__(self, limit_mib: int | None) -> None:
        self._limit_mib = limit_mib

    @property
    def for_kept_cells_mib(self) -> float:
        """How much of it may hold cells that nobody wants at the moment."""
        return _KEPT_MIB if self._limit_mib is None else min(_KEPT_MIB, self._limit_mib / 4)

    def lower(self) -> None:
        """From now on, the limit holds."""
        if self._limit_mib is not None and (resource := _resource()) is not None:
            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (self._limit_mib * _MIB, hard))

    @contextlib.contextmanager
    def lifted(self) -> Iterator[None]:
        """Without it: a compiler that is started here would inherit it."""
        resource = _resource()
        if resource is not None:
            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
        try:
            yield
        finally:
            self.lower()

    def explanation(self, error: BaseException) -> EngineError | None:
        """What an error means, if it means that there is no memory left."""
        if not isinstance(error, MemoryError) and not any(sign in str(error) for sign in _SIGNS):
            return None
        limit = "this machine has" if self._limit_mib is None else f"the limit of {self._limit_mib:,} MiB"
        return EngineError(
            f"This takes more memory than {limit}.",
            hint="Choose fewer cells or recordings, or raise the limit of the workers in the settings.",
        )


def resident_mib() -> float:
    """How much memory this process has, in MiB; where the system tells only the most so far, that; or 0."""
    if _STATUS.exists():
        pages = int(_STATUS.read_text(encoding="ascii").split()[1])
        return pages * _resource_page_bytes() / _MIB
    if (resource := _resource()) is not None:
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / _MIB  # bytes on macOS
    return 0.0


def _resource_page_bytes() -> int:
    resource = _resource()
    return int(resource.getpagesize()) if resource is not None else 4096


def _resource() -> ModuleType | None:
    return None if sys.platform == "win32" else importlib.import_module("resource")
