"""A panel in a window, with the actions that it has there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLineEdit, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.circuit.circuit import open_circuit
from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.targets import CellReference
from engine.resources import resources_folder
from gui import background
from gui.actions import ActionSet
from gui.panels.experiment.panel import ExperimentPanel
from gui.session.notices import Notice
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool

COLUMN = resources_folder() / "circuits" / "cortical_column" / "circuit_config.json"
PYRAMIDAL = CellReference("column", 105)
INTERNEURON = CellReference("column", 150)


@dataclass
class Bench:
    """The panel, what it shows, and what was said meanwhile."""

    pool: WorkerPool
    session: Session
    window: QMainWindow
    panel: ExperimentPanel
    actions: ActionSet
    field: QLineEdit
    notices: list[Notice]

    @property
    def experiment(self) -> Experiment:
        assert self.session.document.experiment is not None
        return self.session.document.experiment

    def trigger(self, name: str) -> None:
        self.actions.refresh()
        self.actions.widget(name).trigger()


Open = Callable[..., Bench]


@pytest.fixture
def _nothing_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home in which no earlier test has left what makes a cell fire."""
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))


@pytest.fixture
def open_bench(qtbot: QtBot) -> Iterator[Open]:
    """Make a window with the panel, and a circuit open in it."""
    opened: list[Bench] = []

    def make(circuit: Path | None = COLUMN, experiment: Experiment | None = None) -> Bench:
        pool = WorkerPool(cores=1)
        session = Session(pool)
        window = QMainWindow()
        qtbot.addWidget(window)
        panel, field = ExperimentPanel(session), QLineEdit()
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.addWidget(panel)
        layout.addWidget(field)
        window.setCentralWidget(inside)
        actions = ActionSet(panel.actions(), lambda _name: QIcon(), window)
        for action in panel.actions():
            window.addAction(actions.widget(action.id))
        session.selection.element_changed.connect(actions.refresh)
        session.selection.cells_changed.connect(actions.refresh)
        session.document.experiment_changed.connect(actions.refresh)
        notices: list[Notice] = []
        session.notices.posted.connect(notices.append)
        if circuit is not None:
            session.circuit = open_circuit(circuit)
            session.circuit_opened.emit(session.circuit)
            session.document.put(experiment or Experiment(circuit=CircuitReference(path=circuit.as_posix())))
        window.resize(360, 700)
        window.show()
        with qtbot.waitActive(window):
            window.activateWindow()
        opened.append(Bench(pool, session, window, panel, actions, field, notices))
        return opened[-1]

    yield make
    background.wait_for_all()
    for each in opened:
        each.session.close()
        each.session.rig.shutdown()
        each.pool.shutdown()
