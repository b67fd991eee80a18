"""Several workers that share the sweeps of a protocol: each sweep goes to whoever is free."""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.client.client import Client
from engine.experiment.conditions import Conditions
from engine.experiment.targets import CellReference
from engine.messages import events as e
from engine.messages.outcomes import STOPPED, outcome_of
from engine.messages.trees import tree_of
from engine.output.sweep_store import SweepStore
from engine.protocols.sweeps import Outcome, Play, Result, Sweep
from engine.protocols.tree import Tree

Runner = Callable[[Sequence[Sweep]], tuple[Outcome, ...]]


def conducted(play: Play, run: Runner) -> Result:
    """Give a protocol what it asks for, until it knows. EngineError where there is no result."""
    try:
        batch = next(play)
        while True:
            batch = play.send(run(batch))
    except StopIteration as end:
        result: Result = end.value
        return result


class Crew:
    """Owns so many workers of one circuit. A sweep whose worker died is run once more, on a new one.

    `told` hears of each sweep that is done, in the thread that ran it; a `store` keeps what many sweeps
    recorded out of the memory. EngineError from the constructor if the circuit cannot be loaded.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a crew is made of
        self,
        circuit: Path,
        base: Path,
        jobs: int = 1,
        mechanisms: Path | None = None,
        told: Callable[[Outcome], object] = lambda _outcome: None,
        store: SweepStore | None = None,
    ) -> None:
        self._store = store
        self._circuit, self._base, self._mechanisms, self._told = circuit, base, mechanisms, told
        self._free: queue.SimpleQueue[Client | None] = queue.SimpleQueue()
        self._clients: set[Client] = set()
        self._hiring = threading.Lock()
        self._stopping = False
        self._threads = ThreadPoolExecutor(jobs)
        for _ in range(jobs):
            self._free.put(None)  # a worker that is started when it is needed
        self._free.get()
        self._free.put(self._hired())

    def run(self, sweeps: Sequence[Sweep]) -> tuple[Outcome, ...]:
        """All of them, in their order. Sweeps that fail say so in their outcome."""
        return tuple(self._threads.map(self._run, sweeps))

    def tree(self, cell: CellReference, conditions: Conditions) -> Tree:
        """The sections of a cell. RefusedError if it cannot be built."""
        client = self._free.get()
        try:
            client = self._living(client)
            event, _ = client.answer(client.describe(cell, conditions))
        finally:
            self._free.put(client)
        assert isinstance(event, e.Description)
        return tree_of(event)

    def stop(self) -> None:
        """End what runs, and begin nothing more."""
        self._stopping = True
        for client in tuple(self._clients):
            if client.busy:
                client.stop()

    def close(self) -> None:
        """Leave no process behind."""
        self._threads.shutdown()
        for client in tuple(self._clients):
            client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _hired(self) -> Client:
        client = Client()
        with self._hiring:
            self._clients.add(client)
        client.answer(client.load(self._circuit, self._mechanisms))
        return client

    def _run(self, sweep: Sweep) -> Outcome:
        client = self._free.get()
        try:
            client = self._living(client)
            outcome, has_died = self._tried(client, sweep)
            if has_died:
                client = self._living(client)
                outcome, _ = self._tried(client, sweep)
        finally:
            self._free.put(client)
        if self._store is not None:
            outcome = self._store.kept(outcome)
        self._told(outcome)
        return outcome

    def _living(self, client: Client | None) -> Client:
        if client is not None and client.alive:
            return client
        if client is not None:
            self._clients.discard(client)
        return self._hired()

    def _tried(self, client: Client, sweep: Sweep) -> tuple[Outcome, bool]:
        """What came of a sweep, and whether the worker died of it."""
        if self._is_stopping():
            return Outcome.nothing(sweep, STOPPED), False
        run_id = client.run(sweep.experiment, self._base)
        if self._is_stopping():  # between our look and the beginning
            client.stop()
        data = client.gather(run_id)
        word = data.last_word
        has_died = isinstance(word, e.Failed) and word.reason == "died"
        return outcome_of(sweep, data), has_died and not self._is_stopping()

    def _is_stopping(self) -> bool:
        return self._stopping
