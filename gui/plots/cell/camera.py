"""Where the cell is looked at from, and where its pieces are on the screen then."""

import math
from dataclasses import dataclass, fields, replace
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from engine.messages.anatomy import Indices
from gui.plots.cell.pieces import Floats, Pieces

Size = tuple[int, int]  # width and height in pixels

LEAST_RADIUS: Final = 0.5  # pixels: what is thinner is drawn with a width of one pixel
_EYE: Final = 2.2  # heights of the picture that the eye is away from the middle, in perspective
NEAREST: Final = 0.85  # of the way to the eye: what is nearer is not drawn
_STEEPEST: Final = 90.0  # degrees
_SCALES: Final = (1e-3, 400.0)  # pixels per µm
_MARGIN: Final = 0.06  # of the picture, that stays free on each side of what is fitted


@dataclass(frozen=True, eq=False)
class Projected:
    """Pieces on the screen, n of them. y counts downwards; depths grow towards who looks."""

    starts: Floats  # (n, 2) pixels
    ends: Floats  # (n, 2) pixels
    radii: Floats  # (n, 2) pixels
    depths: Floats  # (n, 2) µm
    thicknesses: Floats  # (n, 2) µm: how much nearer than its axis the surface is
    tilts: Floats  # (n,) 0: seen from the side, 1: from its end
    bends: Floats  # (n, 2) as those of the pieces
    segments: Indices  # (n,)
    xs: Floats  # (n, 2)
    seen: NDArray[np.bool_]  # (n,) not behind the eye

    def part(self, first: int, last: int) -> "Projected":
        """The pieces from one up to another."""
        return Projected(*(getattr(self, field.name)[first:last] for field in fields(self)))

    def magnified(self, factor: float) -> "Projected":
        """The same on a screen with so many times as many pixels."""
        if factor == 1:
            return self
        return replace(self, starts=self.starts * factor, ends=self.ends * factor, radii=self.radii * factor)


class Projection(Protocol):
    """A way to look at pieces. Immutable: each change is another one."""

    def project(self, pieces: Pieces, size: Size) -> Projected: ...
    def places(self, points: Floats, size: Size) -> Floats: ...
    def fitted(self, pieces: Pieces, size: Size) -> Self: ...
    def moved(self, right: float, down: float) -> Self: ...
    def zoomed(self, factor: float, at: tuple[float, float], size: Size) -> Self: ...
    def turned(self, right: float, up: float) -> Self: ...


@dataclass(frozen=True)
class Camera:
    """Looks at `centre` (µm) from the side that two angles (degrees) say.

    0, 0 is the front: x to the right, y upwards, z towards who looks. `azimuth` goes about the upright axis,
    then `elevation` up. `scale`: pixels per µm at the centre.
    """

    centre: tuple[float, float, float] = (0.0, 0.0, 0.0)
    azimuth: float = 0.0
    elevation: float = 0.0
    scale: float = 1.0
    has_perspective: bool = False

    @property
    def rotation(self) -> Floats:
        """(3, 3): rows are the directions to the right, up, and towards who looks."""
        azimuth, elevation = math.radians(self.azimuth), math.radians(self.elevation)
        ca, sa, ce, se = math.cos(azimuth), math.sin(azimuth), math.cos(elevation), math.sin(elevation)
        about_upright = np.array([[ca, 0.0, -sa], [0.0, 1.0, 0.0], [sa, 0.0, ca]])
        about_right = np.array([[1.0, 0.0, 0.0], [0.0, ce, -se], [0.0, se, ce]])
        rotation: Floats = about_right @ about_upright
        return rotation

    def eye_distance(self, size: Size) -> float:
        """µm from the centre to the eye; infinite without perspective."""
        return _EYE * size[1] / self.scale if self.has_perspective else math.inf

    def seen_from(self, points: Floats) -> Floats:
        """(n, 3) µm to the right, up and towards who looks, from the centre."""
        return (points - self.centre) @ self.rotation.T

    def project(self, pieces: Pieces, size: Size) -> Projected:
        """The pieces on a screen of that size."""
        ends = np.stack([self.seen_from(pieces.starts), self.seen_from(pieces.ends)])
        eye = self.eye_distance(size)
        scales = self.scale / (1 - np.minimum(ends[..., 2] / eye, NEAREST))  # (2, n)
        flat = ends[..., :2] * scales[..., None]
        places = np.stack([size[0] / 2 + flat[..., 0], size[1] / 2 - flat[..., 1]], axis=-1)
        tilts = np.abs(pieces.directions @ self.rotation[2])
        return Projected(
            starts=places[0],
            ends=places[1],
            radii=np.maximum(pieces.radii * scales.T, LEAST_RADIUS),
            depths=ends[..., 2].T,
            thicknesses=pieces.radii * np.sqrt(np.maximum(1 - tilts**2, 0))[:, None],
            tilts=tilts,
            bends=pieces.bends,
            segments=pieces.segments,
            xs=pieces.xs,
            seen=np.asarray(ends[..., 2].max(axis=0) < NEAREST * eye),
        )

    def places(self, points: Floats, size: Size) -> Floats:
        """(n, 3): pixels to the right and down, and depth in µm, of points (n, 3) in µm."""
        seen = self.seen_from(points)
        scale = self.scale / (1 - np.minimum(seen[:, 2] / self.eye_distance(size), NEAREST))
        return np.column_stack(
            [size[0] / 2 + seen[:, 0] * scale, size[1] / 2 - seen[:, 1] * scale, seen[:, 2]]
        )

    def fitted(self, pieces: Pieces, size: Size) -> Self:
        """All of it in view, as large as can be."""
        if not len(pieces):
            return self
        points = np.concatenate([pieces.starts, pieces.ends])
        radii = pieces.radii.T.reshape(-1)
        seen = points @ self.rotation.T
        low, high = (seen - radii[:, None]).min(axis=0), (seen + radii[:, None]).max(axis=0)
        middle = (low + high) / 2 @ self.rotation
        room = (1 - 2 * _MARGIN) * np.array(size)
        scale = float((room / np.maximum(high - low, 1e-9)[:2]).min())
        if self.has_perspective:  # what is nearer looks larger
            scale /= 1 + (high - low)[2] * scale / (2 * _EYE * size[1])
        return replace(self, centre=tuple(middle.tolist()), scale=_limited(scale))

    def moved(self, right: float, down: float) -> Self:
        """What is seen moves by so many pixels."""
        shift = np.array([-right, down, 0.0]) / self.scale @ self.rotation
        return replace(self, centre=tuple((np.array(self.centre) + shift).tolist()))

    def zoomed(self, factor: float, at: tuple[float, float], size: Size) -> Self:
        """So many times as large; what is at that pixel (in the plane of the centre) stays there."""
        scale = _limited(self.scale * factor)
        factor = scale / self.scale
        right, down = at[0] - size[0] / 2, at[1] - size[1] / 2
        moved = self.moved(right * (1 / factor - 1), down * (1 / factor - 1))
        return replace(moved, scale=scale)

    def turned(self, right: float, up: float) -> Self:
        """What is seen turns to the right and up by so many degrees."""
        elevation = min(max(self.elevation - up, -_STEEPEST), _STEEPEST)
        return replace(self, azimuth=(self.azimuth - right + 180) % 360 - 180, elevation=elevation)


def _limited(scale: float) -> float:
    return min(max(scale, _SCALES[0]), _SCALES[1])
