"""The picture of pieces without OpenGL: which pixel shows which of them, found with NumPy.

A change of colours looks up those of the pixels again and draws nothing anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.messages.anatomy import Indices
from gui.plots.cell.camera import Projected, Size
from gui.plots.cell.covering import Outlines, cover
from gui.plots.cell.pieces import Floats

_AT_ONCE: Final = 2_000_000  # pixels that are asked about together: more need memory without being faster


@dataclass(frozen=True, eq=False)
class Footprint:
    """The pixels that something is seen in, n of them."""

    size: Size
    pixels: Indices  # (n,) row × width + column
    pieces: Indices  # (n,) which piece is in front there
    facing: Floats  # (n,) 1 where its surface faces who looks, 0 at its edge


@dataclass(frozen=True, eq=False)
class _Candidates:
    pixels: Indices
    pieces: Indices
    depths: Floats
    facing: Floats

    @classmethod
    def joined(cls, parts: "Sequence[_Candidates]") -> "_Candidates":
        if not parts:
            return cls(np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty(0), np.empty(0))
        return cls(*(np.concatenate([getattr(each, field.name) for each in parts]) for field in fields(cls)))


class Raster:
    """Finds footprints on a screen of one size. Its memory is kept: getting it takes longer than using it."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self._front = np.full(size[0] * size[1], -np.inf)  # depth of what is in front so far
        self._shown = np.zeros(size[0] * size[1], dtype=np.intp)  # which candidate that is

    def footprint(self, pieces: Projected) -> Footprint:
        """What each pixel shows; pixels are asked at their middles."""
        outlines = Outlines.of(pieces)
        columns = _columns(pieces, outlines, self.size)
        asked = [_asked(outlines, part, self.size) for part in columns.in_parts()]
        found = _Candidates.joined(asked)
        np.maximum.at(self._front, found.pixels, found.depths)
        is_front = np.flatnonzero(found.depths == self._front[found.pixels])
        self._front[found.pixels] = -np.inf
        backwards = is_front[::-1]
        self._shown[found.pixels[backwards]] = backwards
        shown = is_front[
            self._shown[found.pixels[is_front]] == is_front
        ]  # of those that are as near, the first
        return Footprint(self.size, found.pixels[shown], found.pieces[shown], found.facing[shown])


@dataclass(frozen=True, eq=False)
class _Columns:
    """Strips of pixels, one pixel wide, that a piece may cover: across its longer extent on the screen."""

    pieces: Indices
    places: Indices  # the column, or for steep pieces the row
    firsts: Indices  # the first row, or for steep pieces the first column
    counts: Indices
    steep: NDArray[np.bool_]

    def in_parts(self) -> "Iterator[_Columns]":
        """Of so many pixels that they can be asked about together."""
        sums = np.cumsum(self.counts)
        begin = 0
        while begin < len(sums):
            before = int(sums[begin - 1]) if begin else 0
            end = max(int(np.searchsorted(sums, before + _AT_ONCE, side="right")), begin + 1)
            yield _Columns(*(getattr(self, field.name)[begin:end] for field in fields(self)))
            begin = end


def _columns(pieces: Projected, outlines: Outlines, size: Size) -> _Columns:
    steep = np.abs(outlines.along[:, 1]) > np.abs(outlines.along[:, 0])
    major, minor = steep.astype(np.intp), (~steep).astype(np.intp)
    rows = np.arange(len(steep))
    sizes = np.array(size)
    radius = outlines.radii.max(axis=1)
    on_major, on_minor = (np.abs(outlines.along[rows, axis]) for axis in (major, minor))
    past_end = np.maximum(outlines.tilts, outlines.bends.max(axis=1)) * radius
    on_both = [
        (pieces.starts[rows, axis], pieces.ends[rows, axis], past_end * one + radius * other)
        for axis, one, other in ((major, on_major, on_minor), (minor, on_minor, on_major))
    ]
    (start, end, reach), (start_minor, end_minor, reach_minor) = on_both
    low, high = _pixels(np.minimum(start, end) - reach, np.maximum(start, end) + reach, sizes[major])
    counts = np.where(pieces.seen, np.maximum(high - low + 1, 0), 0)
    of_piece = np.repeat(rows, counts)
    place = low[of_piece] + np.arange(len(of_piece)) - (np.cumsum(counts) - counts)[of_piece]
    slope = outlines.along[rows, minor] / outlines.along[rows, major]
    middle = start_minor[of_piece] + slope[of_piece] * (place + 0.5 - start[of_piece])
    half = (radius / on_major)[of_piece] + (past_end * on_minor)[of_piece]
    least = np.minimum(start_minor, end_minor) - reach_minor
    most = np.maximum(start_minor, end_minor) + reach_minor
    first, last = _pixels(
        np.maximum(middle - half, least[of_piece]),
        np.minimum(middle + half, most[of_piece]),
        sizes[minor][of_piece],
    )
    return _Columns(of_piece, place, first, np.maximum(last - first + 1, 0), steep[of_piece])


def _pixels(low: Floats, high: Floats, size: Indices) -> tuple[Indices, Indices]:
    """The first and the last pixel whose middle is in between, on the screen."""
    limit = size.astype(np.float64)
    first = np.ceil(np.clip(low - 0.5, 0, limit))
    last = np.floor(np.clip(high - 0.5, -1, limit - 1))
    return first.astype(np.intp), last.astype(np.intp)


def _asked(outlines: Outlines, columns: _Columns, size: Size) -> _Candidates:
    """Those of the pixels in these strips that are inside of their piece."""
    strips = np.repeat(np.arange(len(columns.counts)), columns.counts)
    begins = np.cumsum(columns.counts) - columns.counts
    along = columns.firsts[strips] + np.arange(len(strips)) - begins[strips]
    places, steep = columns.places[strips], columns.steep[strips]
    column, row = np.where(steep, along, places), np.where(steep, places, along)
    pieces = columns.pieces[strips]
    found = cover(outlines.take(pieces), column + 0.5, row + 0.5)
    inside = found.inside
    return _Candidates(
        (row * size[0] + column)[inside], pieces[inside], found.depths[inside], found.facing[inside]
    )
