"""A circuit browser over a real circuit; nobody simulates."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.background import wait_for_all
from gui.panels.circuit.panel import CircuitPanel
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool
from tests.fakes.commands import fake_worker

COLUMN = Path(__file__).parents[3] / "resources" / "circuits" / "cortical_column"

Browse = Callable[[Path], tuple[Session, CircuitPanel]]


@pytest.fixture
def browse(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browse]:
    """Open a circuit in a browser that is shown."""
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))  # columns are remembered there
    made: list[tuple[Session, WorkerPool, CircuitPanel]] = []

    def browse(path: Path) -> tuple[Session, CircuitPanel]:
        pool = WorkerPool(lambda _limit: fake_worker(""))
        session = Session(pool)
        panel = CircuitPanel(session)
        qtbot.addWidget(panel)
        made.append((session, pool, panel))
        panel.resize(420, 760)
        panel.show()
        session.open_path(path)
        qtbot.waitUntil(lambda: session.document.experiment is not None, timeout=10_000)
        qtbot.waitUntil(lambda: not panel.tree.model.is_counting)
        session.selection.clear()
        panel.cells.table.scrollToTop()
        return session, panel

    yield browse
    for session, pool, _panel in made:
        session.close()
        pool.shutdown()
    wait_for_all()


@pytest.fixture
def column(browse: Browse) -> tuple[Session, CircuitPanel]:
    """The cortical column, 200 cells and 100 virtual ones."""
    return browse(COLUMN)
