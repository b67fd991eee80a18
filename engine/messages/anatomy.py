"""A described cell as arrays: its segments in one fixed order, their tree, and the ways along it."""

import itertools
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.errors import UnknownNameError
from engine.messages.events import Description, SectionDescription

Indices = NDArray[np.intp]
Floats = NDArray[np.float64]

NO_PARENT = -1


@dataclass(frozen=True, eq=False)
class Anatomy:
    """The segments of a cell: section by section as its description has them, each from its near end.

    This is the order in which everything that has a value for each segment counts them.
    """

    description: Description

    @cached_property
    def starts(self) -> Indices:
        """(sections + 1,) the first segment of each section; the last entry is the number of segments."""
        return np.cumsum([0, *(len(each.diameters) for each in self.description.sections)], dtype=np.intp)

    @property
    def segments(self) -> int:
        """How many there are."""
        return int(self.starts[-1])

    @cached_property
    def sections(self) -> Indices:
        """(segments,) of each segment: the number of its section in the description."""
        counts = np.diff(self.starts)
        return np.repeat(np.arange(len(counts), dtype=np.intp), counts)

    @cached_property
    def positions(self) -> Floats:
        """(segments,) x of the middle of each segment in its section, 0 to 1."""
        counts = np.diff(self.starts)[self.sections]
        within = np.arange(self.segments) - self.starts[self.sections]
        return (within + 0.5) / counts

    @cached_property
    def diameters(self) -> Floats:
        """(segments,) µm."""
        parts = [np.asarray(each.diameters) for each in self.description.sections]
        return np.concatenate(parts) if parts else np.empty(0)

    @cached_property
    def lengths(self) -> Floats:
        """(segments,) µm."""
        of_sections = np.array([each.length for each in self.description.sections])
        return of_sections[self.sections] / np.diff(self.starts)[self.sections]

    @cached_property
    def distances(self) -> Floats:
        """(segments,) µm along the path from the middle of the soma to the middle of each segment."""
        sections = self.description.sections
        along = self.positions * np.array([each.length for each in sections], dtype=np.float64)[self.sections]
        near_ends: Floats = np.array([each.distance_from_soma for each in sections])[self.sections]
        for number, section in enumerate(sections):
            if section.section_type == "soma":
                of_it = slice(self.starts[number], self.starts[number + 1])
                along[of_it] = np.abs(self.positions[of_it] - 0.5) * section.length
        return near_ends + along

    @cached_property
    def parents(self) -> Indices:
        """(segments,) the segment that each one hangs on; NO_PARENT for the first of the tree."""
        parents = np.arange(self.segments, dtype=np.intp) - 1
        for number, section in enumerate(self.description.sections):
            parents[self.starts[number]] = (
                NO_PARENT
                if section.parent is None
                else self._segment(self._numbers[section.parent], section.parent_x)
            )
        return parents

    def section(self, segment: int) -> SectionDescription:
        """The section that a segment is part of."""
        return self.description.sections[int(self.sections[segment])]

    def segment_at(self, section_name: str, x: float) -> int:
        """The segment at a spot; UnknownNameError if there is no such section.

        `soma` means `soma[0]`, as everywhere.
        """
        number = self._numbers.get(section_name, self._numbers.get(f"{section_name}[0]"))
        if number is None:
            raise UnknownNameError("section", section_name, self._numbers, where=str(self.description.cell))
        return self._segment(number, x)

    def path(self, first: int, last: int) -> Indices:
        """All segments whose middle is on the way along the tree from one to another, both included.

        Where two branches leave the same point, that is not the middle of what they hang on.
        """
        up, down = self._to_root(first), self._to_root(last)
        on_way_down = set(down)
        meeting = next(each for each in up if each in on_way_down)
        rising, falling = up[: up.index(meeting)], down[: down.index(meeting)]
        is_passed = not (rising and falling) or self._is_between(meeting, rising[-1], falling[-1])
        way = [*rising, *([meeting] if is_passed else []), *reversed(falling)]
        return np.array(way, dtype=np.intp)

    def distances_along(self, path: Indices) -> Floats:
        """(len(path),) µm from the middle of the first segment of a path to the middle of each."""
        steps = self.distances_between(path[:-1], path[1:])
        return np.concatenate([[0.0], np.cumsum(steps)])

    def distances_from(self, segment: int) -> Floats:
        """(segments,) µm along the tree from the middle of one segment to the middle of each."""
        parents, steps = self.parents.tolist(), self._steps.tolist()
        result = [math.nan] * self.segments
        result[segment] = 0.0
        way = self._to_root(segment)
        for child, parent in itertools.pairwise(way):
            result[parent] = result[child] + steps[child]
        came_from = dict(itertools.pairwise(reversed(way)))
        came_from[segment] = NO_PARENT
        for each in self._parents_first:
            if each not in came_from:
                parent = parents[each]
                before = came_from.get(parent, NO_PARENT)
                result[each] = (
                    result[parent] + steps[each]
                    if before == NO_PARENT
                    else result[before] + self._between_siblings(before, each)
                )
        return np.array(result)

    def farthest_tip(self, *section_types: str) -> int | None:
        """The segment farthest from the soma, in sections of these types; None: there are none."""
        kinds = np.array([each.section_type for each in self.description.sections])
        among = (
            np.flatnonzero(np.isin(kinds, section_types)[self.sections]) if self.segments else self.sections
        )
        return int(among[np.argmax(self.distances[among])]) if among.size else None

    def distances_between(self, some: Indices, others: Indices) -> Floats:
        """µm along the tree between the middles of neighbours on a path."""
        to_child, to_parent = self.parents[others] == some, self.parents[some] == others
        result = np.where(to_child, self._steps[others], self._steps[some])
        for number in np.flatnonzero(~(to_child | to_parent)).tolist():
            result[number] = self._between_siblings(int(some[number]), int(others[number]))
        return result

    @cached_property
    def _hangs_at(self) -> tuple[Floats, Floats]:
        """Where each segment hangs in the section of its parent (0 to 1), and µm from there to its middle."""
        sections = self.description.sections
        hanging = np.array([each.parent_x for each in sections])[self.sections]
        is_first = np.zeros(self.segments, dtype=np.bool_)
        is_first[self.starts[:-1]] = True
        return np.where(is_first, hanging, self.positions), np.where(is_first, self.lengths / 2, 0.0)

    @cached_property
    def _steps(self) -> Floats:
        """(segments,) µm from the middle of each segment to that of its parent; 0 for the first."""
        places, beyond = self._hangs_at
        of_sections = np.array([each.length for each in self.description.sections])
        along = np.abs(places - self.positions[self.parents]) * of_sections[self.sections[self.parents]]
        return np.where(self.parents == NO_PARENT, 0.0, along + beyond)

    def _between_siblings(self, one: int, other: int) -> float:
        """µm between the middles of two segments that hang on the same one."""
        places, beyond = self._hangs_at
        length = self.section(int(self.parents[one])).length
        return float(abs(places[one] - places[other]) * length + beyond[one] + beyond[other])

    def _is_between(self, parent: int, one: int, other: int) -> bool:
        """Whether the way between two that hang on the same segment passes its middle."""
        places, _ = self._hangs_at
        middle = self.positions[parent]
        return bool((places[one] - middle) * (places[other] - middle) <= 0)

    @cached_property
    def _parents_first(self) -> list[int]:
        """All segments, each after the one that it hangs on."""
        hanging: dict[int, list[int]] = {}
        for segment, parent in enumerate(self.parents.tolist()):
            hanging.setdefault(parent, []).append(segment)
        order: list[int] = []
        waiting = [NO_PARENT]
        while waiting:
            found = hanging.get(waiting.pop(), ())
            order += found
            waiting += found
        return order

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {each.name: number for number, each in enumerate(self.description.sections)}

    def _segment(self, number: int, x: float) -> int:
        count = int(self.starts[number + 1] - self.starts[number])
        return int(self.starts[number]) + min(int(x * count), count - 1)

    def _to_root(self, segment: int) -> list[int]:
        way = [segment]
        while (parent := int(self.parents[way[-1]])) != NO_PARENT:
            way.append(parent)
        return way
