"""`somascope run --mpi N`: the results of one process, spike for spike, and what becomes of failures."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from engine import cli
from engine.circuit.spike_writing import write_spikes
from engine.circuit.spikes import read_spikes
from engine.commands.results_folder import read_record
from engine.commands.sources import find
from engine.experiment import store
from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.manipulations import Assignment, ChangeAllSections, Drug
from engine.experiment.recordings import Report, SiteRecording, StimulusRecording
from engine.experiment.stimuli import Step
from engine.experiment.synaptic_input import Connections, SpikeReplay
from engine.experiment.targets import CellReference, NodeSetTarget, Site
from engine.launch import ROOT
from engine.resources import resources_folder
from engine.simulation.ranks import dealt
from tests.engine.simulation.gap_runs import make_pair

needs_mpi = pytest.mark.skipif(
    shutil.which("mpiexec") is None, reason="there is no mpiexec: `apt-get install openmpi-bin` brings it"
)
COLUMN = resources_folder() / "circuits" / "cortical_column" / "circuit_config.json"
CELLS = tuple(CellReference("column", node_id) for node_id in (61, 62, 117, 118, 156, 185))
EVERYONE = NodeSetTarget(node_set="Column")


def column_experiment(folder: Path, cells: tuple[CellReference, ...] = CELLS, **parts: Any) -> Path:
    """Volleys of the whole thalamus onto a few connected cells."""
    times = np.repeat([1.0, 4.0, 7.0], 100)
    write_spikes(folder / "volleys.h5", {"thalamus": (times, np.tile(np.arange(100), 3))})
    experiment = Experiment(
        circuit=CircuitReference(path=COLUMN.as_posix()),
        cells=ListedCells(cells=cells),
        conditions=Conditions(tstop=14.0, celsius=34.0, v_init=-75.0, spike_threshold=-20.0),
        connections=Connections(enabled=True),
        replays=(SpikeReplay(spike_file="volleys.h5"),),
        **parts,
    )
    path = folder / "column.somascope.json"
    store.save(experiment, path)
    return path


def run_apart(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "engine.cli", "run", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


def spikes_of(path: Path, population: str) -> list[tuple[float, int]]:
    """In an order that does not depend on who was first in one moment."""
    spikes = read_spikes(path)[population]
    return sorted(zip(spikes.times.tolist(), spikes.node_ids.tolist(), strict=True))


def report_in(path: Path) -> dict[str, Any]:
    with h5py.File(path) as file:
        group = file["report/column"]
        return {"data": group["data"][:], **{name: each[:] for name, each in group["mapping"].items()}}


@needs_mpi
def test_that_two_ranks_write_what_one_process_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    step = Step(id="step", target=Site(cell=CELLS[0]), amplitude=0.2, delay=2, duration=20)
    everywhere = changed(step, id="everywhere", target=EVERYONE, amplitude=0.05)
    only_one = changed(step, id="one", target=NodeSetTarget(node_set="L5_TTPC"))
    soma = Report(label="soma", target=EVERYONE)
    path = column_experiment(
        tmp_path,
        stimuli=(step, everywhere, only_one),
        recordings=(
            SiteRecording(site=Site(cell=CELLS[-1])),
            StimulusRecording(stimulus="everywhere"),
            StimulusRecording(stimulus="one"),
            SiteRecording(site=Site(cell=CELLS[0])),
            soma,
            changed(soma, id="sum", label="sum", report_type="summation", variable="i_membrane", unit="nA"),
            changed(soma, id="all", label="all", sections="all", compartments="all", dt=1.0),
        ),
        manipulations=(Drug(cell=CELLS[3], variables=("gnabar_hh",), percent=50, wash_in=7.03),),
    )
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    assert cli.main(["run", str(path), "--out", str(alone)]) == 0
    first = capsys.readouterr().err
    second = run_apart(path, "--out", shared, "--mpi", 2)
    assert second.returncode == 0, second.stderr
    assert "100%" in second.stderr and "Done: 14 ms" in second.stdout
    spikes = spikes_of(alone / "out.h5", "column")
    assert len({node_id for _, node_id in spikes}) >= 4
    assert spikes_of(shared / "out.h5", "column") == spikes
    assert (shared / "traces.csv").read_bytes() == (alone / "traces.csv").read_bytes()
    for name in ("soma.h5", "sum.h5", "all.h5"):
        ours, theirs = report_in(shared / name), report_in(alone / name)
        assert all(np.array_equal(ours[key], theirs[key]) for key in theirs | ours)
    assert read_record(shared) == read_record(alone)
    warnings = [[line for line in told.splitlines() if "warning" in line] for told in (first, second.stderr)]
    assert warnings[0] == warnings[1]


@needs_mpi
def test_that_two_ranks_have_the_spikes_of_point_neurons_of_one(tmp_path: Path, shared_data: Path) -> None:
    source = find(str(shared_data / "allen" / "300_intfire" / "config.json"))
    whole = source.experiment
    replays = (each for each in whole.replays if isinstance(each, SpikeReplay))
    files = (changed(each, spike_file=str(source.base / each.spike_file)) for each in replays)
    short = changed(
        whole,
        circuit=changed(whole.circuit, path=str(source.circuit_path)),
        conditions=changed(whole.conditions, tstop=600.0),
        replays=tuple(files),
    )
    store.save(short, path := tmp_path / "points.somascope.json")
    assert cli.main(["run", str(path), "--out", str(tmp_path / "alone"), "--trust", "--quiet"]) == 0
    made = run_apart(path, "--out", tmp_path / "shared", "--mpi", 2)
    assert made.returncode == 0, made.stderr
    spikes = spikes_of(tmp_path / "alone" / "out.h5", "v1")
    assert spikes_of(tmp_path / "shared" / "out.h5", "v1") == spikes
    assert len({node_id for _, node_id in spikes}) > 100


@needs_mpi
def test_that_a_gap_junction_joins_cells_of_two_ranks(tmp_path: Path) -> None:
    make_pair(tmp_path).close()
    cells = CellReference("cells", 0), CellReference("cells", 1)
    coupled = Experiment(
        circuit=CircuitReference(path="circuit_config.json"),
        cells=ListedCells(cells=cells),
        conditions=Conditions(tstop=8.0, v_init=-65.0),
        connections=Connections(enabled=True),
        stimuli=(Step(target=Site(cell=cells[0]), amplitude=0.1, delay=1, duration=7),),
        recordings=tuple(SiteRecording(site=Site(cell=cell)) for cell in cells),
    )
    store.save(coupled, path := tmp_path / "pair.somascope.json")
    for name, extra in (("alone", ()), ("shared", ("--mpi", 2))):
        made = run_apart(path, "--out", tmp_path / name, "--trust", *extra)
        assert made.returncode == 0, made.stderr
    traces = (tmp_path / "alone" / "traces.csv").read_text()
    assert float(traces.splitlines()[-1].split(",")[2]) > -64
    assert (tmp_path / "shared" / "traces.csv").read_text() == traces


@needs_mpi
def test_that_a_failure_of_any_rank_is_told_in_one_sentence(tmp_path: Path) -> None:
    small = CELLS[0]  # beside a thick-tufted cell, the second rank has it
    wild = ChangeAllSections(cell=small, assignments=(Assignment(variable="e_pas", value=1e9),))
    trace = SiteRecording(site=Site(cell=small))
    path = column_experiment(tmp_path, (CELLS[-2], small), manipulations=(wild,), recordings=(trace,))
    made = run_apart(path, "--out", tmp_path / "wild", "--mpi", 2)
    assert made.returncode == 2
    assert made.stderr.splitlines()[-1].startswith("The voltage left all bounds")
    assert read_record(tmp_path / "wild")["state"] == "failed"
    assert "partial" in (tmp_path / "wild" / "traces.csv").read_text()
    path = column_experiment(tmp_path, CELLS[:2], recordings=(changed(trace, variable="nothing"),))
    made = run_apart(path, "--out", tmp_path / "unknown", "--mpi", 2, "--quiet")
    assert made.returncode == 2
    assert made.stderr.count("nothing") == 1 and len(made.stderr.splitlines()) == 1


@needs_mpi
def test_that_ctrl_c_keeps_what_the_ranks_have_computed(tmp_path: Path) -> None:
    path = column_experiment(tmp_path, CELLS[:1], recordings=(SiteRecording(site=Site(cell=CELLS[0])),))
    experiment = store.load(path)  # of one cell: the second rank has none
    store.save(changed(experiment, conditions=changed(experiment.conditions, tstop=400.0)), path)
    command = [sys.executable, "-m", "engine.cli", "run", str(path), "--mpi", "2"]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path / "o")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stderr is not None
        began = any("%" in line and not line.startswith("  0%") for line in process.stderr)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert began and process.returncode == 130, err
    told = read_record(tmp_path / "o")
    assert told["state"] == "interrupted" and 0 < told["reached_ms"] < 400


def test_that_a_machine_without_mpi_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    arguments = [str(column_experiment(tmp_path)), "--out", str(tmp_path / "o")]
    assert cli.main(["run", *arguments, "--mpi", "2"]) == 2
    assert "no mpiexec" in (told := capsys.readouterr().err) and "openmpi-bin" in told
    assert not (tmp_path / "o").exists()


def test_that_costly_cells_are_dealt_round_first() -> None:
    assert dealt([1, 8, 2, 4, 9], 2) == [[0, 2, 4], [1, 3]]
    assert dealt([5.0], 3) == [[0], [], []]
