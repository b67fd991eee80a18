"""`QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.network_live`: 50 connected cells with a raster."""

import os
import tempfile
import time
from statistics import median

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from engine.client.client import Client
from engine.experiment.edits import with_conditions, with_replay
from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.groups import spread, with_group
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.targets import CellReference
from engine.resources import resources_folder
from gui.background import wait_for_all
from gui.panels.network.panel import NetworkPanel
from gui.panels.scope.panel import ScopePanel
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool
from tests.benchmarks.table import processor_s_of, show, verdict

_COLUMN = resources_folder() / "circuits" / "cortical_column"
_SPIKES = _COLUMN / "simulations" / "thalamic_replay" / "thalamus_spikes.h5"
_CELLS = tuple(CellReference("column", node_id) for node_id in range(0, 200, 4))
_TSTOP_MS = 60.0
_REPEATS = 2  # what disturbs a measurement only makes it longer
_FRAME_MS = 1000 / 30
_SIZE = (900, 800)  # pixels, of traces and raster together


def main() -> None:
    """The same run without a window and in one, in turns, each in a worker of its own."""
    alone_s, live_s = float("inf"), float("inf")
    for _ in range(_REPEATS):
        with tempfile.TemporaryDirectory() as home:
            os.environ["SOMASCOPE_HOME"] = home
            took_s, alone = _headless()
            alone_s = min(alone_s, took_s)
            took_s, wall_s, frames, intervals, spikes = _live()
            live_s = min(live_s, took_s)
        assert spikes == alone, "the window has other spikes"
    measured = {
        "processor, median": median(frames),
        "processor, 95 of 100": float(np.quantile(frames, 0.95)),
        "clock from frame to frame, median": median(intervals),
    }
    rows = [[name, took, *verdict(took, _FRAME_MS)] for name, took in measured.items()]
    title = f"{len(_CELLS)} cells, {_TSTOP_MS:g} ms live in {wall_s:.0f} s: {len(frames)} frames, ms"
    show(title, ("time", "ms", "goal", ""), rows)
    show(
        f"The solver of the same run ({spikes} spikes), s of processor time",
        ("alone", "live", "ratio", "goal", ""),
        [[alone_s, live_s, live_s / alone_s, *verdict(live_s / alone_s, 1.1)]],
    )


def experiment() -> Experiment:
    """Cells of all kinds, connected, driven by the thalamus."""
    empty = Experiment(circuit=CircuitReference(path=(_COLUMN / "circuit_config.json").as_posix()))
    driven = with_replay(with_group(empty, _CELLS, spread(_CELLS)), SpikeReplay(spike_file=str(_SPIKES)))
    return with_conditions(driven, tstop=_TSTOP_MS)


def _headless() -> tuple[float, int]:
    """Processor time of the worker for the run, and how many spikes there were."""
    with Client() as client:
        client.answer(client.load(_COLUMN / "circuit_config.json"))
        client.answer(client.prepare(_CELLS, experiment().conditions))
        assert client.hello is not None
        worker = client.hello.process_id
        before = processor_s_of(worker)
        found = client.collect(client.run(experiment(), _COLUMN))
        return processor_s_of(worker) - before, len(found.spikes["column"])


def _live() -> tuple[float, float, list[float], list[float], int]:
    application = QApplication.instance() or QApplication([])
    session = Session(WorkerPool(cores=1))
    window = QWidget()
    layout = QVBoxLayout(window)
    scope, network = ScopePanel(session), NetworkPanel(session)
    layout.addWidget(network)
    layout.addWidget(scope)
    window.resize(*_SIZE)
    window.show()
    session.open_path(_COLUMN)
    _until(application, lambda: session.rig.state == "ready" and session.document.experiment is not None)
    session.document.change(experiment(), "Put the group in")
    building: list[str] = []
    session.rig.building.connect(lambda text, _done, _total: building.append(text))
    _until(application, lambda: bool(building) and building[-1] == "" and not network.membership.is_reading)
    frames, ends = _watch(network, scope)
    worker = int(session.rig.worker_text.removeprefix("worker ").partition(",")[0])
    before, began = processor_s_of(worker), time.perf_counter()
    session.rig.run()
    run = session.runs.latest
    assert run is not None
    _until(application, lambda: run.is_over)
    used, wall = processor_s_of(worker) - before, time.perf_counter() - began
    network.raster.stack.draw()
    assert run.state == "finished", run.problem
    spikes = network.raster.raster.count
    window.close()
    session.shutdown()
    wait_for_all()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return used, wall, frames, np.diff(ends).tolist(), spikes


def _watch(network: NetworkPanel, scope: ScopePanel) -> tuple[list[float], list[float]]:
    """Processor time of each frame of the raster with that of the traces, and when it was done, ms."""
    frames: list[float] = []
    ends: list[float] = []
    drawn: dict[str, float] = {"scope": 0.0}
    for name, stack in (("scope", scope.stack), ("network", network.raster.stack)):

        def draw(name=name, stack=stack, draw=stack.draw) -> None:
            began = time.thread_time()
            draw()
            stack.viewport().repaint()
            took = (time.thread_time() - began) * 1e3
            if name == "scope":
                drawn["scope"] = took
            else:
                frames.append(took + drawn["scope"])
                ends.append(time.perf_counter() * 1e3)

        stack._frame.timeout.disconnect()
        stack._frame.timeout.connect(draw)
    return frames, ends


def _until(application, condition) -> None:
    deadline = time.perf_counter() + 600
    while not condition():
        application.processEvents()
        time.sleep(0.001)
        assert time.perf_counter() < deadline, "it takes too long"


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main()
