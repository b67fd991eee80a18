"""Random edits of an experiment, as a user makes them."""

import random
from collections.abc import Callable

from engine.experiment.base import changed
from engine.experiment.edits import with_stimulus
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.recordings import SiteRecording
from engine.experiment.stimuli import Step
from engine.experiment.targets import CellReference, Site

Edit = Callable[[Experiment, int], Experiment]


def small() -> Experiment:
    """With one stimulus and one recording."""
    site = Site(cell=CellReference("cells", 0))
    return Experiment(
        circuit=CircuitReference(path="/nowhere/circuit_config.json"),
        cells=ListedCells(cells=(site.cell,)),
        stimuli=(Step(id="step", target=site, amplitude=0.1),),
        recordings=(SiteRecording(id="soma", site=site),),
    )


def edited(experiment: Experiment, number: int) -> Experiment:
    """The `number`-th of many edits."""
    return _EDITS[number % len(_EDITS)](experiment, number)


def at_random(experiment: Experiment, dice: random.Random) -> Experiment:
    """Some edit."""
    return edited(experiment, dice.randrange(10_000))


def _title(experiment: Experiment, number: int) -> Experiment:
    return changed(experiment, title=f"Experiment {number}")


def _amplitude(experiment: Experiment, number: int) -> Experiment:
    step = experiment.stimuli[0]
    return with_stimulus(experiment, changed(step, amplitude=number / 1000))


def _more_stimuli(experiment: Experiment, number: int) -> Experiment:
    site = Site(cell=CellReference("cells", number))
    return changed(experiment, stimuli=(*experiment.stimuli, Step(target=site)))


def _fewer_stimuli(experiment: Experiment, number: int) -> Experiment:
    return changed(experiment, stimuli=(experiment.stimuli[0],))


def _duration(experiment: Experiment, number: int) -> Experiment:
    return changed(experiment, conditions=changed(experiment.conditions, tstop=1.0 + number))


_EDITS: tuple[Edit, ...] = (_title, _amplitude, _more_stimuli, _duration, _fewer_stimuli)
