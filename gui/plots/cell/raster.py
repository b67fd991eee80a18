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
    depths: NDArray[np.float32]
    facing: Floats

    @classmethod
    def joined(cls, parts: "Sequence[_Candidates]") -> "_Candidates":
        if not parts:
            nothing = np.empty(0, dtype=np.intp)
            return cls(nothing, nothing, np.empty(0, dtype=np.float32), np.empty(0))
        return cls(*(np.concatenate([getattr(each, field.name) for each in parts]) for field in fields(cls)))


class Raster:
    """Finds footprints on a screen of one size. Its memory is kept: getting it takes longer than using it."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self._front = np.full(size[0] * size[1], -np.inf, dtype=np.float32)  # depths so far
        self._shown = np.zeros(size[0] * size[1], dtype=np.int32)  # which candidate that is

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
    steep = np.abs(outlines.along_down) > np.abs(outlines.along_right)
    radius = outlines.radii + np.maximum(outlines.widening, 0.0)
    bends = np.maximum(outlines.start_bends, outlines.end_bends)
    past_end = np.maximum(outlines.tilts, bends) * radius
    right, down = _extent(pieces, outlines.along_right, 0), _extent(pieces, outlines.along_down, 1)
    major, minor = (_chosen(steep, one, other) for one, other in ((down, right), (right, down)))
    on_major, on_minor = np.abs(major.along), np.abs(minor.along)
    reach = past_end * on_major + radius * on_minor
    low, high = _pixels(major.low - reach, major.high + reach, np.where(steep, size[1], size[0]))
    counts = np.where(pieces.seen, np.maximum(high - low + 1, 0), 0)
    of_piece = np.repeat(np.arange(len(steep)), counts)
    place = np.arange(len(of_piece)) + np.repeat(low - (np.cumsum(counts) - counts), counts)
    slope = minor.along / major.along
    offset = minor.start + slope * (0.5 - major.start)
    middle = np.take(offset, of_piece) + np.take(slope, of_piece) * place
    half = np.take(radius / on_major + past_end * on_minor, of_piece)
    reach = past_end * on_minor + radius * on_major
    is_steep = np.take(steep, of_piece)
    first, last = _pixels(
        np.maximum(middle - half, np.take(minor.low - reach, of_piece)),
        np.minimum(middle + half, np.take(minor.high + reach, of_piece)),
        np.where(is_steep, size[0], size[1]),
    )
    return _Columns(of_piece, place, first, np.maximum(last - first + 1, 0), is_steep)


@dataclass(frozen=True, eq=False)
class _Extent:
    """Of the axes of pieces in one direction of the screen, pixels."""

    start: Floats
    low: Floats
    high: Floats
    along: Floats  # part of the direction, -1 to 1


def _extent(pieces: Projected, along: Floats, axis: int) -> _Extent:
    start, end = pieces.starts[:, axis], pieces.ends[:, axis]
    return _Extent(start, np.minimum(start, end), np.maximum(start, end), along)


def _chosen(where: NDArray[np.bool_], one: _Extent, other: _Extent) -> _Extent:
    return _Extent(
        *(np.where(where, getattr(one, each.name), getattr(other, each.name)) for each in fields(_Extent))
    )


def _pixels(low: Floats, high: Floats, size: Indices) -> tuple[Indices, Indices]:
    """The first and the last pixel whose middle is in between, on the screen."""
    first = np.ceil(np.minimum(np.maximum(low - 0.5, 0.0), size))
    last = np.floor(np.minimum(np.maximum(high - 0.5, -1.0), size - 1))
    return first.astype(np.intp), last.astype(np.intp)


def _asked(outlines: Outlines, columns: _Columns, size: Size) -> _Candidates:
    """Those of the pixels in these strips that are inside of their piece."""
    counts = columns.counts
    begins = np.cumsum(counts) - counts
    along = np.arange(int(counts.sum())) + np.repeat(columns.firsts - begins, counts)
    places, steep = np.repeat(columns.places, counts), np.repeat(columns.steep, counts)
    column, row = np.where(steep, along, places), np.where(steep, places, along)
    pieces = np.repeat(columns.pieces, counts)
    found = cover(outlines.take(pieces), column + 0.5, row + 0.5)
    inside = found.inside
    return _Candidates(
        (row * size[0] + column)[inside], pieces[inside], found.depths[inside], found.facing[inside]
    )
