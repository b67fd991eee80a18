"""A cell as a tree: path distance to the right, one row for each tip, and the screen that it is laid on."""

from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from engine.messages.anatomy import Anatomy, Indices
from gui.plots.cell.camera import LEAST_RADIUS, Projected, Size
from gui.plots.cell.pieces import Floats, Pieces
from gui.plots.cell.shapes import Shape

_THICKNESS: Final = 1.5  # pixels for 1 µm: with true thickness, distances of mm would leave nothing to see
_OF_A_ROW: Final = 0.45  # so much of the height of a row a branch may take to either side
_ORDER: Final = ("apic", "dend", "soma", "axon", "myelin")  # from the top
_SCALES: Final = (1e-4, 1e3)  # pixels for 1 µm, or for a row


def as_tree(shape: Shape) -> Shape:
    """The same cell with pieces whose x is the path distance (µm), whose y is the row, upwards."""
    anatomy = shape.anatomy
    rows = _rows(anatomy)
    pieces = Pieces.joined((_forks(anatomy, rows), _branches(anatomy, rows)))
    return replace(shape, pieces=pieces.take(np.argsort(pieces.segments, kind="stable")))


@dataclass(frozen=True)
class Chart:
    """A flat screen with a scale of its own for distances and for rows."""

    centre: tuple[float, float] = (0.0, 0.0)  # µm, row
    scales: tuple[float, float] = (1.0, 10.0)  # pixels for 1 µm, and for a row
    margins: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # left, top, right, bottom: pixels

    def project(self, pieces: Pieces, size: Size) -> Projected:
        """The pieces on a screen of that size."""
        most = max(_OF_A_ROW * self.scales[1], LEAST_RADIUS)
        count = len(pieces)
        return Projected(
            starts=self.places(pieces.starts, size)[:, :2],
            ends=self.places(pieces.ends, size)[:, :2],
            radii=np.clip(pieces.radii * _THICKNESS, LEAST_RADIUS, most),
            depths=np.zeros((count, 2)),
            thicknesses=pieces.radii,
            tilts=np.zeros(count),
            bends=np.zeros((count, 2)),
            segments=pieces.segments,
            xs=pieces.xs,
            seen=np.ones(count, dtype=np.bool_),
        )

    def places(self, points: Floats, size: Size) -> Floats:
        """(n, 3): pixels to the right and down, and 0, of points (n, 3) in µm and rows."""
        middle = self._middle(size)
        right = middle[0] + (points[:, 0] - self.centre[0]) * self.scales[0]
        down = middle[1] - (points[:, 1] - self.centre[1]) * self.scales[1]
        return np.column_stack([right, down, np.zeros(len(points))])

    def distance_at(self, right: float, size: Size) -> float:
        """µm along the path at a column of the screen."""
        return (right - self._middle(size)[0]) / self.scales[0] + self.centre[0]

    def fitted(self, pieces: Pieces, size: Size) -> Self:
        """All of it in view."""
        if not len(pieces):
            return self
        points = np.concatenate([pieces.starts, pieces.ends])[:, :2]
        low, high = points.min(axis=0) - np.array([0, 0.6]), points.max(axis=0) + np.array([0, 0.6])
        left, top, right, bottom = self.margins
        room = np.maximum(np.array([size[0] - left - right, size[1] - top - bottom]), 1.0)
        scales = np.clip(room / np.maximum(high - low, 1e-9), *_SCALES)
        middle = (low + high) / 2
        return replace(
            self, centre=(float(middle[0]), float(middle[1])), scales=(float(scales[0]), float(scales[1]))
        )

    def moved(self, right: float, down: float) -> Self:
        """What is seen moves by so many pixels."""
        x, y = self.centre
        return replace(self, centre=(x - right / self.scales[0], y + down / self.scales[1]))

    def zoomed(self, factor: float, at: tuple[float, float], size: Size) -> Self:
        """So many times as large; what is at that pixel stays there."""
        middle = self._middle(size)
        scales = tuple(min(max(scale * factor, _SCALES[0]), _SCALES[1]) for scale in self.scales)
        x = self.centre[0] + (at[0] - middle[0]) * (1 / self.scales[0] - 1 / scales[0])
        y = self.centre[1] - (at[1] - middle[1]) * (1 / self.scales[1] - 1 / scales[1])
        return replace(self, centre=(x, y), scales=(scales[0], scales[1]))

    def turned(self, right: float, up: float) -> Self:  # noqa: ARG002 - of the protocol
        """A chart cannot be turned."""
        return self

    def _middle(self, size: Size) -> tuple[float, float]:
        left, top, right, bottom = self.margins
        return (left + size[0] - right) / 2, (top + size[1] - bottom) / 2


def _rows(anatomy: Anatomy) -> Floats:
    """(sections,) the row of each: whole numbers for tips, the middle of their branches for the others."""
    children = _children(anatomy)
    rows = np.zeros(len(anatomy.description.sections))
    tips = 0
    roots = [n for n, section in enumerate(anatomy.description.sections) if section.parent is None]
    waiting = [(number, False) for number in reversed(roots)]
    while waiting:
        number, has_rows_beyond = waiting.pop()
        beyond = children[number]
        if not beyond:
            rows[number] = -tips
            tips += 1
        elif has_rows_beyond:
            rows[number] = (rows[beyond[0]] + rows[beyond[-1]]) / 2
        else:
            waiting.append((number, True))
            waiting += [(each, False) for each in reversed(beyond)]
    return rows


def _children(anatomy: Anatomy) -> list[list[int]]:
    """Of each section those that hang on it, from the top row down: by type, the thicker ones first."""
    sections = anatomy.description.sections
    numbers = {section.name: number for number, section in enumerate(sections)}
    children: list[list[int]] = [[] for _ in sections]
    for number, section in enumerate(sections):
        if section.parent is not None:
            children[numbers[section.parent]].append(number)

    def order(number: int) -> tuple[int, int]:
        kind = sections[number].section_type
        return (_ORDER.index(kind) if kind in _ORDER else len(_ORDER)), number

    return [sorted(each, key=order) for each in children]


def _branches(anatomy: Anatomy, rows: Floats) -> Pieces:
    """One level piece for each segment."""
    sections = anatomy.description.sections
    numbers = np.arange(anatomy.segments, dtype=np.intp)
    half = 0.5 / np.diff(anatomy.starts)[anatomy.sections]
    xs = np.column_stack([anatomy.positions - half, anatomy.positions + half])
    is_soma = np.array([each.section_type == "soma" for each in sections], dtype=np.bool_)
    lengths = np.array([each.length for each in sections], dtype=np.float64)
    near = np.array([each.distance_from_soma for each in sections], dtype=np.float64)
    near = np.where(is_soma, near - lengths / 2, near)  # its middle is at 0
    places = near[anatomy.sections][:, None] + xs * lengths[anatomy.sections][:, None]
    return _laid(places, np.column_stack([rows[anatomy.sections]] * 2), anatomy.diameters / 2, numbers, xs)


def _forks(anatomy: Anatomy, rows: Floats) -> Pieces:
    """An upright line from where a section hangs to its own row, as a part of what it hangs on."""
    sections = anatomy.description.sections
    numbers = {section.name: number for number, section in enumerate(sections)}
    forks = [
        (number, numbers[section.parent])
        for number, section in enumerate(sections)
        if section.parent is not None and rows[numbers[section.parent]] != rows[number]
    ]
    hanging, parents = np.array(forks, dtype=np.intp).reshape(-1, 2).T
    places = np.array([sections[number].distance_from_soma for number in hanging])
    xs = np.array([sections[number].parent_x for number in hanging])
    on = [anatomy.segment_at(sections[each].name, x) for each, x in zip(parents, xs, strict=True)]
    return _laid(
        np.column_stack([places, places]),
        np.column_stack([rows[parents], rows[hanging]]),
        np.zeros(len(forks)),
        np.array(on, dtype=np.intp),
        np.column_stack([xs, xs]),
    )


def _laid(places: Floats, rows: Floats, radii: Floats, segments: Indices, xs: Floats) -> Pieces:
    flat = np.zeros(len(segments))
    return Pieces(
        starts=np.column_stack([places[:, 0], rows[:, 0], flat]),
        ends=np.column_stack([places[:, 1], rows[:, 1], flat]),
        radii=np.column_stack([radii, radii]),
        segments=segments,
        xs=xs,
        bends=np.zeros_like(xs),
    )
