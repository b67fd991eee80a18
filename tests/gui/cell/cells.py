"""Small cells that are thought up: no worker is needed to draw them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.experiment.targets import CellReference
from engine.messages.events import Description, SectionDescription
from gui.plots.cell.shapes import Shape, shape_of

CELL = CellReference("cells", 7)


@dataclass(frozen=True)
class Branch:
    """A section. `course`: points × (x, y, z, diameter), none if NEURON has none."""

    name: str
    parent: str | None = None
    parent_x: float = 1.0
    course: Sequence[tuple[float, float, float, float]] = ()
    length: float = 20.0
    diameter: float = 2.0
    segments: int = 1
    distance: float = 0.0


def described(branches: Sequence[Branch], cell: CellReference = CELL) -> tuple[Description, np.ndarray]:
    """What a worker would say of such a cell, and its points."""
    points = [point for branch in branches for point in branch.course]
    first, sections = 0, []
    for branch in branches:
        course = np.array(branch.course).reshape(-1, 4)
        steps = np.linalg.norm(np.diff(course[:, :3], axis=0), axis=1)
        sections.append(
            SectionDescription(
                name=branch.name,
                section_type=branch.name.partition("[")[0],
                number=None,
                parent=branch.parent,
                parent_x=branch.parent_x,
                length=float(steps.sum()) if len(course) > 1 else branch.length,
                axial_resistance=100.0,
                distance_from_soma=branch.distance,
                diameters=(branch.diameter,) * branch.segments,
                first_point=first,
                points=len(course),
                mechanisms=(),
            )
        )
        first += len(course)
    description = Description(
        request_id="describe",
        cell=cell,
        sections=tuple(sections),
        section_lists={},
        mechanisms=(),
        point_processes=(),
    )
    return description, np.array(points, dtype=np.float64).reshape(-1, 4)


def drawn(*branches: Branch) -> Shape:
    """The shape of such a cell."""
    return shape_of(*described(branches))


def ball_and_stick() -> Shape:
    """Without a single 3-D point, as NEURON has a cell that was never given any."""
    return drawn(
        Branch("soma[0]", diameter=20.0),
        Branch("dend[0]", "soma[0]", length=400.0, segments=41, distance=10.0),
    )


def y_shaped() -> Shape:
    """A soma with a stem that forks in space."""
    return drawn(
        Branch("soma[0]", course=((-10, 0, 0, 20), (0, 0, 0, 20), (10, 0, 0, 20)), diameter=20, segments=3),
        Branch(
            "apic[0]",
            "soma[0]",
            0.5,
            ((0, 10, 0, 4), (0, 60, 10, 3), (5, 100, 10, 2)),
            segments=5,
            distance=10,
        ),
        Branch("apic[1]", "apic[0]", 1.0, ((5, 100, 10, 2), (60, 150, 40, 1)), segments=7, distance=102),
        Branch("apic[2]", "apic[0]", 1.0, ((5, 100, 10, 2), (-60, 150, -40, 0.4)), segments=7, distance=102),
        Branch("axon[0]", "soma[0]", 0.5, length=30, diameter=1, segments=3, distance=0),
    )
