"""BlueCelluLab, a peer that we compare with, in an environment and a process of its own."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.experiment.targets import CellReference

_RUN_BLUECELLULAB = """
import json, sys
import numpy as np
from bluecellulab import CircuitSimulation
config, target, cells, sections = *sys.argv[1:3], *map(json.loads, sys.argv[3:])
simulation = CircuitSimulation(config)
cells = [tuple(each) for each in cells]
cell = cells[0]
connected = "connection_overrides" in json.load(open(config))
simulation.instantiate_gids(cells, add_stimuli=True, add_synapses=connected, add_projections=connected)
for name, x in sections:
    place = simulation.cells[cell].sections[name]
    simulation.cells[cell].add_voltage_recording(place, x)
simulation.run()
traces = {f"soma {k}": simulation.get_voltage_trace(each) for k, each in enumerate(cells)}
for name, x in sections:
    place = simulation.cells[cell].sections[name]
    traces[name] = simulation.cells[cell].get_voltage_recording(place, x)
np.savez(target, **traces)
"""


def run_bluecellulab(
    python: Path,
    config: Path,
    cell: CellReference,
    sections: Sequence[tuple[str, float]],
    library: Path | None = None,
    *,
    others: Sequence[CellReference] = (),
) -> NDArray[np.float64]:
    """Run a simulation configuration; (samples, somata and sections) in mV, a sample at each time step.

    The sections are those of `cell`; `others` take part, too, connected with it. `library`:
    what `compile_for` gave, where the cell needs mechanisms.
    """
    target = config.with_name("bluecellulab.npz")
    environment = clean_environment()
    if library is not None:
        environment["BLUECELLULAB_MOD_LIBRARY_PATH"] = str(library)
    cells = [(each.population, each.node_id) for each in (cell, *others)]
    told = (json.dumps(cells), json.dumps(sections))
    command = [str(python), "-c", _RUN_BLUECELLULAB, str(config), str(target), *told]
    done = subprocess.run(
        command, env=environment, cwd=config.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    with np.load(target) as traces:
        somata = [traces[f"soma {number}"] for number in range(len(cells))]
        return np.column_stack([*somata, *(traces[name] for name, _ in sections)])


def compile_for(python: Path, mechanisms: Path, folder: Path) -> Path:
    """Compile mod files for an environment; the folder that its `neuron.load_mechanisms` takes."""
    built = folder / "peer_mechanisms"
    if not built.exists():
        built.mkdir(parents=True)
        environment = clean_environment()
        environment["PATH"] = os.pathsep.join([str(python.parent), environment["PATH"]])
        command = [str(python.parent / "nrnivmodl"), str(mechanisms)]
        subprocess.run(command, check=True, cwd=built, env=environment, capture_output=True)
    return built


def clean_environment() -> dict[str, str]:
    """Without what would make another Python import our packages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "NEURON_MODULE_OPTIONS": "-nogui"}
