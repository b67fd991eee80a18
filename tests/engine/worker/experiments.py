"""What the tests of the worker simulate."""

from typing import Any, Final

from engine.experiment.experiment import Experiment
from engine.experiment.manipulations import Drug
from engine.experiment.stimuli import OrnsteinUhlenbeck, PlacedSynapse, VoltageClamp
from engine.experiment.synaptic_input import Connections, SpikeReplay
from engine.experiment.targets import Site
from tests.engine.simulation.bench_circuit import COUNTER, PATCH, SPHERE, experiment, step, voltage

SPIKES: Final = [(3.0, 0), (11.2, 1), (11.2, 1), (27.0, 2), (31.7, 0), (55.0, 1), (71.3, 0), (71.4, 1)]
STEP: Final = step(PATCH, 0.01, delay=5, duration=80)
CLAMP: Final = VoltageClamp(
    id="clamp", target=Site(cell=SPHERE), voltage=-60.0, duration=1e6, series_resistance=10.0
)
WASH: Final = Drug(id="wash", cell=PATCH, percent=15, variables=("gkbar_hh",), wash_in=41.34, wash_out=77.0)


def firing(tstop: float = 100.0, **conditions: Any) -> Experiment:
    """A patch of squid axon that fires, and nothing else."""
    conditions = {"tstop": tstop, **conditions}
    return experiment(PATCH, stimuli=(STEP,), recordings=(voltage(PATCH),), conditions=conditions)


def busy(tstop: float = 100.0, **conditions: Any) -> Experiment:
    """Noise, synapses, replayed spikes, an artificial cell, a drug: all that has a state of its own."""
    noise = OrnsteinUhlenbeck(
        id="noise", target=Site(cell=PATCH), mean=0.004, sigma=0.006, tau=3.0, delay=0, duration=1e4
    )
    timing: dict[str, Any] = {"events": 200, "interval": 3.0, "timing": "poisson", "delay": 0}
    placed = PlacedSynapse(id="placed", target=Site(cell=SPHERE), weight=1e-5, **timing)
    return experiment(
        PATCH,
        SPHERE,
        COUNTER,
        stimuli=(noise, step(SPHERE, 0.003, delay=20, duration=60), placed),
        recordings=(voltage(PATCH), voltage(SPHERE), voltage(PATCH, variable="hh.m")),
        connections=Connections(enabled=True),
        replays=(SpikeReplay(id="replay", spike_file="spikes.h5"),),
        manipulations=(WASH,),
        conditions={"tstop": tstop, "random_seed": 7, **conditions},
    )


def endless(**parts: Any) -> Experiment:
    """A run that goes on until it is stopped."""
    return experiment(
        PATCH, stimuli=(STEP,), recordings=(voltage(PATCH),), conditions={"tstop": 1e7}, **parts
    )
