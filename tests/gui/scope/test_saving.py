"""Pictures and tables that leave the program, and the numbers of the cursors."""

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from engine.errors import EngineError
from gui.panels.scope.cursor_readout import CursorReadout
from gui.plots.figure import Style
from gui.plots.figure_dialog import _LAST, FigureDialog
from tests.gui.accessibility import nameless_controls
from tests.gui.scope.conftest import saved


@pytest.fixture
def with_run(scope, feed):
    run = feed()
    scope.stack.draw()
    return run


def test_that_a_saved_table_reads_back_to_the_same_bits(scope, with_run, tmp_path, qtbot):
    random = np.random.default_rng(0)
    with_run.traces.append(random.normal(size=(20_000, 2)) * 1e-7)
    scope.saving.save_data(scope.trace_plots, tmp_path / "traces.csv")
    qtbot.waitUntil(lambda: scope.saving.task.is_over)
    rows = saved(tmp_path / "traces.csv")
    assert rows[0] == ["Time (ms)", "Voltage (mV)", "Sodium activation"]
    numbers = np.array([[float(cell) for cell in row] for row in rows[1:]])
    assert numbers[:, 0].tobytes() == with_run.traces.times().tobytes()
    assert numbers[:, 1].tobytes() == with_run.traces.column(0).tobytes()
    assert numbers[:, 2].tobytes() == with_run.traces.column(1).tobytes()


def test_that_shorter_runs_leave_cells_empty_and_other_steps_get_times_of_their_own(
    scope, feed, tmp_path, qtbot
):
    feed(np.ones((3, 2)))
    feed(np.ones((2, 2)), interval=0.5)
    scope.stack.draw()
    scope.saving.save_data(scope.trace_plots[:1], tmp_path / "traces.csv")
    qtbot.waitUntil(lambda: scope.saving.task.is_over)
    rows = saved(tmp_path / "traces.csv")
    assert rows[0] == ["Time (ms)", "Voltage · Run 1 (mV)", "Time (ms)", "Voltage (mV)"]
    assert rows[3] == ["0.2", "1.0", "", ""]


def test_that_the_samples_in_view_are_copied(scope, with_run):
    scope.stack.rows[-1].vb.setXRange(1.0, 2.0, padding=0)
    scope.saving.copy_data(scope.trace_plots[:1])
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Time (ms)\tVoltage (mV)"
    assert [float(line.split("\t")[0]) for line in lines[1:]] == with_run.traces.times(10, 21).tolist()


def test_that_pictures_can_be_opened(scope, with_run, tmp_path):
    scope.saving.save_image(scope.stack.rows, tmp_path / "scope.png")
    scope.saving.save_image(scope.stack.rows, tmp_path / "scope.svg")
    picture = QImage(str(tmp_path / "scope.png"))
    assert picture.width() >= 2 * 500
    drawing = QSvgRenderer(str(tmp_path / "scope.svg"))
    assert drawing.isValid()
    assert "Sodium activation" in (tmp_path / "scope.svg").read_text()
    scope.saving.copy_image(scope.stack.rows)
    assert QGuiApplication.clipboard().image().size() == picture.size()


def test_that_a_picture_that_cannot_be_written_is_refused(scope, with_run, tmp_path):
    with pytest.raises(EngineError):
        scope.saving.save_image(scope.stack.rows, tmp_path / "missing" / "scope.png")


def test_that_cursors_measure_and_can_be_typed_dragged_stepped_and_copied(scope, with_run):
    scope.toggle_cursors()
    readout = scope.findChild(CursorReadout)
    assert readout.isVisible()
    cursors = scope.cursors
    for which, place in (("time 1", 10.0), ("time 2", 30.0), ("value 1", -60.0), ("value 2", -20.0)):
        cursors.move(which, place)
    assert "Δt 20 ms" in readout.differences.text()
    assert "1/Δt 50 Hz" in readout.differences.text()
    assert "b − a 40 mV" in readout.differences.text()
    assert "(b − a)/Δt 2 mV/ms" in readout.differences.text()
    assert "1/Δt (Hz)\t50.0" in readout.text().splitlines()
    readout._places["time 2"].setValue(15.0)
    assert cursors.places["time 2"] == 15.0
    line = next(line for which, _, line in cursors._lines if which == "time 1")
    line.setValue(12.0)
    line.sigDragged.emit(line)
    assert cursors.places["time 1"] == 12.0
    assert {line.value() for which, _, line in cursors._lines if which == "time 1"} == {12.0}
    pixel = scope.trace_plots[0].vb.viewPixelSize()[0]
    QTest.keyClick(scope.stack, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert cursors.places["time 1"] == pytest.approx(12.0 + 10 * pixel)
    scope.toggle_cursors()
    assert not readout.isVisible()


def test_that_cursors_on_each_other_have_no_rate(scope, with_run):
    scope.toggle_cursors()
    scope.cursors.move("time 1", 5.0)
    scope.cursors.move("time 2", 5.0)
    assert "(b − a)/Δt –" in scope.findChild(CursorReadout).differences.text()
    assert math.isnan(float(scope.findChild(CursorReadout).text().splitlines()[3].split("\t")[1]))


def test_that_value_cursors_can_belong_to_another_plot(scope, with_run):
    gates = scope.trace_plots[1]
    scope.cursors.measure_in(gates)
    low, high = gates.vb.viewRange()[1]
    assert low < scope.cursors.places["value 1"] < scope.cursors.places["value 2"] < high
    assert {plot for which, plot, _ in scope.cursors._lines if which.startswith("value")} == {gates}


@pytest.fixture
def dialog(scope, with_run):
    """The dialog of the picture of the scope; what it saves goes into the returned folder."""
    scope.saving.ask_and_save_image(scope.stack.rows)
    (found,) = scope.findChildren(FigureDialog)
    return found


@pytest.mark.parametrize("ending", ["pdf", "svg", "png"])
def test_that_a_picture_for_print_is_chosen_previewed_and_saved(dialog, tmp_path, qtbot, monkeypatch, ending):
    path = tmp_path / f"figure.{ending}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), "*.*"))
    assert nameless_controls(dialog) == []
    qtbot.waitUntil(lambda: not dialog.preview.pixmap().isNull() and dialog._task is None)
    assert dialog.size_words.text().startswith("85 ×")
    dialog.widths.setCurrentIndex(1)
    dialog.widths.activated.emit(1)
    dialog.scale_bars.setChecked(True)
    assert dialog.width_mm.value() == 180
    qtbot.waitUntil(lambda: dialog.size_words.text().startswith("180 ×") and dialog._task is None)
    dialog.save_button.click()
    qtbot.waitUntil(path.exists)
    starts = {"pdf": b"%PDF", "svg": b"<?xml", "png": b"\x89PNG"}
    assert path.read_bytes().startswith(starts[ending])
    if ending == "svg":
        text = path.read_text()
        assert "Sodium activation" in text and ">10 ms<" in text.replace("\n", "")
    _LAST.style, _LAST.for_print = Style(), True


def test_that_a_picture_can_be_as_on_the_screen(dialog, tmp_path, qtbot, monkeypatch):
    path = tmp_path / "screen"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), "PDF page (*.pdf)"))
    dialog.looks.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "pixels" in dialog.size_words.text())
    assert not dialog.width_mm.isEnabled()
    dialog.save_button.click()
    assert (tmp_path / "screen.pdf").read_bytes().startswith(b"%PDF")
    _LAST.style, _LAST.for_print = Style(), True
