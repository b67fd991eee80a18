"""A published network of point neurons, put together in the window and run with its raster."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.circuit.circuit import open_circuit
from engine.circuit.trust import trust
from engine.client.client import Client
from engine.experiment.base import changed
from engine.experiment.edits import with_conditions
from engine.experiment.experiment import ListedCells
from gui.panels.network.panel import NetworkPanel
from gui.session.grouping import Grouping
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool
from tests.gui.session.conftest import LONG_MS, open_and_wait

_TSTOP_MS = 700.0  # the first spikes come after 560 ms


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session(WorkerPool(cores=1))
    yield session
    session.shutdown()


@pytest.mark.science
def test_that_300_point_neurons_run_in_the_window_as_without_it(
    qtbot: QtBot, session: Session, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))
    for name in ("300_intfire", "shared_components"):
        shutil.copytree(shared_data / "allen" / name, tmp_path / name)
    folder = tmp_path / "300_intfire"
    with open_circuit(folder) as circuit:
        trust(circuit)
    open_and_wait(session, folder, qtbot)
    panel = NetworkPanel(session)
    qtbot.addWidget(panel)
    panel.resize(700, 400)
    panel.show()
    imported = session.document.experiment
    assert imported is not None and len(imported.replays) == 2
    session.document.change(changed(imported, cells=ListedCells()), "Begin without cells")
    told: list[str] = []
    session.notices.posted.connect(lambda notice: told.append(notice.what))
    Grouping(session).add(lambda _task, circuit: _all_of(circuit))
    said = "The experiment has 300 cells with 615,600 synapses"
    qtbot.waitUntil(lambda: any(each.startswith(said) for each in told), timeout=LONG_MS)
    grouped = session.document.experiment
    assert grouped is not None and not grouped.recordings, "point neurons have no soma"
    session.document.change(with_conditions(grouped, tstop=_TSTOP_MS), "Shorten")
    with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS):
        session.rig.run()
    run = session.runs.latest
    assert run is not None and run.state == "finished", run
    panel.raster.stack.draw()
    raster, members = panel.raster.raster, panel.raster.members
    with Client() as client:
        client.answer(client.load(folder / "circuit_config.json"))
        alone = client.collect(client.run(run.experiment, folder))
    spikes = alone.spikes["v1"]
    assert raster.count == len(spikes) > 100
    np.testing.assert_array_equal(raster.times, spikes[:, 0])
    ids = np.array([each.node_id for each in members.cells])
    np.testing.assert_array_equal(np.sort(ids[raster.numbers]), np.sort(spikes[:, 1]))


def _all_of(circuit):
    from engine.experiment.targets import CellReference

    return [CellReference("v1", node_id) for node_id in range(circuit.node_populations["v1"].size)]
