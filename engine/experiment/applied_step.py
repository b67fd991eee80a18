"""What a cell responds to, for measures of a response: when it begins and ends, and its current."""

from engine.analysis.features import StepInterval
from engine.experiment.experiment import Experiment
from engine.experiment.stimuli import Holding, Step, Stimulus
from engine.experiment.targets import CellReference, Site


def step_on(experiment: Experiment, cell: CellReference) -> StepInterval | None:
    """The first stimulus of a cell to begin, except a holding current; None if it has none.

    Stimuli of node sets and of compartment sets may be on it, and count. The current is known if this is a
    step in nA on this cell, and no other stimulus plays meanwhile.
    """
    mine = [each for each in experiment.stimuli if _may_play(each, cell)]
    if not mine:
        return None
    first = min(mine, key=lambda each: each.delay)
    is_alone = not any(each is not first and each.delay < first.end for each in mine)
    is_known = isinstance(first, Step) and isinstance(first.target, Site) and is_alone
    return StepInterval(
        first.delay, first.end, first.amplitude if is_known and isinstance(first, Step) else None
    )


def _may_play(stimulus: Stimulus, cell: CellReference) -> bool:
    if not stimulus.enabled or isinstance(stimulus, Holding):
        return False
    return not isinstance(stimulus.target, Site) or stimulus.target.cell == cell
