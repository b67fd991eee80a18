"""Neurites that grow: a crooked, tapering path, and the branch points that make a tree of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Pull = Callable[[Vector], Vector]

SOMA: Final = 1
AXON: Final = 2
BASAL: Final = 3
APICAL: Final = 4


@dataclass(slots=True)
class Tree:
    """Points of a morphology in the order of an SWC file; `parent` counts points from 0, -1 for the first."""

    kinds: list[int] = field(default_factory=list)
    positions: list[Vector] = field(default_factory=list)
    diameters: list[float] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)

    def add(self, kind: int, position: Vector, diameter_um: float, parent: int) -> int:
        """Append a point and return its index."""
        self.kinds.append(kind)
        self.positions.append(position)
        self.diameters.append(diameter_um)
        self.parents.append(parent)
        return len(self.kinds) - 1

    def add_soma(self, diameter_um: float) -> None:
        """The three points of a spherical soma, as NeuroMorpho.Org writes it."""
        radius = diameter_um / 2
        for height in (0.0, -radius, radius):
            self.add(SOMA, np.array([0.0, height, 0.0]), diameter_um, -1 if not self.kinds else 0)


@dataclass(frozen=True, slots=True)
class Habit:
    """How one kind of neurite grows. Lengths and diameters in µm, angles in degrees.

    `crookedness` is the mean turn per 10 µm, `straightening` how strongly each step returns to the direction
    that the branch set out with, `pull` a vector field that bends it (towards the pia, out of a layer, ...).
    """

    kind: int
    crookedness: float = 14.0
    straightening: float = 0.25
    pull: Pull | None = None
    step: float = 6.0
    thinnest: float = 0.35
    taper: float = 0.0015
    angle: tuple[float, float] = (45.0, 75.0)


@dataclass(frozen=True, slots=True)
class Branching:
    """Mean lengths (µm) of the branches of order 0, 1, 2, ..., and the chance that each of them forks."""

    lengths: tuple[float, ...]
    forks: tuple[float, ...]
    terminal: float


@dataclass(slots=True)
class Tip:
    """The growing end of a branch."""

    point: int
    direction: Vector
    diameter: float


class Grower:
    """Grows neurites into one tree with one stream of random numbers."""

    def __init__(self, tree: Tree, random: np.random.Generator) -> None:
        self.tree = tree
        self.random = random
        self._soma_diameter = tree.diameters[0]

    def sprout(self, direction: Vector, diameter_um: float, habit: Habit) -> Tip:
        """The first point of a neurite, on the surface of the soma."""
        surface = unit(direction) * self._soma_diameter / 2
        point = self.tree.add(habit.kind, surface, diameter_um, 0)
        return Tip(point, unit(direction), diameter_um)

    def extend(self, tip: Tip, length_um: float, habit: Habit) -> Tip:
        """Grow one unbranched stretch."""
        steps = max(2, round(length_um / habit.step))
        step = length_um / steps
        aim, heading, point, diameter = tip.direction, tip.direction, tip.point, tip.diameter
        for _ in range(steps):
            turn = self.random.normal(size=3) * np.radians(habit.crookedness) * np.sqrt(step / 10)
            heading = heading + turn + habit.straightening * aim * step / 10
            if habit.pull is not None:
                heading = heading + habit.pull(self.tree.positions[point]) * step / 10
            heading = unit(heading)
            diameter = max(habit.thinnest, diameter - habit.taper * step)
            point = self.tree.add(habit.kind, self.tree.positions[point] + heading * step, diameter, point)
        return Tip(point, heading, diameter)

    def fork(self, tip: Tip, habit: Habit) -> tuple[Tip, Tip]:
        """Split a tip in two daughters, unequal as a rule; diameters follow Rall's 3/2 power."""
        total = np.radians(self.random.uniform(*habit.angle))
        share = self.random.uniform(0.3, 0.7)
        side = perpendicular(tip.direction, self.random)
        first = np.cos(share * total) * tip.direction + np.sin(share * total) * side
        second = np.cos((1 - share) * total) * tip.direction - np.sin((1 - share) * total) * side
        weight = np.clip(1 - share + self.random.normal(0, 0.05), 0.3, 0.7)
        diameters = [
            max(habit.thinnest, 0.95 * tip.diameter * part ** (2 / 3)) for part in (weight, 1 - weight)
        ]
        return Tip(tip.point, first, diameters[0]), Tip(tip.point, second, diameters[1])

    def side_branch(self, tip: Tip, diameter_um: float, angle: tuple[float, float]) -> Tip:
        """A branch that leaves sideways while the parent goes on."""
        lean = np.radians(self.random.uniform(*angle))
        side = perpendicular(tip.direction, self.random)
        return Tip(tip.point, np.cos(lean) * tip.direction + np.sin(lean) * side, diameter_um)

    def arborise(self, tip: Tip, branching: Branching, habit: Habit, order: int = 0) -> None:
        """Grow a whole tree from a tip: stretch, fork, stretch, ... until the terminal branches."""
        forks = order < len(branching.forks) and self.random.random() < branching.forks[order]
        mean = branching.lengths[order] if forks else branching.terminal
        length = mean * float(np.clip(self.random.lognormal(-0.04, 0.3), 0.45, 1.8))
        end = self.extend(tip, length, habit)
        if forks:
            for daughter in self.fork(end, habit):
                self.arborise(daughter, branching, habit, order + 1)


def unit(vector: Vector) -> Vector:
    """The vector, of length 1."""
    return vector / np.linalg.norm(vector)


def perpendicular(direction: Vector, random: np.random.Generator) -> Vector:
    """A random direction at right angles to the given one."""
    guess = random.normal(size=3)
    return unit(guess - direction * np.dot(guess, direction) / np.dot(direction, direction))


def to_swc(tree: Tree, heading: str) -> str:
    """The text of an SWC file; `heading` becomes its first comment."""
    lines = [f"# {heading}", "# id type x y z radius parent (µm)"]
    for index, (kind, position, diameter, parent) in enumerate(
        zip(tree.kinds, tree.positions, tree.diameters, tree.parents, strict=True)
    ):
        x, y, z = (_short(value) for value in position)
        number = parent + 1 if parent >= 0 else -1
        lines.append(f"{index + 1} {kind} {x} {y} {z} {_short(diameter / 2, 3)} {number}")
    return "\n".join(lines) + "\n"


def _short(value: float, digits: int = 2) -> str:
    return f"{round(value, digits) + 0.0:.{digits}f}".rstrip("0").rstrip(".")
