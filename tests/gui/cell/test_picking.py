"""What is picked is what is seen, and the nearest of what is not quite under the mouse."""

import itertools

import numpy as np
import pytest

from gui.plots.cell.camera import Camera, Projection
from gui.plots.cell.covering import Outlines, cover
from gui.plots.cell.dendrogram import Chart, as_tree
from gui.plots.cell.picking import REACH, pick
from gui.plots.cell.raster import Raster
from gui.plots.cell.shapes import Shape
from tests.gui.cell.cells import Branch, ball_and_stick, drawn, y_shaped

SIZE = (640, 480)
LOOKS = {
    "front": Camera(),
    "side": Camera(azimuth=90.0),
    "top": Camera(elevation=90.0),
    "askew": Camera(azimuth=37.0, elevation=-21.0),
    "perspective": Camera(azimuth=-120.0, elevation=15.0, has_perspective=True),
}


@pytest.fixture(params=["thick-tufted", "y", "ball and stick"])
def shape(request: pytest.FixtureRequest, thick_tufted: Shape) -> Shape:
    return {"thick-tufted": thick_tufted, "y": y_shaped(), "ball and stick": ball_and_stick()}[request.param]


@pytest.fixture(params=[*LOOKS, "dendrogram"])
def look(request: pytest.FixtureRequest, shape: Shape) -> tuple[Shape, Projection]:
    """A cell and where it is looked at from."""
    if request.param == "dendrogram":
        tree = as_tree(shape)
        return tree, Chart(margins=(10, 5, 10, 40)).fitted(tree.pieces, SIZE)
    return shape, LOOKS[request.param].fitted(shape.pieces, SIZE)


def test_that_the_middle_of_each_segment_picks_it_unless_another_is_in_front(look) -> None:
    shape, projection = look
    projected = projection.project(shape.pieces, SIZE)
    outlines = Outlines.of(projected)
    hidden = 0
    for segment in range(shape.anatomy.segments):
        piece = shape.piece_at(segment, float(shape.anatomy.positions[segment]))
        place = (projected.starts[piece] + projected.ends[piece]) / 2
        found = pick([shape], [projected], (place[0], place[1]))
        assert found is not None and found.distance_px == 0
        if found.segment != segment:
            hidden += 1
            at_all = cover(
                outlines, np.full(len(shape.pieces), place[0]), np.full(len(shape.pieces), place[1])
            )
            front = at_all.depths[at_all.inside & (shape.pieces.segments == found.segment)].max()
            assert front >= at_all.depths[at_all.inside & (shape.pieces.segments == segment)].max()
    assert hidden < shape.anatomy.segments  # all but one, when a straight cell is seen from its end


def test_that_a_pick_is_the_nearest_of_all_by_brute_force(look) -> None:
    shape, projection = look
    projected = projection.project(shape.pieces, SIZE)
    outlines = Outlines.of(projected)
    dice = np.random.default_rng(5)
    touched = 0
    for x, y in dice.uniform((0, 0), SIZE, (400, 2)):
        at_all = cover(outlines, np.full(len(shape.pieces), x), np.full(len(shape.pieces), y))
        nearest = at_all.distances.min()
        found = pick([shape], [projected], (x, y))
        assert (found is None) == (nearest > REACH)
        if found is None:
            continue
        touched += 1
        assert found.distance_px <= nearest + 0.5
        if nearest == 0:
            front = np.where(at_all.inside, at_all.depths, -np.inf).max()
            assert front == at_all.depths[at_all.inside & (shape.pieces.segments == found.segment)].max()
    assert touched > 3


def test_that_each_pixel_of_the_picture_picks_the_segment_that_it_shows(look) -> None:
    shape, projection = look
    projected = projection.project(shape.pieces, SIZE)
    shown = Raster(SIZE).footprint(projected)
    assert len(shown.pixels) > 200
    for number in np.random.default_rng(3).integers(len(shown.pixels), size=500):
        row, column = divmod(int(shown.pixels[number]), SIZE[0])
        found = pick([shape], [projected], (column + 0.5, row + 0.5))
        assert found is not None and found.distance_px == 0
        assert found.segment == shape.pieces.segments[shown.pieces[number]]


def test_that_the_picture_has_all_pixels_that_any_piece_covers(shape) -> None:
    projection = LOOKS["askew"].fitted(shape.pieces, (80, 60))
    projected = projection.project(shape.pieces, (80, 60))
    shown = Raster((80, 60)).footprint(projected)
    covered = np.zeros(80 * 60, dtype=bool)
    outlines = Outlines.of(projected)
    for row, column in itertools.product(range(60), range(80)):
        at_all = cover(
            outlines, np.full(len(shape.pieces), column + 0.5), np.full(len(shape.pieces), row + 0.5)
        )
        covered[row * 80 + column] = at_all.inside.any()
    assert set(shown.pixels.tolist()) == set(np.flatnonzero(covered).tolist())


def test_that_a_picked_place_is_in_its_segment(look) -> None:
    shape, projection = look
    projected = projection.project(shape.pieces, SIZE)
    for piece in range(len(shape.pieces)):
        for place in (projected.starts[piece], projected.ends[piece]):
            found = pick([shape], [projected], (place[0], place[1]))
            assert found is not None
            assert shape.anatomy.segment_at(found.section, found.x) == found.segment
            assert shape.anatomy.section(found.segment).name == found.section


def test_that_of_two_segments_the_one_in_front_is_picked() -> None:
    shape = drawn(
        Branch("dend[0]", course=((-50, 0, -20, 10), (50, 0, -20, 10))),
        Branch("dend[1]", course=((0, -50, 20, 10), (0, 50, 20, 10))),
    )
    for camera, seen in ((Camera(), "dend[1]"), (Camera(azimuth=180.0), "dend[0]")):
        projected = camera.fitted(shape.pieces, SIZE).project(shape.pieces, SIZE)
        found = pick([shape], [projected], (SIZE[0] / 2, SIZE[1] / 2))
        assert found is not None and found.section == seen


def test_that_a_thin_branch_inside_a_thick_one_is_not_picked() -> None:
    shape = drawn(
        Branch("soma[0]", course=((-20, 0, 0, 40), (20, 0, 0, 40))),
        Branch("dend[0]", "soma[0]", 0.5, ((0, 0, 15, 1), (0, 100, 15, 1))),
    )
    projected = Camera().fitted(shape.pieces, SIZE).project(shape.pieces, SIZE)
    tip = projected.ends[1]
    base = projected.starts[1]
    for place, seen in ((tip, "dend[0]"), (base, "soma[0]")):
        found = pick([shape], [projected], (place[0], place[1]))
        assert found is not None and found.section == seen


def test_that_nothing_is_picked_of_an_artificial_cell() -> None:
    shape = drawn()
    assert pick([shape], [Camera().project(shape.pieces, SIZE)], (10, 10)) is None
