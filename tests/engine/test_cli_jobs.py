"""`somascope run A B --jobs N`: the same results as one by one, and what becomes of failures."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine import cli
from engine.commands.results_folder import read_record
from engine.experiment import store
from engine.experiment.base import changed
from engine.experiment.experiment import Experiment
from engine.experiment.recordings import SiteRecording
from engine.experiment.targets import CellReference, Site
from engine.launch import ROOT
from engine.resources import example_file

_EXAMPLES = ("squid-axon", "pyramidal-cell")


def _written(folder: Path, name: str, experiment: Experiment) -> Path:
    path = folder / f"{name}.somascope.json"
    store.save(experiment, path)
    return path


@pytest.fixture
def squid(tmp_path: Path) -> Experiment:
    """The built-in experiment, with a path that holds in `tmp_path`."""
    path = example_file("squid-axon")
    experiment = store.load(path)
    circuit = changed(experiment.circuit, path=(path.parent / experiment.circuit.path).resolve().as_posix())
    return changed(experiment, circuit=circuit)


def _contents(folder: Path) -> dict[str, bytes]:
    """Results, without the record and the paths that depend on where the folder is."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".json"}


def test_that_jobs_write_what_single_runs_write_to_the_bit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"example:{name}" for name in _EXAMPLES]
    assert cli.main(["run", *names, "--jobs", "2", "--out", str(tmp_path / "many")]) == 0
    said = capsys.readouterr()
    assert "100%" in said.err
    assert "2 of 2 runs complete." in said.out
    for name in _EXAMPLES:
        single, of_many = tmp_path / name, tmp_path / "many" / name
        subprocess.run(
            [sys.executable, "-m", "engine.cli", "run", f"example:{name}", "--out", str(single), "--quiet"],
            cwd=ROOT,
            check=True,
        )
        assert _contents(of_many) == _contents(single) != {}
        assert read_record(of_many) == read_record(single)
        assert f"{name}: Done" in said.out


def test_that_runs_of_one_name_do_not_share_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], squid: Experiment
) -> None:
    paths = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        paths.append(str(_written(tmp_path / name, "same", squid)))
    assert cli.main(["run", *paths, "--quiet", "--out", str(tmp_path / "out")]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["same", "same-2"]
    assert capsys.readouterr() == ("", "")


def test_that_one_failure_does_not_end_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], squid: Experiment
) -> None:
    recording = SiteRecording(site=Site(cell=CellReference(population="axon", node_id=0)), variable="nothing")
    impossible = changed(squid, recordings=(recording,))
    paths = [str(_written(tmp_path, "bad", impossible)), str(_written(tmp_path, "good", squid))]
    assert cli.main(["run", *paths, "--jobs", "2", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert "error: bad: " in said.err
    assert "1 of 2 runs complete." in said.out
    states = {name: read_record(tmp_path / "out" / name)["state"] for name in ("bad", "good")}
    assert states == {"bad": "failed", "good": "complete"}


def test_that_nothing_is_begun_when_one_cannot_be_used(tmp_path: Path, squid: Experiment) -> None:
    good = str(_written(tmp_path, "good", squid))
    assert cli.main(["run", good, str(tmp_path / "none.somascope.json"), "--out", str(tmp_path / "o")]) == 2
    (tmp_path / "o" / "other").mkdir(parents=True)
    (tmp_path / "o" / "other" / "precious.h5").write_text("")
    other = str(_written(tmp_path, "other", squid))
    assert cli.main(["run", good, other, "--out", str(tmp_path / "o")]) == 2
    assert not (tmp_path / "o" / "good").exists()


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_that_a_number_of_jobs_must_be_one(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["run", "a", "b", "--jobs", jobs])
    assert "--jobs" in capsys.readouterr().err


def test_that_ctrl_c_keeps_what_was_computed(tmp_path: Path, squid: Experiment) -> None:
    endless = changed(squid, conditions=changed(squid.conditions, tstop=1e7))
    paths = [str(_written(tmp_path, name, endless)) for name in ("a", "b", "c")]
    command = [
        sys.executable,
        "-m",
        "engine.cli",
        "run",
        *paths,
        "--jobs",
        "2",
        "--out",
        str(tmp_path / "out"),
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    with process:
        assert process.stderr is not None and process.stdout is not None
        records = [tmp_path / "out" / name / "somascope_run.json" for name in ("a", "b")]
        while process.poll() is None and not all(_is_computing(record) for record in records):
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Stopping" in err and "0 of 3 runs complete." in out
    for record in records:
        told = json.loads(record.read_text(encoding="utf-8"))
        assert told["state"] == "interrupted" and 0 < told["reached_ms"] < 1e7
        assert "traces.csv" in told["files"]
    assert not (tmp_path / "out" / "c").exists()


def _is_computing(record: Path) -> bool:
    traces = record.with_name("traces.csv")
    return traces.exists() and traces.stat().st_size > 10_000
