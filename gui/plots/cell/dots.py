"""Many small dots along a cell, such as its synapses: drawn over it, and found under the mouse."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator

from engine.messages.anatomy import Indices
from gui import theme
from gui.plots import look
from gui.plots.cell.camera import Projection, Size
from gui.plots.cell.pieces import Floats
from gui.plots.cell.shapes import Shape
from gui.plots.cell.stamps import Stamps

_SIZE: Final = 5.0  # pixels at 100 %
_LEAST_SIZE: Final = 2.6
_MANY: Final = 400  # of more of them each is smaller, lest they cover the cell
_HOLE: Final = 0.48  # of the diameter
_RING: Final = 10.0
_REACH: Final = 6.0
_APART: Final = 2.0  # between sections on the common line of positions


@dataclass(frozen=True, eq=False)
class Dots:
    """Spots on the first shape of a view, (n,) each. `groups` count `legend`: names and "#rrggbb".

    A hollow dot is a ring in its colour, a marked one has a ring around it. `keys` say which ones they are.
    """

    segments: Indices
    xs: Floats  # 0 to 1, in the section
    groups: Indices
    legend: Sequence[tuple[str, str]]
    keys: NDArray[np.int64]
    are_hollow: NDArray[np.bool_]
    are_marked: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.segments)


@dataclass(frozen=True, eq=False)
class PlacedDots:
    """Dots with their places in pixels, (n, 2)."""

    dots: Dots
    places: Floats

    def nearest(self, place: QPointF) -> int | None:
        """The key of the dot at a place, or nearest to it; None: there is none near."""
        away = np.hypot(self.places[:, 0] - place.x(), self.places[:, 1] - place.y())
        nearest = int(np.argmin(away))
        return int(self.dots.keys[nearest]) if away[nearest] <= _REACH * theme.zoom() else None


@dataclass(frozen=True, eq=False)
class DotsInSpace:
    """Dots with their places on a shape, (n, 3) µm."""

    dots: Dots
    spots: Floats

    def placed(self, projection: Projection, size: Size) -> PlacedDots:
        """Where they are on a screen of that size."""
        return PlacedDots(self.dots, np.asarray(projection.places(self.spots, size))[:, :2])


class DotLayer:
    """The dots of a view. Where they are in space is worked out once for each shape."""

    def __init__(self) -> None:
        self.dots: Dots | None = None
        self._spots: tuple[Shape, Dots, Floats] | None = None

    def show(self, dots: Dots | None) -> None:
        """Have these, or none."""
        self.dots = dots if dots is not None and len(dots) else None

    def in_space(self, shapes: Sequence[Shape]) -> "DotsInSpace | None":
        """Where they are on the first shape; None: there are none."""
        if self.dots is None or not shapes:
            return None
        shape, dots, known = shapes[0], self.dots, self._spots
        if known is None or known[0] is not shape or known[1] is not dots:
            known = self._spots = shape, dots, spots_of(shape, dots.segments, dots.xs)
        return DotsInSpace(dots, known[2])


def spots_of(shape: Shape, segments: Indices, xs: Floats) -> Floats:
    """(n, 3) µm: where on the axis of its branch each spot is."""
    pieces, section_of = shape.pieces, shape.anatomy.sections
    long = np.flatnonzero(pieces.xs[:, 0] < pieces.xs[:, 1])  # the forks of a tree lead elsewhere
    line = section_of[pieces.segments[long]] * _APART + pieces.xs[long, 0]
    order = np.argsort(line, kind="stable")
    starts = line[order]
    wanted = section_of[segments] * _APART
    first = np.searchsorted(starts, wanted - _APART / 4)  # the first piece of each section
    found = np.maximum(np.searchsorted(starts, wanted + xs, side="right") - 1, first)
    chosen = long[order[np.minimum(found, len(order) - 1)]]
    low, high = pieces.xs[chosen].T
    along = np.clip((xs - low) / (high - low), 0.0, 1.0)[:, None]
    return np.asarray(pieces.starts[chosen] + along * (pieces.ends[chosen] - pieces.starts[chosen]))


def paint(painter: QPainter, placed: PlacedDots, size: Size) -> None:
    """All that are on the screen. QPainter takes 30 µs for each: only drawings get them from it."""
    dots, places = placed.dots, placed.places
    seen = np.asarray(((places >= 0) & (places < np.array(size))).all(axis=1), dtype=np.bool_)
    layers = list(_layers(dots, places, seen))
    if isinstance(painter.device(), QSvgGenerator):
        for layer in layers:
            _paint_points(painter, layer)
        return
    ratio = painter.device().devicePixelRatioF()
    screen = Stamps(round(size[0] * ratio), round(size[1] * ratio))
    for places_of, colour, diameter in layers:
        screen.stamp(places_of * ratio, look.colour(colour), diameter * ratio)
    image = screen.image()
    image.setDevicePixelRatio(ratio)
    painter.drawImage(QPointF(0, 0), image)


def _layers(dots: Dots, places: Floats, seen: NDArray[np.bool_]) -> Iterator[tuple[Floats, str, float]]:
    """Places, colour and diameter in pixels, from below to above."""
    colours, zoom = theme.colours(), theme.zoom()
    marked = places[seen & dots.are_marked]
    yield marked, colours.text, _RING * zoom
    yield marked, colours.background, (_RING - 3.0) * zoom
    diameter = _SIZE * min((_MANY / len(dots)) ** 0.25, 1.0)
    diameter = max(diameter, _LEAST_SIZE) * zoom
    counts = np.bincount(dots.groups, minlength=len(dots.legend))
    for number in np.argsort(-counts, kind="stable").tolist():  # the few lie above the many
        yield places[seen & (dots.groups == number)], dots.legend[number][1], diameter
    yield places[seen & dots.are_hollow], colours.background, _HOLE * diameter


def _paint_points(painter: QPainter, layer: tuple[Floats, str, float]) -> None:
    places, colour, diameter = layer
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour(colour))
    for right, down in places.tolist():
        painter.drawEllipse(QPointF(right, down), diameter / 2, diameter / 2)
