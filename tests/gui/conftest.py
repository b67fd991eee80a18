"""Clients of fake workers, and a record of what they said."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from engine.launch import WorkerCommand
from engine.messages import events as e
from engine.messages.arrays import Collected, Numbers, numbers_of
from gui.session.worker_client import WorkerClient
from gui.session.worker_process import Limits, WorkerProcess
from tests.fakes.commands import fake_worker

_FOR_EVER_MS = 3_600_000


class Witness(QObject):
    """Remembers everything that one client says."""

    def __init__(self, client: WorkerClient) -> None:
        super().__init__()
        self.events: list[e.AnyEvent] = []
        self.lines: list[str] = []
        self.runs: dict[str, Collected] = {}
        for signal in (client.described, client.chunk, client.spikes, client.frames):
            signal.connect(self._on_said)
        for signal in (
            *(client.ready, client.progressed, client.loaded, client.prepared, client.applied),
            *(client.snapshot_taken, client.refused, client.started, client.paused, client.resumed),
            *(client.finished, client.failed),
        ):
            signal.connect(self._on_word)
        client.printed.connect(self._on_printed)

    def kinds(self) -> list[str]:
        """What was said, without repetitions in a row."""
        kinds = [event.kind for event in self.events]
        return [kind for k, kind in enumerate(kinds) if k == 0 or kinds[k - 1] != kind]

    @property
    def last_words(self) -> Counter[str]:
        """By run: how many there were."""
        return Counter(event.run_id for event in self.events if isinstance(event, e.LastWord))

    @property
    def answers(self) -> Counter[str]:
        """By request: how many there were."""
        return Counter(event.request_id for event in self.events if isinstance(event, e.Answer))

    def _on_word(self, event: e.AnyEvent) -> None:
        self._on_said(event, numbers_of(event, b""))

    def _on_said(self, event: e.AnyEvent, numbers: Numbers) -> None:
        self.events.append(event)
        if isinstance(event, e.OfRun):
            self.runs.setdefault(event.run_id, Collected()).take(event, numbers)

    def _on_printed(self, lines: tuple[str, ...]) -> None:
        self.lines += lines


@pytest.fixture(autouse=True)
def _garbage_is_collected_in_this_thread() -> Iterator[None]:
    """A collection that begins in a thread of the background would destroy what belongs to Qt's there.

    What outlives a test is not looked at after the next ones: each look at all of it takes 0.1 s and more.
    """
    gc.disable()
    yield
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _spares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who tests a panel is done before a spare worker, which takes half a second to start, is of use."""
    monkeypatch.setattr("gui.session.worker_pool._REFILL_AFTER_MS", _FOR_EVER_MS)


Start = Callable[..., tuple[WorkerClient, Witness]]


@pytest.fixture
def start(qtbot: QtBot) -> Iterator[Start]:
    """Make clients of workers that begin as a scenario says; leave no process behind."""
    made: list[tuple[WorkerClient, Witness]] = []

    def start(
        scenario: str | WorkerCommand = "", *, patience_ms: int = 60_000, stop_deadline_ms: int = 2000
    ) -> tuple[WorkerClient, Witness]:
        command = fake_worker(scenario) if isinstance(scenario, str) else scenario

        def supply() -> WorkerProcess:
            limits = Limits(patience_ms, stop_deadline_ms)
            process = WorkerProcess(command, limits=limits)
            process.start()
            return process

        client = WorkerClient(supply)
        made.append((client, Witness(client)))
        return made[-1]

    yield start
    for client, witness in made:
        client.shutdown()
        assert client.hello is None
        assert all(count == 1 for count in (witness.last_words + witness.answers).values())
