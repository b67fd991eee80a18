"""A session with the squid axon, the scope, and the panel of measurements beside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter
from pytestqt.qtbot import QtBot

from engine.experiment.experiment import Experiment
from gui.background import wait_for_all
from gui.panels.measurements.panel import MeasurementsPanel
from gui.panels.scope.panel import ScopePanel
from gui.session.run import Run
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool
from gui.settings import settings
from tests.fakes.commands import quick_worker
from tests.gui.scope.conftest import experiment, feed  # noqa: F401 - fixtures

INTERVAL = 0.025


@dataclass
class Bench:
    """Both panels, in one window."""

    qtbot: QtBot
    session: Session
    scope: ScopePanel
    panel: MeasurementsPanel

    def do(self, action: str) -> None:
        """What a menu does."""
        both = (*self.scope.actions(), *self.panel.actions())
        (found,) = [each for each in both if each.id == action]
        assert found.enabled(), action
        found.run()

    def measured(self) -> None:
        """Wait until the table is of what is shown."""
        self.scope.stack.draw()
        self.qtbot.waitUntil(lambda: not self.panel.table.rows.later.is_computing, timeout=30_000)


@pytest.fixture
def session(qtbot: QtBot, experiment: Experiment) -> Iterator[Session]:  # noqa: F811 - a fixture
    made = Session(WorkerPool(lambda _limit: quick_worker()))
    made.document.put(experiment)
    yield made
    assert wait_for_all()
    made.shutdown()


@pytest.fixture
def bench(qtbot: QtBot, session: Session) -> Iterator[Bench]:
    scope, panel = ScopePanel(session), MeasurementsPanel(session)
    both = QSplitter(Qt.Orientation.Vertical)
    both.addWidget(panel)
    both.addWidget(scope)
    both.resize(800, 800)
    qtbot.addWidget(both)
    with qtbot.waitExposed(both):
        both.show()
    scope.regions.wanted.connect(panel.show_table)
    yield Bench(qtbot, session, scope, panel)
    settings().change(measures=None)


Spiking = Callable[[], Run]


@pytest.fixture
def spiking(feed: Callable[..., Run]) -> Spiking:  # noqa: F811 - a fixture
    """Add a run with two spikes and a gate."""

    def spiking() -> Run:
        times = np.arange(0, 40, INTERVAL)
        voltage = -65 + sum(100 * np.exp(-(((times - at) / 0.5) ** 2)) for at in (10.0, 25.0))
        return feed(np.column_stack([voltage, np.full(len(times), 0.5)]), interval=INTERVAL)

    return spiking
