"""Rates: counts of spikes, for each cell and second."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.plots.rate_plot import Band, Fired, RatePlot, rates_of
from gui.plots.stack import PlotStack

BANDS = (Band("LBC", 0, 10, "#0072b2"), Band("MC", 10, 40, "#d55e00"))
TIMES, ROWS = np.array([0.0, 4.99, 5.0, 12.0]), np.array([0, 1, 12, 2])


def test_that_rates_are_counts_for_each_cell_and_second() -> None:
    fired, edges = Fired(TIMES, ROWS, 20.0), np.array([0.0, 5.0, 10.0, 15.0])
    assert rates_of(fired, BANDS[0], edges).tolist() == [2 * 1000 / 5 / 10, 0.0, 1000 / 5 / 10]
    assert rates_of(fired, BANDS[1], edges).tolist() == [0.0, pytest.approx(1000 / 5 / 30), 0.0]


def test_that_only_complete_bins_are_drawn_and_no_more_than_can_be_seen(qtbot: QtBot) -> None:
    stack, plot = PlotStack(), RatePlot(5.0)
    qtbot.addWidget(stack)
    stack.resize(700, 300)
    with qtbot.waitExposed(stack):
        stack.show()
    plot.show_bands(BANDS)
    stack.show_rows([plot], [None])
    stack.show_whole(0.0, 100.0)
    plot.redraw(Fired(TIMES, ROWS, 13.0))
    assert plot._curves[0].yData.tolist() == [40.0, 0.0], "the bin from 10 to 15 ms is not complete"
    assert plot.titleLabel.text == "Rate (Hz per cell), bins of 5 ms"
    names, columns = zip(*plot.columns(Fired(TIMES, ROWS, 20.0)), strict=True)
    assert names[1] == "LBC (Hz per cell)" and columns[1].tolist() == [40.0, 0.0, 20.0, 0.0]
    plot.bin_ms = 0.01
    plot.redraw(Fired(TIMES, ROWS, 100.0))
    assert len(plot._curves[0].yData) <= plot.view.width() + 1
    assert f"bins of {plot.drawn_bin_ms:g} ms" in plot.titleLabel.text and plot.drawn_bin_ms > 0.01
