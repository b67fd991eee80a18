"""A lock between processes that the operating system takes back when its holder dies."""

import contextlib
import importlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_LOOK_AGAIN_S = 0.1


@contextlib.contextmanager
def locked(path: Path, *, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock file `path`; while another process holds it, `waiting` is called ten times a second.

    `waiting` may raise to give up. The file stays behind and harms nobody: what counts is the lock on it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not try_to_lock(descriptor):
            waiting()
            time.sleep(_LOOK_AGAIN_S)
        yield
    finally:
        os.close(descriptor)


def try_to_lock(descriptor: int) -> bool:
    """Take the lock on an open file; False where another holds it. OSError: that cannot be told."""
    if sys.platform == "win32":
        msvcrt = importlib.import_module("msvcrt")
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl  # noqa: PLC0415  Windows has none

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
