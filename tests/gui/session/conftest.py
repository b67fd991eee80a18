"""Sessions with real and with fake workers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.errors import EngineError
from engine.resources import example_file
from gui.session.notices import Notice
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool
from tests.fakes.commands import fake_worker

LONG_MS = 60_000
SQUID = example_file("squid-axon")

__all__ = ["LONG_MS", "SQUID", "EngineError"]

OpenedSession = Callable[[Path], Session]


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """With NEURON in its workers."""
    yield from _session(WorkerPool(cores=2))


@pytest.fixture
def fake_session(qtbot: QtBot) -> Iterator[Session]:
    """Without: a run does what the title of its experiment says."""
    yield from _session(WorkerPool(lambda _limit: fake_worker(), cores=2))


@pytest.fixture
def notices(request: pytest.FixtureRequest) -> list[Notice]:
    """What the session told its user."""
    name = "fake_session" if "fake_session" in request.fixturenames else "session"
    session: Session = request.getfixturevalue(name)
    told: list[Notice] = []
    session.notices.posted.connect(told.append)
    return told


def open_and_wait(session: Session, path: Path, qtbot: QtBot) -> None:
    """Open a path and wait until its circuit can be simulated."""
    session.open_path(path)
    qtbot.waitUntil(
        lambda: session.rig.state == "ready" and session.document.experiment is not None, timeout=LONG_MS
    )


def _session(pool: WorkerPool) -> Iterator[Session]:
    session = Session(pool)
    yield session
    session.shutdown()
