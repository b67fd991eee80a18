"""A worker to wait for: the client of the command line and of tests, without an event loop."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, Self, TypeAlias

from typing_extensions import override

from engine.client.process import Process
from engine.errors import SimulationError
from engine.launch import WorkerCommand, worker_command
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.arrays import Collected, Numbers, numbers_of
from engine.messages.asking import Asking
from engine.messages.conversation import BrokenStreamError, Conversation
from engine.messages.framing import encode
from engine.messages.obituary import obituary

_FOR_EVER_S: Final = 3600.0
_LONGEST_ABSENCE_S: Final = 0.25  # between two events, that counts as listening

Heard: TypeAlias = tuple[e.AnyEvent, Numbers]


class RefusedError(SimulationError):
    """A request was refused, or a run has failed; `reason` as in the event."""

    def __init__(self, event: e.Refused | e.Failed) -> None:
        super().__init__(event.what, where=event.where, hint=event.hint, printed=event.detail)
        self.reason = event.reason


class Patience:
    """Runs out after `limit_s` of listening; says what to tell then."""

    def __init__(self, limit_s: float, what: str, hint: str = "") -> None:
        self.what = what
        self.hint = hint
        self.left_s: float | None = None  # None: nothing is waited for
        self._limit_s = limit_s

    def start(self) -> None:
        """Begin to wait, once more."""
        self.left_s = self._limit_s

    def stop(self) -> None:
        """Wait no longer."""
        self.left_s = None

    def spend(self, seconds: float) -> bool:
        """Count time in which nothing happened; whether that was too much."""
        if self.left_s is None:
            return False
        self.left_s -= seconds
        return self.left_s <= 0


class Client(Asking):
    """Owns one worker process. Requests return at once; wait for what they bring with `answer` or `follow`.

    Every run ends with exactly one Finished or Failed, every other request with exactly one answer, whatever
    happens to the process. A dead client takes no more requests: make another one.

    Who does not ask for events holds the worker up. `patience_s`: a worker that says nothing for so long,
    while something is asked of it, is killed; `stop_deadline_s`: so is one that does not obey a stop, and
    the run has stopped. `printed` gets the lines of its stderr, in a thread.
    """

    def __init__(
        self,
        command: WorkerCommand | None = None,
        *,
        patience_s: float = 60.0,
        stop_deadline_s: float = 2.0,
        printed: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self._silence = Patience(
            patience_s,
            f"The simulator has said nothing for {patience_s:g} s and was ended.",
            "Its code may loop for ever; a large circuit may need more patience.",
        )
        self._silence.start()
        self._deafness = Patience(stop_deadline_s, "The simulator did not obey a stop and was ended.")
        self._listened = time.monotonic()
        self._tell_line = printed
        self._conversation = Conversation()
        self._talking = threading.Lock()  # stderr is read in a thread
        self._heard: deque[tuple[e.AnyEvent, bytes]] = deque()
        self._is_garbled = False
        self._condemned: tuple[str, str] | None = None
        self._death: tuple[str, str] | None = None
        self._process = Process(command or worker_command(), self._on_printed)

    @property
    def process_id(self) -> int:
        """The number of the worker's process."""
        return self._process.process_id

    @property
    def alive(self) -> bool:
        """Whether it can be asked; false once its death has been noticed."""
        return self._death is None

    @property
    def hello(self) -> e.Hello | None:
        """What the worker said of itself, once `receive` has seen it."""
        return self._conversation.hello

    @property
    @override
    def run_id(self) -> str | None:
        """The run that has not had its last word."""
        return self._conversation.run_id

    @override
    def ask(self, request: r.AnyRequest) -> None:
        """Send a request. SimulationError if the worker is gone."""
        if self._death is not None:
            raise SimulationError(self._death[0], hint=self._death[1])
        self._conversation.asked(request)
        self._silence.start()
        if isinstance(request, r.Stop) and self._deafness.left_s is None:
            self._deafness.start()
        self._process.write(encode(request))

    def receive(self, timeout_s: float | None = None) -> Heard | None:
        """The next event; None if there is none in that time, or none to come because the worker is gone."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._heard:
            left_s = None if until is None else until - time.monotonic()
            if self._death is not None or (left_s is not None and left_s < 0):
                return None
            self._listen(left_s)
        event, body = self._heard.popleft()
        return event, numbers_of(event, body)

    def answer(self, request_id: str, told: Callable[[e.AnyEvent], None] = lambda _event: None) -> Heard:
        """Wait for the answer to a request; other events are told. RefusedError if it was refused."""
        while (heard := self.receive()) is not None:
            event, numbers = heard
            if isinstance(event, e.Refused) and event.request_id == request_id:
                raise RefusedError(event)
            if isinstance(event, e.Answer) and event.request_id == request_id:
                return event, numbers
            told(event)
        raise AssertionError(f"nobody owes an answer to {request_id}")

    def follow(self, run_id: str) -> Iterator[Heard]:
        """All events, up to and with the last word of the run."""
        while (heard := self.receive()) is not None:
            yield heard
            if isinstance(heard[0], e.LastWord) and heard[0].run_id == run_id:
                return
        raise AssertionError(f"nobody owes a last word on {run_id}")

    def gather(self, run_id: str) -> Collected:
        """Wait for the end of a run, however it ends; all that it brought."""
        data = Collected()
        for event, numbers in self.follow(run_id):
            if isinstance(event, e.OfRun) and event.run_id == run_id:
                data.take(event, numbers)
        return data

    def collect(self, run_id: str) -> Collected:
        """Wait for the end of a run; all that it brought. RefusedError if it failed."""
        data = self.gather(run_id)
        if isinstance(data.last_word, e.Failed):
            raise RefusedError(data.last_word)
        return data

    def kill(self, what: str = "The simulator was ended by its user.", hint: str = "") -> None:
        """End the worker at once; what it owes is answered with this sentence."""
        self._condemned = self._condemned or (what, hint)
        self._process.kill()

    def close(self) -> None:
        """Leave no process behind."""
        if self._death is None:
            self._condemned = self._condemned or ("The simulator was closed.", "")
            self._process.hang_up()
            self._bury()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _listen(self, left_s: float | None) -> None:
        """Wait for what comes next, but no longer than someone has patience."""
        watches = [] if self._condemned else [self._deafness]
        if not self._condemned and self._conversation.expecting:
            watches.append(self._silence)
        waits = [watch.left_s for watch in watches if watch.left_s is not None]
        if left_s is not None:
            waits.append(left_s)
        began = time.monotonic()
        data = self._process.read(min(max(min(waits, default=_FOR_EVER_S), 0.0), _FOR_EVER_S))
        now = time.monotonic()
        if data:
            self._hear(data)
        elif data is not None:
            self._bury()
        # Who did not listen for long cannot blame the worker: it may have waited to be heard.
        absent_s = min(began - self._listened, _LONGEST_ABSENCE_S)
        self._listened = now
        for watch in watches:
            if watch.spend(now - began + absent_s) and self._death is None:
                self.kill(watch.what, watch.hint)

    def _hear(self, data: bytes) -> None:
        if self._is_garbled:
            return
        try:
            for event, body in self._conversation.heard(data):
                self._silence.start()
                if isinstance(event, e.LastWord):
                    self._deafness.stop()
                self._heard.append((event, body))
        except BrokenStreamError as error:
            self._is_garbled = True
            self.kill(str(error), error.hint)

    def _bury(self) -> None:
        ending = self._process.bury()
        with self._talking:
            tail = self._conversation.tail
            self._death = self._condemned or obituary(ending, tail.splitlines())
            answers = self._conversation.died(*self._death)
        self._heard.extend((event, b"") for event in answers)

    def _on_printed(self, data: bytes) -> None:
        with self._talking:
            lines = self._conversation.printed(data)
        for line in lines:
            self._tell_line(line)
