"""Which cells a stimulus drives, to show what it plays into the first of them."""

from typing import TYPE_CHECKING

from engine.errors import EngineError, UnknownNameError
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.targets import CellReference, NodeSetTarget, Site, Target

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit


def first_cell(target: Target, experiment: Experiment, circuit: "Circuit") -> tuple[CellReference, int]:
    """The first cell that a target means, and how many there are. Reads files; EngineError without any."""
    if isinstance(target, Site):
        return target.cell, 1
    if isinstance(target, NodeSetTarget):
        node_sets = circuit.node_sets.merged_with(experiment.node_sets)
        chosen = node_sets.select(target.node_set, circuit.node_populations)
        cells = [(population, ids.tolist()) for population, ids in chosen.items()]
    else:
        cells = [_of_compartment_set(target.compartment_set, experiment, circuit)]
    if isinstance(experiment.cells, ListedCells):
        cells = [(name, _listed(ids, name, experiment.cells)) for name, ids in cells]
    count = sum(len(ids) for _, ids in cells)
    for population, ids in cells:
        if ids:
            return CellReference(population, int(min(ids))), count
    raise EngineError(
        f"No cell of the experiment is in {target}.",
        hint="Choose another target, or let its cells take part.",
    )


def _listed(ids: list[int], population: str, cells: ListedCells) -> list[int]:
    taking_part = {cell.node_id for cell in cells.cells if cell.population == population}
    return sorted(taking_part.intersection(ids))


def _of_compartment_set(name: str, experiment: Experiment, circuit: "Circuit") -> tuple[str, list[int]]:
    if name in experiment.compartment_sets:
        mine = experiment.compartment_sets[name]
        return mine.population, sorted({spot.node_id for spot in mine.spots})
    if name in circuit.compartment_sets:
        theirs = circuit.compartment_sets[name]
        return theirs.population, sorted({node_id for node_id, _, _ in theirs.spots})
    known = [*experiment.compartment_sets, *circuit.compartment_sets]
    raise UnknownNameError("compartment set", name, known)
