"""J5: save, hand in, reproduce, in counted presses; and the script of the bundle in plain NEURON."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import libsonata
import numpy as np
import pytest
from PySide6.QtCore import Qt

from engine.circuit.spikes import read_spikes
from engine.experiment.store import load
from gui.app import Wanted
from gui.panels.export import ExportDialog
from gui.session import exporting
from gui.session.run import Run
from gui.settings import SettingsStore
from tests.end_to_end.conftest import Rig
from tests.end_to_end.presses import Hand
from tests.end_to_end.test_journeys import finished


@pytest.mark.timeout(400)
def test_that_three_presses_write_all_that_a_colleague_needs(
    launch: Callable[..., Rig], store: SettingsStore, tmp_path: Path
) -> None:
    store.change(last_folder=tmp_path)
    rig, hand = launch(Wanted(example="squid-axon", run=True)), Hand()
    session = rig.bench.session
    run = finished(rig)
    session.measuring.changed.emit()
    button: Any = rig.bench.tool_bar.export_button
    hand.press_in_menu(button, "Bundle: experiment, SONATA, script, NWB, CSV, figures, report…")
    dialog = _dialog(rig)
    rig.shot("13-export", dialog)
    folder = Path(dialog.folder.line.text())
    assert folder.parent == tmp_path and folder.name.startswith("axon-0_")
    ticked = [part for part, box in dialog.boxes.items() if box.isChecked()]
    assert ticked == [
        *("experiment", "sonata", "outputs", "script", "nwb", "samples", "figures", "report")
    ], "all that there is"
    dialog.boxes["sonata"].setChecked(False)
    assert not dialog.boxes["outputs"].isChecked(), "it goes into that folder"
    dialog.boxes["outputs"].setChecked(True)
    assert dialog.boxes["sonata"].isChecked()
    hand.press(dialog.save_button)
    rig.until(lambda: not _dialogs(rig))
    assert hand.presses == 3
    name = folder.name
    assert {each.name.removeprefix(name) for each in folder.iterdir()} == {
        *(".somascope.json", "_sonata", "_script", "_samples.csv", "_run.nwb", "_report.html"),
        *("_traces.png", "_traces.svg", "_traces.pdf"),
    }
    assert load(folder / f"{name}.somascope.json").stimuli == run.experiment.stimuli
    assert (
        json.loads((folder / f"{name}_sonata" / "simulation_config.json").read_text())["run"]["tstop"]
        == run.tstop
    )
    with (folder / f"{name}_samples.csv").open() as file:
        head, *rows = csv.reader(file)
    assert head[0] == "Time (ms)" and head[1].endswith("(mV)")
    np.testing.assert_array_equal([float(row[1]) for row in rows], run.traces.column(0))
    _check_script(folder / f"{name}_script", run.traces.column(0))
    _check_output(folder / f"{name}_sonata", run)
    _check_nwb(folder / f"{name}_run.nwb", run.traces.column(0))
    report = (folder / f"{name}_report.html").read_text(encoding="utf-8")
    assert "6.3 °C" in report and "<svg" in report
    assert "SONATA has no report of the current that one stimulus delivers" in report
    session.document.undo_stack.setClean()
    rig.close()


def _dialogs(rig: Rig) -> list[ExportDialog]:
    return [each for each in rig.window.findChildren(ExportDialog) if each.isVisible()]


def _dialog(rig: Rig) -> ExportDialog:
    """The one that is open now."""
    (dialog,) = _dialogs(rig)
    return dialog


def _check_script(folder: Path, voltage: "np.ndarray[Any, Any]") -> None:
    """It needs nothing of ours, and gives the same numbers."""
    (script,) = folder.glob("*.py")
    subprocess.run([sys.executable, "-P", str(script)], cwd=folder, check=True, capture_output=True)
    (written,) = folder.glob("*.csv")
    with written.open() as file:
        _, *rows = csv.reader(file)
    np.testing.assert_allclose([float(row[1]) for row in rows], voltage, rtol=0, atol=1e-9)


def _check_output(folder: Path, run: Run) -> None:
    """Other programs read what the window recorded as output of the exported simulation."""
    config = json.loads((folder / "simulation_config.json").read_text(encoding="utf-8"))
    written = sorted(path.stem for path in (folder / "output").glob("*.h5"))
    assert written == sorted([*config["reports"], Path(config["output"]["spikes_file"]).stem])
    for number, name in enumerate(config["reports"]):
        reader = libsonata.ElementReportReader(str(folder / "output" / f"{name}.h5"))["axon"]
        frames = reader.get()
        np.testing.assert_array_equal(frames.data[:, 0], np.float32(run.traces.column(number)[:-1]))
        np.testing.assert_allclose(frames.times, run.traces.times()[:-1], atol=1e-9)
        assert frames.ids.tolist() == [[0, 0]] and reader.time_units == "ms"
        assert reader.data_units == config["reports"][name]["unit"]
    spikes = read_spikes(folder / "output" / config["output"]["spikes_file"])["axon"]
    np.testing.assert_array_equal(spikes.times, run.spikes["axon"].times)
    assert len(spikes) == 1


def _check_nwb(path: Path, voltage: "np.ndarray[Any, Any]") -> None:
    import pynwb

    assert pynwb.validate(path=str(path)) == []
    with pynwb.NWBHDF5IO(path, "r") as file:
        rows = file.read().intracellular_recordings.category_tables
        series = rows["responses"]["response"][0].timeseries
        np.testing.assert_array_equal(series.data[:], voltage)
        played = rows["stimuli"]["stimulus"][0].timeseries
        assert played.data[:].max() * played.conversion == pytest.approx(20e-12)


def test_that_a_bug_ends_the_writing_and_not_the_dialog(
    launch: Callable[..., Rig], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    rig = launch(Wanted(example="squid-axon"))
    rig.until_open()
    rig.bench.exporting.ask()
    dialog = _dialog(rig)
    dialog.folder.line.setText(str(tmp_path / "out"))
    monkeypatch.setattr(exporting, "_exported", broken)
    with rig.qtbot.capture_exceptions() as caught:
        dialog.write()
        rig.until(lambda: "bug of its own" in dialog.remark.text())
    assert [kind for kind, *_ in caught] == [ZeroDivisionError]
    assert dialog.save_button.isEnabled() and not dialog.progress.isVisible()
    monkeypatch.undo()
    for part, box in dialog.boxes.items():
        box.setChecked(part == "report")
    dialog.write()
    rig.until(lambda: not _dialogs(rig))
    assert [each.suffix for each in (tmp_path / "out").iterdir()].count(".html") == 1
    rig.bench.session.document.undo_stack.setClean()
    rig.close()


def test_that_what_cannot_be_written_is_told_and_the_rest_is_there(
    launch: Callable[..., Rig], tmp_path: Path
) -> None:
    rig = launch(Wanted(example="squid-axon"))
    session = rig.bench.session
    rig.until_open()
    rig.bench.exporting.ask()
    dialog = _dialog(rig)
    assert "there is no run yet" in dialog.boxes["samples"].text() and not dialog.boxes["samples"].isEnabled()
    (tmp_path / "in the way").write_text("a file")
    dialog.folder.line.setText(str(tmp_path / "in the way"))
    dialog.write()
    rig.until(lambda: bool(dialog.remark.text()) and dialog.save_button.isEnabled())
    assert "The folder in the way cannot be made" in dialog.remark.text() and dialog.isVisible()
    for part, box in dialog.boxes.items():
        box.setChecked(part == "experiment")
    dialog.folder.line.setText(str(tmp_path / "handed in"))
    rig.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    rig.until(lambda: not _dialogs(rig))
    (file,) = (tmp_path / "handed in").iterdir()
    assert load(file) and file.name.endswith(".somascope.json")
    session.document.undo_stack.setClean()
    rig.close()
