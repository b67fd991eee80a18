"""One way to talk with real workers through either client, with and without Qt."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from PySide6.QtCore import QEventLoop, QTimer
from typing_extensions import override

from engine.client.client import Client
from engine.experiment.experiment import Experiment
from engine.launch import worker_command
from engine.messages import events as e
from engine.messages.arrays import Collected, numbers_of
from engine.messages.asking import Asking
from gui.session.patience import _TICKS
from gui.session.worker_client import WorkerClient
from gui.session.worker_pool import MakeCommand, WorkerPool
from tests.faults.record import Record

WAIT_S: Final = 30.0
_LOOK_EVERY_MS: Final = 5


class Bench(ABC):
    """A client of a circuit, all that it was asked for, and all that it was told."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self.record = Record()
        self.asked_runs: list[str] = []
        self.asked: list[str] = []

    @property
    @abstractmethod
    def asking(self) -> Asking:
        """Who is asked; a new one with the circuit open, where the last one died."""

    @property
    @abstractmethod
    def process_id(self) -> int:
        """The worker of the moment."""

    @abstractmethod
    def until(self, condition: Callable[[], bool], within_s: float = WAIT_S) -> None:
        """Listen until it holds."""

    @abstractmethod
    def limit(self, *, patience_s: float = 60.0, stop_deadline_s: float = 2.0) -> None:
        """Wait for the worker of the moment, which has started, no longer than this."""

    @abstractmethod
    def close(self) -> None:
        """Leave no process behind, and listen to the end."""

    def run(self, experiment: Experiment, *, paused: bool = False) -> str:
        """Ask for a run."""
        self.asked_runs.append(self.asking.run(experiment, self.config.parent, paused=paused))
        return self.asked_runs[-1]

    def note(self, request_id: str) -> str:
        """Another request that was made."""
        self.asked.append(request_id)
        return request_id

    def load(self, config: Path) -> e.Answer:
        """Open a circuit; the answer."""
        request_id = self.note(self.asking.load(config))
        self.until(lambda: request_id in self.record.answers)
        return self.record.answers[request_id]

    def first_chunk(self, run_id: str) -> None:
        """Wait for the first samples."""
        self.until(lambda: self.record.count(e.Chunk, run_id) > 0)

    def last_word(self, run_id: str) -> e.LastWord:
        """Wait for it."""
        self.until(lambda: run_id in self.record.last_words)
        return self.record.last_words[run_id]

    def run_to_end(self, experiment: Experiment) -> Collected:
        """Run what must succeed."""
        run_id = self.run(experiment)
        word = self.last_word(run_id)
        assert isinstance(word, e.Finished), word
        return self.record.runs[run_id]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()  # after a failure, too: a process that is left would make another test fail
        if kind is None:
            self.check()

    def check(self) -> None:
        """When nothing is under way: everything was answered once."""
        self.record.check(self.asked_runs, self.asked)


class HeadlessBench(Bench):
    """The client without Qt. The next worker starts while the first is at work."""

    def __init__(self, config: Path, command: MakeCommand = worker_command) -> None:
        super().__init__(config)
        self._command = command
        self._client, self._next = self._new_client(), self._new_client()
        self.load(config)

    @property
    @override
    def asking(self) -> Asking:
        if not self._client.alive:
            self._client, self._next = self._next, self._new_client()
            self.load(self.config)
        return self._client

    @property
    @override
    def process_id(self) -> int:
        return self._client.process_id

    @override
    def until(self, condition: Callable[[], bool], within_s: float = WAIT_S) -> None:
        until = time.monotonic() + within_s
        while not condition():
            left_s = until - time.monotonic()
            assert left_s > 0, f"nothing more came; the worker printed {self.record.lines[-5:]}"
            self._listen(min(left_s, 0.1))

    @override
    def limit(self, *, patience_s: float = 60.0, stop_deadline_s: float = 2.0) -> None:
        client = self._client
        client._silence._limit_s, client._deafness._limit_s = patience_s, stop_deadline_s
        client._silence.start()

    @override
    def close(self) -> None:
        self._next.close()
        self._client.close()
        while self._listen(0):
            pass

    def _new_client(self) -> Client:
        return Client(self._command(None), printed=self.record.lines.append)

    def _listen(self, timeout_s: float) -> bool:
        heard = self._client.receive(timeout_s)
        if heard is not None:
            self.record.take(*heard)
        return heard is not None


class WindowBench(Bench):
    """Qt's client, whose workers come from a pool."""

    def __init__(self, config: Path, command: MakeCommand = worker_command) -> None:
        super().__init__(config)
        self.pool = WorkerPool(command)
        self.client = self.pool.client(config)
        self.pool.start()
        listen(self.client, self.record)
        self.until(lambda: self.client.circuit is not None)
        self.asked += self.record.answers  # the pool asked for it

    @property
    @override
    def asking(self) -> Asking:
        return self.client

    @property
    @override
    def process_id(self) -> int:
        return process_id(self.client)

    @override
    def until(self, condition: Callable[[], bool], within_s: float = WAIT_S) -> None:
        turn_until(condition, within_s)

    @override
    def limit(self, *, patience_s: float = 60.0, stop_deadline_s: float = 2.0) -> None:
        process = self.client._process
        assert process is not None
        for patience, seconds in ((process._silence, patience_s), (process._deafness, stop_deadline_s)):
            patience._timer.setInterval(round(seconds * 1000) // _TICKS)

    @override
    def close(self) -> None:
        self.pool.shutdown()


def turn_until(condition: Callable[[], bool], within_s: float) -> None:
    """Let Qt's event loop turn until it holds."""
    until = time.monotonic() + within_s
    loop, clock = QEventLoop(), QTimer()

    def look() -> None:
        if condition() or time.monotonic() > until:
            loop.quit()

    clock.timeout.connect(look)
    clock.start(_LOOK_EVERY_MS)
    loop.exec()
    assert condition(), "nothing more came"


def listen(client: WorkerClient, record: Record) -> None:
    """Record all that a client says."""

    def hear(event: e.AnyEvent) -> None:
        record.take(event, numbers_of(event, b""))

    for signal in (
        *(client.ready, client.progressed, client.loaded, client.prepared, client.applied),
        *(client.snapshot_taken, client.refused, client.started, client.paused, client.resumed),
        *(client.finished, client.failed),
    ):
        signal.connect(hear)
    for signal in (client.described, client.chunk, client.spikes):
        signal.connect(record.take)
    client.printed.connect(record.lines.extend)


def process_id(client: WorkerClient) -> int:
    """The number of a client's process, from the moment it is started; 0: there is none."""
    process = client._process
    return 0 if process is None else int(process._process.processId())
