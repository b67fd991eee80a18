"""Which pieces cover a point of the screen, and how near their surface is there.

One rule for drawing and for picking, so that what is seen is what is picked: a piece is a cone with the
silhouette of a cylinder; where the course bends, a round cap behind it fills the gap to the neighbour.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.messages.anatomy import Indices
from gui.plots.cell.camera import Projected
from gui.plots.cell.pieces import Floats

_POINTLIKE = 1e-6  # pixels: what is shorter has no direction on the screen


@dataclass(frozen=True, eq=False)
class Outlines:
    """Pieces on the screen, prepared to be asked about points."""

    starts: Floats  # (n, 2) pixels
    along: Floats  # (n, 2) directions of length 1
    lengths: Floats  # (n,) pixels
    radii: Floats  # (n, 2) pixels
    depths: Floats  # (n, 2) µm
    thicknesses: Floats  # (n, 2) µm
    tilts: Floats  # (n,)
    bends: Floats  # (n, 2)

    @classmethod
    def of(cls, pieces: Projected) -> Self:
        """Of all the pieces."""
        along = pieces.ends - pieces.starts
        lengths = np.hypot(along[:, 0], along[:, 1])
        is_point = lengths < _POINTLIKE
        directions = along / np.where(is_point, 1.0, lengths)[:, None]
        directions[is_point] = (1.0, 0.0)
        return cls(
            pieces.starts,
            directions,
            np.maximum(lengths, _POINTLIKE),
            pieces.radii,
            pieces.depths,
            pieces.thicknesses,
            pieces.tilts,
            np.where(pieces.radii > 1, pieces.bends, 0.0),
        )

    def take(self, which: Indices | NDArray[np.bool_]) -> Self:
        """Some of them, in this order."""
        return type(self)(*(getattr(self, field.name)[which] for field in fields(self)))


@dataclass(frozen=True, eq=False)
class Cover:
    """What pieces do at points, one point for each piece."""

    inside: NDArray[np.bool_]
    depths: Floats  # µm, of the surface, towards who looks
    facing: Floats  # 1 where the surface faces who looks, 0 at its edge
    distances: Floats  # pixels from the point to the piece; 0 inside
    fractions: Floats  # how far along the piece, 0 to 1


def cover(pieces: Outlines, x: Floats, y: Floats) -> Cover:
    """Ask each piece about its point (pixels)."""
    right, down = x - pieces.starts[:, 0], y - pieces.starts[:, 1]
    along = right * pieces.along[:, 0] + down * pieces.along[:, 1]
    across = np.abs(down * pieces.along[:, 0] - right * pieces.along[:, 1])
    fractions = np.minimum(np.maximum(along / pieces.lengths, 0.0), 1.0)
    radii = pieces.radii[:, 0] + fractions * (pieces.radii[:, 1] - pieces.radii[:, 0])
    beyond = np.maximum(np.maximum(-along, along - pieces.lengths), 0.0)
    facing = np.sqrt(np.maximum(1 - (across / radii) ** 2, 0.0))
    past_end = np.maximum(beyond - radii * pieces.tilts * facing, 0.0)
    past_side = np.maximum(across - radii, 0.0)
    bends = np.where(along < 0, pieces.bends[:, 0], pieces.bends[:, 1])
    is_body = (past_end == 0) & (past_side == 0)
    is_cap = (beyond <= radii * bends) & (beyond * beyond + across * across <= radii * radii)
    thickness = pieces.thicknesses[:, 0] + fractions * (pieces.thicknesses[:, 1] - pieces.thicknesses[:, 0])
    axis = pieces.depths[:, 0] + fractions * (pieces.depths[:, 1] - pieces.depths[:, 0])
    return Cover(
        inside=is_body | is_cap,
        depths=axis + thickness * np.where(is_body, facing, -1.0),
        facing=facing,
        distances=np.where(is_cap, 0.0, np.hypot(past_end, past_side)),
        fractions=fractions,
    )
