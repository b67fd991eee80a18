"""A trace of a file is dropped on the window, compared with a run, and the verdict is read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel

from gui.app import Wanted
from gui.panels.load_reference import LoadReferenceDialog
from gui.panels.runs import RunsPanel
from gui.panels.scope.panel import ScopePanel
from gui.panels.scope.trace_pair import TracePairDialog
from gui.session.run import Run
from tests.end_to_end.conftest import Rig
from tests.end_to_end.presses import Hand
from tests.end_to_end.test_journeys import finished
from tests.gui.accessibility import nameless_controls


def _dropped(rig: Rig, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    rig.window.dropEvent(event)


def _references(rig: Rig) -> list[Run]:
    return [run for run in rig.bench.session.runs if run.is_loaded]


def _panels(rig: Rig) -> tuple[ScopePanel, RunsPanel]:
    scope, runs = rig.bench.panels["scope"], rig.bench.panels["runs"]
    assert isinstance(scope, ScopePanel) and isinstance(runs, RunsPanel)
    return scope, runs


@pytest.mark.timeout(400)
def test_that_our_own_samples_dropped_on_the_window_are_the_same_as_the_run(
    launch: Callable[..., Rig], tmp_path: Path
) -> None:
    rig, hand = launch(Wanted(example="squid-axon", run=True)), Hand()
    run = finished(rig)
    scope, runs = _panels(rig)
    scope.stack.draw()
    voltages = [plot for plot in scope.trace_plots if plot.title.endswith("(mV)")]
    path = tmp_path / "mine.csv"
    scope.saving.save_data(voltages, path)
    rig.until(path.exists)
    _dropped(rig, path)
    rig.until(lambda: len(_references(rig)) == 1)
    (reference,) = _references(rig)
    np.testing.assert_array_equal(reference.traces.column(0), run.traces.column(0), "bit for bit")
    np.testing.assert_array_equal(reference.traces.times(), run.traces.times())
    assert reference.title == "mine.csv" and runs.selected() == (reference,)
    assert rig.bench.session.runs.latest is run, "a reference is no run of ours"
    assert not rig.bench.actions.widget("runs.restore").isEnabled(), "nobody knows how it was made"
    scope.stack.draw()
    assert "mine.csv" in [entry.name for entry in scope.legend.entries], "it is beside the run at once"
    rig.bench.actions.refresh()
    hand.press(rig.button("Compare", runs))
    rig.until(lambda: "is the same as mine.csv" in scope.remarks.text())
    assert np.abs(scope.comparison.differences[0].traces.column(0)).max() == 0  # type: ignore[union-attr]
    rig.shot("30-the-same-as-a-reference")
    rig.bench.actions.widget("scope.compare_traces").trigger()
    (pair,) = scope.findChildren(TracePairDialog)
    assert nameless_controls(pair) == nameless_controls(scope.comparing.bar) == []
    assert [head.label for _, head in pair.pair()] == ["Voltage", "Voltage"]
    pair.second.setCurrentIndex(pair.first.currentIndex())
    assert not pair.compare_button.isEnabled() and "two different runs" in pair.remark.text()
    pair.reject()
    rig.bench.actions.widget("scope.align.spike").trigger()
    rig.until(scope.comparing.bar.spike.isVisible)
    rig.bench.actions.widget("scope.stop_comparing").trigger()
    assert not scope.comparing.bar.isVisible()
    rig.bench.session.document.undo_stack.setClean()
    rig.close()


@pytest.mark.timeout(400)
def test_that_what_a_file_leaves_open_is_asked_and_another_trace_differs(
    launch: Callable[..., Rig], tmp_path: Path
) -> None:
    rig, hand = launch(Wanted(example="squid-axon", run=True)), Hand()
    run = finished(rig)
    scope, _ = _panels(rig)
    volts = (run.traces.column(0) + 0.5)[::4] / 1000
    path = tmp_path / "bare.txt"
    np.savetxt(path, volts)
    _dropped(rig, path)
    rig.until(lambda: bool(_dialogs(rig)))
    (dialog,) = _dialogs(rig)
    assert not dialog.load_button.isEnabled() and "choose it" in dialog.remark.text()
    assert nameless_controls(dialog) == []
    assert dialog.interval.isVisible() and not dialog.time_unit.isVisible()
    dialog.unit.setCurrentText("V")
    dialog.interval.setValue(run.traces.interval * 4)
    rig.shot("31-units-of-a-reference", dialog)
    hand.press(dialog.load_button)
    rig.until(lambda: len(_references(rig)) == 1 and not _dialogs(rig))
    rig.bench.actions.widget("runs.compare").trigger()
    rig.until(lambda: "Run 1 differs from bare.txt by up to 0.5 mV" in scope.remarks.text())
    scope.comparing.bar.tolerance.setValue(0.6)
    rig.until(lambda: "Run 1 is the same as bare.txt within 0.6 mV" in scope.remarks.text())
    path.write_text("time (ms),v (mV)\n0,1\n0,2\n")
    _dropped(rig, path)
    rig.until(lambda: "do not increase" in _told(rig))
    rig.bench.session.document.undo_stack.setClean()
    rig.close()


@pytest.mark.timeout(400)
def test_that_sweeps_are_searched_sorted_and_become_runs(launch: Callable[..., Rig], tmp_path: Path) -> None:
    writer = pytest.importorskip("pyabf.abfWriter")
    rig, hand = launch(Wanted(example="squid-axon")), Hand()
    rig.until_open()
    path = tmp_path / "cell.abf"
    sweeps = np.arange(21.0)[:, np.newaxis] + np.linspace(-70, -60, 400)
    writer.writeABF1(sweeps, str(path), 20_000.0, "mV")
    _dropped(rig, path)
    rig.until(lambda: bool(_dialogs(rig)))
    (dialog,) = _dialogs(rig)
    labels = [dialog.series.index(row, 2).data() for row in range(21)]
    assert labels == [f"sweep {number}" for number in range(1, 22)]
    dialog.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert dialog.series.index(0, 2).data() == "sweep 21", "numbers sort as numbers"
    dialog.field.setText("sweep 20")
    assert dialog.series.rowCount() == 1
    dialog.field.setText("sweep 2")
    assert [each.group for each in dialog.selected()] == ["sweep 21"]
    dialog.table.selectAll()
    hand.press(dialog.load_button)
    rig.until(lambda: len(_references(rig)) == 4)
    titles = [run.title for run in _references(rig)]
    assert titles == [f"cell.abf, sweep {number}" for number in (21, 20, 12, 2)]
    np.testing.assert_allclose(_references(rig)[-1].traces.column(0), sweeps[1], atol=0.01)
    rig.bench.session.document.undo_stack.setClean()
    rig.close()


def _dialogs(rig: Rig) -> list[LoadReferenceDialog]:
    return [each for each in rig.window.findChildren(LoadReferenceDialog) if each.isVisible()]


def _told(rig: Rig) -> str:
    strip: Any = rig.window.strip
    return " ".join(label.text() for label in strip.findChildren(QLabel))
