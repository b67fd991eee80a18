"""What the manipulations of an experiment make of built cells, at any time of a run, and the way back.

A variable that manipulations change has at each time the value that it was built with, changed by those of
them that hold at that time, in the order of the experiment. So what comes and goes leaves no rounding behind.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
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
from engine.simulation.stand_ins import TTX_SWITCH, told, ttx_switch
from engine.simulation.variables import Vocabulary, set_variable

OF_WHOLE_SECTIONS: Final = frozenset({"Ra", "L"})

Reached = Callable[[float], bool]


def at_start(time: float) -> bool:
    """Whether a run that has not begun yet has reached a time (ms)."""
    return time <= 0


@dataclass(eq=False, slots=True)
class _Change:
    """What becomes of values, from a time to another (ms). `holds`: whether that is so at the moment."""

    result: Callable[[float], float]
    begin: float = 0.0
    end: float = math.inf
    holds: bool = False

    def is_of(self, reached: Reached) -> bool:
        """Whether it holds when these times are reached."""
        return reached(self.begin) and not (self.end < math.inf and reached(self.end))


@dataclass(eq=False, slots=True)
class _Dial:
    """One variable of a segment, or of a section: what it was built with, and what is done to it in turn."""

    owner: Any
    variable: str
    original: float
    present: float
    changes: list[_Change] = field(default_factory=list)
    initial: tuple[_Change, ...] = ()  # those of the experiment


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

    `problems`: what to know of them; `idle`: those that turned out to change nothing.
    """

    def __init__(self, manipulations: Iterable[Manipulation], places: Places) -> None:
        """Apply what is enabled, as it is when a run starts; what was done before an error is undone."""
        self.problems: list[Problem] = []
        self.idle: list[Problem] = []
        self._places = places
        self._vocabulary = Vocabulary()
        self._dials: dict[str, dict[Any, _Dial]] = {}  # by variable, then by segment or section
        self._inserted: list[tuple[Any, str]] = []
        self._pending: list[float] = []
        self._elsewhere: tuple[float, ...] = ()
        self._experiment = tuple(each for each in manipulations if each.enabled)
        try:
            self._insert()
            self._changes = self._initial = self._planned(self._experiment, self.idle)
            for dial in self._all_dials():
                dial.initial = tuple(dial.changes)
            self.restart()
        except EngineError:
            self.undo()
            raise

    def restart(self) -> None:
        """Make everything as it is at the start of a run, whatever was done in the last one."""
        self._changes = self._initial
        for dial in self._all_dials():
            dial.changes = list(dial.initial)
        self._pending = sorted({*_times(self._changes), *self._elsewhere})
        self._bring_to(at_start, force=True)

    def replace(self, manipulations: Iterable[Manipulation], reached: Reached) -> None:
        """Go on with other manipulations until the next start.

        Blocked sodium stays as it is, since nothing can be inserted while a run is under way.
        """
        wanted = [each for each in manipulations if each.enabled and not isinstance(each, BlockSodium)]
        blocked = [each for each in self._experiment if isinstance(each, BlockSodium)]
        self._changes = self._planned((*blocked, *wanted), [])
        self._pending = [time for time in _times(self._changes) if not reached(time)]
        self._bring_to(reached)

    @property
    def times(self) -> list[float]:
        """When something comes or goes in a run, after its start (ms)."""
        return _times(self._initial)

    def also_stop_at(self, times: Iterable[float]) -> None:
        """In each run, when something comes or goes in other processes: all stop at the same times."""
        self._elsewhere = tuple(times)

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
        dial = self._dial(owner, variable)
        value = dial.original
        for change in dial.initial:
            value = change.result(value) if change.is_of(at_start) else value
        return value

    def original(self, owner: Any, variable: str) -> float:
        """What it is without any manipulation."""
        dial = self._dials.get(variable, {}).get(owner)
        return float(getattr(owner, variable)) if dial is None else dial.original

    def undo(self) -> None:
        """Give the cells back as they were."""
        for dial in self._all_dials():
            setattr(dial.owner, dial.variable, dial.original)
        self._dials.clear()
        while self._inserted:
            section, switch = self._inserted.pop()
            section.uninsert(switch)

    def _insert(self) -> None:
        """Blocking sodium needs a mechanism wherever it is blocked."""
        for each in self._experiment:
            if isinstance(each, BlockSodium):
                switch = ttx_switch()
                self.problems += [problem for problem in told([TTX_SWITCH]) if problem not in self.problems]
                for section in _all_sections(self._places.changed_cells(each)):
                    if not section.has_membrane(switch):
                        with explaining(f"inserting {switch}", where=str(section)):
                            section.insert(switch)
                        self._inserted.append((section, switch))

    def _planned(self, manipulations: Sequence[Manipulation], problems: list[Problem]) -> list[_Change]:
        """Give each dial what is done to it in turn; `problems` takes the manipulations that do nothing.

        All is found out before anything is given: an error leaves the dials as they are.
        """
        found = [list(_changes(each, self._places, self._vocabulary)) for each in manipulations]
        for dial in self._all_dials():
            dial.changes = []
        all_changes: dict[_Change, None] = {}  # each once, in their order
        for manipulation, of_one in zip(manipulations, found, strict=True):
            for owner, variable, change in of_one:
                self._dial(owner, variable).changes.append(change)
                all_changes[change] = None
            if not of_one:
                problems.append(_nothing_changed(manipulation, self._places))
        return list(all_changes)

    def _dial(self, owner: Any, variable: str) -> _Dial:
        """A variable, with what it was before anybody changed it."""
        of_variable = self._dials.setdefault(variable, {})
        dial = of_variable.get(owner)
        if dial is None:
            value = float(getattr(owner, variable))
            dial = of_variable[owner] = _Dial(owner, variable, value, value)
        return dial

    def _all_dials(self) -> Iterator[_Dial]:
        for of_variable in self._dials.values():
            yield from of_variable.values()

    def _bring_to(self, reached: Reached, *, force: bool = False) -> None:
        for change in self._changes:
            change.holds = change.is_of(reached)
        for variable, of_variable in self._dials.items():
            with explaining(f"setting {variable}"):
                for dial in of_variable.values():
                    value = dial.original
                    for change in dial.changes:
                        if change.holds:
                            value = change.result(value)
                    if force or value != dial.present:
                        setattr(dial.owner, variable, value)
                        dial.present = value


def _times(changes: Iterable[_Change]) -> list[float]:
    """When something comes or goes after the start of a run, ascending."""
    times = {time for change in changes for time in (change.begin, change.end)}
    return sorted(time for time in times if 0 < time < math.inf)


def _nothing_changed(manipulation: Manipulation, places: Places) -> Problem:
    cell = getattr(manipulation, "cell", None)
    left_out = cell is not None and cell not in places.cells and not places.is_elsewhere(cell)
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
    there, level = _Change(lambda _: 1.0), f"ttxo_level_{ttx_switch()}"
    for section in _all_sections(places.changed_cells(manipulation)):
        for segment in section:
            yield segment, level, there


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
    changes = [(each.variable, _Change(each.of)) for each in manipulation.assignments]
    for spot in places.spots_of_set(manipulation.compartment_set):
        for variable, change in changes:
            if not vocabulary.has(spot.segment, variable):
                set_variable(spot.segment, variable, 0.0)  # says what the segment has instead
            yield spot.segment, variable, change


def _all_sections(cells: Iterable[Cell]) -> list[Any]:
    return [section for cell in cells for section in cell.lists["all"]]


def _where_possible(
    sections: Iterable[Any], assignments: tuple[Assignment, ...], vocabulary: Vocabulary
) -> _Found:
    """Of the sections that have all of the variables; the others are left as they are."""
    changes = [(each.variable, _Change(each.of)) for each in assignments]
    for section in sections:
        if all(name in OF_WHOLE_SECTIONS or vocabulary.has(section(0.5), name) for name, _ in changes):
            for variable, change in changes:
                for owner in [section] if variable in OF_WHOLE_SECTIONS else section:
                    yield owner, variable, change


def _multiplied(factor: float, value: float) -> float:
    return value * factor
