"""A described cell as arrays: its segments in one fixed order, their tree, and the ways along it."""

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
        """All segments on the way along the tree from one to another, both included."""
        up, down = self._to_root(first), self._to_root(last)
        on_way_down = set(down)
        meeting = next(each for each in up if each in on_way_down)
        way = [*up[: up.index(meeting) + 1], *reversed(down[: down.index(meeting)])]
        return np.array(way, dtype=np.intp)

    def distances_along(self, path: Indices) -> Floats:
        """(len(path),) µm from the middle of the first segment of a path to the middle of each."""
        steps = self.distances_between(path[:-1], path[1:])
        return np.concatenate([[0.0], np.cumsum(steps)])

    def distances_between(self, some: Indices, others: Indices) -> Floats:
        """µm along the tree between the middles of neighbours."""
        result = np.empty(len(some))
        for number, (one, other) in enumerate(zip(some.tolist(), others.tolist(), strict=True)):
            parent, child = (one, other) if self.parents[other] == one else (other, one)
            result[number] = self._from_parent(parent, child)
        return result

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

    def _from_parent(self, parent: int, child: int) -> float:
        section = self.section(child)
        if self.sections[parent] == self.sections[child]:
            return float(self.lengths[child])
        at_parent = abs(section.parent_x - float(self.positions[parent])) * self.section(parent).length
        return float(at_parent + self.lengths[child] / 2)
