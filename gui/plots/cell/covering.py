"""Which pieces cover a point of the screen, and how near their surface is there.

One rule for drawing and for picking, so that what is seen is what is picked: a piece is a cone with the
silhouette of a cylinder; where the course bends, a round cap behind it fills the gap to the neighbour.
"""

from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from engine.messages.anatomy import Indices
from gui.plots.cell.camera import Projected
from gui.plots.cell.pieces import Floats

_POINTLIKE: Final = 1e-6  # pixels: what is shorter has no direction on the screen
_CAPPED: Final = 1.0  # pixels: thinner pieces leave no gap that could be seen


@dataclass(frozen=True, eq=False)
class Outlines:
    """Pieces on the screen, prepared to be asked about points: (n,) each, which is fastest to pick from.

    What tapers has its value at the start, and how much more there is at the end.
    """

    right: Floats  # of the start, pixels
    down: Floats
    along_right: Floats  # direction of length 1
    along_down: Floats
    lengths: Floats  # pixels
    radii: Floats  # pixels
    widening: Floats
    depths: Floats  # µm
    deepening: Floats
    thicknesses: Floats  # µm
    thickening: Floats
    tilts: Floats
    start_bends: Floats
    end_bends: Floats

    @classmethod
    def of(cls, pieces: Projected) -> Self:
        """Of all the pieces."""
        right, down = pieces.starts.T
        to_right, to_down = (pieces.ends - pieces.starts).T
        lengths = np.hypot(to_right, to_down)
        is_point = lengths < _POINTLIKE
        safe = np.where(is_point, 1.0, lengths)
        bends = np.where(pieces.radii > _CAPPED, pieces.bends, 0.0)
        columns = (
            *(right, down),
            *(np.where(is_point, 1.0, to_right / safe), np.where(is_point, 0.0, to_down / safe)),
            np.maximum(lengths, _POINTLIKE),
            *(pieces.radii[:, 0], pieces.radii[:, 1] - pieces.radii[:, 0]),
            *(pieces.depths[:, 0], pieces.depths[:, 1] - pieces.depths[:, 0]),
            *(pieces.thicknesses[:, 0], pieces.thicknesses[:, 1] - pieces.thicknesses[:, 0]),
            *(pieces.tilts, bends[:, 0], bends[:, 1]),
        )
        return cls(*(np.ascontiguousarray(column) for column in columns))

    def take(self, which: Indices) -> Self:
        """Some of them, in this order."""
        return type(self)(*(np.take(getattr(self, field.name), which) for field in fields(self)))


@dataclass(frozen=True, eq=False)
class Cover:
    """What pieces do at points, one point for each piece."""

    inside: NDArray[np.bool_]
    depths: NDArray[np.float32]  # µm, of the surface, towards who looks
    facing: Floats  # 1 where the surface faces who looks, 0 at its edge
    distances: Floats  # pixels from the point to the piece; 0 inside
    fractions: Floats  # how far along the piece, 0 to 1


def cover(pieces: Outlines, x: Floats, y: Floats) -> Cover:
    """Ask each piece about its point (pixels)."""
    right, down = x - pieces.right, y - pieces.down
    along = right * pieces.along_right + down * pieces.along_down
    across = np.abs(down * pieces.along_right - right * pieces.along_down)
    fractions = np.minimum(np.maximum(along / pieces.lengths, 0.0), 1.0)
    radii = pieces.radii + fractions * pieces.widening
    beyond = np.maximum(np.maximum(-along, along - pieces.lengths), 0.0)
    facing = np.sqrt(np.maximum(1 - (across / radii) ** 2, 0.0))
    past_end = np.maximum(beyond - radii * pieces.tilts * facing, 0.0)
    past_side = np.maximum(across - radii, 0.0)
    bends = np.where(along < 0, pieces.start_bends, pieces.end_bends)
    is_body = (past_end == 0) & (past_side == 0)
    is_cap = (beyond <= radii * bends) & (beyond * beyond + across * across <= radii * radii)
    thickness = pieces.thicknesses + fractions * pieces.thickening
    axis = pieces.depths + fractions * pieces.deepening
    return Cover(
        inside=is_body | is_cap,
        depths=(axis + thickness * np.where(is_body, facing, -1.0)).astype(np.float32),
        facing=facing,
        distances=np.where(is_cap, 0.0, np.hypot(past_end, past_side)),
        fractions=fractions,
    )
