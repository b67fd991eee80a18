"""A worker may die at any moment: the run keeps what it had, and the next one works."""

import functools
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.experiment.base import changed
from engine.experiment.experiment import CircuitReference, Experiment
from engine.launch import WorkerCommand
from gui.session import simulator
from gui.session.notices import Notice
from gui.session.run import Run
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool
from tests.fakes.commands import fake_worker, quick_worker
from tests.gui.session.conftest import LONG_MS, SQUID, open_and_wait

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


Make = Callable[[WorkerCommand], Session]


@pytest.fixture
def session_of(qtbot: QtBot) -> Iterator[Make]:
    made: list[Session] = []

    def make(command: WorkerCommand) -> Session:
        made.append(Session(WorkerPool(lambda _limit: command, cores=1)))
        return made[-1]

    yield make
    for session in made:
        session.shutdown()


def put(session: Session, experiment: Experiment, title: str) -> None:
    """What the fake worker is to do."""
    changed_experiment = changed(experiment, title=title)
    if changed_experiment != session.document.experiment:
        session.document.change(changed_experiment, "Rename")


def kill_worker(session: Session) -> None:
    client = session.rig._client
    assert client is not None and client.hello is not None
    os.kill(client.hello.process_id, signal.SIGKILL)


def test_that_200_killed_workers_cost_nothing_but_the_rest_of_their_run(
    qtbot: QtBot, session_of: Make
) -> None:
    session, dice = session_of(quick_worker()), random.Random(1)
    notices: list[Notice] = []
    session.notices.posted.connect(notices.append)
    open_and_wait(session, SQUID, qtbot)
    experiment = session.document.experiment
    assert experiment is not None
    put(session, experiment, "endless")
    ended: Counter[str] = Counter()
    session.runs.ended.connect(lambda run: ended.update([run.id]))
    for _ in range(200):
        wanted = dice.choice([0, 1, 40, 200, 400])
        qtbot.waitUntil(session.rig.can_run, timeout=LONG_MS)
        session.rig.run()
        run = session.rig.current
        assert isinstance(run, Run)
        qtbot.waitUntil(functools.partial(_reached, session, run, wanted), timeout=LONG_MS)
        samples = run.traces.samples
        with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS):
            kill_worker(session)
        assert run.state == "failed" and run.problem is not None and run.problem.reason == "died"
        assert run.traces.samples >= samples
        for column in range(run.traces.columns):
            np.testing.assert_array_equal(run.traces.column(column), np.arange(run.traces.samples))
        assert session.rig.state == "ready" and not session.rig.can_continue()
    assert len(ended) == 200 and set(ended.values()) == {1}
    assert len(notices) == 200
    assert all("SIGKILL" in notice.what and notice.hint for notice in notices)
    put(session, experiment, "steady")
    with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS) as last:
        session.rig.run()
    assert last.args[0].state == "finished" and last.args[0].number == 201


def _reached(session: Session, run: Run, samples: int) -> bool:
    client = session.rig._client
    assert not run.is_over, run.problem
    return client is not None and client.hello is not None and run.traces.samples >= samples


def test_that_killed_neurons_give_the_same_numbers_afterwards(
    qtbot: QtBot, session: Session, notices: list[Notice]
) -> None:
    open_and_wait(session, SQUID, qtbot)
    experiment = session.document.experiment
    assert experiment is not None
    with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS):
        session.rig.run()
    whole = session.runs.latest
    assert whole is not None
    endless = changed(experiment, conditions=changed(experiment.conditions, tstop=1e6))
    for samples in (0, 100, 3000):
        session.document.change(endless, "Long")
        session.rig.run()
        run = session.rig.current
        assert run is not None
        qtbot.waitUntil(functools.partial(_reached, session, run, samples), timeout=LONG_MS)
        with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS):
            kill_worker(session)
        assert run.state == "failed" and session.rig.can_run()
        both = min(run.traces.samples, whole.traces.samples)
        if samples:
            np.testing.assert_array_equal(run.traces.column(0)[:both], whole.traces.column(0)[:both])
        session.document.undo_stack.undo()
        with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS) as ended:
            session.rig.run()
        (again,) = ended.args
        np.testing.assert_array_equal(again.traces.column(0), whole.traces.column(0))
    assert len(notices) == 3


def test_that_a_worker_that_dies_idle_is_replaced_and_told(
    qtbot: QtBot, fake_session: Session, notices: list[Notice]
) -> None:
    open_and_wait(fake_session, SQUID, qtbot)
    qtbot.waitUntil(lambda: bool(fake_session.rig.worker_text), timeout=LONG_MS)
    text = fake_session.rig.worker_text
    client = fake_session.rig._client
    assert client is not None
    qtbot.waitUntil(lambda: client.circuit is not None, timeout=LONG_MS)  # else it is not replaced
    with qtbot.waitSignal(fake_session.notices.posted, timeout=LONG_MS):
        kill_worker(fake_session)
    assert len(notices) == 1 and fake_session.rig.can_run()
    qtbot.waitUntil(lambda: fake_session.rig.worker_text not in ("", text), timeout=LONG_MS)


def test_that_restarting_ends_the_run_and_gives_another_worker(qtbot: QtBot, fake_session: Session) -> None:
    rig = fake_session.rig
    open_and_wait(fake_session, SQUID, qtbot)
    assert fake_session.document.experiment is not None
    put(fake_session, fake_session.document.experiment, "endless")
    rig.run()
    run = rig.current
    assert run is not None
    qtbot.waitUntil(lambda: run.traces.samples > 0, timeout=LONG_MS)
    text = rig.worker_text
    rig.restart_worker()
    assert run.state == "stopped"
    qtbot.waitUntil(rig.can_run, timeout=LONG_MS)
    qtbot.waitUntil(lambda: rig.worker_text not in ("", text), timeout=LONG_MS)


@pytest.mark.parametrize(
    "command", [fake_worker("dies-3"), WorkerCommand("/nowhere/python", (), {}, Path.cwd())]
)
def test_that_a_worker_that_cannot_work_is_unavailable(
    qtbot: QtBot, session_of: Make, command: WorkerCommand
) -> None:
    session = session_of(command)
    told: list[Notice] = []
    session.notices.posted.connect(told.append)
    session.open_path(SQUID)
    qtbot.waitUntil(lambda: session.rig.state == "unavailable", timeout=LONG_MS)
    assert session.rig.reason and not session.rig.can_run()
    assert session.circuit is not None and session.document.experiment is not None
    assert len(told) == 1


def test_that_without_neuron_no_process_is_started(
    qtbot: QtBot, fake_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulator, "is_installed", lambda: False)
    fake_session.open_path(SQUID)
    qtbot.waitUntil(lambda: fake_session.rig.state == "unavailable", timeout=LONG_MS)
    assert "pip install neuron" in fake_session.rig.reason
    assert fake_session.rig._client is None and fake_session.circuit is not None


def test_that_a_circuit_that_the_worker_cannot_load_is_told(
    qtbot: QtBot, fake_session: Session, notices: list[Notice], tmp_path: Path
) -> None:
    circuit = tmp_path / "bad.json"
    source = SQUID.parent.parent / "circuits" / "ball_and_stick" / "circuit_config.json"
    circuit.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    fake_session.open_path(circuit)
    qtbot.waitUntil(lambda: fake_session.rig.state == "unavailable", timeout=LONG_MS)
    assert fake_session.rig.reason == "There is no such circuit."
    assert [notice.what for notice in notices] == ["There is no such circuit."]
    assert CircuitReference(path=circuit.as_posix()).path == str(circuit)
