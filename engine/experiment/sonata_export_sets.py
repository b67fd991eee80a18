"""The node sets and compartment sets that an exported configuration needs to say where everything goes."""

from collections.abc import Callable
from typing import Final

from pydantic import JsonValue

from engine.circuit.problems import Problem
from engine.errors import DocumentError, UnknownNameError
from engine.experiment.experiment import CompartmentSet, Experiment, ListedCells, Spot
from engine.experiment.recordings import Report, SiteRecording
from engine.experiment.sonata_export_circuit import CircuitNodes
from engine.experiment.sonata_sets import (
    LISTED_CELLS,
    SOMA,
    at_centre_of_soma,
    cell_expression,
    cell_name,
    listed_sets,
    site_name,
)
from engine.experiment.targets import CellReference, CompartmentSetTarget, NodeSetTarget, Site, Target

SectionNumber = Callable[[CellReference, str], int]

_ALL_NODES: Final = "all_nodes"
_ALL_CELLS: Final = "all"  # what the engine and BMTK call them without a definition


class CannotSayError(Exception):
    """SONATA has no words for this: what, and what to do about it. Never leaves the export."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.problem = Problem(what, hint=hint)


class ExportSets:
    """Collects the sets while the rest of the configuration is written.

    Section names become numbers by `section_number`; without it only BlueCelluLab understands the names.
    """

    def __init__(
        self, experiment: Experiment, circuit: CircuitNodes, section_number: SectionNumber | None
    ) -> None:
        self.problems: list[Problem] = []
        self._experiment, self._circuit, self._section_number = experiment, circuit, section_number
        self.node_sets: dict[str, JsonValue] = {
            name: self._all_cells() if each == {} else each for name, each in experiment.node_sets.items()
        }
        self.compartment_sets: dict[str, JsonValue] = {}
        for name, spots in experiment.compartment_sets.items():
            self._add_compartments(name, spots)

    def simulated(self) -> str | None:
        """The node set of the cells that take part; None: all of the circuit."""
        cells = self._experiment.cells
        if not isinstance(cells, ListedCells):
            return None if cells.node_set is None else self.named(cells.node_set)
        listed = (*cells.cells, *_aimed_at(self._experiment))
        if not listed:
            raise DocumentError(
                "The experiment has no cells, so there is nothing to simulate.",
                hint="Choose at least one cell, or a node set.",
            )
        for name, expression in listed_sets(listed).items():
            self._add_nodes(name, expression)
        return LISTED_CELLS

    def simulated_by_name(self) -> str:
        """The same, for a place that must name a set."""
        return self.simulated() or self.named(_ALL_CELLS)

    def named(self, name: str) -> str:
        """A node set by its name; what goes without a definition here gets one, simulators want it."""
        if name not in self.node_sets and not self._circuit.defines(name):
            implied: JsonValue = self._all_cells() if name == _ALL_CELLS else {"population": name}
            if name != _ALL_CELLS and name not in self._circuit.populations:
                raise UnknownNameError("node set", name, [*self.node_sets, *self._circuit.names])
            self._add_nodes(name, implied)
        return name

    def whole(self, population: str) -> str:
        """The node set of all nodes of a population, virtual ones too."""
        if not self._circuit.defines(population):
            self._add_nodes(population, {"population": population})
        return population

    def end(self, name: str) -> str:
        """A node set at one end of connections: virtual populations are meant by their names, too."""
        is_population = any(name in (each.source, each.target) for each in self._circuit.pathways)
        return self.whole(name) if is_population and name not in self.node_sets else self.named(name)

    def everything(self) -> str:
        """The node set of all nodes between which there are connections."""
        ends = (name for each in self._circuit.pathways for name in (each.source, each.target))
        self._add_nodes(_ALL_NODES, {"population": list[JsonValue](dict.fromkeys(ends))})
        return _ALL_NODES

    def cells(self, target: Target) -> str | None:
        """The node set that means this target; None: it takes a compartment set."""
        if isinstance(target, CompartmentSetTarget) or not at_centre_of_soma(target.section, target.x):
            return None
        if isinstance(target, NodeSetTarget):
            return self.named(target.node_set)
        return self.cell(target.cell)

    def cell(self, cell: CellReference) -> str:
        """The node set that holds one cell."""
        name = cell_name(cell)
        self._add_nodes(name, cell_expression(cell))
        return name

    def compartments(self, target: Target) -> str:
        """The compartment set that means this target."""
        if isinstance(target, CompartmentSetTarget):
            return self.known_compartments(target.compartment_set)
        if isinstance(target, Site):
            name, population, node_ids = site_name(target), target.cell.population, [target.cell.node_id]
        else:
            name = f"sites_{target.node_set}_{target.section}_{target.x!r}"
            population, node_ids = self._one_population(self.named(target.node_set))
        if name not in self.compartment_sets:
            spots = tuple(Spot(node_id=each, section=target.section, x=target.x) for each in node_ids)
            self._add_compartments(name, CompartmentSet(population=population, spots=spots))
        return name

    def add_spots(self, name: str, spots: CompartmentSet) -> None:
        """A compartment set that a name of its own was chosen for."""
        self._add_compartments(name, spots)

    def known_compartments(self, name: str) -> str:
        """A compartment set of the experiment by its name."""
        if name not in self.compartment_sets:
            raise CannotSayError(
                f"the compartment set {name!r} is not part of the experiment",
                "Take it over from the simulation that defines it, or choose another target.",
            )
        return name

    def place(self, target: Target) -> dict[str, str]:
        """The key and the set that an input names."""
        cells = self.cells(target)
        return {"node_set": cells} if cells is not None else {"compartment_set": self.compartments(target)}

    def _add_nodes(self, name: str, expression: JsonValue) -> None:
        if self.node_sets.setdefault(name, expression) != expression:
            raise DocumentError(
                f"The experiment has a node set named {name!r}, a name that the export needs for itself.",
                hint="Rename the node set.",
            )

    def _one_population(self, node_set: str) -> tuple[str, list[int]]:
        found = self._circuit.select(node_set)
        if len(found) != 1:
            raise CannotSayError(
                f"the node set {node_set!r} is about {len(found)} populations, a compartment set about one",
                "Aim at one population at a time.",
            )
        return next(iter(found.items()))

    def _all_cells(self) -> JsonValue:
        """All cells as an expression that libsonata keeps; it drops the empty one."""
        return {"population": list[JsonValue](self._circuit.populations)}

    def _add_compartments(self, name: str, spots: CompartmentSet) -> None:
        entries = {
            (spot.node_id, self._section(name, spots.population, spot), float(spot.x)) for spot in spots.spots
        }
        if len(entries) < len(spots.spots):
            self._warn(f"The compartment set {name!r} lists a spot twice; SONATA allows it once.")
        ordered = sorted(entries, key=lambda each: (each[0], isinstance(each[1], str), each[1], each[2]))
        self.compartment_sets[name] = {
            "population": spots.population,
            "compartment_set": [list[JsonValue](each) for each in ordered],
        }

    def _section(self, name: str, population: str, spot: Spot) -> int | str:
        if isinstance(spot.section, int) or spot.section == SOMA:
            return spot.section if isinstance(spot.section, int) else 0
        if self._section_number is not None:
            return self._section_number(CellReference(population, spot.node_id), spot.section)
        self._warn(
            f"The compartment set {name!r} names sections; neurodamus and libsonata need their numbers.",
            "Export with the cells built to have the names replaced; BlueCelluLab takes them as they are.",
        )
        return spot.section

    def _warn(self, what: str, hint: str = "") -> None:
        problem = Problem(what, hint=hint, severity="warning")
        if problem not in self.problems:
            self.problems.append(problem)


def _aimed_at(experiment: Experiment) -> list[CellReference]:
    """The single cells that stimuli and recordings go to: they have to be there."""
    targets: list[Target] = [each.target for each in experiment.stimuli if each.enabled]
    targets += [each.site for each in experiment.recordings if isinstance(each, SiteRecording)]
    targets += [each.target for each in experiment.recordings if isinstance(each, Report)]
    return [each.cell for each in targets if isinstance(each, Site)]
