"""What a bundle has of a protocol: results, sweeps, figures and a report."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.output import nwb_file
from engine.protocols.series import Listed
from engine.protocols.voltage_clamp import VoltageClampFamily
from gui.background import Task
from gui.session.exporting import Part, write_bundle
from gui.window.bundling import bundle_of
from tests.gui.protocols.conftest import Bench

_WANTED: tuple[Part, ...] = ("nwb", "results", "figures", "report")


def test_that_a_protocol_leaves_results_sweeps_figures_and_a_report(bench: Bench, tmp_path: Path) -> None:
    panel, session = bench.panel, bench.session
    panel.choose("voltage-clamp")
    clamp = VoltageClampFamily(test=Listed(values=(-60.0, -20.0, 20.0, 60.0)))
    panel.form.edited.emit(clamp, "test")
    before = bundle_of(session, {"protocols": panel})
    assert before is not None and before.missing["results"] == "no protocol has been run"
    assert before.parts == {"experiment", "sonata", "script", "report"}
    panel.run_or_stop()
    measurement = bench.measured()
    bundle = bundle_of(session, {"protocols": panel})
    assert bundle is not None and bundle.parts >= set(_WANTED)
    assert bundle.name.startswith("axon-0_I-V-voltage-clamp_")
    written = write_bundle(bundle.only(_WANTED, tmp_path / "out"), Task(lambda _task: None))
    assert written.problems == [] and written.remarks == []
    made = {each.name.removeprefix(bundle.name) for each in (tmp_path / "out").iterdir()}
    pictures = {f"_{name}.{form}" for name in ("result", "sweeps") for form in ("png", "svg", "pdf")}
    assert made == {"_sweeps.nwb", "_results", "_report.html"} | pictures
    numbers = json.loads((tmp_path / "out" / f"{bundle.name}_results" / "result.json").read_text())["numbers"]
    report = (tmp_path / "out" / f"{bundle.name}_report.html").read_text(encoding="utf-8")
    assert f"{numbers['Reversal of the inward peak']['value']:.5g}" in report
    assert "Test voltages" in report and "−60; −20; 20; 60 mV" in report and report.count("<svg") == 2
    sweeps = (tmp_path / "out" / f"{bundle.name}_sweeps.svg").read_text(encoding="utf-8")
    assert "Current (nA)" in sweeps and "−20 mV" in sweeps.replace("\n", "")
    _check_nwb(tmp_path / "out" / f"{bundle.name}_sweeps.nwb", measurement.outcomes[1].current)


def _check_nwb(path: Path, current: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> None:
    pynwb = pytest.importorskip("pynwb")
    assert nwb_file.is_available() and pynwb.validate(path=str(path)) == []
    with pynwb.NWBHDF5IO(path, "r") as file:
        rows = file.read().intracellular_recordings.category_tables
        np.testing.assert_array_equal(rows["responses"]["response"][1].timeseries.data[:], current)
