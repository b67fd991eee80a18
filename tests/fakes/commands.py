"""How to start the fake worker, and what to ask of it."""

import sys
from pathlib import Path

from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.recordings import SiteRecording
from engine.experiment.targets import CellReference, Site
from engine.launch import ROOT, WorkerCommand

CELL = CellReference(population="cells", node_id=0)


def fake_worker(scenario: str = "") -> WorkerCommand:
    arguments = ("-P", "-u", "-X", "utf8", "-m", "tests.fakes.worker", scenario)
    return WorkerCommand(sys.executable, arguments, {"PYTHONPATH": str(ROOT)}, Path.cwd())


def quick_worker() -> WorkerCommand:
    """One that starts at once, and does little."""
    script = str(ROOT / "tests" / "fakes" / "quick_worker.py")
    return WorkerCommand(sys.executable, ("-I", "-S", "-u", script), {}, Path.cwd())


def behaving(title: str = "steady", *, traces: int = 1) -> Experiment:
    """An experiment that tells the fake worker what to do."""
    recordings = tuple(SiteRecording(site=Site(cell=CELL)) for _ in range(traces))
    return Experiment(title=title, circuit=CircuitReference(path="circuit.json"), recordings=recordings)
