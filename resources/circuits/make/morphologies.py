"""The five kinds of neuron of the column, each grown several times.

y points to the pia, the soma is at the origin. Sizes follow what reconstructions of rodent somatosensory
cortex show (Markram et al. 2015; Ramaswamy and Markram 2015 for thick-tufted cells; Wang et al. 2004 for
Martinotti cells): lengths, numbers of stems, extents in µm.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from resources.circuits.make.growth import (
    APICAL,
    AXON,
    BASAL,
    Branching,
    Grower,
    Habit,
    Pull,
    Tip,
    Tree,
    Vector,
    unit,
)

UP: Final = np.array([0.0, 1.0, 0.0])


def _constant(pull: Vector) -> Pull:
    return lambda _position: pull


def _below(ceiling: float, strength: float = 0.5, up: float = 0.12) -> Pull:
    """Draws upwards, and bends what comes near the ceiling (the pia) into the horizontal."""

    def pull(position: Vector) -> Vector:
        excess = (position[1] - (ceiling - 60)) / 60
        return UP * (up if excess < 0 else up - strength * excess)

    return pull


def _homewards(reach: float) -> Pull:
    """Lets grow freely near the soma, and turns back what has gone beyond the reach."""

    def pull(position: Vector) -> Vector:
        distance = float(np.linalg.norm(position))
        return -0.5 * position / distance * max(0.0, distance / reach - 0.7) if distance > 0 else 0 * position

    return pull


def _towards_height(height: float, strength: float) -> Pull:
    return lambda position: UP * float(np.clip((height - position[1]) / 80, -1, 1)) * strength


def _spread(random: np.random.Generator, number: int, elevation: tuple[float, float]) -> list[Vector]:
    """Directions around the soma: evenly in azimuth with jitter, elevations (degrees) within limits."""
    azimuths = (
        2 * np.pi * (np.arange(number) + random.uniform(-0.28, 0.28, number) + random.uniform()) / number
    )
    rises = np.radians(random.uniform(*elevation, number))
    return [
        np.array([np.cos(rise) * np.cos(azimuth), np.sin(rise), np.cos(rise) * np.sin(azimuth)])
        for azimuth, rise in zip(azimuths, rises, strict=True)
    ]


def _stems(grower: Grower, directions: list[Vector], size: float, branching: Branching, habit: Habit) -> None:
    for direction in directions:
        diameter = size * float(grower.random.uniform(0.8, 1.2))
        grower.arborise(grower.sprout(direction, diameter, habit), branching, habit)


def _descending_axon(grower: Grower, length: float, collaterals: int) -> None:
    """A pyramidal cell's axon: straight down towards the white matter, with horizontal collaterals."""
    main = Habit(AXON, crookedness=6, straightening=0.5, step=12, thinnest=0.5, taper=0.004)
    thin = Habit(AXON, crookedness=12, straightening=0.25, step=12, thinnest=0.3, taper=0.0005)
    tip = grower.extend(grower.sprout(-UP, 1.4, main), 70, main)
    tip.diameter = 0.9
    for _ in range(collaterals):
        side = grower.side_branch(tip, 0.5, (65, 95))
        grower.arborise(side, Branching((110, 110), (0.9, 0.5), 170), thin)
        tip = grower.extend(tip, length / (collaterals + 1) * float(grower.random.uniform(0.6, 1.1)), main)
    grower.extend(tip, length / (collaterals + 1), main)


def _trunk(grower: Grower, length: float, size: tuple[float, float], obliques: int, twig: float) -> Tip:
    """The apical trunk with its oblique branches; returns the tip where the tuft begins."""
    taper = (size[0] - size[1]) / length
    habit = Habit(APICAL, crookedness=5, straightening=0.35, pull=_constant(0.12 * UP), step=8, taper=taper)
    thin = Habit(APICAL, crookedness=13, pull=_constant(0.03 * UP), taper=0.0012)
    places = np.sort(grower.random.uniform(0.08, 0.72, obliques)) * length
    tip, grown = grower.sprout(UP, size[0], habit), 0.0
    for place in places:
        stretch = max(14.0, place - grown)
        tip = grower.extend(tip, stretch, habit)
        grown += stretch
        side = grower.side_branch(tip, twig * float(grower.random.uniform(0.8, 1.2)), (50, 85))
        grower.arborise(side, Branching((45, 55), (0.65, 0.25), 115), thin)
    return grower.extend(tip, max(20.0, length - grown), habit)


def thick_tufted_pyramidal(random: np.random.Generator, height: float) -> Tree:
    """Layer 5 pyramidal cell whose trunk ends in a wide tuft below the pia, `height` µm above the soma."""
    tree = Tree()
    tree.add_soma(19.0 + random.normal(0, 0.8))
    grower = Grower(tree, random)
    _descending_axon(grower, 420, 4)
    basal = Habit(BASAL, crookedness=13, thinnest=0.45, taper=0.0022, pull=_constant(-0.02 * UP))
    stems = _spread(random, int(random.integers(6, 9)), (-55, 12))
    _stems(grower, stems, 2.0, Branching((20, 38, 52, 70), (1, 0.85, 0.45, 0.1), 115), basal)
    tip = _trunk(grower, height * random.uniform(0.62, 0.7), (5.2, 2.9), int(random.integers(8, 12)), 1.1)
    tuft = Habit(APICAL, 11, 0.3, _below(height), thinnest=0.5, taper=0.0018, angle=(50, 85))
    rise = (height - tree.positions[tip.point][1]) / 300
    lengths = tuple(rise * length for length in (45, 75, 90, 90))
    grower.arborise(tip, Branching(lengths, (1, 1, 0.95, 0.45), 150 * rise), tuft)
    return tree


def superficial_pyramidal(random: np.random.Generator, height: float) -> Tree:
    """Layer 2/3 pyramidal cell: a short trunk that divides early into a tuft in layer 1."""
    tree = Tree()
    tree.add_soma(14.5 + random.normal(0, 0.7))
    grower = Grower(tree, random)
    _descending_axon(grower, 380, 3)
    basal = Habit(BASAL, crookedness=13, thinnest=0.4, taper=0.0025, pull=_constant(-0.03 * UP))
    stems = _spread(random, int(random.integers(5, 8)), (-60, 15))
    _stems(grower, stems, 1.6, Branching((18, 34, 50), (1, 0.85, 0.3), 100), basal)
    length = height * random.uniform(0.45, 0.58)
    tip = _trunk(grower, length, (2.9, 1.9), int(random.integers(3, 6)), 0.9)
    tuft = Habit(APICAL, 12, 0.28, _below(height, up=0.08), thinnest=0.4, taper=0.0018, angle=(45, 80))
    rise = (height - tree.positions[tip.point][1]) / 130
    lengths = tuple(float(rise * each) for each in (28, 40, 50))
    grower.arborise(tip, Branching(lengths, (1, 0.9, 0.4), 80 * rise), tuft)
    return tree


def spiny_stellate(random: np.random.Generator, height: float) -> Tree:
    """Layer 4 cell without an apical dendrite: all dendrites alike, within a ball of `height` µm radius."""
    tree = Tree()
    tree.add_soma(12.0 + random.normal(0, 0.6))
    grower = Grower(tree, random)
    _descending_axon(grower, 260, 1)
    rising = Habit(AXON, crookedness=10, pull=_constant(0.3 * UP), step=12, thinnest=0.3, taper=0.0005)
    first_fork = next(index for index, kind in enumerate(tree.kinds) if kind == AXON) + 6
    for side in (1, -1):
        tip = Tip(first_fork, np.array([side, 0.3, 0.5 * random.normal()]), 0.5)
        grower.arborise(tip, Branching((150, 120), (1, 0.6), 130), rising)
    habit = Habit(BASAL, crookedness=15, thinnest=0.4, taper=0.0025)
    stems = _spread(random, int(random.integers(5, 8)), (-65, 65))
    scale = height / 150
    lengths = tuple(scale * length for length in (16, 32, 45))
    _stems(grower, stems, 1.5, Branching(lengths, (1, 0.8, 0.25), 95 * scale), habit)
    return tree


def basket(random: np.random.Generator, height: float) -> Tree:
    """Basket cell: smooth, sparsely branching dendrites in all directions, and a dense local axon."""
    tree = Tree()
    tree.add_soma(15.5 + random.normal(0, 0.8))
    grower = Grower(tree, random)
    scale = height / 180
    axon = Habit(AXON, 16, 0.15, _homewards(1.6 * height), step=11, thinnest=0.3, taper=0.0008)
    cloud = Branching(tuple(scale * length for length in (45, 60, 65, 70)), (1, 1, 0.85, 0.45), 105 * scale)
    tip = grower.extend(grower.sprout(unit(UP + 0.3 * random.normal(size=3)), 1.2, axon), 64, axon)
    tip.diameter = 0.7
    for _ in range(3):
        grower.arborise(grower.side_branch(tip, 0.5, (70, 130)), cloud, axon)
        tip = grower.extend(tip, 30, axon)
    grower.arborise(tip, cloud, axon)
    habit = Habit(BASAL, crookedness=12, straightening=0.2, thinnest=0.4, taper=0.0022)
    stems = _spread(random, int(random.integers(6, 9)), (-75, 75))
    _stems(grower, stems, 1.5, Branching((45 * scale, 70 * scale), (0.85, 0.3), 130 * scale), habit)
    return tree


def martinotti(random: np.random.Generator, height: float) -> Tree:
    """Martinotti cell: dendrites up and down, an axon that climbs to layer 1 and spreads there."""
    tree = Tree()
    tree.add_soma(13.0 + random.normal(0, 0.6))
    grower = Grower(tree, random)
    main = Habit(
        AXON, crookedness=8, straightening=0.4, pull=_constant(0.1 * UP), step=12, thinnest=0.4, taper=0.004
    )
    cloud = Habit(AXON, 14, 0.2, _towards_height(height - 35, 0.35), step=12, thinnest=0.3, angle=(70, 120))
    tip = grower.extend(grower.sprout(UP, 1.1, main), 64, main)
    tip.diameter = 0.7
    side = grower.side_branch(tip, 0.4, (60, 90))
    grower.arborise(side, Branching((70, 80), (1, 0.5), 100), Habit(AXON, 15, 0.15, step=12, thinnest=0.3))
    tip = grower.extend(tip, height - 130, main)
    grower.arborise(tip, Branching((60, 90, 110, 110), (1, 1, 0.85, 0.4), 150), cloud)
    for lean, number in ((0.12, 3), (-0.12, 4)):
        habit = Habit(BASAL, crookedness=13, thinnest=0.4, taper=0.0022, pull=_constant(lean * UP))
        elevation = (25.0, 70.0) if lean > 0 else (-70.0, -25.0)
        stems = _spread(random, number, elevation)
        _stems(grower, stems, 1.4, Branching((35, 60, 70), (1, 0.5, 0.1), 120), habit)
    return tree


GROW: Final[dict[str, Callable[[np.random.Generator, float], Tree]]] = {
    "L23_PC": superficial_pyramidal,
    "L4_SSC": spiny_stellate,
    "L5_TTPC": thick_tufted_pyramidal,
    "LBC": basket,
    "MC": martinotti,
}
# height in µm: of tuft or axon above the soma for PC, TTPC and MC, the reach of the dendrites for SSC and LBC
HEIGHTS_UM: Final[dict[str, tuple[float, ...]]] = {
    "L23_PC": (190, 280, 370, 460),
    "L4_SSC": (135, 150, 160, 170),
    "L5_TTPC": (820, 900, 980, 1060),
    "LBC": (150, 175, 195, 210),
    "MC": (300, 400, 780, 900),
}


def morphology_name(kind: str, number: int) -> str:
    """The name that nodes use: `L5_TTPC_2`."""
    return f"{kind}_{number + 1}"


def grow(kind: str, number: int, seed: int) -> Tree:
    """One morphology, always the same for the same seed."""
    random = np.random.default_rng([seed, list(GROW).index(kind), number])
    return GROW[kind](random, HEIGHTS_UM[kind][number])
