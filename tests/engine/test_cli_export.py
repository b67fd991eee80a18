"""Experiments leave for other programs, and what left still runs."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine import cli
from tests.engine.acceptance.small_circuit import EXPERIMENT, make_small_circuit


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """The small experiment with its electrode on a dendrite, whose number only the template knows."""
    folder = tmp_path / "circuit"
    folder.mkdir()
    make_small_circuit(folder)
    path = folder / EXPERIMENT
    content = json.loads(path.read_text(encoding="utf-8"))
    content["stimuli"][0]["target"]["section"] = "dend[0]"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_that_an_exported_simulation_has_numbers_for_sections_and_runs(
    document: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    exported = tmp_path / "exported"
    assert cli.main(["export", str(document), "--sonata", str(exported), "--trust"]) == 0, capfd.readouterr()
    (spots,) = json.loads((exported / "compartment_sets.json").read_text(encoding="utf-8")).values()
    assert spots["compartment_set"] == [[0, 1, 0.5]]
    out = str(tmp_path / "out")
    assert cli.main(["run", str(exported), "--out", out]) == 0, capfd.readouterr()


def test_that_an_export_that_would_run_code_needs_trust(
    document: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    template = document.parent / "hoc" / "smallcell.hoc"
    template.write_text(f"// another circuit\n{template.read_text(encoding='utf-8')}", encoding="utf-8")
    for form in ("--sonata", "--script"):
        assert cli.main(["export", str(document), form, str(tmp_path / "exported")]) == cli.BAD_INPUT
        assert "--trust" in capfd.readouterr().err


def test_that_an_exported_script_gives_the_same_trace(
    document: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out, exported = tmp_path / "out", tmp_path / "exported"
    assert cli.main(["run", str(document), "--out", str(out), "--trust"]) == 0, capfd.readouterr()
    assert cli.main(["export", str(document), "--script", str(exported)]) == 0, capfd.readouterr()
    subprocess.run([sys.executable, str(exported / "run.py")], cwd=exported, check=True, capture_output=True)
    ours = np.loadtxt(out / "traces.csv", delimiter=",", skiprows=1)
    (table,) = exported.rglob("*.csv")
    theirs = np.loadtxt(table, delimiter=",", skiprows=1)
    np.testing.assert_array_equal(ours[:, 1], theirs[:, 1])
