"""The way along a cell between two points: its segments, how far they are, and its sections."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.experiment.targets import Site
from engine.messages.anatomy import Anatomy
from gui.plots.distance_plot import Floats
from gui.plots.space_plot import Stretch


@dataclass(frozen=True, eq=False)
class Way:
    """From the first of `segments` to the last, along the tree."""

    anatomy: Anatomy
    segments: NDArray[np.intp]  # (n,)
    distances: Floats  # (n,) µm from the middle of the first segment

    @property
    def length(self) -> float:
        """µm from the middle of the first segment to the middle of the last."""
        return float(self.distances[-1])

    @property
    def ends(self) -> tuple[Site, Site]:
        """The middles of the first and the last segment."""
        first, last = (int(self.segments[place]) for place in (0, -1))
        return site_of(self.anatomy, first), site_of(self.anatomy, last)

    def stretches(self) -> tuple[Stretch, ...]:
        """Its sections, each from where the way enters it to where it leaves."""
        borders = [self._border(place) for place in self._changes()]
        ends = [0.0, *borders, self.length]
        firsts = [0, *(place + 1 for place in self._changes())]
        return tuple(
            Stretch(self.anatomy.section(int(self.segments[first])).name, begin, end)
            for first, (begin, end) in zip(firsts, itertools.pairwise(ends), strict=True)
        )

    def _changes(self) -> list[int]:
        """Places after which another section begins."""
        sections = self.anatomy.sections[self.segments]
        return np.flatnonzero(np.diff(sections)).tolist()

    def _border(self, place: int) -> float:
        """µm to the near end of the section that hangs on the other."""
        one, other = self.segments[place], self.segments[place + 1]
        if self.anatomy.parents[other] == one:
            return float(self.distances[place + 1] - self.anatomy.lengths[other] / 2)
        return float(self.distances[place] + self.anatomy.lengths[one] / 2)


def way_between(anatomy: Anatomy, first: int, last: int) -> Way:
    """The way from one segment to another."""
    path = anatomy.path(first, last)
    return Way(anatomy, path, anatomy.distances_along(path))


def usual_ends(anatomy: Anatomy) -> tuple[Site, Site]:
    """From the soma to the farthest tip of the apical dendrites; without them, of the others."""
    sections = anatomy.description.sections
    kinds = {each.section_type for each in sections}
    begin = next((each for each in sections if each.section_type == "soma"), sections[0])
    soma = anatomy.segment_at(begin.name, 0.5)
    tips = (anatomy.farthest_tip(*each) for each in (("apic",), ("dend",), tuple(kinds)))
    tip = next(each for each in tips if each is not None)
    return site_of(anatomy, soma), site_of(anatomy, tip)


def site_of(anatomy: Anatomy, segment: int) -> Site:
    """The middle of a segment."""
    x = round(float(anatomy.positions[segment]), 6)
    return Site(cell=anatomy.description.cell, section=anatomy.section(segment).name, x=x)


def in_words(site: Site) -> str:
    """Such as "apic[12](0.5)"."""
    return f"{site.section}({site.x:.3g})"
