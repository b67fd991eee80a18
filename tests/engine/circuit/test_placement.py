"""Cells stand in the circuit as SONATA turns and places them."""

import math

import numpy as np
import pytest

from engine.circuit.cells import CellDescription
from engine.circuit.placement import rotation_of, seen_from

QUARTER = math.pi / 2


def quaternion(w: float, x: float, y: float, z: float) -> dict[str, object]:
    return {"orientation_w": w, "orientation_x": x, "orientation_y": y, "orientation_z": z}


def cell(node_id: int, position: tuple[float, float, float] | None, **attributes: object) -> CellDescription:
    return CellDescription("cells", node_id, "obi", "biophysical", attributes=attributes, position=position)


def test_that_a_quaternion_turns_whatever_its_length() -> None:
    about_y = quaternion(math.cos(QUARTER / 2), 0, math.sin(QUARTER / 2), 0)
    longer = {name: 7 * float(value) for name, value in about_y.items()}  # type: ignore[arg-type]
    for given in (about_y, longer):
        np.testing.assert_allclose(rotation_of(given) @ [1, 0, 0], [0, 0, -1], atol=1e-12)
        np.testing.assert_allclose(rotation_of(given) @ [0, 1, 0], [0, 1, 0], atol=1e-12)


def test_that_angles_turn_about_z_then_y_then_x() -> None:
    angles: dict[str, object] = {"rotation_angle_zaxis": QUARTER, "rotation_angle_xaxis": QUARTER}
    # x becomes y about z, and y becomes z about x
    np.testing.assert_allclose(rotation_of(angles) @ [1, 0, 0], [0, 0, 1], atol=1e-12)


@pytest.mark.parametrize("nothing", [{}, quaternion(0, 0, 0, 0), {"orientation_w": "none"}])
def test_that_a_cell_without_orientation_is_not_turned(nothing) -> None:
    np.testing.assert_array_equal(rotation_of(nothing), np.eye(3))


@pytest.mark.parametrize("given", [quaternion(0.3, -0.2, 0.9, 0.1), {"rotation_angle_yaxis": 0.7}])
def test_that_a_rotation_keeps_lengths_and_handedness(given) -> None:
    rotation = rotation_of(given)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_that_a_cell_is_seen_from_another_as_in_the_world() -> None:
    at_one, at_other = (100.0, 50.0, -20.0), (10.0, 20.0, 30.0)
    one = cell(0, at_one, rotation_angle_yaxis=0.4)
    other = cell(1, at_other, **quaternion(0.5, 0.5, 0.1, 0.2))
    points = np.array([[1.0, 2.0, 3.0, 0.5], [-4.0, 0.0, 9.0, 1.5]])
    seen = seen_from(points, one, other)
    world = seen[:, :3] @ rotation_of(other.attributes).T + at_other
    expected = points[:, :3] @ rotation_of(one.attributes).T + at_one
    np.testing.assert_allclose(world, expected, atol=1e-9)
    np.testing.assert_array_equal(seen[:, 3], points[:, 3])
    np.testing.assert_allclose(seen_from(points, one, one), points, atol=1e-12)


def test_that_cells_without_a_position_stand_on_each_other() -> None:
    points = np.array([[1.0, 2.0, 3.0, 0.5]])
    np.testing.assert_allclose(seen_from(points, cell(0, None), cell(1, (5.0, 5.0, 5.0))), points)
