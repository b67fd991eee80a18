"""A session with a few runs, made without a simulator."""

from datetime import UTC, datetime

import pytest

from engine.experiment.experiment import CircuitReference, Experiment
from engine.messages.live import AppliedSetting, Temperature
from gui.panels.runs import RunsPanel
from gui.session.run import Run
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool
from tests.fakes.commands import fake_worker

CIRCUIT = CircuitReference(path="/circuits/one/circuit_config.json")


def experiment(title="", celsius=34.0):
    return Experiment(title=title, circuit=CIRCUIT, conditions={"celsius": celsius, "tstop": 500})


@pytest.fixture
def session(qtbot):
    session = Session(WorkerPool(lambda _limit: fake_worker()))
    session.document.put(experiment("present"))
    yield session
    session.shutdown()


@pytest.fixture
def add(session):
    """Add a run that is over, or in another state."""

    def add(state="finished", **what):
        number = session.runs.next_number()
        what.setdefault("experiment", experiment(f"of run {number}", 20.0 + number))
        what["began_at"] = datetime(2031, 5, 1, 12, 30, number, tzinfo=UTC)
        run = Run(f"r{number}", number, state=state, **what)
        run.time, run.tstop = what.get("time", 500.0), 500.0
        session.runs.add(run)
        return run

    return add


@pytest.fixture
def panel(qtbot, session):
    panel = RunsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(700, 500)
    panel.show()
    return panel


def live(celsius, time):
    return AppliedSetting(time=time, setting=Temperature(celsius=celsius))
