"""The most memory that a worker may take."""

import contextlib
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Final

from engine.errors import EngineError

_MIB: Final = 2**20
_SIGNS: Final = ("bad_alloc", "Cannot allocate memory", "out of memory")


class Ceiling:
    """A limit of the address space of this process, where the system has one (not on Windows).

    Reaching it is an error of one request instead of a machine that swaps.
    """

    def __init__(self, limit_mib: int | None) -> None:
        self._limit_mib = limit_mib

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


def _resource() -> ModuleType | None:
    return None if sys.platform == "win32" else importlib.import_module("resource")
