"""The loop of a worker: one request after the other, and an answer to each."""

import os
import platform
import time
from collections.abc import Callable
from typing import Final, NoReturn

from engine import __version__
from engine.messages import events as e
from engine.messages import requests as r
from engine.simulation.host import VERSION
from engine.simulation.snapshots import Moment
from engine.worker.channel import Channel
from engine.worker.failures import GivenUpError, failure, refusal
from engine.worker.memory import Ceiling
from engine.worker.running import Run
from engine.worker.session import Session

_TELL_EVERY_S: Final = 0.1
_TELL_AGAIN_S: Final = 1.0  # the same text, as a sign of life


class Server:
    """Serves requests until the process is told to exit."""

    def __init__(self, channel: Channel, ceiling: Ceiling) -> None:
        self._channel = channel
        self._ceiling = ceiling
        self._session = Session(ceiling)

    def greet(self) -> None:
        """Say that requests can come."""
        self._channel.send(
            e.Hello(
                program=__version__,
                neuron=VERSION,
                python=platform.python_version(),
                process_id=os.getpid(),
            )
        )

    def serve_for_ever(self) -> NoReturn:
        """Never returns: the channel ends the process."""
        while True:
            self.serve(self._channel.next())

    def serve(self, request: r.AnyRequest) -> None:
        """Answer one request."""
        match request:
            case r.Load() | r.Prepare() | r.Describe() | r.FindFiringCurrent():
                self._reply(request.request_id, lambda: self._do(request))
                self._channel.forget(request.request_id)
            case r.Run() | r.Extend() | r.Branch():
                self._run(request)
            case r.Set() | r.TakeSnapshot():
                self._channel.send(e.Refused(request_id=request.request_id, what="The run has ended."))
            case _:
                pass  # Pause, Resume, Step or Stop that came when its run had just ended

    def answer(self, request: r.AnsweredRequest, make: Callable[[], e.Answer]) -> None:
        """Send what is made, or say why it could not be."""
        self._reply(request.request_id, lambda: (make(), b""))

    def has_at_hand(self, request: r.AnyRequest) -> bool:
        """Whether a request can be served while a run is under way."""
        return self._session.has_at_hand(request)

    def keep(self, name: str, moment: Moment) -> None:
        """Keep a snapshot."""
        self._session.keep(name, moment)

    def _do(self, request: r.Errand) -> tuple[e.Answer, bytes]:
        if self._channel.is_given_up(request):
            raise GivenUpError
        tell = self._teller(request.request_id, lambda: self._channel.is_given_up(request))
        match request:
            case r.Load():
                return self._session.load(request, tell), b""
            case r.Prepare():
                return self._session.prepare(request, tell), b""
            case r.Describe():
                return self._session.describe(request, tell)
            case r.FindFiringCurrent():
                return self._session.find_firing_current(request, tell), b""

    def _reply(self, request_id: str, make: Callable[[], tuple[e.Answer, bytes]]) -> None:
        try:
            answer, body = make()
            self._channel.send(answer, body)
        except Exception as error:  # noqa: BLE001 - the worker's main loop: a request may fail, not the worker
            self._channel.send(refusal(request_id, error, self._ceiling))

    def _run(self, request: r.RunRequest) -> None:
        """From the request to the last word."""
        run: Run | None = None
        last_word: e.LastWord
        try:
            tell = self._teller(request.run_id, lambda: self._channel.is_stopped(request.run_id))
            run = self._session.begin(request, tell)
            last_word = run.go(self._channel, self, paused=request.paused)
        except GivenUpError:
            last_word = e.Finished(run_id=request.run_id, time=0.0, stopped=True)
        except Exception as error:  # noqa: BLE001 - as above
            self._session.forget_last()
            last_word = failure(request.run_id, error, run.log if run else (), self._ceiling)
        self._channel.send(last_word)

    def _teller(self, request_id: str, given_up: Callable[[], bool]) -> Callable[[str, int, int], None]:
        """Sends progress, not too often; raises GivenUpError when nobody wants it any more."""
        said: tuple[float, object] = (0.0, None)

        def tell(text: str, done: int, total: int) -> None:
            nonlocal said
            if given_up():
                raise GivenUpError
            now, what = time.perf_counter(), (text, done)
            pause_s = _TELL_AGAIN_S if what == said[1] else _TELL_EVERY_S
            if now - said[0] >= pause_s:
                said = (now, what)
                self._channel.send(e.Progress(request_id=request_id, text=text, done=done, total=total))

        return tell
