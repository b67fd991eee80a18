"""The shape of a cell: all of its segments in space."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.experiment.targets import CellReference
from engine.messages.anatomy import Anatomy, Indices
from engine.messages.events import Description
from gui.plots.cell.pieces import Floats, Pieces, pieces_along, sections_with_course
from gui.plots.cell.stubs import straight_pieces


@dataclass(frozen=True, eq=False)
class Shape:
    """One cell as it is drawn. Its pieces are in the order of the segments."""

    cell: CellReference
    anatomy: Anatomy
    points: Floats  # (points, 4): x, y, z, diameter in µm
    pieces: Pieces

    @cached_property
    def firsts(self) -> Indices:
        """(segments + 1,) the first piece of each segment."""
        return np.searchsorted(self.pieces.segments, np.arange(self.anatomy.segments + 1)).astype(np.intp)

    def piece_at(self, segment: int, x: float) -> int:
        """The piece of a segment that a place of its section is in, or is nearest to."""
        first, last = int(self.firsts[segment]), int(self.firsts[segment + 1])
        low, high = self.pieces.xs[first:last].T
        away = np.maximum(np.maximum(low - x, x - high), 0.0)
        away[low == high] = np.inf  # the forks of a tree lead elsewhere
        return first + int(np.argmin(away))


def shape_of(description: Description, points: Floats) -> Shape:
    """The shape of a described cell; `points` are those of its description, (points, 4) in µm.

    Sections without a course in space become straight ones that begin where they hang.
    """
    anatomy = Anatomy(description)
    points = np.asarray(points, dtype=np.float64).reshape(-1, 4)
    with_course = sections_with_course(anatomy, points)
    parts = (
        pieces_along(anatomy, points, with_course),
        straight_pieces(anatomy, points, with_course),
    )
    joined = Pieces.joined(parts)
    pieces = joined.take(np.argsort(joined.segments, kind="stable"))
    return Shape(description.cell, anatomy, points, replace(pieces, bends=_bends(anatomy, pieces)))


def _bends(anatomy: Anatomy, pieces: Pieces) -> Floats:
    """(n, 2) how sharply each piece turns away from the one before it and from the one after it.

    The first piece of a section that hangs on another turns as sharply as can be.
    """
    section = anatomy.sections[pieces.segments]
    has_parent = np.array([each.parent is not None for each in anatomy.description.sections], dtype=np.bool_)
    is_first = np.ones(len(pieces), dtype=np.bool_)
    is_first[1:] = section[1:] != section[:-1]
    turns = np.linalg.norm(np.diff(pieces.directions, axis=0), axis=1)
    bends = np.zeros((len(pieces), 2))
    bends[1:, 0] = np.where(is_first[1:], 0.0, np.minimum(turns, 1.0))
    bends[:-1, 1] = bends[1:, 0]
    bends[is_first & has_parent[section], 0] = 1.0
    return bends
