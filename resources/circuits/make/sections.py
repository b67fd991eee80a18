"""The sections of a morphology, numbered as SONATA and NEURON's Import3d number them, and places on them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resources.circuits.make.growth import APICAL, AXON, BASAL, SOMA, Tree, Vector

_ORDER: Final = (SOMA, AXON, BASAL, APICAL)


@dataclass(frozen=True, slots=True)
class Section:
    """An unbranched piece: `points` (n, 3) and their `distances` (n) from the soma along the path, in µm."""

    number: int
    kind: int
    points: NDArray[np.float64]
    distances: NDArray[np.float64]

    @property
    def length_um(self) -> float:
        return float(self.distances[-1] - self.distances[0])

    def at(self, fraction: float) -> Vector:
        """The point at this fraction of the length."""
        distance = self.distances[0] + fraction * self.length_um
        return np.array([np.interp(distance, self.distances, self.points[:, axis]) for axis in range(3)])


@dataclass(frozen=True, slots=True)
class Place:
    """A spot for a synapse: section, fraction of its length, and where that is relative to the soma (µm)."""

    section: Section
    fraction: float
    point: Vector


def sections_of(tree: Tree) -> list[Section]:
    """All sections: the soma is 0, then axon, basal and apical dendrites, each in the order of the file."""
    children: dict[int, list[int]] = {}
    for point, parent in enumerate(tree.parents):
        children.setdefault(parent, []).append(point)
    distance = _path_distances(tree)
    found: dict[int, list[tuple[list[int], int]]] = {kind: [] for kind in _ORDER}
    for point, (kind, parent) in enumerate(zip(tree.kinds, tree.parents, strict=True)):
        if kind != SOMA and (parent == 0 or len(children[parent]) > 1):
            run = [point] if parent == 0 else [parent, point]
            while len(children.get(run[-1], [])) == 1:
                run.append(children[run[-1]][0])
            found[kind].append((run, kind))
    radius = tree.diameters[0] / 2
    soma = Section(0, SOMA, np.array([[0, -radius, 0], [0, radius, 0]]), np.array([0.0, 2 * radius]))
    runs = [run for kind in _ORDER for run in found[kind]]
    return [soma] + [
        Section(number, kind, np.array([tree.positions[point] for point in run]), distance[run])
        for number, (run, kind) in enumerate(runs, start=1)
    ]


def apical_way(sections: list[Section]) -> list[Section]:
    """The apical sections from the soma to the farthest tip of the tuft, in this order."""
    apical = [section for section in sections if section.kind == APICAL]
    way = [max(apical, key=lambda section: float(section.distances[-1]))]
    while way[-1].distances[0] > 0:
        start = way[-1].points[0]
        way.append(next(section for section in apical if np.allclose(section.points[-1], start)))
    return way[::-1]


def _path_distances(tree: Tree) -> NDArray[np.float64]:
    distance = np.zeros(len(tree.kinds))
    for point, parent in enumerate(tree.parents):
        if parent > 0:
            step = float(np.linalg.norm(tree.positions[point] - tree.positions[parent]))
            distance[point] = distance[parent] + step
    return distance


def places(
    sections: list[Section], number: int, wanted: Callable[[Section], bool], random: np.random.Generator
) -> list[Place]:
    """So many random places on the wanted sections, as likely everywhere along their length."""
    candidates = [section for section in sections if wanted(section)]
    lengths = np.array([section.length_um for section in candidates])
    chosen = random.choice(len(candidates), size=number, p=lengths / lengths.sum())
    fractions = random.uniform(0.02, 0.98, number)
    return [
        Place(candidates[index], float(fraction), candidates[index].at(float(fraction)))
        for index, fraction in zip(chosen, fractions, strict=True)
    ]
