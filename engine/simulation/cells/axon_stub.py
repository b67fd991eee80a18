"""The two sections that stand for the axon of an Allen cell, in each of the ways that the fits assume."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.errors import SimulationError
from engine.simulation.host import explaining

STUB_LENGTH: Final = 30.0  # µm, of each of the two sections
_PERISOMATIC_DIAMETER: Final = 1.0  # µm
_Point = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StubRule:
    """Where the stub sits on the soma, how thick it is, whether it points where the axon went."""

    soma_x: float
    keeps_diameters: bool
    directed: bool


def replace_axon(body: Any, rule: StubRule, where: str) -> None:
    """Put the stub in place of the axon of `body`, an imported cell."""
    axon = list(body.axonal)
    if not axon and (rule.keeps_diameters or rule.directed):
        raise SimulationError(
            "The morphology has no axon, which this kind of Allen cell takes its stub from.", where=where
        )
    diameters = (axon[0].diam, axon[-1].diam) if rule.keeps_diameters else (_PERISOMATIC_DIAMETER,) * 2
    points = _straight_on(body) if rule.directed else None
    with explaining("replacing the axon", where=where):
        body.replace_axon()
        first, second = body.axon[0], body.axon[1]
        first.connect(body.soma[0](rule.soma_x))
        second.connect(first(1))
        for index, section in enumerate((first, second)):
            if points is not None:
                _add_points(section, points[index : index + 2], diameters[index])
            section.L = STUB_LENGTH
            if points is None:
                section.diam = diameters[index]


def _add_points(section: Any, ends: Sequence[_Point] | NDArray[np.float64], diameter: float) -> None:
    for point in ends:
        section.pt3dadd(*map(float, point), float(diameter))


def _straight_on(body: Any) -> NDArray[np.float64]:
    """Three points from the end of the soma along the main direction of the last axon section: (3, 3) µm."""
    soma = _points(list(body.somatic)[-1])
    axon = _points(list(body.axonal)[-1])
    middle = soma[len(soma) // 2]
    cloud = np.vstack([middle, axon])
    _, _, directions = np.linalg.svd(cloud - cloud.mean(axis=0))
    direction = directions[0] * (1 if directions[0] @ (axon[-1] - middle) >= 0 else -1)
    return np.array([soma[-1] + step * STUB_LENGTH * direction for step in range(3)])


def _points(section: Any) -> NDArray[np.float64]:
    return np.array([[section.x3d(i), section.y3d(i), section.z3d(i)] for i in range(section.n3d())])
