"""The panel of protocols on the squid axon."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pytestqt.qtbot import QtBot

from engine.circuit.circuit import open_circuit
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.targets import CellReference
from engine.resources import resources_folder
from gui import background
from gui.panels.protocols.panel import ProtocolsPanel
from gui.session.measuring import Measurement
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool

SQUID = resources_folder() / "circuits" / "squid_axon" / "circuit_config.json"
AXON = CellReference("axon", 0)


@dataclass
class Bench:
    """The panel and what it shows."""

    qtbot: QtBot
    session: Session
    panel: ProtocolsPanel

    def measured(self) -> Measurement:
        """The newest measurement, when it is over."""
        current = self.session.measuring.current
        assert current is not None
        self.qtbot.waitUntil(lambda: current.is_over, timeout=60_000)
        return current


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    """Open on a cell that is selected."""
    pool = WorkerPool(cores=2)
    session = Session(pool)
    panel = ProtocolsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(700, 320)
    panel.show()
    session.circuit = open_circuit(SQUID)
    session.circuit_opened.emit(session.circuit)
    conditions = Conditions(celsius=6.3, v_init=-65.0)
    session.document.put(Experiment(circuit=CircuitReference(path=SQUID.as_posix()), conditions=conditions))
    session.selection.select_cell(AXON)
    qtbot.waitUntil(session.measuring.can_start, timeout=30_000)
    yield Bench(qtbot, session, panel)
    background.wait_for_all()
    session.close()
    session.rig.shutdown()
    pool.shutdown()
