"""A client's side of the talk with one worker, without the process: what to believe, and the last word."""

import json
from collections import deque
from collections.abc import Iterator
from typing import TypeAlias

from pydantic import ValidationError

from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.framing import FrameReader, FramingError
from engine.messages.live import AppliedSetting

_TAIL_LINES = 40
_LONGEST_LINE = 10_000

Received: TypeAlias = tuple[e.AnyEvent, bytes]


class BrokenStreamError(Exception):
    """The worker's stream cannot be understood any more: kill the worker. `hint` says what to try."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


class Conversation:
    """Knows which answers a worker owes, and gives them itself when the worker dies.

    Each run gets exactly one last word (Finished or Failed), each other request that is answered exactly one
    answer; what comes later for any of them is dropped. One worker process, one conversation.
    """

    def __init__(self) -> None:
        self.hello: e.Hello | None = None
        self.run_id: str | None = None
        self.paused = False
        self._frames = FrameReader()
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._stderr_rest = b""
        self._owed: dict[str, r.AnsweredRequest] = {}
        self._stop_asked = False
        self._time = 0.0
        self._settings: list[AppliedSetting] = []

    @property
    def busy(self) -> bool:
        """Whether a run has not had its last word."""
        return self.run_id is not None

    @property
    def pending(self) -> tuple[str, ...]:
        """Ids of the requests that are not answered yet."""
        return tuple(sorted(self._owed))

    @property
    def expecting(self) -> bool:
        """Whether a healthy worker says something before long, even if nobody asks it more."""
        if self.hello is None:
            return True
        if not self.paused:
            return self.busy or bool(self._owed)
        # the others wait until the run has ended
        return any(isinstance(request, r.Set | r.TakeSnapshot) for request in self._owed.values())

    @property
    def tail(self) -> str:
        """The last lines that the worker printed."""
        return "\n".join([*self._tail, self._stderr_rest.decode(errors="replace")]).strip()

    def asked(self, request: r.AnyRequest) -> None:
        """Note what was sent."""
        if isinstance(request, r.RunRequest):
            assert self.run_id is None, f"run {self.run_id} has not had its last word"
            self.run_id = request.run_id
            self.paused = self._stop_asked = False
            self._time = 0.0
            self._settings = []
        elif isinstance(request, r.AnsweredRequest):
            assert request.request_id not in self._owed, f"{request.request_id} is not answered yet"
            self._owed[request.request_id] = request
        elif isinstance(request, r.Stop) and request.run_id == self.run_id:
            self.paused, self._stop_asked = False, True
        elif isinstance(request, r.Resume | r.Step):
            self.paused = False

    def heard(self, data: bytes) -> Iterator[Received]:
        """Events in new bytes of the worker's stdout. Iterate to the end; raises BrokenStreamError there."""
        try:
            while frames := self._frames.feed(data):
                data = b""
                for head, body in frames:
                    event = self._read(head, body)
                    if self._is_owed(event):
                        yield event, body
        except FramingError as error:
            raise BrokenStreamError(
                f"The worker's messages were garbled: {error}", "Something else writes into its output."
            ) from error

    def printed(self, data: bytes) -> list[str]:
        """Whole lines in new bytes of the worker's stderr."""
        *whole, rest = (self._stderr_rest + data).split(b"\n")
        self._stderr_rest = rest[-_LONGEST_LINE:]
        lines = [line[:_LONGEST_LINE].decode(errors="replace").rstrip("\r") for line in whole]
        self._tail.extend(lines)
        return lines

    def died(self, how: str, hint: str = "") -> list[e.AnyEvent]:
        """What the worker owed, said in its place. A run that was asked to stop has stopped."""
        answers: list[e.AnyEvent] = [
            e.Refused(request_id=name, what=how, hint=hint, reason="died", detail=self.tail)
            for name in self.pending
        ]
        self._owed.clear()
        settings = tuple(self._settings)
        if self.run_id is not None and self._stop_asked:
            answers.append(e.Finished(run_id=self.run_id, time=self._time, stopped=True, settings=settings))
        elif self.run_id is not None:
            answers.append(
                e.Failed(
                    run_id=self.run_id,
                    what=how,
                    hint=hint,
                    reason="died",
                    detail=self.tail,
                    settings=settings,
                )
            )
        self.run_id = None
        return answers

    def _read(self, head: bytes, body: bytes) -> e.AnyEvent:
        if self.hello is None:
            _require_our_protocol(head)
        try:
            event = e.EVENTS.validate_json(head)
        except ValidationError as error:
            raise BrokenStreamError(
                f"The worker said what nobody understands: {head[:80]!r}", "It may be of another version."
            ) from error
        expected = _body_bytes(event)
        if len(body) != expected:
            raise BrokenStreamError(f"The worker's {event.kind} has {len(body)} bytes instead of {expected}.")
        return event

    def _is_owed(self, event: e.AnyEvent) -> bool:
        if isinstance(event, e.Hello):
            self.hello = event
            return True
        if isinstance(event, e.Applied) and event.run_id == self.run_id:
            self._settings.append(AppliedSetting(time=event.time, setting=event.setting))
        if isinstance(event, e.Answer):
            return self._owed.pop(event.request_id, None) is not None
        if isinstance(event, e.Progress):
            return event.request_id in self._owed or event.request_id == self.run_id
        if event.run_id != self.run_id:
            return False
        if isinstance(event, e.Paused | e.Resumed):
            self.paused = isinstance(event, e.Paused)
        if isinstance(event, e.LastWord):
            self.run_id, self.paused = None, False
        elif not isinstance(event, e.SpikeBatch | e.Frames):
            self._time = event.time
        return True


def _body_bytes(event: e.AnyEvent) -> int:
    match event:
        case e.Chunk():
            return 8 * event.samples * event.traces
        case e.SpikeBatch():
            return 16 * event.count
        case e.Frames():
            return 4 * event.count * event.segments
        case e.Description():
            return 32 * sum(section.points for section in event.sections)
        case _:
            return 0


def _require_our_protocol(head: bytes) -> None:
    """BrokenStreamError, before it is read as one, if the first message is no Hello of our version."""
    try:
        said = json.loads(head)
    except ValueError:
        said = None
    if not isinstance(said, dict) or said.get("kind") != "hello":
        raise BrokenStreamError(
            f"The worker did not introduce itself: {head[:80]!r}", "Something else writes into its output."
        )
    if said.get("protocol") != e.PROTOCOL_VERSION:
        raise BrokenStreamError(
            f"The worker speaks version {said.get('protocol')} of the protocol, this program version"
            f" {e.PROTOCOL_VERSION}.",
            "Two versions of the program are mixed: look at PYTHONPATH, or install it again.",
        )
