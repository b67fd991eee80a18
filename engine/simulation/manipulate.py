"""What the manipulations of an experiment make of built cells, at any time of a run, and the way back.

A variable that manipulations change has at each time the value that it was built with, changed by those of
them that hold at that time, in the order of the experiment. So what comes and goes leaves no rounding behind.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial, singledispatch
from typing import Any, Final

from engine.circuit.problems import Problem
from engine.errors import EngineError
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
from engine.simulation.cells.cell import Cell
from engine.simulation.host import explaining
from engine.simulation.places import Places
from engine.simulation.variables import Vocabulary, set_variable

_TTX: Final = "TTXDynamicsSwitch"
_OF_WHOLE_SECTIONS: Final = frozenset({"Ra", "L"})

Reached = Callable[[float], bool]
_Key = tuple[Any, str]  # a segment or a section, and the hoc name of a variable


def at_start(time: float) -> bool:
    """Whether a run that has not begun yet has reached a time (ms)."""
    return time <= 0


@dataclass(frozen=True, slots=True)
class _Change:
    """What becomes of a value, from a time to another (ms)."""

    result: Callable[[float], float]
    begin: float = 0.0
    end: float = math.inf


class WayBack:
    """How to take back what was done, the last thing first."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], object]] = []

    def remember(self, step: Callable[[], object]) -> None:
        """Note how to take back what was just done."""
        self._steps.append(step)

    def go(self) -> None:
        """Take everything back."""
        while self._steps:
            self._steps.pop()()


class Manipulated:
    """Cells that are as a list of manipulations has them. Owns the way back.

    `problems`: what turned out to change nothing.
    """

    def __init__(self, manipulations: Iterable[Manipulation], places: Places) -> None:
        """Apply what is enabled, as it is when a run starts; what was done before an error is undone."""
        self.problems: list[Problem] = []
        self._places = places
        self._vocabulary = Vocabulary()
        self._originals: dict[_Key, float] = {}
        self._present: dict[_Key, float] = {}
        self._inserted: list[Any] = []
        self._pending: list[float] = []
        self._experiment = tuple(each for each in manipulations if each.enabled)
        try:
            self._insert()
            self._plan = self._initial = self._planned(self._experiment, self.problems)
            self.restart()
        except EngineError:
            self.undo()
            raise

    def restart(self) -> None:
        """Make everything as it is at the start of a run, whatever was done in the last one."""
        self._plan = self._initial
        self._pending = _times(self._plan)
        self._bring_to(at_start, force=True)

    def replace(self, manipulations: Iterable[Manipulation], reached: Reached) -> None:
        """Go on with other manipulations until the next start.

        Blocked sodium stays as it is, since nothing can be inserted while a run is under way.
        """
        wanted = [each for each in manipulations if each.enabled and not isinstance(each, BlockSodium)]
        blocked = [each for each in self._experiment if isinstance(each, BlockSodium)]
        self._plan = self._planned((*blocked, *wanted), [])
        self._pending = [time for time in _times(self._plan) if not reached(time)]
        self._bring_to(reached)

    def next_time(self) -> float | None:
        """When something comes or goes next (ms)."""
        return self._pending[0] if self._pending else None

    def pass_to(self, reached: Reached) -> bool:
        """Let come and go what is due; whether there was anything."""
        due = [time for time in self._pending if reached(time)]
        if due:
            self._pending = self._pending[len(due) :]
            self._bring_to(reached)
        return bool(due)

    def at_start(self, owner: Any, variable: str) -> float:
        """What a variable of a segment (or a section) is when the run starts, as the next start makes it."""
        self._know((owner, variable))
        return self._value((owner, variable), self._initial, at_start)

    def original(self, owner: Any, variable: str) -> float:
        """What it is without any manipulation."""
        key = owner, variable
        return self._originals[key] if key in self._originals else float(getattr(owner, variable))

    def undo(self) -> None:
        """Give the cells back as they were."""
        for (owner, variable), value in reversed(self._originals.items()):
            setattr(owner, variable, value)
        self._originals.clear()
        self._present.clear()
        while self._inserted:
            self._inserted.pop().uninsert(_TTX)

    def _insert(self) -> None:
        """Blocking sodium needs a mechanism wherever it is blocked."""
        for each in self._experiment:
            if isinstance(each, BlockSodium):
                for section in _all_sections(self._places.changed_cells(each)):
                    if not section.has_membrane(_TTX):
                        hint = f"Blocking sodium needs the circuit's {_TTX}.mod."
                        with explaining(f"inserting {_TTX}", where=str(section), hint=hint):
                            section.insert(_TTX)
                        self._inserted.append(section)

    def _planned(
        self, manipulations: Iterable[Manipulation], problems: list[Problem]
    ) -> dict[_Key, list[_Change]]:
        """What is done to each variable in turn; `problems` takes those that change nothing."""
        plan: dict[_Key, list[_Change]] = {}
        for manipulation in manipulations:
            found = False
            for owner, variable, change in _changes(manipulation, self._places, self._vocabulary):
                found = True
                self._know((owner, variable))
                plan.setdefault((owner, variable), []).append(change)
            if not found:
                problems.append(_nothing_changed(manipulation, self._places))
        return plan

    def _know(self, key: _Key) -> None:
        """Remember what a variable was built with, before it is changed."""
        if key not in self._originals:
            owner, variable = key
            self._originals[key] = self._present[key] = float(getattr(owner, variable))

    def _value(self, key: _Key, plan: Mapping[_Key, list[_Change]], reached: Reached) -> float:
        value = self._originals[key]
        for change in plan.get(key, ()):
            if reached(change.begin) and not reached(change.end):
                value = change.result(value)
        return value

    def _bring_to(self, reached: Reached, *, force: bool = False) -> None:
        # Asked of the simulation once for each time, not for each variable.
        times = {time for changes in self._plan.values() for time in _of(changes)}
        known = {time: time < math.inf and reached(time) for time in times}
        for key in self._originals:
            value = self._value(key, self._plan, known.__getitem__)
            if force or value != self._present[key]:
                owner, variable = key
                with explaining(f"setting {variable}", where=str(owner)):
                    setattr(owner, variable, value)
                self._present[key] = value


def _of(changes: Iterable[_Change]) -> Iterator[float]:
    for change in changes:
        yield change.begin
        yield change.end


def _times(plan: Mapping[_Key, list[_Change]]) -> list[float]:
    """When something comes or goes after the start of a run, ascending."""
    times = {time for changes in plan.values() for time in _of(changes)}
    return sorted(time for time in times if 0 < time < math.inf)


def _nothing_changed(manipulation: Manipulation, places: Places) -> Problem:
    cell = getattr(manipulation, "cell", None)
    left_out = cell is not None and cell not in places.cells
    return Problem(
        f"The manipulation {manipulation.name or manipulation.kind!r} changes nothing.",
        hint=f"Its cell {cell} does not take part in the experiment."
        if left_out
        else "No section of its cells has the variables that it changes.",
        severity="warning",
    )


_Found = Iterator[tuple[Any, str, _Change]]


@singledispatch
def _changes(manipulation: object, _places: Places, _vocabulary: Vocabulary) -> _Found:
    """Which variables of which segments or sections are changed, and how."""
    raise TypeError(f"no way to apply {manipulation!r}")


@_changes.register
def _(manipulation: BlockSodium, places: Places, _vocabulary: Vocabulary) -> _Found:
    for section in _all_sections(places.changed_cells(manipulation)):
        for segment in section:
            yield segment, f"ttxo_level_{_TTX}", _Change(lambda _: 1.0)


@_changes.register
def _(manipulation: Drug, places: Places, vocabulary: Vocabulary) -> _Found:
    end = math.inf if manipulation.wash_out is None else manipulation.wash_out
    blocked = _Change(partial(_multiplied, manipulation.factor), manipulation.wash_in, end)
    for section in _all_sections(places.changed_cells(manipulation)):
        for variable in manipulation.variables:
            if vocabulary.has(section(0.5), variable):
                for segment in section:
                    yield segment, variable, blocked


@_changes.register
def _(manipulation: ChangeAllSections, places: Places, vocabulary: Vocabulary) -> _Found:
    sections = _all_sections(places.changed_cells(manipulation))
    return _where_possible(sections, manipulation.assignments, vocabulary)


@_changes.register
def _(manipulation: ChangeSectionList, places: Places, vocabulary: Vocabulary) -> _Found:
    cells = places.changed_cells(manipulation)
    sections = [section for cell in cells for section in cell.lists[manipulation.section_list]]
    return _where_possible(sections, manipulation.assignments, vocabulary)


@_changes.register
def _(manipulation: ChangeSection, places: Places, vocabulary: Vocabulary) -> _Found:
    sections = [cell.section(manipulation.section) for cell in places.changed_cells(manipulation)]
    return _where_possible(sections, manipulation.assignments, vocabulary)


@_changes.register
def _(manipulation: ChangeCompartments, places: Places, vocabulary: Vocabulary) -> _Found:
    for spot in places.spots_of_set(manipulation.compartment_set):
        for assignment in manipulation.assignments:
            if not vocabulary.has(spot.segment, assignment.variable):
                set_variable(spot.segment, assignment.variable, 0.0)  # says what the segment has instead
            yield spot.segment, assignment.variable, _Change(assignment.of)


def _all_sections(cells: Iterable[Cell]) -> list[Any]:
    return [section for cell in cells for section in cell.lists["all"]]


def _where_possible(
    sections: Iterable[Any], assignments: tuple[Assignment, ...], vocabulary: Vocabulary
) -> _Found:
    """Of the sections that have all of the variables; the others are left as they are."""
    for section in sections:
        if all(
            each.variable in _OF_WHOLE_SECTIONS or vocabulary.has(section(0.5), each.variable)
            for each in assignments
        ):
            for assignment in assignments:
                change = _Change(assignment.of)
                for owner in [section] if assignment.variable in _OF_WHOLE_SECTIONS else section:
                    yield owner, assignment.variable, change


def _multiplied(factor: float, value: float) -> float:
    return value * factor
