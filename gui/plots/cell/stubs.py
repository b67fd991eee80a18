"""Sections that NEURON knows no course of: straight ones, that stand out from where they hang."""

from typing import Final

import numpy as np

from engine.messages.anatomy import Anatomy, Indices
from engine.messages.events import SectionDescription
from gui.plots.cell.pieces import Floats, Pieces

_FAN: Final = np.deg2rad(40.0)  # between neighbours that hang on the same spot
_DOWN: Final = np.array([0.0, -1.0, 0.0])
_ALONG: Final = np.array([1.0, 0.0, 0.0])  # the course of a first section that has none


def straight_pieces(anatomy: Anatomy, points: Floats, with_course: Indices) -> Pieces:
    """One piece for each segment of the sections that have no course; `points` are of those that have one."""
    return _Straightening(anatomy, points, with_course).pieces()


class _Straightening:
    """Gives each section a near end and a far end; a section's parent has its own before."""

    def __init__(self, anatomy: Anatomy, points: Floats, with_course: Indices) -> None:
        self._anatomy, self._points = anatomy, points
        self._sections = anatomy.description.sections
        self._numbers = {section.name: number for number, section in enumerate(self._sections)}
        self._with_course = set(with_course.tolist())
        self._ends: dict[int, tuple[Floats, Floats]] = {}  # of the straight ones: near and far, µm
        self._siblings: dict[tuple[int, float], list[int]] = {}
        for number, section in enumerate(self._sections):
            if number not in self._with_course and section.parent is not None:
                self._siblings.setdefault((self._numbers[section.parent], section.parent_x), []).append(
                    number
                )

    def pieces(self) -> Pieces:
        """Of all of them, in the order of their segments."""
        lacking = [number for number in range(len(self._sections)) if number not in self._with_course]
        for number in lacking:
            self._lay(number)
        segments = [np.arange(self._anatomy.starts[n], self._anatomy.starts[n + 1]) for n in lacking]
        counts = np.array([len(each) for each in segments], dtype=np.intp)
        near = np.array([self._ends[n][0] for n in lacking]).reshape(-1, 3).repeat(counts, axis=0)
        far = np.array([self._ends[n][1] for n in lacking]).reshape(-1, 3).repeat(counts, axis=0)
        numbers = np.concatenate([*segments, np.empty(0, dtype=np.intp)]).astype(np.intp)
        half = 0.5 / counts.repeat(counts)
        middles = self._anatomy.positions[numbers]
        xs = np.column_stack([middles - half, middles + half])
        radii = self._anatomy.diameters[numbers] / 2
        return Pieces(
            starts=near + xs[:, :1] * (far - near),
            ends=near + xs[:, 1:] * (far - near),
            radii=np.column_stack([radii, radii]),
            segments=numbers,
            xs=xs,
            bends=np.zeros_like(xs),
        )

    def _lay(self, number: int) -> None:
        """Give it its ends, and before it those that it hangs on."""
        waiting = [number]
        while waiting:
            section = self._sections[waiting[-1]]
            parent = None if section.parent is None else self._numbers[section.parent]
            if parent is not None and parent not in self._with_course and parent not in self._ends:
                waiting.append(parent)
            else:
                self._ends[waiting[-1]] = self._ends_of(waiting[-1], section, parent)
                waiting.pop()

    def _ends_of(self, number: int, section: SectionDescription, parent: int | None) -> tuple[Floats, Floats]:
        if parent is None:
            half = section.length / 2 * _ALONG
            return -half, half
        direction = self._direction(number, parent, section.parent_x)
        near = self._place(parent, section.parent_x)
        if self._sections[parent].section_type == "soma" and 0 < section.parent_x < 1:
            near = near + direction * self._radius(parent)
        return near, near + section.length * direction

    def _direction(self, number: int, parent: int, x: float) -> Floats:
        siblings = self._siblings[parent, x]
        turn = _FAN * (siblings.index(number) - (len(siblings) - 1) / 2)
        return _turned(self._away(parent, x), turn)

    def _away(self, parent: int, x: float) -> Floats:
        """On in the direction of the parent; from a soma to where the cell is not."""
        if parent in self._ends:
            near, far = self._ends[parent]
            if self._sections[parent].section_type == "soma" and 0 < x < 1:
                return _DOWN
            return _unit(near - far if x == 0 else far - near, _ALONG)
        of_parent = self._course(parent)
        if self._sections[parent].section_type == "soma":
            return _unit(of_parent[:, :3].mean(axis=0) - self._points[:, :3].mean(axis=0), _DOWN)
        return _unit(of_parent[-1, :3] - of_parent[0, :3], _DOWN)

    def _place(self, number: int, x: float) -> Floats:
        if number in self._ends:
            near, far = self._ends[number]
            return near + x * (far - near)
        course = self._course(number)
        along = np.cumsum([0.0, *np.linalg.norm(np.diff(course[:, :3], axis=0), axis=1)])
        return np.array([np.interp(x * along[-1], along, course[:, axis]) for axis in range(3)])

    def _radius(self, number: int) -> float:
        starts = self._anatomy.starts
        return float(self._anatomy.diameters[starts[number] : starts[number + 1]].max()) / 2

    def _course(self, number: int) -> Floats:
        section = self._sections[number]
        return self._points[section.first_point : section.first_point + section.points]


def _unit(vector: Floats, otherwise: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else otherwise


def _turned(vector: Floats, angle: float) -> Floats:
    """About the axis that points at who looks from the front."""
    cosine, sine = np.cos(angle), np.sin(angle)
    x, y, z = vector
    return np.array([cosine * x - sine * y, sine * x + cosine * y, z])
