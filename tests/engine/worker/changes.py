"""Changes of a run under way, one of each kind, and a run with all of them."""

from pathlib import Path

import numpy as np

from engine.experiment.manipulations import Drug
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.live import (
    AnySetting,
    ChannelDensity,
    Manipulations,
    PlacedSynapseWeight,
    StimulusAmplitude,
    SynapseWeight,
    Temperature,
)
from tests.engine.simulation.bench_circuit import PATCH, SPHERE
from tests.engine.worker.talk import Trace, Worker, new_name

CHANGES: dict[str, AnySetting] = {
    "amplitude": StimulusAmplitude(stimulus="step_cells_0_0.003_20", amplitude=0.006),
    "held noise": StimulusAmplitude(stimulus="noise", amplitude=0.01, hold=True),
    "density": ChannelDensity(cell=PATCH, sections="all", variable="gnabar_hh", factor=1.3),
    "density again": ChannelDensity(cell=PATCH, sections="soma", variable="gnabar_hh", factor=0.9),
    "leak": ChannelDensity(cell=SPHERE, sections="soma[0]", variable="g_pas", value=1e-4),
    "potential": ChannelDensity(cell=PATCH, variable="ena", value=55.0),
    "capacitance": ChannelDensity(cell=SPHERE, variable="cm", factor=0.7),
    "drug": Manipulations(
        manipulations=(
            Drug(id="ttx", cell=PATCH, percent=30, variables=("gnabar_hh",)),
            Drug(id="tea", cell=PATCH, percent=20, variables=("gkbar_hh",), wash_in=70.7, wash_out=90.0),
        )
    ),
    "temperature": Temperature(celsius=9.5),
    "placed synapse": PlacedSynapseWeight(stimulus="placed", weight=4e-5),
    "weight": SynapseWeight(edge_population="outside__cells", edge=0, weight=0.002),
}


ALL_CHANGES = tuple(CHANGES.values())


def same(one: Trace, other: Trace) -> None:
    np.testing.assert_array_equal(one.samples, other.samples)
    assert one.spikes == other.spikes


def run_with_changes(worker: Worker, experiment, base: Path, settings=ALL_CHANGES) -> Trace:
    """Change things while it runs, wherever it happens to be, and some more while it is paused."""
    run_id = new_name("run")
    worker.ask(r.Run(run_id=run_id, experiment=experiment, base=str(base), paused=True))
    worker.hear(e.Paused, run_id=run_id)
    worker.ask(r.Step(run_id=run_id, duration=13.7))
    worker.hear(e.Paused, run_id=run_id)
    for setting in settings:
        worker.ask(
            r.Set(request_id=new_name("set"), run_id=run_id, setting=setting),
            r.Step(run_id=run_id, duration=7.3),
        )
        worker.succeed(e.Applied)
        worker.hear(e.Paused, run_id=run_id)
    worker.ask(r.Resume(run_id=run_id))
    worker.succeed(e.Finished)
    return worker.trace(run_id)
