"""What is said of the spikes that arrive at a cell."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.experiment.experiment import Experiment
from engine.experiment.targets import CellReference

if TYPE_CHECKING:
    from engine.circuit.problems import Problem
    from engine.experiment.arriving import Arriving


def title(cell: CellReference, experiment: Experiment, found: "Arriving") -> str:
    """Over the plot: what it is, and how fast each source fires."""
    seconds = experiment.conditions.tstop / 1000
    rate = found.count / found.sources / seconds if found.sources else 0.0
    return f"Spikes to {cell} by source id, {rate:.3g} Hz each"


def about(cell: CellReference, experiment: Experiment, found: "Arriving", *, takes_part: bool) -> str:
    """How many arrive, and how many have no way to the cell."""
    told = _arriving(cell, experiment, found)
    return told if takes_part else f"{told} It takes no part in the experiment yet."


def left_out(problems: "Sequence[Problem]") -> str:
    """What of the sources is not sent, a line for each reason."""
    return "\n".join(map(str, problems))


def _arriving(cell: CellReference, experiment: Experiment, found: "Arriving") -> str:
    if not experiment.connections.enabled:
        return f"No spikes arrive at {cell}: the connections of the circuit are off."
    if not found.sources:
        return f"No spikes arrive at {cell}: it has no active synapses."
    sources = f"{len(found.node_ids):,} of {_counted(found.sources, 'source')}"
    if not found.lost:
        return f"{_counted(found.count, 'spike')} will arrive at {cell}, from {sources}."
    cells = "1 cell has" if found.lost_cells == 1 else f"{found.lost_cells:,} cells have"
    return (
        f"{_counted(found.count, 'spike')} will arrive at {cell}, from {sources}; {found.lost:,} will not: "
        f"{cells} no active synapse onto it."
    )


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"
