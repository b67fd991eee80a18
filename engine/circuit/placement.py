"""How the morphology of a cell stands in the circuit: turned as SONATA says, and where."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.circuit.cells import CellDescription

Floats = NDArray[np.float64]

_QUATERNION = ("orientation_w", "orientation_x", "orientation_y", "orientation_z")
_ANGLES = ("rotation_angle_xaxis", "rotation_angle_yaxis", "rotation_angle_zaxis")


def rotation_of(attributes: Mapping[str, object]) -> Floats:
    """(3, 3) that turns points of the morphology: of a quaternion (of any length), else of angles in radians.

    Angles turn about the world's z first, then y, then x; what is not given turns nothing.
    """
    w, x, y, z = (_number(attributes, name, math.nan) for name in _QUATERNION)
    length = math.sqrt(w * w + x * x + y * y + z * z)
    if math.isfinite(length) and length > 0:
        w, x, y, z = w / length, x / length, y / length, z / length
        return np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
            ]
        )
    about_x, about_y, about_z = (_number(attributes, name, 0.0) for name in _ANGLES)
    return _about(0, about_x) @ _about(1, about_y) @ _about(2, about_z)


def seen_from(points: Floats, cell: CellDescription, other: CellDescription) -> Floats:
    """(n, 4) points with diameters of one cell, in the frame of another's morphology; µm.

    Cells of which the circuit says no position stand where the other one does.
    """
    rotation = rotation_of(other.attributes)
    apart = np.zeros(3)
    if cell.position is not None and other.position is not None:
        apart = np.array(cell.position) - np.array(other.position)
    placed = points[:, :3] @ rotation_of(cell.attributes).T + apart
    return np.column_stack([placed @ rotation, points[:, 3]])


def _about(axis: int, angle: float) -> Floats:
    """Rotation about an axis of the world."""
    one, other = (axis + 1) % 3, (axis + 2) % 3
    turned = np.eye(3)
    turned[one, one] = turned[other, other] = math.cos(angle)
    turned[other, one] = math.sin(angle)
    turned[one, other] = -math.sin(angle)
    return turned


def _number(attributes: Mapping[str, object], name: str, otherwise: float) -> float:
    value = attributes.get(name)
    is_number = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if is_number else otherwise  # type: ignore[arg-type]  # mypy forgets the test
