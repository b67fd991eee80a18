"""The panel of the network over 30 cells of the built-in circuit; runs are fed by hand."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import cast

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.circuit.circuit import Circuit, open_circuit
from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.groups import with_group
from engine.experiment.targets import CellReference, Site
from engine.messages.events import TraceHead
from engine.resources import resources_folder
from gui.background import wait_for_all
from gui.panels.network.panel import NetworkPanel
from gui.session.run import Run
from gui.session.session import Session
from gui.session.spikes import SpikeTimes
from gui.session.traces import Traces
from tests.gui.cell.small_session import SmallSession

CELLS = tuple(CellReference("column", node_id) for node_id in range(30))


class Desk:
    """A panel, and a run that fires as it is told."""

    def __init__(self, qtbot: QtBot, circuit: Circuit) -> None:
        self.qtbot, self.circuit, self.session = qtbot, circuit, SmallSession()
        self.panel = NetworkPanel(cast("Session", self.session))
        qtbot.addWidget(self.panel)
        self.panel.resize(700, 520)
        with qtbot.waitExposed(self.panel):
            self.panel.show()
        experiment = Experiment(circuit=CircuitReference(path=circuit.config_path.as_posix()))
        self.session.circuit = circuit  # type: ignore[assignment]  # of a session that has none of its own
        self.session.document.put(with_group(experiment, CELLS, [CELLS[3]]))
        self.session.circuit_opened.emit(circuit)
        self.settle()

    @property
    def raster(self):
        return self.panel.raster

    @property
    def experiment(self) -> Experiment:
        experiment = self.session.document.experiment
        assert experiment is not None
        return experiment

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=20_000)

    def settle(self) -> None:
        """What was asked for in the background is there, and drawn."""
        panel = self.panel
        self.until(
            lambda: (
                not any(
                    (panel.membership.is_reading, panel.links.is_reading, panel.raster.membership.is_reading)
                )
            )
        )
        panel.raster.stack.draw()

    def begin(self) -> Run:
        number = self.session.runs.next_number()
        run = Run(f"run-{number}", number, self.experiment, datetime.now(UTC), tstop=100.0)
        run.heads = (TraceHead(id="v", label="v", variable="v", unit="mV", site=Site(cell=CELLS[3])),)
        run.traces = Traces(1, 0.1)
        run.state = "running"
        self.session.runs.add(run)
        self.settle()
        return run

    def fire(self, run: Run, time: float, *spikes: tuple[float, int], population: str = "column") -> None:
        """Spikes (ms, node id) of a chunk that ends at a time."""
        run.spikes.setdefault(population, SpikeTimes()).append(np.array(spikes).reshape(-1, 2))
        run.time = time
        self.session.runs.advanced.emit(run)
        self.panel.raster.stack.draw()


@pytest.fixture(scope="session")
def column() -> Iterator[Circuit]:
    with open_circuit(resources_folder() / "circuits" / "cortical_column") as circuit:
        yield circuit


@pytest.fixture
def desk(qtbot: QtBot, column: Circuit) -> Iterator[Desk]:
    yield Desk(qtbot, column)
    wait_for_all()
