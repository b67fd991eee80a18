"""Runs to wait for in coroutines: "run these, then that". For qasync's event loop.

Streams stay signals; these are for what comes one after the other. Cancelling a task stops NEURON.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import SignalInstance

from engine.errors import SimulationError
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Experiment
from engine.experiment.targets import CellReference
from engine.messages import events as e
from engine.messages.arrays import NO_NUMBERS, Collected, Numbers
from engine.messages.live import AppliedSetting
from gui.session.family import Family, Sweep
from gui.session.worker_client import WorkerClient

Answered = TypeVar("Answered", e.Loaded, e.Prepared, e.Description)


class RefusedError(SimulationError):
    """A worker could not do what it was asked; `reason` as in Refused and Failed."""

    def __init__(self, event: e.Refused | e.Failed) -> None:
        super().__init__(event.what, where=event.where, hint=event.hint, printed=event.detail)
        self.reason = event.reason


async def load(client: WorkerClient, circuit: Path, mechanisms: Path | None = None) -> e.Loaded:
    """Open a circuit. RefusedError if it cannot be done."""
    answer, _ = await _answer(client, e.Loaded, client.loaded, lambda: client.load(circuit, mechanisms))
    return answer


async def prepare(client: WorkerClient, cells: Iterable[CellReference], conditions: Conditions) -> e.Prepared:
    """Build cells. RefusedError if it cannot be done."""
    answer, _ = await _answer(client, e.Prepared, client.prepared, lambda: client.prepare(cells, conditions))
    return answer


async def describe(
    client: WorkerClient, cell: CellReference, conditions: Conditions
) -> tuple[e.Description, Numbers]:
    """What a cell consists of, and its 3-D points. RefusedError if it cannot be built."""
    return await _answer(client, e.Description, client.described, lambda: client.describe(cell, conditions))


async def run(
    client: WorkerClient, experiment: Experiment, base: Path, *, settings: Sequence[AppliedSetting] = ()
) -> Collected:
    """Run to the end, after the run that is under way, if any; all that it said.

    RefusedError if it fails. Cancelled, it returns when the run has stopped.
    """
    await idle(client)
    data = Collected()
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    run_id = ""

    def take(event: e.OfRun, numbers: Numbers = NO_NUMBERS) -> None:
        if event.run_id == run_id:
            data.take(event, numbers)
            if isinstance(event, e.LastWord) and not ended.done():
                ended.set_result(None)

    words = (client.started, client.chunk, client.spikes, client.finished, client.failed)
    with _connected(*((signal, take) for signal in words)):
        run_id = client.run(experiment, base, settings=settings)
        await _or_stop(ended, client.stop)
    if isinstance(data.last_word, e.Failed):
        raise RefusedError(data.last_word)
    return data


async def run_in_turn(
    client: WorkerClient, experiments: Iterable[Experiment], base: Path
) -> tuple[Collected, ...]:
    """One after the other on one worker; the first that fails ends the sequence."""
    return tuple([await run(client, experiment, base) for experiment in experiments])


async def all_sweeps(family: Family) -> tuple[Sweep, ...]:
    """The sweeps of a family that was just made. Cancelled, it returns when all have stopped."""
    ended: asyncio.Future[tuple[Sweep, ...]] = asyncio.get_running_loop().create_future()
    with _connected((family.finished, ended.set_result)):
        return await _or_stop(ended, family.stop)


async def idle(client: WorkerClient) -> None:
    """Wait for the end of the run that is under way."""
    while client.busy:
        ended: asyncio.Future[object] = asyncio.get_running_loop().create_future()

        def settle(event: object, ended: "asyncio.Future[object]" = ended) -> None:
            if not ended.done():
                ended.set_result(event)

        with _connected((client.finished, settle), (client.failed, settle)):
            await ended


async def _answer(
    client: WorkerClient, kind: type[Answered], signal: SignalInstance, ask: Callable[[], str]
) -> tuple[Answered, Numbers]:
    answered: asyncio.Future[tuple[e.Answer, Numbers]] = asyncio.get_running_loop().create_future()
    request_id = ""

    def take(event: e.Answer, numbers: Numbers = NO_NUMBERS) -> None:
        if event.request_id == request_id and not answered.done():
            answered.set_result((event, numbers))

    with _connected((signal, take), (client.refused, take)):
        request_id = ask()
        event, numbers = await _or_stop(answered, lambda: client.cancel(request_id))
    if isinstance(event, e.Refused):
        raise RefusedError(event)
    assert isinstance(event, kind)
    return event, numbers


Result = TypeVar("Result")


async def _or_stop(ended: "asyncio.Future[Result]", stop: Callable[[], None]) -> Result:
    """The result; cancelled, ask for a stop and wait for it, so that nothing is left running behind."""
    try:
        return await asyncio.shield(ended)
    except asyncio.CancelledError:
        stop()
        await ended
        raise


@contextlib.contextmanager
def _connected(*connections: tuple[SignalInstance, Callable[..., None]]) -> Iterator[None]:
    for signal, slot in connections:
        signal.connect(slot)
    try:
        yield
    finally:
        for signal, slot in connections:
            signal.disconnect(slot)
