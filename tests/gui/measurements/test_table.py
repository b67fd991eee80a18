"""The table of measurements follows what is shown, and the regions that are dragged."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QToolButton

from engine.analysis.measures import Signal, measured
from engine.analysis.step_interval import StepInterval
from engine.experiment.base import changed
from engine.experiment.stimuli import RelativeStep
from engine.experiment.targets import CellReference, Site
from engine.protocols.current_clamp import StepFamily
from engine.protocols.sweeps import VOLTAGE, Column, Outcome, Result, Sweep
from gui.actions import check
from gui.session.measuring import Measurement
from gui.settings import settings
from tests.end_to_end.presses import Hand
from tests.gui.measurements.conftest import INTERVAL, Bench, Spiking
from tests.gui.scope.test_scope import drag

_SQUID_STEP = StepInterval(5.0, 6.0, 0.02)


def _regions(bench: Bench) -> list[tuple[str, str, str]]:
    return [(row.run, row.name, row.region) for row in bench.panel.table.model.rows]


def _place(bench: Bench, time: float) -> QPoint:
    """Where a time is in the first plot of the scope."""
    view = bench.scope.trace_plots[0].view
    middle = sum(view.viewRange()[1]) / 2
    place: QPoint = bench.scope.stack.mapFromScene(view.mapViewToScene(QPointF(time, middle)))
    return place


def test_that_regions_are_measured_as_they_are_dragged_and_stay_for_the_next_run(
    bench: Bench, spiking: Spiking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)  # it drops moves that come so fast
    run = spiking()
    bench.measured()
    assert _regions(bench) == [("Run 1", "Voltage", "Whole")]
    bench.do("scope.region")
    bench.do("scope.region")
    QApplication.processEvents()
    begin, end = _place(bench, 8.05), _place(bench, 6.31)
    drag(bench.scope, begin, end, Qt.KeyboardModifier.NoModifier)  # its left end
    spans = bench.session.regions.spans
    assert spans["A"][0] == pytest.approx(6.3, abs=0.2) and spans["B"] == (24.0, 32.0)
    steps = spans["A"][0] / INTERVAL
    assert steps == pytest.approx(round(steps), abs=1e-6), "it lies on a sample"
    bench.measured()
    assert _regions(bench) == [("Run 1", "Voltage", each) for each in ("A", "B", "B − A")]
    trace = Signal(run.traces.column(0), INTERVAL, step=_SQUID_STEP)
    keys = [each.key for each in bench.panel.table.chosen()]
    first, second, apart = bench.panel.table.model.rows
    for row, name in ((first, "A"), (second, "B")):
        expected = measured(trace.cut(spans[name]), keys)
        assert list(row.values.values()) == pytest.approx(list(expected.values()), nan_ok=True)
    assert apart.values["maximum"] == second.values["maximum"] - first.values["maximum"]
    view = bench.scope.trace_plots[0].view
    begin, shown = _place(bench, 27), view.viewRange()[0]
    drag(bench.scope, begin, begin + QPoint(40, 10), Qt.KeyboardModifier.ControlModifier)
    assert bench.session.regions.spans == spans and view.viewRange()[0] != shown, "Ctrl zooms, also there"
    bench.scope.stack.home()
    spiking()
    bench.measured()
    assert [each[0] for each in _regions(bench)] == ["Run 1"] * 3 + ["Run 2"] * 3
    bench.do("scope.no_regions")
    bench.measured()
    assert [each[2] for each in _regions(bench)] == ["Whole", "Whole"]
    bench.do("scope.region")
    bench.session.document.put(bench.session.document.experiment)
    assert not bench.session.regions.spans, "another document has other times"


def test_that_the_table_is_sorted_copied_and_saved_with_units_and_names(
    bench: Bench, spiking: Spiking, tmp_path: Path
) -> None:
    spiking()
    settings().change(measures=("maximum", "half_width", "sag"))
    bench.session.regions.put("A", 7, 13)
    bench.session.regions.put("B", 14, 20)
    bench.measured()
    table = bench.panel.table
    table.view.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    values = [row.values["half_width"] for row in table.model.rows]
    assert math.isfinite(values[0]) and math.isnan(values[-1]), "what there is not comes last"
    tip = table.model.headerData(4, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "AP_duration_half_width" in tip
    bench.do("measurements.copy")
    lines = QGuiApplication.clipboard().text().splitlines()
    titles = ["Run", "Trace", "Region", "Maximum (mV)", "Half-width [AP_duration_half_width] (ms)"]
    assert lines[0].split("\t") == [*titles, "Sag [sag_amplitude] (mV)"]
    assert float(lines[1].split("\t")[4]) == values[0]
    table.saving.save_columns(table.columns(), tmp_path / "measured.csv")
    assert table.saving.task is not None
    with bench.qtbot.waitSignal(table.saving.task.ended):
        pass
    assert (tmp_path / "measured.csv").read_text(encoding="utf-8").splitlines()[1] == lines[1].replace(
        "\t", ","
    )


def test_that_a_region_can_be_typed_and_removed_without_a_mouse(bench: Bench, spiking: Spiking) -> None:
    spiking()
    bench.measured()
    bench.do("scope.region")
    row = bench.panel.table.regions[0]
    assert row.isVisible() and not bench.panel.table.regions[1].isVisible()
    row.begin.setFocus()
    row.begin.lineEdit().selectAll()
    Hand().type("3.012", row.begin)
    Hand().key(Qt.Key.Key_Return, widget=row.begin)
    assert bench.session.regions.spans["A"] == (3.0, 16.0)
    assert row.begin.value == 3.0, "where it snapped to"
    bench.qtbot.mouseClick(row.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert not row.isVisible()
    assert not bench.scope.regions.marks.bands("A")
    check([*bench.scope.actions(), *bench.panel.actions()])


def test_that_sweeps_of_a_protocol_are_measured_as_they_come(bench: Bench) -> None:
    table, measuring = bench.panel.table, bench.session.measuring
    experiment = bench.session.document.experiment
    assert experiment is not None
    measurement = Measurement(1, StepFamily(), Site(cell=CellReference("axon", 0)), "running")
    measuring.measurements.append(measurement)
    table.source.setCurrentIndex(table.source.findData("sweeps"))
    table.source.activated.emit(1)
    assert "F6" in table.hint.text()
    for value in (0.2, 0.1):
        (step,) = experiment.stimuli
        swept = changed(experiment, stimuli=(changed(step, delay=10.0, duration=20.0, amplitude=-value),))
        voltage = -65 - 50 * value * np.clip(np.arange(1600) * INTERVAL - 10, 0, 1)
        outcome = Outcome(Sweep(value, swept), INTERVAL, {VOLTAGE: voltage})
        measurement.outcomes.append(outcome)
        measuring.swept.emit(measurement, outcome)
    bench.measured()
    assert [row.name for row in table.model.rows] == ["Sweep at 0.1 nA", "Sweep at 0.2 nA"]
    assert [row.values["resistance"] for row in table.model.rows] == pytest.approx([50, 50], rel=1e-3)
    relative = RelativeStep(id=step.id, target=Site(cell=CellReference("axon", 0)), delay=10.0, duration=20.0)
    outcome = measurement.outcomes[0]
    unknown = Sweep(0.2, changed(experiment, stimuli=(relative,)))
    measurement.outcomes[0] = dataclasses.replace(outcome, sweep=unknown)
    column = Column("Current", "nA", (0.1, 0.2))
    measurement.result = Result((column,))
    measuring.changed.emit()
    bench.measured()
    assert [row.name for row in table.model.rows] == ["Sweep at 0.1 nA", "Sweep at 0.2 nA"]
    assert math.isnan(table.model.rows[1].values["resistance"]), "nobody knows the threshold of this cell"


def test_that_other_features_can_be_chosen_while_many_traces_are_measured(
    bench: Bench, spiking: Spiking
) -> None:
    spiking()
    spiking()
    bench.measured()
    settings().change(measures=("sag", "minimum"))
    bench.panel.table.rows.later.progressed.emit(0, 2)
    titles = [bench.panel.table.model.headerData(4, Qt.Orientation.Horizontal)]
    assert titles == ["Minimum\nmV"], "the rows that are there stay until there are others"
    bench.measured()
    model = bench.panel.table.model
    titles = [model.headerData(column, Qt.Orientation.Horizontal) for column in (3, 4)]
    assert titles == ["Minimum\nmV", "Sag\nmV"]
    widths = [bench.panel.table.view.columnWidth(column) for column in (3, 4)]
    settings().change(measures=("minimum", "resistance"))
    bench.measured()
    assert bench.panel.table.view.columnWidth(3) == widths[0]
    assert bench.panel.table.view.columnWidth(4) > widths[1], "a longer title has room"
