"""Ends a worker that nobody listens to any more and that cannot notice it itself.

An endless loop in hoc or in a mod file keeps Python's lock, so the thread that reads requests never learns
that their pipe was closed. A second process of a few lines does.
"""

import os
import select
import signal
import sys
from typing import BinaryIO, Final

_GRACE_MS: Final = 300  # in which a healthy worker ends by itself
_LOOK_MS: Final = 500
_HIGHEST_FILE: Final = 4096


def start(requests: BinaryIO) -> None:
    """Begin to guard this process. Call it early: before there are threads, and much to copy.

    Windows has no `fork`; there, a worker that hangs has to be ended by its client.
    """
    if sys.platform == "win32":
        return
    ours, _theirs = os.pipe()  # the other end closes when this process ends, however it does
    worker = os.getpid()
    if os.fork() == 0:
        _watch(worker, requests.fileno(), ours)
    os.close(ours)


def watch_parent() -> None:
    """Begin to guard this process against the end of the one that started it. Call it early, as `start`.

    A process that waits for the spikes of others waits for ever when their launcher was killed.
    """
    if sys.platform == "win32":
        return
    ours, _theirs = os.pipe()
    worker, parent = os.getpid(), os.getppid()
    if os.fork() == 0:
        _watch_parent(worker, parent, ours)
    os.close(ours)


def _watch_parent(worker: int, parent: int, life: int) -> None:
    """In the second process."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        _close_all_but(life)
        while not _hung_up((life,), _LOOK_MS):
            if not _exists(parent):
                os.kill(worker, signal.SIGKILL)
    finally:
        os._exit(0)


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _watch(worker: int, requests: int, life: int) -> None:
    """In the second process."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _close_all_but(requests, life)
        if _hung_up((requests, life), None) == {requests} and not _hung_up((life,), _GRACE_MS):
            os.kill(worker, signal.SIGKILL)
    finally:
        os._exit(0)


def _hung_up(files: tuple[int, ...], timeout_ms: int | None) -> set[int]:
    """Those whose other end is closed, as soon as there is one. Nothing is read from them."""
    waiting = select.poll()
    for file in files:
        waiting.register(file, 0)  # for nothing but the end
    return {file for file, _ in waiting.poll(timeout_ms)}


def _close_all_but(*kept: int) -> None:
    """Pipes of the worker must not stay open because we hold them."""
    for low, high in zip((-1, *sorted(kept)), (*sorted(kept), _HIGHEST_FILE), strict=True):
        os.closerange(low + 1, high)
