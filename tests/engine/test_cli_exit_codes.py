"""What the command line says, where, and with which exit code it ends."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import cli
from engine.commands import info
from engine.user_files import log_folder
from tests.engine.acceptance.small_circuit import EXPERIMENT, SIMULATION, make_small_circuit
from tests.peers import ROOT


@pytest.fixture
def circuit(tmp_path: Path) -> Path:
    folder = tmp_path / "circuit"
    folder.mkdir()
    make_small_circuit(folder)
    return folder


def _start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "engine.cli", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    assert process.stdout is not None and process.stderr is not None
    with process:
        err, out = process.stderr.read(), process.stdout.read()
    return process.returncode, out, err


@pytest.mark.parametrize("command", [[], ["info"], ["run"], ["export"], ["doctor"]])
def test_that_every_command_explains_itself(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        cli.main([*command, "--help"])
    assert "usage: somascope" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["fly"], ["run"], ["export", "x"], ["export", "x", "--sonata", "a", "--script", "b"]]
)
def test_that_a_wrong_command_is_bad_input(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(arguments)
    assert "somascope" in capsys.readouterr().err


def test_that_a_bug_leaves_its_traceback_in_the_log_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def buggy(_path: str, *, as_json: bool) -> int:
        raise ZeroDivisionError("nobody expected this")

    monkeypatch.setattr(info, "show_circuit", buggy)
    assert cli.main(["info", "anything"]) == cli.BUG
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "Traceback" not in said
    assert "nobody expected this" in (log_folder() / "somascope.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(("module", "name"), [("neuron", "NEURON"), ("libsonata", "libsonata")])
def test_that_a_machine_without_neuron_is_told_kindly(
    module: str, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def without(_path: str, *, as_json: bool) -> int:
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)

    monkeypatch.setattr(info, "show_circuit", without)
    assert cli.main(["info", "anything"]) == cli.BAD_INPUT
    assert capsys.readouterr().err.startswith(f"{name} is not installed here")


def test_that_info_tells_what_a_circuit_holds(circuit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["info", str(circuit / SIMULATION)]) == 0
    said = capsys.readouterr().out
    for fact in (
        "OBI/BBP",
        "3 biophysical cells  hoc:smallcell (3)",
        "2 virtual cells",
        "2 Exp2Syn_synapse edges  outside to cells",
        "1 of cells",
        "2 spots on cells",
        "No problems.",
    ):
        assert fact in said


def test_that_info_speaks_to_programs_too(circuit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (circuit / "edges.h5").unlink()
    assert cli.main(["info", "--json", str(circuit)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["node_populations"]["cells"]["templates"] == {"hoc:smallcell": 3}
    assert told["node_sets"]["First"] == {"cells": 1}
    assert [problem["severity"] for problem in told["problems"]] == ["error"]
    assert {"what", "where", "hint"} < told["problems"][0].keys()


def test_that_code_runs_only_when_trusted_and_again_when_remembered(circuit: Path, tmp_path: Path) -> None:
    arguments = ["run", str(circuit / EXPERIMENT), "--out", str(tmp_path / "out")]
    code, _, said = _finish(_start(*arguments))
    assert code == cli.BAD_INPUT
    assert "smallcell.hoc" in said and "--trust" in said
    assert not (tmp_path / "out").exists()
    assert _finish(_start(*arguments, "--trust"))[0] == 0
    code, out, said = _finish(_start(*arguments))
    assert code == 0, said
    assert "Done: 2 ms" in out and "cells: 0 spikes of 0 cells" in out and "traces.csv" in out
    template = circuit / "hoc" / "smallcell.hoc"
    template.write_text(template.read_text(encoding="utf-8") + "\n// changed\n", encoding="utf-8")
    assert _finish(_start(*arguments))[0] == cli.BAD_INPUT


def test_that_results_of_somebody_else_are_not_overwritten(circuit: Path) -> None:
    reference = circuit / "results" / "spikes.h5"
    reference.parent.mkdir()
    reference.write_bytes(b"reference")
    code, _, said = _finish(_start("run", str(circuit / SIMULATION), "--trust"))
    assert code == cli.BAD_INPUT
    assert "--out" in said and "--overwrite" in said
    assert reference.read_bytes() == b"reference"
    assert _finish(_start("run", str(circuit / SIMULATION), "--overwrite", "--quiet")) == (0, "", "")
    assert reference.read_bytes() != b"reference"


@pytest.mark.parametrize("name", ["$OUT/spikes.h5", "../spikes.h5", "sub/spikes.h5"])
def test_that_all_results_go_to_the_folder_that_was_chosen(circuit: Path, tmp_path: Path, name: str) -> None:
    config = json.loads((circuit / SIMULATION).read_text(encoding="utf-8"))
    config["output"]["spikes_file"] = name
    config["reports"]["soma"]["file_name"] = name.replace("spikes", "voltages")
    (circuit / SIMULATION).write_text(json.dumps(config), encoding="utf-8")
    before = {path.name for path in circuit.iterdir()}
    out = tmp_path / "deep" / "out"
    code, _, said = _finish(_start("run", str(circuit / SIMULATION), "--trust", "--out", str(out)))
    assert code == 0, said
    assert {"spikes.h5", "voltages.h5"} <= {path.name for path in out.iterdir()}
    assert {path.name for path in circuit.iterdir()} == before


def _long_experiment(circuit: Path) -> Path:
    content = json.loads((circuit / EXPERIMENT).read_text(encoding="utf-8"))
    content["conditions"]["tstop"] = 1e7
    path = circuit / "long.somascope.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def running(circuit: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that would last for hours, and has begun to solve: it has told its progress once."""
    process = _start("run", str(_long_experiment(circuit)), "--trust", "--out", str(tmp_path / "out"))
    assert process.stderr is not None and "of 1e+07 ms" in process.stderr.readline()
    with process:
        yield process
        process.kill()


def test_that_an_interrupt_keeps_what_was_computed(running: subprocess.Popen[str], tmp_path: Path) -> None:
    running.send_signal(signal.SIGINT)
    code, out, said = _finish(running)
    assert code == cli.INTERRUPTED, said
    assert "Stopping: what was computed is kept" in said and "Interrupted:" in out
    record = json.loads((tmp_path / "out" / "somascope_run.json").read_text(encoding="utf-8"))
    assert record["state"] == "interrupted" and 0 < record["reached_ms"] < 1e7
    lines = (tmp_path / "out" / "traces.csv").read_text(encoding="utf-8").splitlines()
    assert lines[-1].startswith("# partial")
    assert float(lines[-2].split(",")[0]) == pytest.approx(record["reached_ms"], abs=0.026)


def test_that_a_run_that_is_killed_does_not_pass_for_a_whole_one(
    running: subprocess.Popen[str], tmp_path: Path
) -> None:
    running.kill()
    assert _finish(running)[0] == -signal.SIGKILL
    record = json.loads((tmp_path / "out" / "somascope_run.json").read_text(encoding="utf-8"))
    assert record["state"] == "running"
