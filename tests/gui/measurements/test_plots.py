"""Plots that are made of traces and spikes: the phase plane, and intervals between spikes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from gui.plots.distance_plot import Spot
from gui.session.run import Run
from tests.gui.measurements.conftest import INTERVAL, Bench, Spiking


def test_that_one_click_in_the_legend_draws_the_phase_plane_of_a_trace(
    bench: Bench, spiking: Spiking, tmp_path: Path
) -> None:
    run = spiking()
    bench.scope.stack.draw()
    bench.scope.phase_plane_wanted.connect(bench.panel.show_phase_plane)
    voltage, gate = bench.scope.legend.entries
    texts = [action.text() for action in bench.scope.legend.menu_of(gate).actions()]
    assert "Phase plane" not in texts, "a gate is no voltage"
    menu = bench.scope.legend.menu_of(voltage)
    next(action for action in menu.actions() if action.text() == "Phase plane").trigger()
    phase = bench.panel.phase
    bench.qtbot.waitUntil(lambda: bench.panel.front is phase and phase.has_plot())
    (curve,) = phase.plot.curves
    samples = run.traces.column(0)
    expected = np.gradient(samples, INTERVAL)
    places = np.round(curve.times / INTERVAL).astype(int)
    assert np.array_equal(curve.voltage, samples[places])
    assert np.array_equal(curve.slope, expected[places])
    assert curve.slope.max() == expected.max() and curve.voltage.max() == samples.max()
    top = int(np.argmax(curve.voltage))
    phase.plot.clicked.emit(Spot(top, curve.voltage[top], curve.slope[top]))
    assert bench.session.playhead.time == curve.times[top]
    assert "mV/ms" in phase.in_words(phase.plot.spot_at(_at(bench, top)) or Spot(top, 0, 0))
    bench.do("measurements.copy_image")
    phase.saving.save_columns(phase.columns(), tmp_path / "phase.csv")
    assert phase.saving.task is not None
    with bench.qtbot.waitSignal(phase.saving.task.ended):
        pass
    header = (tmp_path / "phase.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "Time (ms),Voltage: Voltage (mV),Voltage: dV/dt (mV/ms)"


def test_that_a_region_cuts_the_phase_plane(bench: Bench, spiking: Spiking) -> None:
    spiking()
    bench.scope.stack.draw()
    bench.session.regions.put("A", 20, 30)
    bench.do("measurements.phase_plane")
    phase = bench.panel.phase
    bench.qtbot.waitUntil(phase.has_plot)
    assert phase.plot.curves[0].times[-1] > 39
    phase.part.setCurrentIndex(phase.part.findData("A"))
    phase.part.activated.emit(1)
    bench.qtbot.waitUntil(lambda: not phase.later.is_computing)
    assert (phase.plot.curves[0].times[0], phase.plot.curves[0].times[-1]) == (20, 30)
    bench.session.regions.remove()
    bench.qtbot.waitUntil(lambda: not phase.later.is_computing)
    assert phase.plot.curves[0].times[-1] > 39


def test_that_a_phase_plane_of_too_many_points_says_where_it_ends(
    bench: Bench, spiking: Spiking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.panels.measurements.phase_tab._MOST", 100)
    spiking()
    bench.scope.stack.draw()
    bench.do("measurements.phase_plane")
    phase = bench.panel.phase
    bench.qtbot.waitUntil(phase.has_plot)
    (curve,) = phase.plot.curves
    assert len(curve.times) == 100
    assert phase.remark.text() == f"Drawn up to {curve.times[-1]:.6g} ms; choose a region for the rest"


def test_that_intervals_of_several_cells_are_counted_together(
    bench: Bench,
    feed: Callable[..., Run],
) -> None:
    bench.do("measurements.intervals")
    tab = bench.panel.intervals
    assert not tab.has_plot() and "F5" in tab.words.text()
    run = feed(state="running")
    spikes = np.array([[5.0, 0], [6.0, 1], [10.0, 0], [16.0, 1], [20.0, 0]])
    run.spikes["axon"].append(spikes)
    run.state = "finished"
    bench.session.runs.ended.emit(run)
    bench.qtbot.waitUntil(tab.has_plot)
    assert tab.plot.counts.sum() == 3
    assert "3 intervals of 2 cells, mean 8.333 ms" in tab.remark.text()
    tab.bin.show_value(1.0)
    tab.bin.edited.emit()
    bench.qtbot.waitUntil(lambda: len(tab.plot.counts) == 11)
    assert np.flatnonzero(tab.plot.counts).tolist() == [5, 10]
    assert tab.columns()[2][0] == "Intervals"


def _at(bench: Bench, point: int) -> QPointF:
    plot = bench.panel.phase.plot
    curve, place = plot.curve_at(point)
    where: QPointF = plot.view.mapViewToScene(QPointF(curve.voltage[place], curve.slope[place]))
    return where
