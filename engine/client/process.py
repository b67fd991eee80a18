"""The pipes of a worker process, each read in a thread, and never far ahead of whoever listens."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO, Final

from engine.errors import SimulationError
from engine.launch import WorkerCommand
from engine.messages.obituary import Ending

_PORTION_BYTES: Final = 65536
_MOST_PORTIONS: Final = 64  # unread; then the thread waits, the pipe fills, and the worker waits
_GOODBYE_S: Final = 1.0
_OPEN_PIPE_S: Final = 0.5  # what hoc code started may hold the worker's stderr open


class Process:
    """Owns one process. `printed` is told, in a thread, what it writes to stderr.

    SimulationError where it cannot be started.
    """

    def __init__(self, command: WorkerCommand, printed: Callable[[bytes], None]) -> None:
        try:
            self._process = command.start(
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=sys.platform != "win32",  # Ctrl-C in a terminal is for the client
            )
        except OSError as error:
            raise SimulationError(
                f"The simulator could not be started: {error.strerror}.",
                hint=f"Tried {command.program!r}. `somascope doctor` says what is missing.",
            ) from error
        self._writing = threading.Lock()
        self._portions: queue.Queue[bytes] = queue.Queue(_MOST_PORTIONS)
        self._said = _reading(
            self._process.stdout, self._portions.put, at_end=lambda: self._portions.put(b"")
        )
        self._printed = _reading(self._process.stderr, printed)

    @property
    def process_id(self) -> int:
        """Its number."""
        return self._process.pid

    def write(self, data: bytes) -> None:
        """Send all of it; to a process that is gone, nothing (`read` tells of that)."""
        view = memoryview(data)
        stdin = self._process.stdin
        assert stdin is not None
        try:
            with self._writing:
                while view:
                    view = view[stdin.write(view) or 0 :]
        except (BrokenPipeError, ValueError):  # it ended, or we closed the pipe
            pass

    def read(self, timeout_s: float) -> bytes | None:
        """What it said next; empty at the end, None if it says nothing in that time."""
        try:
            return self._portions.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def hang_up(self) -> None:
        """Let it end by itself: a worker that nobody can ask any more exits."""
        with self._writing:
            assert self._process.stdin is not None
            self._process.stdin.close()

    def bury(self) -> Ending:
        """Wait for its end, by force if it takes long, and close the pipes."""
        try:
            code = self._process.wait(_GOODBYE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._drain()
        self._printed.join(_OPEN_PIPE_S)
        self.hang_up()
        return Ending(-code, by_signal=True) if code < 0 else Ending(code)

    def _drain(self) -> None:
        """Let the reading thread come to its end, whatever there is still to read."""
        while self._said.is_alive():
            self.read(0.01)


def _reading(
    pipe: IO[bytes] | None, take: Callable[[bytes], None], at_end: Callable[[], None] = lambda: None
) -> threading.Thread:
    """Start a thread that reads a pipe to its end."""
    assert pipe is not None

    def read() -> None:
        with pipe:
            while data := os.read(pipe.fileno(), _PORTION_BYTES):
                take(data)
        at_end()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread
