"""What a cell responds to, for measures of a response: when it begins and ends, and its current."""

from typing import Final

from engine.analysis.step_interval import StepInterval
from engine.experiment.experiment import Experiment
from engine.experiment.stimuli import Holding, RelativeStep, Step, Stimulus, Subthreshold
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import CellProperties, MissingPropertyError

_CONSTANT: Final = (Step, RelativeStep, Subthreshold)


def step_on(
    experiment: Experiment, cell: CellReference, properties: CellProperties | None = None
) -> StepInterval | None:
    """The first stimulus of a cell to begin, except a holding current; None if it has none.

    Stimuli of node sets and of compartment sets may be on it, and count. The current is known if this is a
    step on this cell, and no other stimulus plays meanwhile; if it is given in per cent of the threshold,
    only with the properties of the cell.
    """
    mine = [each for each in experiment.stimuli if _may_play(each, cell)]
    if not mine:
        return None
    first = min(mine, key=lambda each: each.delay)
    is_alone = not any(each is not first and each.delay < first.end for each in mine)
    current = _current(first, experiment, properties or CellProperties(cell.node_id)) if is_alone else None
    return StepInterval(first.delay, first.end, current)


def _current(stimulus: Stimulus, experiment: Experiment, properties: CellProperties) -> float | None:
    if not isinstance(stimulus, _CONSTANT) or not isinstance(stimulus.target, Site):
        return None
    try:
        played = stimulus.waveform(properties, experiment.conditions).amplitude
    except MissingPropertyError:
        return None  # nobody knows how large it is
    return float(max(played, key=abs))


def _may_play(stimulus: Stimulus, cell: CellReference) -> bool:
    if not stimulus.enabled or isinstance(stimulus, Holding):
        return False
    return not isinstance(stimulus.target, Site) or stimulus.target.cell == cell
