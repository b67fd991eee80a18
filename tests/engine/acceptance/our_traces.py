"""Our side of a comparison: experiments run by the engine in a process of its own, in float64."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.experiment import store
from engine.experiment.experiment import Experiment
from tests.peers import ROOT

Traces = NDArray[np.float64]


def run_ours(circuit: Path, experiments: Mapping[str, Experiment], folder: Path) -> dict[str, Traces]:
    """(samples, recordings) of each experiment; the paths in them count from `folder`."""
    documents = []
    for name, experiment in experiments.items():
        documents.append(str(folder / f"{name}.somascope.json"))
        store.save(experiment, Path(documents[-1]))
    module, target = "tests.engine.acceptance.record_traces", folder / "ours.npz"
    command = [sys.executable, "-m", module, str(circuit), str(target), *documents]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    with np.load(target) as traces:
        return {name: traces[name] for name in experiments}
