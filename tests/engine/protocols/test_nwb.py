"""`somascope protocol --nwb`: a voltage-clamp family as other programs read it."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from engine import cli
from engine.experiment import store
from engine.output import nwb_file
from tests.engine.protocols.conftest import bench_of

pynwb = pytest.importorskip("pynwb")


def _command(circuit: Path, folder: Path, *more: str) -> list[str]:
    path = folder / "squid.somascope.json"
    store.save(bench_of(circuit).experiment, path)
    return ["protocol", "voltage-clamp", str(path), "--cell", "cells:1", "--out", str(folder / "out"), *more]


def test_that_a_voltage_clamp_family_is_in_its_own_series(textbook: Path, tmp_path: Path) -> None:
    command = _command(textbook, tmp_path, "--set", "test=-40,0,20", "--quiet", "--nwb")
    assert cli.main(command) == 0
    path = tmp_path / "out" / "sweeps.nwb"
    assert pynwb.validate(path=str(path)) == []
    with pynwb.NWBHDF5IO(path, "r") as opened, h5py.File(tmp_path / "out" / "traces.h5") as traces:
        file = opened.read()
        rows = file.intracellular_recordings
        assert list(rows["protocol_value"][:]) == [-40.0, 0.0, 20.0]
        for row, value in enumerate((-40.0, 0.0, 20.0)):
            response = rows.category_tables["responses"]["response"][row].timeseries
            command_ = rows.category_tables["stimuli"]["stimulus"][row].timeseries
            assert response.neurodata_type == "VoltageClampSeries" and response.sweep_number == row
            np.testing.assert_array_equal(response.data[:], traces[f"sweeps/{row}/protocol-current"][:])
            assert (command_.neurodata_type, command_.unit) == ("VoltageClampStimulusSeries", "volts")
            at_30_ms = command_.data[1200] * command_.conversion
            assert at_30_ms == pytest.approx(value * 1e-3)
        families = file.icephys_sequential_recordings
        assert list(families["stimulus_type"][:]) == ["I–V (voltage clamp)"]
        assert len(file.icephys_simultaneous_recordings) == 3
        assert list(file.processing["protocol"]["results"]["Voltage"][:]) == [-40.0, 0.0, 20.0]
        assert file.icephys_electrodes["electrode cells-1 soma[0](0.5)"].resistance == "10000 ohm"


def test_that_the_missing_package_is_told_before_anything_is_run(
    textbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(nwb_file, "is_available", lambda: False)
    assert cli.main(_command(textbook, tmp_path, "--nwb")) == cli.BAD_INPUT
    assert "pip install somascope[nwb]" in capfd.readouterr().err
    assert not (tmp_path / "out").exists()
