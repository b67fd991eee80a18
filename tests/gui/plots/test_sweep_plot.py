"""Large families: fewer sweeps and points are drawn, colours follow the values, and level lines are seen."""

import numpy as np
from pytestqt.qtbot import QtBot

from gui.plots.cell.colours import perceptual
from gui.plots.sweep_curve import outlined
from gui.plots.sweep_plot import SweepPlot


def _shown(qtbot: QtBot) -> SweepPlot:
    plot = SweepPlot()
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.show()
    return plot


def test_that_of_a_large_family_every_second_or_fourth_is_drawn_over_all_values(qtbot: QtBot) -> None:
    plot = _shown(qtbot)
    samples = np.sin(np.arange(2000) / 50)
    for number in range(500):
        plot.add_sweep(float(number), 0.025, samples + number)
    values = [value for value, _ in plot._curves]
    assert plot.every == 4 and values == [float(each) for each in range(0, 500, 4)]
    assert plot.values == (0.0, 496.0)
    points = [len(curve.getData()[0]) for _, curve in plot._curves]
    assert max(points) <= 200, "coarser, so that the window stays quick"
    for number, curve in ((0, plot._curves[0][1]), (496, plot._curves[-1][1])):
        x, y = curve.getData()
        assert (y.min(), y.max()) == (samples.min() + number, samples.max() + number), "no peak is lost"
        assert x[0] < 0.5 and x[-1] > 2000 * 0.025 - 0.5
    qtbot.waitUntil(lambda: not plot._waiting)
    assert plot._curves[-1][1].opts["pen"].color() == perceptual(1.0)
    assert plot._curves[0][1].opts["pen"].color() == perceptual(0.0)
    plot.clear_sweeps("Voltage (mV)")
    assert plot.values is None


def test_that_a_level_line_is_drawn(qtbot: QtBot) -> None:
    plot = _shown(qtbot)
    before = plot.grab().toImage()
    plot.add_sweep(1.0, 0.1, np.full(500, -65.0))
    with qtbot.waitExposed(plot):
        plot.show()
    assert plot.grab().toImage() != before
    image = plot.grab().toImage()
    wanted = perceptual(0.5).rgb()
    assert any(
        image.pixel(x, y) == wanted
        for x in range(image.width() // 2, image.width())
        for y in range(image.height())
    )


def test_that_outlines_keep_extremes_and_times() -> None:
    times, values = np.arange(10.0), np.array([0, 5, 1, 1, -3, 1, 2, 2, 2, 9.0])
    x, y = outlined(times, values, 3)
    np.testing.assert_array_equal(y, [0, 5, -3, 2, 2, 9])
    assert len(x) == 6 and (np.diff(x) >= 0).all()
    assert outlined(times, values, 5)[1] is values
