"""What is said of the spikes that arrive at a cell."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.experiment.experiment import Experiment
from engine.experiment.targets import CellReference

if TYPE_CHECKING:
    from engine.circuit.problems import Problem
    from engine.experiment.arriving import Arriving


def title(cell: CellReference, experiment: Experiment, found: "Arriving") -> str:
    """Over the plot: how many, from how many, how fast."""
    seconds = experiment.conditions.tstop / 1000
    rate = found.count / found.sources / seconds if found.sources else 0.0
    return (
        f"Spikes to {cell}: {found.count:,} from {len(found.node_ids):,} of {found.sources:,} sources, "
        f"{rate:.3g} Hz each on average"
    )


def about(
    cell: CellReference, experiment: Experiment, found: "Arriving", problems: "Sequence[Problem]"
) -> str:
    """What is left out, and what has no way to the cell; a line for each."""
    lines = [str(each) for each in problems]
    if not experiment.connections.enabled:
        lines.append(f"No spikes arrive at {cell}: the connections of the circuit are off.")
    elif not found.sources:
        lines.append(f"No spikes arrive at {cell}: it has no active synapses.")
    elif found.lost:
        lost = "1 spike" if found.lost == 1 else f"{found.lost:,} spikes"
        cells = "1 cell has" if found.lost_cells == 1 else f"{found.lost_cells:,} cells have"
        lines.append(f"{lost} will not arrive: {cells} no active synapse onto {cell}.")
    elif not found.count:
        lines.append(f"No spikes arrive at {cell} before the end of the run.")
    return "\n".join(lines)
