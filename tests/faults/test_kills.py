"""Two hundred workers, killed at moments that nobody chose."""

import asyncio
import contextlib
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from engine.client.client import Client
from engine.messages import events as e
from engine.messages.arrays import Numbers
from gui.session.worker_pool import WorkerPool
from tests.faults.benches import WAIT_S, HeadlessBench, WindowBench, listen, process_id, turn_until
from tests.faults.circuit import CONDITIONS, DT_MS, SLOW_CELLS, experiment
from tests.faults.noting_worker import noting_command, written_samples
from tests.faults.processes import Mourners
from tests.faults.record import Record, check_beginning
from tests.faults.victim import Victim

_ROUNDS: Final = 4
_KILLS_OF_A_ROUND: Final = {
    "starting": 7,
    "compiling": 5,
    "building": 9,
    "running": 12,
    "paused": 9,
    "idle": 8,
}
assert _ROUNDS * sum(_KILLS_OF_A_ROUND.values()) == 200
_SHORT_MS: Final = 5.0
_ENDLESS_MS: Final = 1e6
_SAMPLES_OF_A_SMALL_CHUNK: Final = 64  # several of which go into a pipe of a single page


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where compilers that are killed may leave theirs."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("seed", range(_ROUNDS))
def test_that_200_killed_workers_cost_no_sample_and_no_last_word(
    qapp: QApplication, faulty: Path, reference: Numbers, room: Path, seed: int
) -> None:
    """Two pools at once, each with a worker and a spare: what dies in one costs the other no time."""
    phases = [phase for phase, count in _KILLS_OF_A_ROUND.items() for _ in range(count)]
    random.Random(seed).shuffle(phases)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(qapp)) as runner:
        victims = runner.run(_suffer(phases, faulty, reference, room, seed))
    assert sum((victim.killed for victim in victims), Counter()) == _KILLS_OF_A_ROUND
    assert _check_samples(victims, faulty) > 1000, "some of them ran for a while"


async def _suffer(
    phases: list[str], faulty: Path, reference: Numbers, folder: Path, seed: int
) -> list[Victim]:
    short, until = experiment(tstop=_SHORT_MS), round(_SHORT_MS / DT_MS) + 1
    victims = []
    for number in range(2):
        own = folder / f"victim_{number}"
        own.mkdir()
        victims.append(Victim(faulty, own, 2 * seed + number, short, reference[:until]))
    waiting = iter(phases)

    async def suffer_in_turn(victim: Victim) -> None:
        for phase in waiting:
            await victim.suffer(phase)

    try:
        await asyncio.gather(*map(suffer_in_turn, victims))
    finally:
        for victim in victims:
            victim.pool.shutdown()
    return victims


def _check_samples(victims: list[Victim], faulty: Path) -> int:
    """All that was written arrived, and is what it should be; how many samples the longest run had."""
    counts = []
    for victim in victims:
        victim.check()
        written = written_samples(victim.notes)
        for run_id in victim.disturbed:
            counts.append(len(victim.record.runs[run_id].samples))
            assert counts[-1] >= written.get(run_id, 0)
    with Client() as client:
        client.answer(client.load(faulty))
        undisturbed = client.run(experiment(tstop=max(counts) * DT_MS), faulty.parent)
        samples = client.collect(undisturbed).samples
    for victim in victims:
        for run_id in victim.disturbed:
            check_beginning(victim.record.runs[run_id].samples, samples)
    return max(counts)


@pytest.mark.usefixtures("qapp")
def test_that_a_circuit_is_open_although_its_first_worker_was_killed(
    faulty: Path, reference: Numbers
) -> None:
    pool, record = WorkerPool(), Record()
    client = pool.client(faulty)
    listen(client, record)
    turn_until(lambda: process_id(client) != 0, WAIT_S)
    os.kill(process_id(client), signal.SIGKILL)
    turn_until(lambda: len(record.answers) == 1, WAIT_S)
    (answer,) = record.answers.values()
    assert isinstance(answer, e.Refused) and answer.reason == "died"
    run_id = client.run(experiment(tstop=100.0), faulty.parent)
    turn_until(lambda: run_id in record.last_words, WAIT_S)
    pool.shutdown()
    np.testing.assert_array_equal(record.runs[run_id].samples, reference)
    record.check([run_id], list(record.answers))


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("make", [HeadlessBench, WindowBench])
def test_that_what_a_dead_worker_left_in_the_pipe_is_not_lost(
    faulty: Path, reference: Numbers, tmp_path: Path, make: type[HeadlessBench | WindowBench]
) -> None:
    """Chunks are small here: those of a fast machine may not go whole into a pipe that nobody reads."""
    notes = tmp_path / "notes.txt"
    with make(faulty, noting_command(notes, _SAMPLES_OF_A_SMALL_CHUNK)) as bench:
        run_id = bench.run(experiment(tstop=_ENDLESS_MS))
        bench.first_chunk(run_id)
        before = len(bench.record.runs[run_id].samples)
        while written_samples(notes).get(run_id, 0) < before + 2 * _SAMPLES_OF_A_SMALL_CHUNK:
            assert Mourners([bench.process_id]).wait(0.02), "it lives"
        os.kill(bench.process_id, signal.SIGKILL)
        assert Mourners([bench.process_id]).wait(WAIT_S) == []
        bench.last_word(run_id)
        samples = bench.record.runs[run_id].samples
        assert len(samples) >= written_samples(notes)[run_id]
        check_beginning(samples[: len(reference)], reference)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("when", ["starting", "ready"])
def test_that_nobody_misses_a_spare_that_was_killed(faulty: Path, reference: Numbers, when: str) -> None:
    with WindowBench(faulty) as bench:
        bench.pool._drop_spare()
        bench.pool.start()
        spare = bench.pool._spare
        assert spare is not None
        bench.until(lambda: bench.pool.is_ready or (when == "starting" and spare._process.processId() != 0))
        os.kill(spare._process.processId(), signal.SIGKILL)
        bench.until(lambda: bench.pool._spare is not spare)
        os.kill(bench.process_id, signal.SIGKILL)
        bench.last_word(bench.run(experiment()))
        samples = bench.run_to_end(experiment(tstop=100.0)).samples
        bench.until(lambda: bench.pool.is_ready)
    np.testing.assert_array_equal(samples, reference)


def _kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it was idle, and is dead already
        os.kill(process, signal.SIGKILL)


def _running(bench: HeadlessBench) -> str:
    run_id = bench.run(experiment(tstop=_ENDLESS_MS))
    bench.first_chunk(run_id)
    return run_id


def _paused(bench: HeadlessBench) -> str:
    run_id = bench.run(experiment(tstop=_ENDLESS_MS), paused=True)
    bench.until(lambda: run_id in bench.record.paused)
    return run_id


def _building(bench: HeadlessBench) -> str:
    bench.note(bench.asking.prepare(SLOW_CELLS, CONDITIONS))
    return bench.run(experiment(tstop=_ENDLESS_MS))


def _idle(bench: HeadlessBench) -> str:
    _kill(bench.process_id)
    return bench.run(experiment(tstop=_ENDLESS_MS))


@pytest.mark.parametrize("doing", [_running, _paused, _building, _idle])
def test_that_a_client_without_qt_survives_kills_too(
    faulty: Path, reference: Numbers, doing: Callable[[HeadlessBench], str]
) -> None:
    chance = random.Random(doing.__name__)
    with HeadlessBench(faulty) as bench:
        for _ in range(3):
            run_id = doing(bench)
            killing = threading.Timer(chance.uniform(0, 0.1), _kill, (bench.process_id,))
            killing.start()
            word = bench.last_word(run_id)
            killing.join()
            assert isinstance(word, e.Failed) and "SIGKILL" in word.what
            samples = bench.record.runs[run_id].samples
            check_beginning(samples[: len(reference)], reference)
            np.testing.assert_array_equal(bench.run_to_end(experiment(tstop=100.0)).samples, reference)
