"""The window's clients with NEURON at the other end: the same numbers, whatever road they come."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from engine.client.client import Client
from engine.experiment import store
from engine.experiment.base import changed
from engine.experiment.edits import with_stimulus
from engine.experiment.experiment import Experiment
from engine.experiment.stimuli import Step
from engine.messages import events as e
from engine.messages.arrays import Numbers
from engine.resources import example_file
from gui.session import sequences
from gui.session.worker_pool import WorkerPool
from tests.gui.conftest import Witness

_LONG = 60_000
_FILE = example_file("squid-axon")
_BASE = _FILE.parent
_EXPERIMENT = store.load(_FILE)
_CIRCUIT = _BASE / _EXPERIMENT.circuit.path


@pytest.fixture
def pool(qtbot: QtBot) -> Iterator[WorkerPool]:
    pool = WorkerPool(cores=2)
    yield pool
    pool.shutdown()


@pytest.fixture(scope="module")
def serially() -> list[Numbers]:
    """The samples of `_amplitudes()`, one run after the other, without Qt."""
    with Client() as client:
        client.answer(client.load(Path(_CIRCUIT)))
        return [client.collect(client.run(each, _BASE)).samples for each in _amplitudes()]


def _amplitudes() -> list[Experiment]:
    (step,) = _EXPERIMENT.stimuli
    assert isinstance(step, Step)
    return [
        with_stimulus(_EXPERIMENT, changed(step, amplitude=step.amplitude * factor))
        for factor in (0.0, 0.5, 1.0, 2.0)
    ]


def _endless(experiment: Experiment) -> Experiment:
    return changed(experiment, conditions=changed(experiment.conditions, tstop=1e7))


def test_that_a_killed_run_keeps_its_samples_and_the_next_is_the_same(
    qtbot: QtBot, pool: WorkerPool, serially: list[Numbers]
) -> None:
    experiment = _amplitudes()[2]
    pool.start()
    client = pool.client(_CIRCUIT)
    witness = Witness(client)
    with qtbot.waitSignal(client.chunk, timeout=_LONG):
        run_id = client.run(_endless(experiment), _BASE)
    qtbot.waitUntil(lambda: len(witness.runs[run_id].samples) > 2000, timeout=_LONG)
    with qtbot.waitSignal(client.failed, timeout=_LONG) as failed:
        assert client.hello is not None
        os.kill(client.hello.process_id, signal.SIGKILL)
    assert failed.args[0].reason == "died" and "SIGKILL" in failed.args[0].what
    np.testing.assert_array_equal(witness.runs[run_id].samples[:1600], serially[2][:1600])
    with qtbot.waitSignal(client.finished, timeout=_LONG):
        again = client.run(experiment, _BASE)
    np.testing.assert_array_equal(witness.runs[again].samples, serially[2])
    assert all(count == 1 for count in witness.last_words.values())


def test_that_a_family_over_two_workers_gives_the_numbers_of_one(
    qtbot: QtBot, pool: WorkerPool, serially: list[Numbers]
) -> None:
    family = pool.family(_CIRCUIT, _amplitudes(), _BASE)
    assert len(family.clients) == 2
    with qtbot.waitSignal(family.finished, timeout=_LONG) as finished:
        pass
    for sweep, expected in zip(finished.args[0], serially, strict=True):
        assert sweep.complete, sweep.data.last_word
        np.testing.assert_array_equal(sweep.data.samples, expected)


def test_that_cancelling_a_task_stops_neuron(qapp: QApplication, serially: list[Numbers]) -> None:
    pool = WorkerPool()

    async def stopped_and_again() -> Numbers:
        client = pool.client(_CIRCUIT)
        task = asyncio.ensure_future(sequences.run(client, _endless(_EXPERIMENT), _BASE))
        begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        client.chunk.connect(lambda *_: None if begun.done() else begun.set_result(None))
        await begun
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not client.busy
        data = await sequences.run(client, _amplitudes()[3], _BASE)
        assert isinstance(data.last_word, e.Finished)
        return data.samples

    with asyncio.Runner(loop_factory=lambda: QEventLoop(qapp)) as runner:
        samples = runner.run(asyncio.wait_for(stopped_and_again(), 60))
    pool.shutdown()
    np.testing.assert_array_equal(samples, serially[3])
