"""A view painted apart from its widget: other sizes, other values, drawings, in a thread."""

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtSvg import QSvgRenderer

from gui.background import in_background
from gui.panels.cell.film import pixels_of
from gui.plots.cell.colours import ColourScale
from gui.plots.cell.markers import Marker
from gui.plots.cell.view import CellView
from tests.gui.cell.cells import y_shaped

SCALE = ColourScale("Voltage", "mV", -80.0, 40.0)


@pytest.fixture
def view(qtbot):
    made = CellView()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show_shapes([y_shaped()])
    made.show()
    made.fit()
    made.stand_still()
    return made


@pytest.fixture
def values(view):
    return np.linspace(-75.0, 35.0, view.shapes[0].anatomy.segments)


def test_that_a_still_has_the_size_that_is_asked_for(view):
    assert view.still().image(1000).size() == QSize(1000, 750)
    assert view.still().image(123).size() == QSize(123, 92)


def test_that_a_still_is_what_the_widget_shows(view, values):
    view.show_values(values, SCALE)
    view.clearFocus()
    shown = pixels_of(view.grab().toImage())
    still = pixels_of(view.still().image(view.width()))
    np.testing.assert_array_equal(still, shown)


def test_that_other_values_of_a_still_leave_the_view_alone(view, values):
    view.show_values(values, SCALE)
    before = pixels_of(view.still().image(400))
    still = view.still()
    still.show_values(values[::-1].copy(), SCALE)
    assert (pixels_of(still.image(400)) != before).any()
    np.testing.assert_array_equal(pixels_of(view.still().image(400)), before)


@pytest.mark.parametrize("mode", ["3d", "2d", "dendrogram"])
def test_that_a_picture_from_a_thread_is_the_same(view, values, qtbot, mode):
    view.show_mode(mode)
    view.show_values(values, SCALE)
    expected = pixels_of(view.still().image(300, "12.3 ms"))
    still = view.still()
    pictures: list[np.ndarray] = []
    in_background(
        lambda _task: pixels_of(still.image(300, "12.3 ms")),
        pictures.append,
        lambda error: pytest.fail(str(error)),
    )
    qtbot.waitUntil(lambda: bool(pictures))
    np.testing.assert_array_equal(pictures[0], expected)


@pytest.mark.parametrize("mode", ["3d", "2d", "dendrogram"])
def test_that_a_drawing_can_be_opened_and_looks_like_the_picture(view, values, qtbot, mode):
    from PySide6.QtGui import QImage, QPainter

    view.show_mode(mode)
    view.show_values(values, SCALE)
    drawing = view.still().svg("12.3 ms")
    text = drawing.decode()
    assert "12.3 ms" in text and "Voltage (mV)" in text
    assert text.count("<polygon") + text.count("<path") >= len(view.shapes[0].pieces)
    renderer = QSvgRenderer(drawing)
    assert renderer.isValid()
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    picture = pixels_of(view.still().image(400, "12.3 ms")).astype(int)
    differs = np.abs(pixels_of(image).astype(int) - picture).max(axis=2) > 60
    assert differs.mean() < 0.04  # edges are smoother, letters are others


@pytest.mark.parametrize("size", [QSize(300, 600), QSize(900, 200), QSize(400, 300)])
@pytest.mark.parametrize("mode", ["3d", "2d", "dendrogram"])
def test_that_in_another_size_all_of_the_cell_and_its_markers_are_still_seen(view, mode, size):
    view.show_mode(mode)
    tip = view.shapes[0].anatomy.farthest_tip("apic")
    view.show_markers([Marker("one", tip, 0.9, "#ff0000", "record")])
    picture = view.still().in_size(size).image(size.width())
    assert picture.size() == size
    pixels = pixels_of(picture).astype(int)
    red = (pixels[..., 0] > 200) & (pixels[..., 1:].max(axis=2) < 90)
    assert red.sum() > 20
    view.show_markers([])
    pixels = pixels_of(view.still().in_size(size).image(size.width())).astype(int)
    coloured = (pixels.max(axis=2) - pixels.min(axis=2)) > 60
    rows, columns = np.flatnonzero(coloured.any(axis=1)), np.flatnonzero(coloured.any(axis=0))
    assert rows[0] > 0 and rows[-1] < size.height() - 1
    assert columns[0] > 0 and columns[-1] < size.width() - 1


@pytest.mark.parametrize("mode", ["3d", "2d"])
def test_that_a_cell_that_is_seen_as_a_whole_fills_the_other_size_and_a_part_stays_that_part(view, mode):
    view.show_mode(mode)
    view.fit()
    as_large = view.camera.fitted(view.scene.pieces, (300, 600)).scale
    assert view.still().in_size(QSize(300, 600))._frame.projection.scale == pytest.approx(as_large)
    view.zoom(3.0)
    seen = view.camera.scale
    assert view.still().in_size(QSize(800, 600))._frame.projection.scale == pytest.approx(2 * seen)
    assert view.still().in_size(QSize(800, 600))._frame.projection.centre == view.camera.centre
