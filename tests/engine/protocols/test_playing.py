"""How sweeps are run: in any number of processes alike, also where one dies or somebody stops."""

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from engine import cli
from engine.client.client import Client
from engine.client.crew import Crew, conducted
from engine.commands.results_folder import read_record
from engine.errors import EngineError
from engine.experiment import store
from engine.experiment.experiment import Experiment
from engine.experiment.stimuli import Step
from engine.launch import ROOT
from engine.output.family_files import table_text
from engine.protocols.current_clamp import FrequencyCurrent
from engine.protocols.series import Listed, Spaced
from engine.protocols.sweeps import Outcome
from tests.engine.protocols.conftest import bench_of

_CURVE = FrequencyCurrent(amplitudes=Spaced(first=0.005, last=0.02, count=4), duration=100.0)
_TYPED = ("--set", "amplitudes=0.005:0.02:4", "--set", "duration=100")


def _saved(circuit: Path, folder: Path) -> Path:
    """An experiment file with the conditions of the squid."""
    path = folder / "squid.somascope.json"
    store.save(bench_of(circuit).experiment, path)
    return path


def test_that_a_sweep_whose_worker_dies_is_run_once_more(textbook: Path, crew: Crew) -> None:
    bench = bench_of(textbook)
    expected = conducted(_CURVE.play(bench), crew.run)
    killed: list[Client] = []

    def kill_one(_outcome: Outcome) -> None:
        if not killed:
            victim = next(each for each in doomed._clients if each.busy or each.alive)
            killed.append(victim)
            victim.kill()

    with Crew(textbook, textbook.parent, 1, told=kill_one) as doomed:
        found = conducted(_CURVE.play(bench), doomed.run)
        assert table_text(found) == table_text(expected) and killed and not killed[0].alive


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_that_a_sweep_whose_worker_dies_twice_is_marked_and_the_others_go_on(
    textbook: Path, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, ended = bench_of(textbook), list[Outcome]()
    expected = conducted(_CURVE.play(bench), crew.run).column("Spikes").values
    killed: list[int] = []
    run_as_usual = Client.run

    def run_and_kill(client: Client, experiment: Experiment, base: Path, **more: Any) -> str:
        run_id = run_as_usual(client, experiment, base, **more)
        step = experiment.stimuli[0]
        if isinstance(step, Step) and step.amplitude == 0.01:
            killed.append(client.process_id)
            os.kill(client.process_id, signal.SIGKILL)
        return run_id

    monkeypatch.setattr(Client, "run", run_and_kill)
    with Crew(textbook, textbook.parent, 2, told=ended.append) as doomed:
        spikes = conducted(_CURVE.play(bench), doomed.run).column("Spikes").values
    assert len(set(killed)) == 2, "it was tried once more, in a new process"
    (lost,) = (each for each in ended if not each.is_there)
    assert lost.sweep.value == 0.01 and "SIGKILL" in lost.problem
    assert np.isnan(spikes).tolist() == [False, True, False, False]
    assert (spikes[0], *spikes[2:]) == (expected[0], *expected[2:])


def test_that_a_stopped_family_keeps_what_it_has(textbook: Path) -> None:
    ended: list[Outcome] = []

    def stop_after_two(outcome: Outcome) -> None:
        ended.append(outcome)
        if len(ended) == 2:
            crew.stop()

    with Crew(textbook, textbook.parent, 1, told=stop_after_two) as crew:
        found = conducted(_CURVE.play(bench_of(textbook)), crew.run)
    spikes = found.column("Spikes").values
    assert np.isfinite(spikes[:2]).all() and np.isnan(spikes[2:]).all()
    assert [each.problem for each in ended[2:]] == ["It was stopped."] * 2


def test_that_a_sweep_that_cannot_be_run_does_not_end_the_others(crew: Crew, textbook: Path) -> None:
    curve = FrequencyCurrent(amplitudes=Listed(values=(0.01, 500.0, 0.02)), duration=20.0, after=0.0)
    found = conducted(curve.play(bench_of(textbook)), crew.run)
    spikes = found.column("Spikes").values
    assert np.isfinite(spikes).tolist() == [True, False, True]


def test_that_the_command_line_writes_what_python_gets(
    textbook: Path, crew: Crew, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "fi"
    arguments = ["protocol", "fi", str(_saved(textbook, tmp_path)), "--cell", "cells:1", "--out", str(out)]
    assert cli.main([*arguments, *_TYPED, "--jobs", "2", "--trust"]) == 0
    said = capsys.readouterr()
    assert "4 sweeps" in said.err and "Weakest that fires" in said.out
    record = read_record(out)
    assert record["state"] == "complete" and record["files"] == ["traces.h5", "table.csv", "result.json"]
    with (out / "table.csv").open() as file:
        head, *rows = csv.reader(file)
    assert head[:3] == ["Current (nA)", "Spikes", "Rate (Hz)"] and len(rows) == 4
    written = json.loads((out / "result.json").read_text())
    assert written["numbers"]["Weakest that fires"]["unit"] == "nA" and written["cell"] == "cells:1"
    with h5py.File(out / "traces.h5") as file:
        voltage = file["sweeps/3/protocol-voltage"][()]
        interval = file["sweeps/3"].attrs["interval_ms"]
        assert file["sweeps/3"].attrs["value"] == 0.02
    assert len(voltage) == round(300 / interval) + 1 and voltage.max() > 0


def test_that_the_command_line_knows_the_sections_of_the_cell(
    textbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["protocol", "bap-profile", str(_saved(textbook, tmp_path)), "--cell", "cells:2"]
    typed = ("--set", "amplitude=0.01", "--set", "section=soma[0]", "--set", "duration=20", "--quiet")
    assert cli.main([*arguments, *typed, "--out", str(tmp_path / "profile"), "--trust"]) == 0
    with (tmp_path / "profile" / "table.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows[-1]["Place"] == "soma[0](0.998)" and float(rows[-1]["Distance (µm)"]) > 495
    with h5py.File(tmp_path / "profile" / "traces.h5") as file:
        names = sorted(file["sweeps/0"], key=lambda each: int(each.rpartition("-")[2].isdecimal()))
        assert len(names) == len(rows) + 1
        assert (
            file[f"sweeps/0/protocol-voltage-{len(rows) - 1}"].attrs["place"] == "cells:2 soma[0](0.997512)"
        )
    bad = ("--set", "section=dend[7]", "--out", str(tmp_path / "bad"))
    assert cli.main([*arguments, *bad, "--trust"]) == cli.BAD_INPUT
    assert "There is no section named 'dend[7]'" in capsys.readouterr().err


def test_that_ctrl_c_keeps_the_sweeps_that_are_done(textbook: Path, tmp_path: Path) -> None:
    out = tmp_path / "many"
    arguments = ["protocol", "fi", str(_saved(textbook, tmp_path)), "--cell", "cells:1", "--out", str(out)]
    many = ("--set", "amplitudes=0.01:0.02:300", "--set", "duration=5000")
    process = subprocess.Popen(
        [sys.executable, "-m", "engine.cli", *arguments, *many, "--trust"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    while "3 sweeps" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == cli.INTERRUPTED
    assert read_record(out)["state"] == "interrupted"
    with (out / "table.csv").open() as file:
        spikes = [row["Spikes"] for row in csv.DictReader(file)]
    assert len(spikes) == 300 and 3 <= sum(each != "" for each in spikes) < 200


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--cell", "cells"], "'cells' names no cell"),
        (["--cell", "cells:99"], "99"),
        (["--cell", "cells:1", "--section", "2nd"], "is no place on a cell"),
        (["--cell", "cells:1", "--set", "duration=long"], "duration"),
    ],
)
def test_that_bad_arguments_end_with_a_sentence(
    arguments: list[str], sentence: str, textbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        cli.main(["protocol", "fi", str(textbook), "--out", str(tmp_path / "x"), *arguments]) == cli.BAD_INPUT
    )
    said = capsys.readouterr().err
    assert sentence in said and "Traceback" not in said


@pytest.mark.filterwarnings("default")  # of dask's own
def test_that_a_cluster_of_two_gives_the_same(textbook: Path, crew: Crew) -> None:
    from distributed import LocalCluster

    from engine.client.cluster import Cluster

    bench = bench_of(textbook)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as there,
        Cluster(there.scheduler_address, textbook, textbook.parent) as cluster,
    ):
        found = conducted(_CURVE.play(bench), cluster.run)
        tree = cluster.tree(bench.site.cell, bench.experiment.conditions)
    assert tree == crew.tree(bench.site.cell, bench.experiment.conditions)
    assert table_text(found) == table_text(conducted(_CURVE.play(bench), crew.run))


def test_that_a_scheduler_that_is_not_there_is_told(textbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.client import cluster

    monkeypatch.setattr(cluster, "_LONGEST_WAIT_S", 0.2)
    with pytest.raises(EngineError, match=r"The scheduler at tcp://127.0.0.1:9 does not answer"):
        cluster.Cluster("tcp://127.0.0.1:9", textbook, textbook.parent)
