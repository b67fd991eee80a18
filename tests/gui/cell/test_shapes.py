"""The drawn pieces are NEURON's segments: as long, as thick, in the same order."""

import numpy as np
import pytest

from gui.plots.cell.shapes import Shape, shape_of
from tests.gui.cell.cells import Branch, ball_and_stick, described, drawn, y_shaped


def lengths(shape: Shape) -> np.ndarray:
    """µm, of each piece."""
    return np.asarray(np.linalg.norm(shape.pieces.ends - shape.pieces.starts, axis=1))


def test_that_pieces_are_as_long_and_as_thick_as_the_segments_in_neuron(thick_tufted: Shape) -> None:
    anatomy, pieces = thick_tufted.anatomy, thick_tufted.pieces
    total = np.bincount(pieces.segments, lengths(thick_tufted), anatomy.segments)
    np.testing.assert_allclose(total, anatomy.lengths, rtol=1e-5)
    area = np.bincount(pieces.segments, lengths(thick_tufted) * pieces.radii.sum(axis=1), anatomy.segments)
    np.testing.assert_allclose(area / total, anatomy.diameters, rtol=1e-6)


@pytest.mark.parametrize("shape", [ball_and_stick(), y_shaped()], ids=["ball and stick", "y"])
def test_that_each_segment_has_pieces_from_its_near_end_to_its_far_end(shape: Shape) -> None:
    anatomy, pieces = shape.anatomy, shape.pieces
    assert np.all(np.diff(shape.firsts) >= 1)
    for segment in range(anatomy.segments):
        first, last = shape.firsts[segment : segment + 2]
        half = 0.5 / len(anatomy.section(segment).diameters)
        assert pieces.xs[first, 0] == pytest.approx(anatomy.positions[segment] - half)
        assert pieces.xs[last - 1, 1] == pytest.approx(anatomy.positions[segment] + half)
        np.testing.assert_array_equal(pieces.ends[first : last - 1], pieces.starts[first + 1 : last])


def test_that_a_stub_without_points_stands_out_of_its_soma_away_from_the_dendrites() -> None:
    shape = y_shaped()
    stub = np.flatnonzero([shape.anatomy.section(n).name == "axon[0]" for n in shape.pieces.segments])
    course = np.vstack([shape.pieces.starts[stub], shape.pieces.ends[stub[-1:]]])
    assert np.linalg.norm(course[-1] - course[0]) == pytest.approx(30.0)
    assert np.linalg.norm(course[0]) == pytest.approx(10.0)  # at the surface of the soma
    assert np.all(np.diff(course[:, 1]) < 0)


def test_that_stubs_on_one_spot_do_not_lie_on_each_other() -> None:
    shape = drawn(
        Branch("soma[0]", diameter=10.0),
        Branch("dend[0]", "soma[0]"),
        Branch("dend[1]", "soma[0]"),
        Branch("dend[2]", "dend[1]"),
    )
    ends = shape.pieces.ends[1:]
    assert np.linalg.norm(ends[0] - ends[1]) > 10
    np.testing.assert_allclose(shape.pieces.starts[3], ends[1])
    np.testing.assert_allclose(shape.pieces.directions[3], shape.pieces.directions[2])


def test_that_a_section_may_be_listed_before_the_one_that_it_hangs_on() -> None:
    shape = drawn(Branch("dend[0]", "soma[0]"), Branch("soma[0]", diameter=10.0))
    np.testing.assert_allclose(shape.pieces.starts[0], shape.pieces.ends[1])


def test_that_points_on_each_other_are_no_course() -> None:
    shape = drawn(Branch("soma[0]", course=((1, 2, 3, 8), (1, 2, 3, 8)), length=8.0, diameter=8.0))
    assert len(shape.pieces) == 1


def test_that_an_artificial_cell_has_no_pieces() -> None:
    description, points = described([])
    shape = shape_of(description, points)
    assert len(shape.pieces) == 0 and shape.anatomy.segments == 0


def test_that_a_place_is_found_in_the_piece_that_holds_it() -> None:
    shape = y_shaped()
    for segment in range(shape.anatomy.segments):
        x = float(shape.anatomy.positions[segment])
        piece = shape.piece_at(segment, x)
        assert shape.pieces.segments[piece] == segment
        assert shape.pieces.xs[piece, 0] <= x <= shape.pieces.xs[piece, 1]
