"""What is under the mouse: the segment that is seen there, or the nearest one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.experiment.targets import CellReference
from gui.plots.cell.camera import Projected
from gui.plots.cell.covering import Outlines, cover
from gui.plots.cell.shapes import Shape

REACH: Final = 5.0  # pixels
_AS_NEAR: Final = 0.5  # pixels: of segments that are so nearly as near as the nearest, the one in front


@dataclass(frozen=True, slots=True)
class Pick:
    """A spot on a cell. `segment` counts as the cell's Anatomy does; 0 pixels: the mouse is on it."""

    cell: CellReference
    section: str
    x: float
    segment: int
    distance_px: float


def pick(
    shapes: Sequence[Shape], projected: Sequence[Projected], place: tuple[float, float], reach: float = REACH
) -> Pick | None:
    """What is at a place (pixels), or nearest to it within `reach`; `projected`: the pieces of each shape."""
    best: tuple[float, float, Pick] | None = None
    for shape, pieces in zip(shapes, projected, strict=True):
        found = _nearest(pieces, place, reach)
        if found is None:
            continue
        distance, depth, piece, fraction = found
        if best is None or (max(distance - _AS_NEAR, 0), -depth) < (max(best[0] - _AS_NEAR, 0), -best[1]):
            best = distance, depth, _pick_of(shape, piece, fraction, distance)
    return best[2] if best is not None else None


def _nearest(
    pieces: Projected, place: tuple[float, float], reach: float
) -> tuple[float, float, int, float] | None:
    """Distance (pixels), depth (µm), number of the piece, and how far along it."""
    near = _within(pieces, place, reach)
    if not near.size:
        return None
    at_each = np.ones(near.size)
    found = cover(Outlines.of(pieces).take(near), place[0] * at_each, place[1] * at_each)
    nearest = float(found.distances.min())
    if nearest > reach:
        return None
    candidates = np.flatnonzero(found.inside if nearest == 0 else found.distances <= nearest + _AS_NEAR)
    chosen = int(candidates[np.argmax(found.depths[candidates])])
    return (
        float(found.distances[chosen]),
        float(found.depths[chosen]),
        int(near[chosen]),
        float(found.fractions[chosen]),
    )


def _within(pieces: Projected, place: tuple[float, float], reach: float) -> np.ndarray:
    """The pieces whose box is within reach: few of thousands."""
    reaches = pieces.radii.max(axis=1) + reach
    near = pieces.seen.copy()
    for axis in (0, 1):
        one, other = pieces.starts[:, axis], pieces.ends[:, axis]
        near &= np.minimum(one, other) - reaches <= place[axis]
        near &= np.maximum(one, other) + reaches >= place[axis]
    return np.flatnonzero(near)


def _pick_of(shape: Shape, piece: int, fraction: float, distance: float) -> Pick:
    anatomy, pieces = shape.anatomy, shape.pieces
    segment = int(pieces.segments[piece])
    low, high = pieces.xs[piece]
    x = float(low + fraction * (high - low))
    section = anatomy.section(segment)
    x = _within_segment(x, float(anatomy.positions[segment]), len(section.diameters))
    return Pick(shape.cell, section.name, x, segment, distance)


def _within_segment(x: float, middle: float, count: int) -> float:
    """A place where two segments meet belongs to the one that was picked, also after rounding."""
    half = 0.499 / count
    return min(max(x, middle - half), middle + half)
