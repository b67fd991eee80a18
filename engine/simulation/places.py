"""Which built cells, and which segments of them, the targets of an experiment mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, singledispatchmethod
from typing import Any

from engine.circuit.circuit import Circuit
from engine.errors import SimulationError, UnknownNameError
from engine.experiment.experiment import Experiment
from engine.experiment.manipulations import OfCells
from engine.experiment.taking_part import select, taking_part
from engine.experiment.targets import CellReference, CompartmentSetTarget, NodeSetTarget, Site, Target
from engine.simulation.cells.cell import Cell

__all__ = ["Places", "Spot", "select", "taking_part"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A segment of a cell. `section` is the section's name, `number` its place among those of its target."""

    cell: Cell
    section: str
    x: float
    segment: Any
    number: int = 0

    @property
    def site(self) -> Site:
        """The same place, as the document writes it."""
        return Site(
            cell=CellReference(self.cell.population, self.cell.node_id), section=self.section, x=self.x
        )


class Places:
    """Looks up targets among the cells that take part; other cells that a set names are left out.

    `everyone`: all that take part, if `cells` are not all of them: the others are in other processes, and
    left out too.
    """

    def __init__(
        self,
        cells: Mapping[CellReference, Cell],
        experiment: Experiment,
        circuit: Circuit,
        everyone: Sequence[CellReference] | None = None,
    ) -> None:
        self.cells = cells
        self.everyone = tuple(cells) if everyone is None else everyone
        self._circuit = circuit
        self._node_sets = circuit.node_sets.merged_with(experiment.node_sets)
        self._compartment_sets = _merged_compartment_sets(experiment, circuit)

    def cells_of(self, node_set: str) -> list[Cell]:
        """The cells of a node set, by population and node id."""
        chosen = select(node_set, self._node_sets, self._circuit)
        return [
            cell
            for reference, cell in self.cells.items()
            if reference.node_id in chosen.get(reference.population, ())
        ]

    def changed_cells(self, manipulation: OfCells) -> list[Cell]:
        """The cells that a manipulation means."""
        if manipulation.cell is not None:
            return [self.cells[manipulation.cell]] if manipulation.cell in self.cells else []
        assert manipulation.node_set is not None, "it names a cell or a node set"
        return self.cells_of(manipulation.node_set)

    def number(self, cell: Cell) -> int:
        """The place of a cell among all that take part."""
        return self._numbers[CellReference(cell.population, cell.node_id)]

    def is_elsewhere(self, reference: CellReference) -> bool:
        """Whether a cell takes part, in another process."""
        return reference not in self.cells and reference in self._numbers

    @property
    def elsewhere(self) -> dict[CellReference, int]:
        """The cells that take part in other processes, and the place of each among all that do."""
        if len(self.everyone) == len(self.cells):
            return {}
        return {each: number for each, number in self._numbers.items() if each not in self.cells}

    @cached_property
    def _numbers(self) -> dict[CellReference, int]:
        return {reference: number for number, reference in enumerate(self.everyone)}

    def cell(self, reference: CellReference) -> Cell:
        """One cell; SimulationError if it does not take part."""
        if reference not in self.cells:
            raise SimulationError(
                f"Cell {reference} does not take part in the experiment.",
                hint="Add it to the cells of the experiment, or aim at one of those.",
            )
        return self.cells[reference]

    @singledispatchmethod
    def spots(self, target: Target) -> list[Spot]:
        """All segments that a target means."""
        raise TypeError(f"no way to find {target!r}")

    @spots.register
    def _(self, target: Site) -> list[Spot]:
        if self.is_elsewhere(target.cell):
            return []
        return [_spot(self.cell(target.cell), target.section, target.x)]

    @spots.register
    def _(self, target: NodeSetTarget) -> list[Spot]:
        cells = [cell for cell in self.cells_of(target.node_set) if cell.sections]
        return [_spot(cell, target.section, target.x, self.number(cell)) for cell in cells]

    @spots.register
    def _(self, target: CompartmentSetTarget) -> list[Spot]:
        return self.spots_of_set(target.compartment_set)

    def spots_of_set(self, name: str) -> list[Spot]:
        """The segments that a compartment set lists, in its order."""
        if name not in self._compartment_sets:
            raise UnknownNameError("compartment set", name, self._compartment_sets)
        population, spots = self._compartment_sets[name]
        known = self._circuit.node_populations
        if population not in known:
            raise UnknownNameError("node population", population, known, where=f"the compartment set {name}")
        known[population].checked_rows([node_id for node_id, _, _ in spots])
        references = [(CellReference(population, node_id), section, x) for node_id, section, x in spots]
        return [
            _spot(self.cells[reference], section, x, number)
            for number, (reference, section, x) in enumerate(references)
            if reference in self.cells
        ]


def _merged_compartment_sets(
    experiment: Experiment, circuit: Circuit
) -> dict[str, tuple[str, tuple[tuple[int, int | str, float], ...]]]:
    of_circuit = {name: (each.population, each.spots) for name, each in circuit.compartment_sets.items()}
    of_experiment = {
        name: (each.population, tuple((spot.node_id, spot.section, spot.x) for spot in each.spots))
        for name, each in experiment.compartment_sets.items()
    }
    return of_circuit | of_experiment


def _spot(cell: Cell, section: str | int, x: float, number: int = 0) -> Spot:
    if not cell.sections:
        raise SimulationError(
            f"There is nothing to put an electrode into: cell {cell} has no membrane.",
            hint="Artificial cells only receive and send spikes; aim at another cell.",
        )
    name = cell.numbering.name(section, str(cell)) if isinstance(section, int) else section
    return Spot(cell, name, x, cell.segment(name, x), number)
