"""The segments of a cell as pieces of cones in space, cut out of the 3-D points of its sections."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from engine.messages.anatomy import Anatomy, Indices

Floats = NDArray[np.float64]

_LEAST_POINTS: Final = 2  # of a section that has a course in space
_APART: Final = 2.0  # between sections on the common line of positions: each takes one, one is free
_NOTHING: Final = 1e-9  # of a section: shorter pieces are points that lie on each other


@dataclass(frozen=True, eq=False)
class Pieces:
    """Straight pieces of cones, n of them; each is a part of one segment.

    `bends`: how sharply the course turns at the start and at the end; 0: not at all, or it ends there.
    """

    starts: Floats  # (n, 3) µm
    ends: Floats  # (n, 3) µm
    radii: Floats  # (n, 2) µm, at the start and at the end
    segments: Indices  # (n,)
    xs: Floats  # (n, 2) places in the section at the start and at the end, 0 to 1
    bends: Floats  # (n, 2), 0 to 1

    def __len__(self) -> int:
        return len(self.segments)

    @cached_property
    def directions(self) -> Floats:
        """(n, 3) of length 1; zero for pieces without length."""
        along = self.ends - self.starts
        lengths = np.linalg.norm(along, axis=1, keepdims=True)
        directions: Floats = np.divide(along, lengths, out=np.zeros_like(along), where=lengths > 0)
        return directions

    def take(self, which: Indices) -> Self:
        """Some of them, in this order."""
        return type(self)(*(getattr(self, field.name)[which] for field in fields(self)))

    @classmethod
    def joined(cls, parts: "Iterable[Pieces]") -> "Pieces":
        """All of several, one after the other; there must be one at least."""
        parts = tuple(parts)
        return cls(*(np.concatenate([getattr(each, field.name) for each in parts]) for field in fields(cls)))


def sections_with_course(anatomy: Anatomy, points: Floats) -> Indices:
    """Numbers of the sections that have 3-D points which lead somewhere."""
    numbers = [
        number
        for number, section in enumerate(anatomy.description.sections)
        if section.points >= _LEAST_POINTS
        and np.ptp(points[section.first_point : section.first_point + section.points, :3], axis=0).any()
    ]
    return np.array(numbers, dtype=np.intp)


def pieces_along(anatomy: Anatomy, points: Floats, numbers: Indices) -> Pieces:
    """The pieces of these sections, each from its near end: cut at points and where segments meet."""
    if not numbers.size:
        return Pieces(*(np.empty((0, 3)),) * 2, np.empty((0, 2)), numbers, *(np.empty((0, 2)),) * 2)
    owners, rows, positions = _positions(anatomy, points, numbers)
    cut_owners, cuts = _cuts(anatomy, numbers)
    at_cuts = np.column_stack([np.interp(cuts, positions, points[rows, each]) for each in range(4)])
    all_positions = np.concatenate([positions, cuts])
    order = np.argsort(all_positions, kind="stable")
    places = np.concatenate([points[rows], at_cuts.reshape(-1, 4)])[order]
    owner = np.concatenate([owners, cut_owners])[order]
    x = all_positions[order] - _APART * owner
    kept = np.flatnonzero((owner[1:] == owner[:-1]) & (np.diff(x) > _NOTHING))
    of_section = numbers[owner[kept]]
    counts = np.diff(anatomy.starts)[of_section]
    middle = (x[kept] + x[kept + 1]) / 2
    within = np.minimum((middle * counts).astype(np.intp), counts - 1)
    return Pieces(
        starts=places[kept, :3],
        ends=places[kept + 1, :3],
        radii=np.column_stack([places[kept, 3], places[kept + 1, 3]]) / 2,
        segments=anatomy.starts[of_section] + within,
        xs=np.column_stack([x[kept], x[kept + 1]]),
        bends=np.zeros((len(kept), 2)),
    )


def _positions(anatomy: Anatomy, points: Floats, numbers: Indices) -> tuple[Indices, Indices, Floats]:
    """Of each point of these sections: which of them, its row, and its place on the common line."""
    sections = [anatomy.description.sections[number] for number in numbers]
    counts = np.array([section.points for section in sections], dtype=np.intp)
    firsts = np.array([section.first_point for section in sections], dtype=np.intp)
    owners = np.repeat(np.arange(len(counts), dtype=np.intp), counts)
    begins = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp)
    rows = firsts[owners] + np.arange(len(owners)) - begins[owners]
    steps = np.zeros(len(rows))
    steps[1:] = np.linalg.norm(np.diff(points[rows, :3], axis=0), axis=1)
    steps[begins] = 0.0
    along = np.cumsum(steps)
    along -= along[begins][owners]
    lengths = along[begins + counts - 1]
    return owners, rows, along / lengths[owners] + _APART * owners


def _cuts(anatomy: Anatomy, numbers: Indices) -> tuple[Indices, Floats]:
    """Where segments meet inside of these sections: which of them, and the place on the common line."""
    counts = np.diff(anatomy.starts)[numbers]
    owners = np.repeat(np.arange(len(numbers), dtype=np.intp), counts - 1)
    begins = np.cumsum(counts - 1) - (counts - 1)
    within = np.arange(len(owners)) - begins[owners] + 1
    return owners, within / counts[owners] + _APART * owners
