"""The spike sources of an experiment that should all be files."""

from engine.experiment.experiment import Experiment
from engine.experiment.synaptic_input import SpikeReplay


def replays_of(experiment: Experiment) -> tuple[SpikeReplay, ...]:
    """All of its sources."""
    replays = tuple(each for each in experiment.replays if isinstance(each, SpikeReplay))
    assert len(replays) == len(experiment.replays)
    return replays
