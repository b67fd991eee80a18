"""Workers for every circuit, a spare in reserve, and families of runs."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.experiment.conditions import Conditions
from engine.messages import events as e
from gui.session.family import Family, Sweep
from gui.session.worker_pool import WorkerPool
from tests.fakes.commands import CELL, behaving, fake_worker
from tests.gui.conftest import Witness

_BASE = Path()
_LONG = 20_000
_CIRCUIT = Path("circuit.json")
MakePool = Callable[..., WorkerPool]


@pytest.fixture
def _spares() -> None:
    """Here they come as in the program."""


@pytest.fixture
def make_pool(qtbot: QtBot, tmp_path: Path) -> Iterator[MakePool]:
    """Make pools of fake workers; each process leaves a file with its number in `tmp_path`."""
    pools: list[WorkerPool] = []

    def make(scenario: str = f"counts-{tmp_path}", cores: int = 2) -> WorkerPool:
        pools.append(WorkerPool(lambda _limit: fake_worker(scenario), cores=cores))
        return pools[-1]

    yield make
    for pool in pools:
        pool.shutdown()
    for path in tmp_path.iterdir():
        if path.name.isdigit():
            with pytest.raises(ProcessLookupError):
                os.kill(int(path.name), 0)


def _ready(qtbot: QtBot, pool: WorkerPool) -> None:
    pool.start()
    qtbot.waitUntil(lambda: pool.is_ready, timeout=_LONG)


def _ended(qtbot: QtBot, family: Family) -> tuple[Sweep, ...]:
    with qtbot.waitSignal(family.finished, timeout=_LONG) as finished:
        pass
    sweeps: tuple[Sweep, ...] = finished.args[0]
    return sweeps


def test_that_a_spare_stands_ready_and_is_taken(qtbot: QtBot, make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool()
    _ready(qtbot, pool)
    (spare,) = tmp_path.iterdir()
    client = pool.client(_CIRCUIT)
    assert client.hello is not None and client.hello.process_id == int(spare.name)
    with qtbot.waitSignal(client.loaded, timeout=_LONG):
        assert not pool.is_ready
    qtbot.waitUntil(lambda: pool.is_ready, timeout=_LONG)
    assert len(list(tmp_path.iterdir())) == 2


def test_that_a_client_that_took_a_spare_says_ready(qtbot: QtBot, make_pool: MakePool) -> None:
    pool = make_pool()
    _ready(qtbot, pool)
    client = pool.client(_CIRCUIT)
    with qtbot.waitSignals([client.ready, client.loaded], timeout=_LONG, order="strict"):
        pass


def test_that_circuits_have_clients_of_their_own(qtbot: QtBot, make_pool: MakePool) -> None:
    pool = make_pool()
    first, other = pool.client(_CIRCUIT), pool.client(Path("other.json"))
    assert first is pool.client(_CIRCUIT.absolute())
    assert first is not other
    assert other is not pool.client(Path("other.json"), Path("mods"))
    with qtbot.waitSignals([first.loaded, other.loaded], timeout=_LONG):
        pass


def test_that_the_spare_takes_the_place_of_the_dead(qtbot: QtBot, make_pool: MakePool) -> None:
    pool = make_pool()
    client = pool.client(_CIRCUIT)
    witness = Witness(client)
    with qtbot.waitSignals([client.loaded, client.prepared], timeout=_LONG):
        client.prepare([CELL], Conditions())
    qtbot.waitUntil(lambda: pool.is_ready, timeout=_LONG)
    spare = pool._spare
    assert spare is not None and spare.hello is not None and client.hello is not None
    os.kill(client.hello.process_id, signal.SIGKILL)
    qtbot.waitUntil(lambda: client.hello == spare.hello, timeout=_LONG)
    with qtbot.waitSignal(client.finished, timeout=_LONG):
        client.run(behaving(), _BASE)
    assert witness.lines.count("prepared 1") == 2
    assert witness.kinds().count("failed") == 0, "nothing was owed"


def test_that_a_spare_that_dies_is_replaced(qtbot: QtBot, make_pool: MakePool) -> None:
    pool = make_pool()
    _ready(qtbot, pool)
    assert pool._spare is not None and pool._spare.hello is not None
    with qtbot.waitSignals([pool.reserve_changed] * 2, timeout=_LONG):
        os.kill(pool._spare.hello.process_id, signal.SIGKILL)
    assert pool.is_ready


def test_that_a_spare_that_cannot_start_is_not_tried_for_ever(
    qtbot: QtBot, make_pool: MakePool, tmp_path: Path
) -> None:
    pool = make_pool("dies-3")
    with qtbot.waitSignal(pool.reserve_changed, timeout=_LONG):
        pool.start()
    assert not pool._refill.isActive()
    client = pool.client(_CIRCUIT)
    with qtbot.waitSignal(client.failed, timeout=_LONG) as failed:
        client.run(behaving(), _BASE)
    assert "cannot work here" in failed.args[0].what


def test_that_a_new_memory_limit_holds_for_new_workers(qtbot: QtBot) -> None:
    asked: list[int | None] = []

    def command(limit: int | None):
        asked.append(limit)
        return fake_worker()

    pool = WorkerPool(command, memory_limit_mib=4096)
    _ready(qtbot, pool)
    pool.memory_limit_mib = 2048
    assert asked == [4096, 2048]
    pool.shutdown()


def test_that_a_closed_circuit_ends_its_worker(qtbot: QtBot, make_pool: MakePool) -> None:
    pool = make_pool()
    client = pool.client(_CIRCUIT)
    with qtbot.waitSignal(client.loaded, timeout=_LONG):
        pass
    pool.release(_CIRCUIT)
    assert client.hello is None
    assert pool.client(_CIRCUIT) is not client


def test_that_a_family_runs_once_each_in_order_on_all_cores(
    qtbot: QtBot, make_pool: MakePool, tmp_path: Path
) -> None:
    pool = make_pool(cores=3)
    family = pool.family(_CIRCUIT, [behaving(traces=n) for n in range(1, 9)], _BASE)
    told: list[int] = []
    parts: list[float] = []
    family.swept.connect(lambda sweep: told.append(sweep.index))
    family.progressed.connect(parts.append)
    assert len(family.clients) == 3
    sweeps = _ended(qtbot, family)
    assert told == list(range(8)) == [sweep.index for sweep in sweeps]
    assert all(sweep.complete for sweep in sweeps)
    assert [sweep.data.samples.shape for sweep in sweeps] == [(400, n) for n in range(1, 9)]
    assert parts == sorted(parts) and parts[-1] == 1.0


def test_that_workers_of_a_family_stay_for_the_next(
    qtbot: QtBot, make_pool: MakePool, tmp_path: Path
) -> None:
    pool = make_pool()
    first = pool.family(_CIRCUIT, [behaving()] * 4, _BASE)
    clients = first.clients
    _ended(qtbot, first)
    second = pool.family(_CIRCUIT, [behaving()] * 4, _BASE)
    assert second.clients == clients
    _ended(qtbot, second)
    assert first.clients == second.clients == ()


def test_that_a_busy_client_is_left_alone(qtbot: QtBot, make_pool: MakePool) -> None:
    pool = make_pool(cores=1)
    client = pool.client(_CIRCUIT)
    with qtbot.waitSignal(client.chunk, timeout=_LONG):
        client.run(behaving("endless"), _BASE)
    family = pool.family(_CIRCUIT, [behaving()] * 2, _BASE)
    assert client not in family.clients
    assert all(sweep.complete for sweep in _ended(qtbot, family))
    assert client.busy
    with qtbot.waitSignal(client.finished, timeout=_LONG):
        client.stop()


def test_that_a_sweep_whose_worker_died_is_run_once_more(
    qtbot: QtBot, make_pool: MakePool, tmp_path: Path
) -> None:
    pool = make_pool("")
    experiments = [behaving(), behaving(f"dies-once {tmp_path / 'mark'}"), behaving()]
    family = pool.family(_CIRCUIT, experiments, _BASE)
    begun: list[int] = []
    family.began.connect(lambda index, _started: begun.append(index))
    sweeps = _ended(qtbot, family)
    assert sorted(begun) == [0, 1, 1, 2]
    assert all(sweep.complete for sweep in sweeps)
    np.testing.assert_array_equal(sweeps[1].data.samples[:, 0], np.arange(400.0))


def test_that_a_sweep_that_dies_twice_or_fails_does_not_end_the_family(
    qtbot: QtBot, make_pool: MakePool
) -> None:
    family = make_pool().family(
        _CIRCUIT, [behaving("dies SIGSEGV"), behaving("fails"), behaving(), behaving()], _BASE
    )
    sweeps = _ended(qtbot, family)
    words = [sweep.data.last_word for sweep in sweeps]
    assert [sweep.complete for sweep in sweeps] == [False, False, True, True]
    assert isinstance(words[0], e.Failed) and words[0].reason == "died"
    assert isinstance(words[1], e.Failed) and words[1].reason == "error"
    assert len(sweeps[0].data.samples) == 120, "what was streamed stays"


def test_that_one_stop_ends_all(qtbot: QtBot, make_pool: MakePool) -> None:
    pool = make_pool()
    family = pool.family(_CIRCUIT, [behaving("endless")] * 5, _BASE)
    with qtbot.waitSignal(family.chunk, timeout=_LONG):
        pass
    with qtbot.waitSignal(family.finished, timeout=_LONG) as finished:
        family.stop()
    (sweeps,) = finished.args
    assert len(sweeps) == 5 and not any(sweep.complete for sweep in sweeps)
    assert all(isinstance(sweep.data.last_word, e.Finished) for sweep in sweeps)
    assert [sweep.data.last_word.run_id for sweep in sweeps[2:]] == [""] * 3


def test_that_a_family_of_none_ends_at_once(qtbot: QtBot, make_pool: MakePool) -> None:
    assert _ended(qtbot, make_pool().family(_CIRCUIT, [], _BASE)) == ()


def test_that_shutdown_ends_a_family(qtbot: QtBot, make_pool: MakePool) -> None:
    pool = make_pool()
    family = pool.family(_CIRCUIT, [behaving("deaf")] * 3, _BASE)
    with qtbot.waitSignal(family.chunk, timeout=_LONG):
        pass
    with qtbot.waitSignal(family.finished, timeout=_LONG):
        pool.shutdown()
