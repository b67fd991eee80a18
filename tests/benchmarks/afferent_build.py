"""`python -m tests.benchmarks.afferent_build`: a cell with 5,000 synapses, built by us and by BlueCelluLab.

From the name of a configuration to a cell that could run: circuit, morphology, channels, synapses, replayed
spikes. Each build is in a process of its own, in turns, without the time to start Python and to import. That
both built the same is seen from their traces.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import libsonata
import numpy as np

from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.sonata_export import to_simulation_config
from engine.experiment.synaptic_input import Connections, SpikeReplay
from engine.experiment.targets import CellReference
from engine.resources import resources_folder
from tests import peers
from tests.benchmarks.afferent_synapses import EDGES, write_circuit
from tests.benchmarks.table import show, verdict
from tests.engine.acceptance.bluecellulab import clean_environment, compile_for

_CELL: Final = CellReference("column", 117)
_SPIKES: Final = "circuits/cortical_column/simulations/thalamic_replay/thalamus_spikes.h5"
_TSTOP_MS: Final = 50.0
_REPEATS: Final = 5
_OURS: Final = """
import sys, time
import numpy as np
from pathlib import Path
from engine.circuit.circuit import open_circuit
from engine.experiment.sonata_import import from_simulation_config
from engine.experiment.recordings import SiteRecording
from engine.experiment.edits import with_recording
from engine.experiment.targets import CellReference, Site
from engine.simulation.simulation import Simulation
config, target, population, node_id = sys.argv[1:]
began = time.process_time()
imported = from_simulation_config(Path(config))
circuit = open_circuit(imported.circuit_path)
site = Site(cell=CellReference(population, int(node_id)))
simulation = Simulation(with_recording(imported.experiment, SiteRecording(site=site)), circuit, imported.base)
took = time.process_time() - began
simulation.start()
simulation.advance(simulation.tstop)
np.savez(target, took=took, synapses=simulation.connection_count, voltage=simulation.fresh()[:, 0])
"""
_THEIRS: Final = """
import sys, time
import numpy as np
from bluecellulab import CircuitSimulation
config, target, population, node_id = sys.argv[1:]
cell = (population, int(node_id))
began = time.process_time()
simulation = CircuitSimulation(config)
simulation.instantiate_gids([cell], add_stimuli=True, add_synapses=True, add_projections=True)
took = time.process_time() - began
simulation.run()
synapses = len(simulation.cells[cell].synapses)
np.savez(target, took=took, synapses=synapses, voltage=simulation.get_voltage_trace(cell))
"""


def main() -> None:
    """Both, in turns."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = _write_simulation(folder)
        python, library = _peer(folder)
        ours = sys.executable, _OURS, {**os.environ, "PYTHONPATH": str(peers.ROOT)}
        theirs = str(python), _THEIRS, clean_environment() | {"BLUECELLULAB_MOD_LIBRARY_PATH": str(library)}
        built = [[_built(*each, config, folder) for each in (ours, theirs)] for _ in range(_REPEATS)]
        took = np.array([[each["took"] for each in pair] for pair in built]).min(axis=0)
        (one, other) = built[0]
        rows = [
            ["BlueCelluLab", int(other["synapses"]), took[1] * 1e3, "", "", ""],
            [
                "ours",
                int(one["synapses"]),
                took[0] * 1e3,
                took[0] / took[1],
                *verdict(took[0] / took[1], 1.0),
            ],
        ]
        header = ("", "synapses", "ms of processor", "ratio", "goal", "")
        show("From a configuration to a built cell", header, rows)
        apart = np.abs(one["voltage"] - other["voltage"][: len(one["voltage"])]).max()
        print(f"largest difference of the traces: {apart:g} mV")


def _write_simulation(folder: Path) -> Path:
    circuit = write_circuit(folder / "column")
    edges = folder / "column" / "networks" / "edges" / f"{EDGES}.h5"
    libsonata.EdgePopulation.write_indices(str(edges), EDGES, 100, 200)  # BlueCelluLab asks for them
    shutil.copyfile(resources_folder() / _SPIKES, folder / "spikes.h5")
    experiment = Experiment(
        circuit=CircuitReference(path=str(circuit)),
        cells=ListedCells(cells=(_CELL,)),
        connections=Connections(enabled=True),
        replays=(SpikeReplay(spike_file=str(folder / "spikes.h5")),),
        conditions=Conditions(tstop=_TSTOP_MS, v_init=-75.0),
    )
    return to_simulation_config(experiment, circuit, folder / "exported").path


def _peer(folder: Path) -> tuple[Path, Path]:
    """The Python of BlueCelluLab, and the mechanism that it replays spikes with."""
    python = peers.bluecellulab_python()
    mechanisms = folder / "mechanisms"
    mechanisms.mkdir()
    shutil.copy(peers.allen_mod_files() / "vecevent.mod", mechanisms)
    return python, compile_for(python, mechanisms, folder)


def _built(
    python: str, program: str, environment: dict[str, str], config: Path, folder: Path
) -> dict[str, np.ndarray]:
    target = folder / "built.npz"
    arguments = [str(config), str(target), _CELL.population, str(_CELL.node_id)]
    done = subprocess.run(
        [python, "-c", program, *arguments],
        cwd=config.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    with np.load(target) as found:
        return {name: found[name] for name in found}


if __name__ == "__main__":
    main()
