"""The cells of the column: how many of which kind, where they sit and how they are turned."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resources.circuits.make.growth import Tree, Vector
from resources.circuits.make.morphologies import morphology_name

PIA_UM: Final = 1400.0
COLUMN_RADIUS_UM: Final = 140.0
_CLOSEST_UM: Final = 18.0
# lower boundary of each layer, in µm above the bottom of the column
LAYER_FLOORS_UM: Final = {1: 1250.0, 2: 1120.0, 3: 820.0, 4: 690.0, 5: 200.0, 6: 0.0}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of cell. `span` (µm above the bottom) is where somata without a tie to the pia may sit."""

    morphologies: str
    count: int
    etype: str
    synapse_class: str
    morph_class: str
    span: tuple[float, float] | None = None

    @property
    def excitatory(self) -> bool:
        return self.synapse_class == "EXC"


KINDS: Final = (
    Kind("L23_PC", 60, "cADpyr", "EXC", "PYR"),
    Kind("L4_SSC", 45, "cADpyr", "EXC", "INT", (705.0, 812.0)),
    Kind("L5_TTPC", 45, "cADpyr", "EXC", "PYR"),
    Kind("LBC", 30, "cNAC", "INH", "INT", (260.0, 1110.0)),
    Kind("MC", 20, "cACint", "INH", "INT"),
)


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """One node of the column."""

    kind: Kind
    variant: int
    position: Vector
    turn: float  # about the vertical axis, in radians

    @property
    def morphology(self) -> str:
        return morphology_name(self.kind.morphologies, self.variant)

    @property
    def layer(self) -> int:
        return next(layer for layer, floor in LAYER_FLOORS_UM.items() if self.position[1] >= floor)

    @property
    def mtype(self) -> str:
        """Pyramidal and stellate cells are named after their layer; interneurons get theirs in front."""
        if self.kind.excitatory:
            return self.kind.morphologies
        layer = "23" if self.layer in {2, 3} else str(self.layer)
        return f"L{layer}_{self.kind.morphologies}"

    @property
    def orientation(self) -> NDArray[np.float64]:
        """Quaternion (w, x, y, z)."""
        return np.array([np.cos(self.turn / 2), 0.0, np.sin(self.turn / 2), 0.0])

    def to_circuit(self, point: Vector) -> Vector:
        """A point of the morphology in the coordinates of the circuit."""
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        x, y, z = point
        turned: Vector = np.array([cosine * x + sine * z, y, -sine * x + cosine * z])
        return self.position + turned


def place_cells(trees: dict[str, list[Tree]], seed: int) -> list[PlacedCell]:
    """All cells, kind by kind, within each kind from the pia downwards; tufts end in layer 1."""
    random = np.random.default_rng([seed, 101])
    cells: list[PlacedCell] = []
    for kind in KINDS:
        variants = trees[kind.morphologies]
        tops = [max(float(position[1]) for position in tree.positions) for tree in variants]
        own: list[PlacedCell] = []
        for index in range(kind.count):
            variant = index % len(variants)
            taken = [cell.position for cell in cells + own]
            position = _free_position(random, kind.span, tops[variant], taken)
            own.append(PlacedCell(kind, variant, position, float(random.uniform(0, 2 * np.pi))))
        cells += sorted(own, key=lambda cell: -float(cell.position[1]))
    return cells


def _free_position(
    random: np.random.Generator, span: tuple[float, float] | None, top: float, taken: list[Vector]
) -> Vector:
    while True:
        radius, angle = COLUMN_RADIUS_UM * np.sqrt(random.uniform()), random.uniform(0, 2 * np.pi)
        highest = PIA_UM - top - 6
        lower, upper = span or (highest - 86, highest)
        height = random.uniform(lower, min(upper, highest))
        position = np.array([radius * np.cos(angle), height, radius * np.sin(angle)])
        if all(np.linalg.norm(position - other) > _CLOSEST_UM for other in taken):
            return position
