"""A view painted apart from its widget: other sizes, other values, drawings, in a thread."""

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtSvg import QSvgRenderer

from gui.background import in_background
from gui.panels.cell.film import pixels_of
from gui.plots.cell.colours import ColourScale
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
