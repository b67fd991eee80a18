"""A file that says "I am alive": the system takes its lock back when the process dies."""

import os
from pathlib import Path

from engine.file_lock import try_to_lock


class LifeSign:
    """Holds the lock on a file until `end`, or until the process is gone, however it goes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        _try_to_lock(self._descriptor)

    def end(self) -> None:
        """Let go of it and remove the file."""
        os.close(self._descriptor)
        self._path.unlink(missing_ok=True)


def is_alive(path: Path) -> bool:
    """Whether a process holds the lock on this file."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _try_to_lock(descriptor)
    finally:
        os.close(descriptor)


def _try_to_lock(descriptor: int) -> bool:
    """As `try_to_lock`; where the system cannot tell, somebody may be alive."""
    try:
        return try_to_lock(descriptor)
    except OSError:
        return False
