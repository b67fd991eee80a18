"""What `Prepare for cluster` writes: a script that runs, and files that say the same."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from engine.commands.results_folder import read_record
from engine.errors import EngineError
from engine.experiment import store
from engine.experiment.base import changed
from engine.experiment.synaptic_input import SpikeReplay
from engine.launch import ROOT
from engine.mpi import launcher_environment
from engine.output.cluster import ClusterJob, prepare_for_cluster
from tests.engine.test_cli_mpi import CELLS, COLUMN, column_experiment, needs_mpi, spikes_of

JOB = ClusterJob(name="volleys", nodes=2, ranks_per_node=48, hours=1.5, setup="export MARK=1\r\n")


def test_that_the_folder_says_what_to_run_on_which_nodes(tmp_path: Path) -> None:
    base = tmp_path / "made here"
    base.mkdir()
    experiment = store.load(column_experiment(base))
    folder = tmp_path / "cluster"
    prepared = prepare_for_cluster(experiment, base, COLUMN, folder, JOB)
    assert {path.name for path in prepared.files} <= {path.name for path in folder.iterdir()}
    script = (folder / "job.sh").read_text()
    for line in ("--nodes=2", "--ntasks-per-node=48", "--time=01:30:00", "--job-name=volleys"):
        assert f"#SBATCH {line}\n" in script
    assert "\nexport MARK=1\n" in script and "\r" not in script
    copy = store.load(folder / "experiment.somascope.json")
    assert store.resolve_circuit(copy, folder / "experiment.somascope.json") == COLUMN.resolve()
    (replay,) = (each for each in copy.replays if isinstance(each, SpikeReplay))
    assert (folder / replay.spike_file).resolve() == base / "volleys.h5"
    configuration = json.loads((folder / "simulation_config.json").read_text())
    assert configuration["run"]["tstop"] == experiment.conditions.tstop
    assert replay.spike_file in (folder / "README.txt").read_text()
    assert "simulation_config.json" in (folder / "neurodamus.sh").read_text()
    prepare_for_cluster(experiment, base, COLUMN, folder, changed(JOB, nodes=3))
    assert "--nodes=3" in (folder / "job.sh").read_text()


def test_that_other_files_are_left_alone(tmp_path: Path) -> None:
    experiment = store.load(column_experiment(tmp_path))
    with pytest.raises(EngineError, match="holds other files"):
        prepare_for_cluster(experiment, tmp_path, COLUMN, tmp_path, JOB)
    with pytest.raises(ValidationError):
        changed(JOB, name="two words")


@needs_mpi
def test_that_the_script_runs_here_on_two_ranks(tmp_path: Path) -> None:
    path = column_experiment(tmp_path, CELLS[2:5])
    folder = tmp_path / "cluster"
    prepare_for_cluster(store.load(path), tmp_path, COLUMN, folder, JOB)
    environment = {
        **os.environ,
        **launcher_environment(),
        "SOMASCOPE": f"{sys.executable} -m engine.cli",
        "PYTHONPATH": str(ROOT),
        "RANKS": "2",
    }
    environment.pop("SLURM_JOB_ID", None)
    shell = shutil.which("bash") or "bash"
    made = subprocess.run(
        [shell, folder / "job.sh"], env=environment, check=False, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    assert "Done: 14 ms" in made.stdout
    assert read_record(folder / "results")["state"] == "complete"
    assert spikes_of(folder / "results" / "out.h5", "column")
