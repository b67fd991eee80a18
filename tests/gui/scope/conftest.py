"""A session with the squid axon, runs that are fed by hand, and the scope over them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from engine.analysis.feature_process import FeatureProcess
from engine.experiment import store
from engine.experiment.experiment import Experiment
from engine.experiment.targets import CellReference, Site
from engine.messages.events import TraceHead
from engine.resources import resources_folder
from gui.background import wait_for_all
from gui.panels.scope.panel import ScopePanel
from gui.session.document import Document
from gui.session.notices import Notices
from gui.session.playhead import Playhead
from gui.session.pointing import Pointing
from gui.session.regions import Regions
from gui.session.run import Run
from gui.session.run_list import RunList
from gui.session.selection import Selection
from gui.session.session import Session
from gui.session.shown_traces import ShownTraces
from gui.session.spikes import SpikeTimes
from gui.session.time_span import TimeSpan
from gui.session.trace_colours import TraceColours
from gui.session.trace_memory import TraceMemory
from gui.session.traces import Traces
from gui.settings import settings
from tests.gui.cell.small_session import SmallRig

SOMA = Site(cell=CellReference("axon", 0))
Feed = Callable[..., Run]


class SmallSession(QObject):
    """What the scope needs of a session; no workers."""

    from PySide6.QtCore import Signal

    circuit_opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.circuit = None
        self.document = Document(self)
        self.selection = Selection(self)
        self.playhead = Playhead(self)
        self.time_span = TimeSpan(self)
        self.notices = Notices(self)
        self.runs = RunList(self)
        self.regions = Regions(self.runs, self)
        self.shown_traces = ShownTraces(self)
        self.features = FeatureProcess()
        self.pointing = Pointing(self)
        self.rig = SmallRig(self)
        self.trace_memory = TraceMemory(None, self)
        self.trace_colours = TraceColours(self.runs, self.trace_memory, self)


@pytest.fixture
def experiment() -> Experiment:
    """The built-in squid axon."""
    return store.load(resources_folder() / "experiments" / "squid-axon.somascope.json")


@pytest.fixture
def session(experiment: Experiment, qtbot: QtBot) -> Iterator[SmallSession]:
    made = SmallSession()
    made.document.put(experiment)
    yield made
    wait_for_all()


@pytest.fixture
def scope(session: SmallSession, qtbot: QtBot) -> Iterator[ScopePanel]:
    panel = ScopePanel(cast("Session", session))
    qtbot.addWidget(panel)
    panel.resize(640, 560)
    with qtbot.waitExposed(panel):
        panel.show()
    yield panel
    settings().change(show_ghost=True, preview_position="above")


@pytest.fixture
def feed(session: SmallSession, experiment: Experiment) -> Feed:
    """Add a run with these samples of a voltage and a gate."""

    def feed(
        samples: np.ndarray | None = None,
        *,
        state: Any = "finished",
        heads: tuple[TraceHead, ...] | None = None,
        interval: float = 0.1,
        **more: Any,
    ) -> Run:
        number = session.runs.next_number()
        run = Run(f"run-{number}", number, experiment, datetime.now(UTC), tstop=40.0, **more)
        session.runs.add(run)
        run.state = "running"
        run.heads = heads if heads is not None else (head("voltage", "v", "mV"), head("gate-m", "hh.m", ""))
        run.traces = Traces(len(run.heads), interval)
        if samples is None:
            times = np.arange(401) * interval
            samples = np.column_stack([-65 + 40 * np.sin(times + number), 0.5 + 0.4 * np.cos(times)])
        for begin in range(0, len(samples), 100):
            run.traces.append(samples[begin : begin + 100])
            run.time = run.traces.samples * interval
            session.runs.advanced.emit(run)
        run.spikes["axon"] = SpikeTimes()
        run.state = state
        (session.runs.ended if run.is_over else session.runs.advanced).emit(run)
        return run

    return feed


def head(name: str, variable: str, unit: str) -> TraceHead:
    """One column."""
    return TraceHead(id=name, label=name, variable=variable, unit=unit, site=SOMA)


def saved(path: Path) -> list[list[str]]:
    """Cells of a CSV file."""
    return [line.split(",") for line in path.read_text().splitlines()]
