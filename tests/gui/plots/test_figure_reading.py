"""What the plots of the window become on paper."""

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtGui import QColor

from gui import background, theme
from gui.plots import look
from gui.plots.distance_plot import DistancePlot
from gui.plots.figure import Area, Curve, Pixels, Style
from gui.plots.figure_files import drawn
from gui.plots.figure_reading import figure_of
from gui.plots.raster_plot import RasterPlot, RasterRows
from gui.plots.result_plot import ResultPlot, Series
from gui.plots.sweep_plot import SweepPlot

ROWS = RasterRows(np.array([3, 8, 1]), np.array([0, 0, 1]), ("thalamus", "cortex"), (0, 1))


@pytest.fixture
def raster(qtbot):
    plot = RasterPlot()
    window = pg.GraphicsLayoutWidget()
    qtbot.addWidget(window)
    window.addItem(plot)
    window.resize(500, 300)
    window.show()
    plot.view.setXRange(0, 100, padding=0)
    plot.name_it("Spikes")
    yield plot
    background.wait_for_all()


def test_that_a_raster_is_drawn_as_lines_with_its_rows(raster):
    raster.show_spikes(ROWS, np.array([10.0, 20.0, 20.0, 500.0]), np.array([0, 0, 2, 1]))
    (chart,) = figure_of([raster], raster.legend_entries(), "").charts
    assert chart.y.title == "Spikes", "without the marks of its colours"
    assert [each.text for each in figure_of([raster], raster.legend_entries(), "").legend] == [
        *("thalamus", "cortex")
    ]
    lines = [each for each in chart.marks if isinstance(each, Curve)]
    assert [each.x[::2].tolist() for each in lines] == [[10.0, 20.0], [20.0]], "500 ms is out of sight"
    assert chart.y.is_inverted and [text for _, text in chart.y.tick_marks(9)] == ["3", "8", "1"]
    many = np.linspace(0, 100, 30_000)
    raster.show_spikes(ROWS, many, np.zeros(len(many), dtype=np.int64))
    background.wait_for_all()
    raster._show(np.full((3, 5, 4), 255, dtype=np.uint8), raster._seen())
    (chart,) = figure_of([raster], [], "").charts
    assert [type(each) for each in chart.marks] == [Pixels], "too many to be lines"


def test_that_points_fits_areas_and_steps_are_read_and_aids_are_not(qtbot, monkeypatch):
    monkeypatch.setattr(theme._STATE, "dark", True)
    plot = ResultPlot()
    qtbot.addWidget(plot)
    x = np.array([0.0, 1.0, 2.0])
    plot.show_series(
        (Series("Rate", x, np.array([1.0, np.nan, 3.0])), Series("Line", x, x, 1, fit=True)),
        "I (nA)",
        "Rate (Hz)",
    )
    upper, lower = (pg.PlotCurveItem(x, each, pen=look.line_pen("#ff0000")) for each in (x + 1, x - 1))
    plot.addItem(pg.FillBetweenItem(upper, lower, brush=QColor(0, 0, 255, 64)))
    plot.addItem(pg.InfiniteLine(pos=1.5, angle=90, pen=look.line_pen(theme.colours().grid)))
    plot.addItem(pg.InfiniteLine(pos=0.5, angle=90, movable=True))
    steps = pg.PlotCurveItem(np.array([0.0, 1.0, 2.0]), np.array([5.0, 6.0]), stepMode="center", pen="g")
    plot.addItem(steps)
    plot.mark(0)
    (chart,) = figure_of([plot.getPlotItem()], plot.legend(), "").charts
    assert (chart.x.title, chart.y.title) == ("I (nA)", "Rate (Hz)")
    areas = [each for each in chart.marks if isinstance(each, Area)]
    assert areas[0].opacity == pytest.approx(64 / 255, abs=0.01)
    curves = [each for each in chart.marks if isinstance(each, Curve)]
    points = [each for each in curves if each.symbol]
    assert len(points) == 1 and points[0].colour == theme.trace_colour_on_white(0)
    assert any(each.dash and not each.symbol for each in curves), "the fit"
    borders = [each for each in curves if each.x.tolist() == [1.5, 1.5]]
    assert [each.colour for each in borders] == [theme.LIGHT.grid]
    assert not any(each.x.tolist() == [0.5, 0.5] for each in curves), "what the mouse drags is no data"
    assert any(each.y.tolist() == [5.0, 5.0, 6.0, 6.0] for each in curves)
    assert drawn(figure_of([plot.getPlotItem()], plot.legend(), ""), Style(), "pdf").startswith(b"%PDF")


def test_that_sweeps_are_named_by_value_and_drawings_fill_the_figure(qtbot):
    sweeps = SweepPlot()
    qtbot.addWidget(sweeps)
    for value in (-0.2, 0.1, 0.4):
        sweeps.add_sweep(value, 0.1, np.linspace(-65, value, 50))
    assert [text for _, text in sweeps.legend("nA")] == ["−0.2 nA", "0.1 nA", "0.4 nA"]
    assert SweepPlot().legend() == []
    graph = pg.PlotWidget()
    qtbot.addWidget(graph)
    graph.hideAxis("left")
    graph.hideAxis("bottom")
    graph.plot([0.0, 1.0], [0.0, 2.0], pen="b")
    graph.setRange(xRange=(-10, 10), yRange=(-10, 10))
    (chart,) = figure_of([graph.getPlotItem()], [], "").charts
    assert not chart.has_axes and chart.x.low == pytest.approx(-0.05) and chart.y.high == pytest.approx(2.1)
    assert isinstance(sweeps, DistancePlot)
