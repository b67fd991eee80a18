"""Manipulations as the `modifications` of SONATA's conditions."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.circuit.problems import Problem
from engine.experiment.assignments import format_assignments
from engine.experiment.cell_changes import Change
from engine.experiment.experiment import CompartmentSet, Spot
from engine.experiment.manipulations import (
    Assignment,
    BlockSodium,
    ChangeAllSections,
    ChangeCompartments,
    ChangeSection,
    ChangeSectionList,
    Drug,
    Manipulation,
)
from engine.experiment.sonata_export_sets import CannotSayError, ExportSets
from engine.experiment.sonata_modifications import MODIFICATION_TYPES
from engine.experiment.sonata_names import unique
from engine.experiment.sonata_sets import cell_name
from engine.experiment.targets import CellReference


@dataclass(frozen=True, slots=True)
class ChangedSection:
    """A section of a built cell that a change of it is about.

    `positions`: the middles of its segments; `is_even`: what is multiplied, or added to, is the same in all.
    """

    name: str
    has_number: bool  # SONATA's
    positions: tuple[float, ...]
    is_even: bool


ChangedSections = Callable[[CellReference, Change], Sequence[ChangedSection]]
_SonataChange = BlockSodium | ChangeCompartments | Change
_OF_SECTIONS: Final = frozenset({"Ra", "L"})  # no segment has them
_OF_WHOLE_SECTIONS: Final = Problem(
    "A simulator of SONATA that multiplies a density makes it the same all along each section.",
    hint="Where a density varies within a section, export a script to have it as it is here.",
    severity="warning",
)


class ExportModifications:
    """Collects them. Simulators take the middle of a section for all of it when they multiply a density.

    So a change of one cell whose density varies within sections is said of each segment, if
    `changed_sections`, which needs the cell built, can tell; else there is a warning.
    """

    def __init__(self, sets: ExportSets, changed_sections: ChangedSections | None) -> None:
        self.problems: list[Problem] = []
        self._sets, self._changed_sections = sets, changed_sections
        self._said: dict[str, dict[str, str]] = {}
        self._has_spots = False  # the user's own

    @property
    def modifications(self) -> list[dict[str, str]]:
        """What stands in the conditions."""
        return list(self._said.values())

    def add(self, manipulations: Iterable[Manipulation]) -> None:
        """Those that are switched on, as far as SONATA has words for them."""
        for each in manipulations:
            if each.enabled and isinstance(each, Drug) and (each.wash_in > 0 or each.wash_out is not None):
                self.problems.append(_in_the_middle(each))
            elif each.enabled:
                for change in _without_drugs(each):
                    self._add(change)
                self._has_spots |= isinstance(each, ChangeCompartments)

    def _add(self, change: _SonataChange) -> None:
        if isinstance(change, BlockSodium | ChangeCompartments) or not _multiplies(change):
            self._say(change)
        elif change.cell is None or self._changed_sections is None or self._may_be_uneven(change):
            self._say(change)
            self._warn_of_whole_sections()
        else:
            sections = self._changed_sections(change.cell, change)
            if all(each.is_even for each in sections):
                self._say(change)
            else:
                self._say_of_segments(change.cell, change, sections)

    def _may_be_uneven(self, change: Change) -> bool:
        """Whether single spots were changed before, or what segments do not have is changed with others."""
        variables = {each.variable for each in change.assignments}
        return self._has_spots or (len(variables) > 1 and bool(variables & _OF_SECTIONS))

    def _say(self, change: _SonataChange) -> None:
        try:
            entry = _entry(change, self._sets)
        except CannotSayError as error:
            name = change.name or change.kind
            self.problems.append(Problem(f"{name!r} was left out: {error}.", hint=error.problem.hint))
            return
        entry["name"] = unique(entry["name"], self._said)
        self._said[entry["name"]] = entry

    def _say_of_segments(
        self, cell: CellReference, change: Change, sections: Sequence[ChangedSection]
    ) -> None:
        numbered = [each for each in sections if each.has_number]
        if numbered:
            spots = tuple(
                Spot(node_id=cell.node_id, section=each.name, x=x)
                for each in numbered
                for x in each.positions
            )
            name = unique(f"segments_{cell_name(cell)}", self._sets.compartment_sets)
            self._sets.add_spots(name, CompartmentSet(population=cell.population, spots=spots))
            assignments = change.assignments
            self._say(ChangeCompartments(name=change.name, compartment_set=name, assignments=assignments))
        for each in sections:
            if not each.has_number:  # such as a stub for the axon: compartment sets go by numbers
                self._say(
                    ChangeSection(
                        name=change.name, cell=cell, section=each.name, assignments=change.assignments
                    )
                )
        if not all(each.is_even for each in sections if not each.has_number):
            self._warn_of_whole_sections()

    def _warn_of_whole_sections(self) -> None:
        if _OF_WHOLE_SECTIONS not in self.problems:
            self.problems.append(_OF_WHOLE_SECTIONS)


def _in_the_middle(drug: Drug) -> Problem:
    return Problem(
        f"{drug.name or drug.title!r} was left out: SONATA has no changes in the middle of a run.",
        hint="Let it be there from the start, or export a script.",
    )


def _multiplies(change: Change) -> bool:
    """Also: divides, adds."""
    return any(each.operator != "=" for each in change.assignments)


def _without_drugs(manipulation: Manipulation) -> Iterator[_SonataChange]:
    """SONATA has no drugs: they are changes of all sections, one for each conductance that they block."""
    if not isinstance(manipulation, Drug):
        yield manipulation
        return
    for variable in manipulation.variables:
        name = manipulation.name or manipulation.title
        yield ChangeAllSections(
            name=f"{name} {variable}" if len(manipulation.variables) > 1 else name,
            node_set=manipulation.node_set,
            cell=manipulation.cell,
            assignments=(Assignment(variable=variable, operator="*=", value=manipulation.factor),),
        )


def _entry(change: _SonataChange, sets: ExportSets) -> dict[str, str]:
    if isinstance(change, ChangeSectionList) and change.section_list == "all":
        change = ChangeAllSections(
            name=change.name, node_set=change.node_set, cell=change.cell, assignments=change.assignments
        )
    kind = next(kind for kind in MODIFICATION_TYPES if kind.model is type(change))
    entry = {"name": change.name or change.kind, "type": kind.name, kind.place: _place(change, sets)}
    if not isinstance(change, BlockSodium):
        assert kind.style is not None, "every change of variables has its style"
        selector = getattr(change, kind.selector) if kind.selector else ""
        if kind.style == "section" and not selector.endswith("]"):
            selector = f"{selector}[0]"
        entry["section_configure"] = format_assignments(change.assignments, kind.style, selector)
    return entry


def _place(change: _SonataChange, sets: ExportSets) -> str:
    if isinstance(change, ChangeCompartments):
        return sets.known_compartments(change.compartment_set)
    return sets.cell(change.cell) if change.cell is not None else sets.named(str(change.node_set))
