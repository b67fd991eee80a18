"""Coroutines that wait for runs, on qasync's event loop."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from engine.experiment.conditions import Conditions
from engine.messages import events as e
from gui.session import sequences
from gui.session.worker_pool import WorkerPool
from tests.fakes.commands import CELL, behaving, fake_worker
from tests.gui.conftest import Start

_BASE = Path()
Result = TypeVar("Result")
Wait = Callable[[Coroutine[Any, Any, Result]], Result]


@pytest.fixture
def wait(qapp: QApplication) -> Iterator[Wait[Any]]:
    """Run a coroutine to its end on Qt's event loop."""
    with asyncio.Runner(loop_factory=lambda: QEventLoop(qapp)) as runner:
        yield lambda coroutine: runner.run(asyncio.wait_for(coroutine, 30))


def test_that_one_run_follows_the_other_in_one_process(start: Start, wait: Wait[Any]) -> None:
    client, witness = start()

    async def sequence() -> list[int]:
        await sequences.load(client, Path("circuit.json"))
        await sequences.prepare(client, [CELL], Conditions())
        first = await sequences.run(client, behaving(), _BASE)
        many = await sequences.run_in_turn(client, [behaving(traces=2), behaving(traces=3)], _BASE)
        return [each.samples.shape[1] for each in (first, *many)]

    assert wait(sequence()) == [1, 2, 3]
    assert witness.kinds().count("hello") == 1


def test_that_a_description_comes_with_its_points(start: Start, wait: Wait[Any]) -> None:
    client, _ = start()
    description, points = wait(sequences.describe(client, CELL, Conditions()))
    assert description.cell == CELL
    np.testing.assert_array_equal(points, np.arange(12.0).reshape(3, 4))


@pytest.mark.parametrize(
    ("title", "reason", "said"),
    [("fails", "error", "not finite"), ("dies SIGKILL", "died", "SIGKILL")],
)
def test_that_a_failure_is_an_exception(
    start: Start, wait: Wait[Any], title: str, reason: str, said: str
) -> None:
    client, witness = start()
    with pytest.raises(sequences.RefusedError, match=said) as failed:
        wait(sequences.run_in_turn(client, [behaving(title), behaving()], _BASE))
    assert failed.value.reason == reason
    assert len(witness.last_words) == 1, "the sequence ends with it"


def test_that_a_refusal_is_an_exception(start: Start, wait: Wait[Any]) -> None:
    client, _ = start()
    with pytest.raises(sequences.RefusedError, match="no such circuit"):
        wait(sequences.load(client, Path("bad.json")))


def test_that_cancelling_a_task_stops_the_run(start: Start, wait: Wait[Any]) -> None:
    client, witness = start()

    async def cancelled() -> None:
        task = asyncio.ensure_future(sequences.run(client, behaving("endless"), _BASE))
        await _first(client.chunk)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not client.busy

    wait(cancelled())
    (last,) = [event for event in witness.events if isinstance(event, e.LastWord)]
    assert isinstance(last, e.Finished) and last.stopped


def test_that_a_run_waits_for_the_one_under_way(start: Start, wait: Wait[Any]) -> None:
    client, witness = start()

    async def both() -> None:
        await asyncio.gather(
            sequences.run(client, behaving(), _BASE), sequences.run(client, behaving(), _BASE)
        )

    wait(both())
    assert list(witness.last_words.values()) == [1, 1]


def test_that_a_family_can_be_waited_for_and_cancelled(wait: Wait[Any]) -> None:
    pool = WorkerPool(lambda _limit: fake_worker(), cores=2)

    async def families() -> list[bool]:
        sweeps = await sequences.all_sweeps(pool.family(Path("c.json"), [behaving()] * 3, _BASE))
        family = pool.family(Path("c.json"), [behaving("endless")] * 3, _BASE)
        task = asyncio.ensure_future(sequences.all_sweeps(family))
        await _first(family.chunk)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert family.clients == ()
        return [sweep.complete for sweep in sweeps]

    assert wait(families()) == [True] * 3
    pool.shutdown()


def _first(signal: Any) -> Awaitable[None]:
    """Wait for a signal once."""
    fired: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def fire(*_: object) -> None:
        signal.disconnect(fire)
        fired.set_result(None)

    signal.connect(fire)
    return fired
