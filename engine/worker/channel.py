"""The worker's end of the pipes."""

import os
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from typing import BinaryIO, Final

from pydantic import BaseModel

from engine.messages import requests as r
from engine.messages.framing import FrameReader, encode

UNREADABLE: Final = 4  # exit code of a worker whose requests make no sense
_PIPE_BYTES: Final = 65536


def claim_stdout() -> BinaryIO:
    """Take fd 1 for frames and send everyone else's printing to stderr.

    NEURON, hoc files and mod files write to C's stdout; a stray line would break the framing.
    Call this before NEURON is imported.
    """
    frames = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return frames


def claim_stdin() -> BinaryIO:
    """Take fd 0 for frames; whoever else reads finds an empty file."""
    frames = os.fdopen(os.dup(0), "rb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return frames


class Channel:
    """Requests in, through a thread that only reads; events out, whole frames.

    When the other end closes, the process exits at once: no one is left to work for. So it does when it is
    told to.
    """

    def __init__(self, requests: BinaryIO, events: BinaryIO) -> None:
        self._events = events
        self._waiting: deque[r.AnyRequest] = deque()
        self._cancelled: set[str] = set()
        self._arrived = threading.Condition()
        threading.Thread(target=self._listen, args=(requests,), daemon=True, name="requests").start()

    def send(self, event: BaseModel, body: bytes = b"") -> None:
        """Write one frame; waits while the reader is busy, which slows the run rather than fill memory."""
        view = memoryview(encode(event, body))
        try:
            while view:
                view = view[self._events.write(view) or 0 :]
        except BrokenPipeError:
            os._exit(0)

    def next(self) -> r.AnyRequest:
        """The next request; waits for one."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._waiting)
            return self._waiting.popleft()

    def next_of(self, wanted: Callable[[r.AnyRequest], bool], *, wait: bool) -> r.AnyRequest | None:
        """The first request that is wanted; the others keep their turn. None: there is none yet."""

        def found() -> r.AnyRequest | None:
            return next(filter(wanted, self._waiting), None)

        with self._arrived:
            if wait:
                self._arrived.wait_for(lambda: found() is not None)
            request = found()
            if request is not None:
                self._waiting.remove(request)
            return request

    def is_stopped(self, run_id: str) -> bool:
        """Whether a Stop for this run waits."""
        with self._arrived:
            return any(isinstance(each, r.Stop) and each.run_id == run_id for each in self._waiting)

    def is_given_up(self, request: r.Errand) -> bool:
        """Whether it was cancelled, or something waits that takes its place.

        That is a newer Prepare, or a run, for a Prepare, and anything at all for a FindFiringCurrent.
        """
        with self._arrived:
            if request.request_id in self._cancelled:
                return True
            if isinstance(request, r.FindFiringCurrent):
                return bool(self._waiting)
            newer = r.Prepare | r.RunRequest
            return isinstance(request, r.Prepare) and any(isinstance(each, newer) for each in self._waiting)

    def forget(self, request_id: str) -> None:
        """The request has been answered; its name may be used again."""
        with self._arrived:
            self._cancelled.discard(request_id)

    def _listen(self, requests: BinaryIO) -> None:
        reader = FrameReader()
        try:
            while data := requests.read(_PIPE_BYTES):
                for head, _ in reader.feed(data):
                    self._take(r.REQUESTS.validate_json(head))
        except ValueError:  # of framing or validation: we do not know any more what we are asked
            traceback.print_exc()
            os._exit(UNREADABLE)
        os._exit(0)

    def _take(self, request: r.AnyRequest) -> None:
        if isinstance(request, r.Shutdown):
            os._exit(0)
        with self._arrived:
            if isinstance(request, r.Cancel):
                self._cancelled.add(request.request_id)
            else:
                self._waiting.append(request)
            self._arrived.notify_all()
