"""A region with one key, what is measured in it, and the phase plane: in a window that never stands still."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt

from engine.analysis.measures import Signal, measured
from engine.experiment.applied_step import step_on
from gui.app import Wanted
from gui.panels.measurements.panel import MeasurementsPanel
from tests.end_to_end.conftest import Rig
from tests.end_to_end.presses import Hand


@pytest.mark.timeout(400)
def test_that_one_key_measures_a_region_of_this_run_and_the_next(launch: Callable[..., Rig]) -> None:
    rig = launch(Wanted(example="squid-axon"))
    session, hand = rig.bench.session, Hand()
    rig.until(session.rig.can_run)
    panel = rig.bench.panels["measurements"]
    assert isinstance(panel, MeasurementsPanel)
    hand.key(Qt.Key.Key_F5, widget=rig.window)
    rig.until(lambda: session.runs.latest is not None and session.runs.latest.is_over)
    rig.until(rig.bench.actions.widget("scope.region").isEnabled)
    rig.watchdog.start()
    hand.key(Qt.Key.Key_M, widget=rig.window)
    table = panel.table
    rig.until(lambda: [row.region for row in table.model.rows] == ["A"])
    begin, end = session.regions.spans["A"]
    for shift in range(1, 30):  # as the mouse drags it
        session.regions.put("A", begin - shift / 10, end - shift / 10)
        rig.until(lambda: True)
    rig.until(lambda: not table.rows.later.is_computing)
    rig.watchdog.stop()
    rig.shot("20-a-region")
    hand.key(Qt.Key.Key_F5, widget=rig.window)
    rig.until(lambda: len(session.runs) == 2 and all(run.is_over for run in session.runs))
    rig.until(lambda: [row.run for row in table.model.rows] == ["Run 1", "Run 2"])
    run = session.runs.latest
    assert run is not None
    column = next(number for number, head in enumerate(run.heads) if head.unit == "mV")
    step = step_on(run.experiment, run.heads[column].site.cell)
    trace = Signal(run.traces.column(column), run.traces.interval, step=step)
    keys = [each.key for each in table.chosen()]
    expected = measured(trace.cut(session.regions.spans["A"]), keys)
    found = table.model.rows[1].values
    assert list(found.values()) == pytest.approx([expected[key] for key in found], nan_ok=True)
    hand.press(panel.tabs, panel.tabs.tabRect(1).center())
    rig.until(panel.phase.has_plot)
    rig.shot("21-phase-plane")
    curve = panel.phase.plot.curves[-1]
    assert curve.voltage.max() == run.traces.column(column).max()
    assert curve.slope.max() == np.gradient(run.traces.column(column), run.traces.interval).max()
    assert rig.watchdog.stalls == [], "the window stood still"
    process = session.features.process_id
    assert process is not None
    rig.close()
    assert session.features.process_id is None
