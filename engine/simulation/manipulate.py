"""Changes to built cells, in the order of the experiment, and the way back."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

from engine.circuit.problems import Problem
from engine.errors import SimulationError
from engine.experiment.manipulations import (
    Assignment,
    BlockSodium,
    ChangeAllSections,
    ChangeCompartments,
    ChangeSection,
    ChangeSectionList,
    Manipulation,
)
from engine.simulation.cells.cell import Cell
from engine.simulation.host import explaining
from engine.simulation.places import Places
from engine.simulation.variables import has_variable, set_variable

_TTX = "TTXDynamicsSwitch"
_OPERATIONS: Mapping[str, Callable[[float, float], float]] = {
    "=": lambda _, value: value,
    "*=": operator.mul,
    "/=": operator.truediv,
    "+=": operator.add,
    "-=": operator.sub,
}
_OF_WHOLE_SECTIONS = frozenset({"Ra", "L"})


@dataclass(slots=True)
class Changes:
    """What was changed, so that it can be undone, and what turned out to change nothing."""

    problems: list[Problem] = field(default_factory=list)
    _undo: list[Callable[[], object]] = field(default_factory=list)

    def undo(self) -> None:
        """Give the cells back as they were."""
        while self._undo:
            self._undo.pop()()

    def remember(self, way_back: Callable[[], object]) -> None:
        """Note how to take back what was just done."""
        self._undo.append(way_back)


def apply(manipulations: Iterable[Manipulation], places: Places) -> Changes:
    """Apply every enabled manipulation, in order; what was done before an error is undone."""
    changes = Changes()
    try:
        for manipulation in manipulations:
            if manipulation.enabled and not _apply(manipulation, places, changes):
                changes.problems.append(
                    Problem(
                        f"The manipulation {manipulation.name or manipulation.kind!r} changes nothing.",
                        hint="No section of its cells has the variables that it changes.",
                        severity="warning",
                    )
                )
    except SimulationError:
        changes.undo()
        raise
    return changes


@singledispatch
def _apply(manipulation: object, _places: Places, _changes: Changes) -> int:
    """Apply; return how many sections or segments were changed."""
    raise TypeError(f"no way to apply {manipulation!r}")


@_apply.register
def _(manipulation: BlockSodium, places: Places, changes: Changes) -> int:
    sections = [section for cell in places.cells_of(manipulation.node_set) for section in cell.lists["all"]]
    for section in sections:
        _block_sodium(section, changes)
    return len(sections)


@_apply.register
def _(manipulation: ChangeAllSections, places: Places, changes: Changes) -> int:
    sections = [section for cell in places.cells_of(manipulation.node_set) for section in cell.lists["all"]]
    return _change_where_possible(sections, manipulation.assignments, changes)


@_apply.register
def _(manipulation: ChangeSectionList, places: Places, changes: Changes) -> int:
    cells = places.cells_of(manipulation.node_set)
    sections = [section for cell in cells for section in cell.lists[manipulation.section_list]]
    return _change_where_possible(sections, manipulation.assignments, changes)


@_apply.register
def _(manipulation: ChangeSection, places: Places, changes: Changes) -> int:
    sections = [_section(cell, manipulation.section) for cell in places.cells_of(manipulation.node_set)]
    return _change_where_possible(sections, manipulation.assignments, changes)


@_apply.register
def _(manipulation: ChangeCompartments, places: Places, changes: Changes) -> int:
    spots = places.spots_of_set(manipulation.compartment_set)
    for spot in spots:
        for assignment in manipulation.assignments:
            _change_segment(spot.segment, assignment, changes)
    return len(spots)


def _section(cell: Cell, name: str) -> Any:
    return cell.section(name)


def _block_sodium(section: Any, changes: Changes) -> None:
    if not section.has_membrane(_TTX):
        hint = f"Blocking sodium needs the circuit's {_TTX}.mod."
        with explaining(f"inserting {_TTX}", where=str(section), hint=hint):
            section.insert(_TTX)
        changes.remember(lambda: section.uninsert(_TTX))
    for segment in section:
        _remember_and_set(segment, f"ttxo_level_{_TTX}", 1.0, changes)


def _change_where_possible(
    sections: Iterable[Any], assignments: Iterable[Assignment], changes: Changes
) -> int:
    """Change the sections that have all of the variables; the others are left as they are."""
    assignments = tuple(assignments)
    able = [
        section
        for section in sections
        if all(_section_has(section, assignment.variable) for assignment in assignments)
    ]
    for section in able:
        for assignment in assignments:
            if assignment.variable in _OF_WHOLE_SECTIONS:
                _change_property(section, assignment, changes)
            else:
                for segment in section:
                    _change_segment(segment, assignment, changes)
    return len(able)


def _section_has(section: Any, variable: str) -> bool:
    return variable in _OF_WHOLE_SECTIONS or has_variable(section(0.5), variable)


def _change_property(section: Any, assignment: Assignment, changes: Changes) -> None:
    before = float(getattr(section, assignment.variable))
    with explaining(f"setting {assignment.variable}", where=str(section)):
        setattr(section, assignment.variable, _result(assignment, before))
    changes.remember(lambda: setattr(section, assignment.variable, before))


def _change_segment(segment: Any, assignment: Assignment, changes: Changes) -> None:
    if not has_variable(segment, assignment.variable):
        set_variable(segment, assignment.variable, 0.0)  # says what the segment has instead
    before = float(getattr(segment, assignment.variable))
    _remember_and_set(segment, assignment.variable, _result(assignment, before), changes)


def _remember_and_set(segment: Any, variable: str, value: float, changes: Changes) -> None:
    before = set_variable(segment, variable, value)
    changes.remember(lambda: set_variable(segment, variable, before))


def _result(assignment: Assignment, before: float) -> float:
    if assignment.operator == "/=" and assignment.value == 0:
        raise SimulationError(
            f"The manipulation divides {assignment.variable} by zero.", hint="Use another number."
        )
    return _OPERATIONS[assignment.operator](before, assignment.value)
