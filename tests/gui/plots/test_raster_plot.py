"""A raster shows each spike where it belongs, in the colour of its population, however many there are."""

import itertools

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint

from gui import background, theme
from gui.plots.raster_image import Excerpt, painted
from gui.plots.raster_plot import RasterPlot, RasterRows

PALETTE = np.array([[255, 0, 0], [0, 0, 255]], dtype=np.uint8)
ROWS = RasterRows(np.array([3, 8, 1]), np.array([0, 0, 1]), ("thalamus", "cortex"), (0, 1))


def is_filled(picture):
    return np.argwhere(picture[..., 3] > 0).tolist()


def test_that_each_spike_has_a_spot_in_the_colour_of_its_row():
    times, rows = np.array([-1.0, 0.0, 4.9, 5.0, 9.99, 10.0]), np.array([0, 0, 2, 1, 2, 2])
    picture = painted(times, rows, ROWS.groups, PALETTE, Excerpt(0, 10, 0, 3, 10, 3))
    assert is_filled(picture) == [[0, 0], [1, 5], [2, 4], [2, 9]]
    assert picture[0, 0].tolist() == [255, 0, 0, 255]
    assert picture[2, 9].tolist() == [0, 0, 255, 255]
    tall = painted(times, rows, ROWS.groups, PALETTE, Excerpt(0, 10, 1, 3, 10, 8))
    assert is_filled(tall[:, 5:6]) == [[0, 0], [1, 0], [2, 0]], "three of four spots, and a gap"


def test_that_spots_with_more_spikes_are_fuller_where_rows_are_too_many():
    rows = np.array([0, 1, 2, 3, 900])
    groups = np.zeros(1000, dtype=np.intp)
    picture = painted(np.full(5, 0.5), rows, groups, PALETTE, Excerpt(0, 1, 0, 1000, 1, 10))
    assert picture.shape == (10, 1, 4)
    assert picture[0, 0, 3] == 255 > picture[9, 0, 3] > 0


@pytest.fixture
def plot(qtbot):
    plot = RasterPlot()
    window = pg.GraphicsLayoutWidget()
    qtbot.addWidget(window)
    window.addItem(plot)
    window.resize(500, 300)
    with qtbot.waitExposed(window):
        window.show()
    plot.view.setXRange(0, 100, padding=0)
    yield plot
    background.wait_for_all()


def test_that_the_mouse_reads_off_the_nearest_spike_and_rows_are_named(plot):
    plot.show_spikes(ROWS, np.array([10.0, 20.0, 20.0]), np.array([0, 0, 2]))
    found = plot.spike_at(20.5, 2.5)
    assert found is not None and found.text == "cortex:1 fires at 20 ms"
    assert plot.spike_at(60.0, 0.5) is None
    assert [label for _, label in plot.getAxis("left")._tickLevels[0]] == ["3", "8", "1"]
    assert [name for _, name in plot.legend_entries()] == ["thalamus", "cortex"]


def test_that_the_real_mouse_tells_the_spike_under_it_and_that_it_left(plot, qtbot):
    plot.show_spikes(ROWS, np.array([10.0, 50.0]), np.array([0, 2]))
    window = plot.getViewWidget()
    told: list[str] = []
    plot.hovered.connect(lambda spike: told.append(spike.text if spike is not None else ""))

    def moves_there(time: float, row: float, what: str) -> None:
        where = window.mapFromScene(plot.view.mapViewToScene(pg.Point(time, row)))
        steps = itertools.cycle((0, 1))

        def is_told() -> bool:  # pyqtgraph takes no more than 100 moves in a second
            qtbot.mouseMove(window.viewport(), where + QPoint(0, next(steps)))
            return told[-1:] == [what]

        qtbot.waitUntil(is_told)

    moves_there(50.0, 2.5, "cortex:1 fires at 50 ms")
    moves_there(80.0, 0.5, "")


def test_that_a_spike_is_painted_where_its_time_and_row_are_also_one_that_comes_later(plot):
    plot.show_spikes(ROWS, np.array([10.0]), np.array([0]))
    plot.append(np.array([50.0]), np.array([2]))
    plot.redraw()
    window = plot.getViewWidget()
    shot = window.grab().toImage()
    for time, row, group in ((10.0, 0, 0), (50.0, 2, 1)):
        where = window.mapFromScene(plot.view.mapViewToScene(pg.Point(time, row + 0.4)))
        near = {shot.pixelColor(where.x() + dx, where.y()).name() for dx in (-1, 0, 1)}
        assert theme.trace_colour(group) in near


def test_that_a_million_spikes_are_painted_in_a_thread(plot, qtbot):
    count = 1_000_000
    rows = RasterRows(np.arange(10_000), np.zeros(10_000, dtype=np.intp), ("all",), (0,))
    times = np.linspace(0, 100, count)
    plot.show_spikes(rows, times, np.arange(count) % 10_000)
    assert plot._image.image is None, "not in the window's thread"
    qtbot.waitUntil(lambda: plot._image.image is not None)
    assert plot._image.height() <= 300
