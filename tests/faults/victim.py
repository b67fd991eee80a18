"""A client of a pool whose workers are killed, again and again, whatever they are doing."""

import asyncio
import functools
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from typing_extensions import override

from engine.experiment.experiment import Experiment, ListedCells
from engine.messages import events as e
from engine.messages.arrays import Numbers
from gui.session.worker_pool import WorkerPool
from tests.faults.benches import WAIT_S, listen, process_id
from tests.faults.circuit import CONDITIONS, SLOW_CELLS, experiment, mod_file
from tests.faults.conftest import trusted_circuit
from tests.faults.noting_worker import noting_command
from tests.faults.record import Record

_ENDLESS_MS: Final = 1e6
_START_S: Final = 0.4  # of a worker, at least


class AwaitedRecord(Record):
    """Coroutines can wait for what it will hold."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Event()

    @override
    def take(self, event: e.AnyEvent, numbers: Numbers) -> None:
        super().take(event, numbers)
        self.tell()

    def tell(self, *_: object) -> None:
        """Something happened."""
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for it."""
        async with asyncio.timeout(WAIT_S):
            while not condition():
                self._news.clear()
                await self._news.wait()


class Victim:
    """Suffers one kill after the other. `killed`: how many, by what the worker was doing.

    After each, the run that was asked for, if any, has its last word, and the next run answers.
    """

    def __init__(self, config: Path, folder: Path, seed: int, short: Experiment, reference: Numbers) -> None:
        self.record = AwaitedRecord()
        self.killed: Counter[str] = Counter()
        self.runs: list[str] = []
        self.requests: list[str] = []
        self.disturbed: list[str] = []  # runs that were killed
        self.notes = folder / "notes.txt"
        self._folder = folder
        self._base = config.parent
        self._chance = random.Random(seed)
        self._short, self._reference = short, reference
        self._deaths = 0
        self.pool = WorkerPool(noting_command(self.notes))
        self._client = self.pool.client(config)
        listen(self._client, self.record)
        self._client.died.connect(self._on_died)

    def check(self) -> None:
        """In the end: everything was answered once. The pool asked for the first load."""
        (first,) = self.record.answers.keys() - set(self.requests)
        self.record.check(self.runs, [first, *self.requests])

    async def suffer(self, phase: str) -> None:
        """One kill, and what must hold after it."""
        if phase != "starting":
            self.pool.start()
        await getattr(self, f"_{phase}")()
        self.killed[phase] += 1
        run_id = self._run(self._short)
        await self._over(run_id)
        assert isinstance(self.record.last_words[run_id], e.Finished), self.record.last_words[run_id]
        np.testing.assert_array_equal(self.record.runs[run_id].samples, self._reference)

    async def _starting(self) -> None:
        self.pool._drop_spare()
        if self._chance.random() < 0.5:
            await self._spare_starting()
            return
        self._client.kill("Killed to make room.")
        await self._gone()
        run_id = self._run(experiment(tstop=_ENDLESS_MS))
        assert self._client.hello is None
        self._kill_within(_START_S)
        await self._over(run_id)

    async def _spare_starting(self) -> None:
        self.pool.start()
        spare = self.pool._spare
        assert spare is not None
        spare.ended.connect(self.record.tell)
        kill = functools.partial(os.kill, spare._process.processId(), signal.SIGKILL)
        asyncio.get_running_loop().call_later(self._chance.uniform(0, _START_S), kill)
        await self.record.until(lambda: not spare.alive)

    async def _compiling(self) -> None:
        number = self.killed["compiling"]
        mod = mod_file() + f"\n: {self._chance.random()}\n"  # no other is like it
        config = trusted_circuit(self._folder / f"compiling_{number}", mod_file=mod)
        request_id = self._client.load(config)
        self.requests.append(request_id)
        run_id = self._run(experiment(tstop=_ENDLESS_MS))
        await self.record.until(lambda: request_id in self.record.progress)
        self._kill_within(0.5)
        await self._over(run_id)
        self._check_died(request_id)

    async def _building(self) -> None:
        cells = ListedCells(cells=SLOW_CELLS)
        if self._chance.random() < 0.5:
            request_id = self._client.prepare(SLOW_CELLS, CONDITIONS)
            self.requests.append(request_id)
            self._kill_within(0.4)
            await self.record.until(lambda: request_id in self.record.answers)
            self._check_died(request_id)
        else:
            run_id = self._run(experiment(tstop=_ENDLESS_MS, cells=cells))
            self._kill_within(0.4)
            await self._over(run_id)

    async def _running(self) -> None:
        run_id = self._run(experiment(tstop=_ENDLESS_MS))
        await self.record.until(lambda: self.record.count(e.Started, run_id) > 0)
        self._kill_within(0.2)
        await self._over(run_id)

    async def _paused(self) -> None:
        run_id = self._run(experiment(tstop=_ENDLESS_MS), paused=True)
        self._client.step(self._chance.uniform(0.1, 50.0))
        await self.record.until(lambda: len(self.record.paused.get(run_id, ())) == 2)
        self._kill_within(0.02)
        await self._over(run_id)
        reached = self.record.paused[run_id][-1] / CONDITIONS.dt
        assert len(self.record.runs[run_id].samples) == round(reached) + 1

    async def _idle(self) -> None:
        deaths = self._deaths
        self._kill()
        if self._chance.random() < 0.5:  # before anyone has noticed
            await self._over(self._run(experiment(tstop=_ENDLESS_MS)))
        await self.record.until(lambda: self._deaths > deaths)

    def _kill_within(self, seconds: float) -> None:
        """Some time soon."""
        asyncio.get_running_loop().call_later(self._chance.uniform(0, seconds), self._kill)

    def _kill(self) -> None:
        os.kill(process_id(self._client), signal.SIGKILL)

    def _run(self, wanted: Experiment, *, paused: bool = False) -> str:
        self.runs.append(self._client.run(wanted, self._base, paused=paused))
        if wanted is not self._short:
            self.disturbed.append(self.runs[-1])
        return self.runs[-1]

    async def _over(self, run_id: str) -> None:
        await self.record.until(lambda: run_id in self.record.last_words)
        if run_id in self.disturbed:
            word = self.record.last_words[run_id]
            assert isinstance(word, e.Failed) and word.reason == "died" and "SIGKILL" in word.what, word

    async def _gone(self) -> None:
        deaths = self._deaths
        await self.record.until(lambda: self._deaths > deaths)

    def _check_died(self, request_id: str) -> None:
        answer = self.record.answers[request_id]
        assert isinstance(answer, e.Refused) and answer.reason == "died", answer

    def _on_died(self, _death: object) -> None:
        self._deaths += 1
        self.record.tell()
