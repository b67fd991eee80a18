"""The tree of a cell, as far as a protocol needs to know it: where its segments are, and the way to each."""

from dataclasses import dataclass
from typing import Final

from engine.errors import EngineError, UnknownNameError
from engine.experiment.targets import CellReference, Site

_TIPS: Final = (("apic",), ("dend",))  # looked for in this order


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a section: `x` is its middle, `distance` from the middle of the soma along the path (µm).

    `parent` is the number of the segment that it hangs on; None for the first of the tree.
    """

    section: str
    x: float
    section_type: str
    distance: float
    parent: int | None

    def on(self, cell: CellReference) -> Site:
        """The same spot, as a recording wants it."""
        return Site(cell=cell, section=self.section, x=self.x)

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.section}({self.x:.3g})"


@dataclass(frozen=True, slots=True)
class Tree:
    """All segments of a cell, section by section, each section from its near end."""

    segments: tuple[Segment, ...]

    def has(self, section: str) -> bool:
        """Whether there is a section of that name."""
        return any(each.section == section for each in self.segments)

    def of_type(self, *section_types: str) -> tuple[int, ...]:
        """The numbers of the segments of sections of these types."""
        return tuple(
            number for number, each in enumerate(self.segments) if each.section_type in section_types
        )

    def farthest(self, *section_types: str) -> int | None:
        """The segment farthest from the soma in sections of these types; None: there are none."""
        return max(
            self.of_type(*section_types), key=lambda number: self.segments[number].distance, default=None
        )

    def tip(self, section: str | None = None) -> int:
        """The far end of a section; without one, of the apical dendrites, or of what there is.

        UnknownNameError if there is no such section.
        """
        if section is not None:
            numbers = [number for number, each in enumerate(self.segments) if each.section == section]
            if not numbers:
                raise UnknownNameError("section", section, {each.section for each in self.segments})
            return numbers[-1]
        kinds = {each.section_type for each in self.segments}
        for wanted in (*_TIPS, tuple(kinds)):
            if (found := self.farthest(*wanted)) is not None:
                return found
        raise EngineError("The cell has no sections, so a signal has no way along it.")

    def way(self, last: int) -> tuple[Segment, ...]:
        """The segments that are passed from the soma to one of them, from near to far."""
        begin = min(range(len(self.segments)), key=lambda number: self.segments[number].distance)
        up, down = self._to_root(begin), self._to_root(last)
        meeting = next(each for each in up if each in down)
        numbers = (*up[: up.index(meeting) + 1], *reversed(down[: down.index(meeting)]))
        return tuple(self.segments[number] for number in numbers)

    def _to_root(self, number: int) -> list[int]:
        way = [number]
        while (parent := self.segments[way[-1]].parent) is not None:
            way.append(parent)
        return way
