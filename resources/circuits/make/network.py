"""A finished simulation of a small network: its configuration, and the spikes and voltages that it left.

Run by the program itself, so that one cell of it can be run again and compared.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.circuit.circuit import Circuit, open_circuit
from engine.experiment.sonata_import import from_simulation_config
from engine.simulation.run import run_experiment
from resources.circuits.make.simulations import frame, soma_report
from resources.circuits.make.sonata_files import write_json

FOLDER: Final = "network"
_MEMBERS: Final = "Network"
_POPULATION: Final = "column"
_EDGES: Final = "column__column__exp2syn"
_COUNTS: Final = {"L23_PC": 5, "L4_SSC": 4, "L5_TTPC": 3, "LBC": 3, "MC": 1}
_DURATION_MS: Final = 300.0
_THALAMUS: Final = "../thalamic_replay/thalamus_spikes.h5"


def make_network(column: Path) -> None:
    """Write the configuration, run it, and keep the spikes and the report."""
    folder = column / "simulations" / FOLDER
    with open_circuit(column) as circuit:
        members = _most_connected(circuit)
    write_json(folder / "node_sets.json", {_MEMBERS: {"population": _POPULATION, "node_id": sorted(members)}})
    write_json(folder / "simulation_config.json", _configuration())
    imported = from_simulation_config(folder / "simulation_config.json")
    output = folder / imported.output.folder
    output.mkdir(exist_ok=True)
    with open_circuit(imported.circuit_path) as circuit, tempfile.TemporaryDirectory() as scratch:
        result = run_experiment(
            imported.experiment, circuit, folder, Path(scratch), spikes_name=imported.output.spikes_file
        )
        assert result.complete and not result.problems, result.problems
        for path in result.files:
            if path.suffix == ".h5":
                shutil.copyfile(path, output / path.name)


def _most_connected(circuit: Circuit) -> list[int]:
    """So many cells of each kind; each next one is that with the most connections to those chosen."""
    edges, nodes = circuit.edge_populations[_EDGES], circuit.node_populations[_POPULATION]
    rows = np.arange(edges.size)
    joined: NDArray[np.int64] = np.zeros((nodes.size, nodes.size), dtype=np.int64)
    np.add.at(joined, (edges.sources(rows), edges.targets(rows)), 1)
    joined += joined.T
    kinds = [str(name).rpartition("_")[0] for name in nodes.values("morphology")]
    left = dict(_COUNTS)
    chosen: list[int] = []
    while any(left.values()):
        scores = joined[chosen].sum(axis=0) if chosen else joined.sum(axis=0)
        allowed = [i for i, kind in enumerate(kinds) if left[kind] and i not in chosen]
        chosen.append(max(allowed, key=lambda i: (scores[i], -i)))
        left[kinds[chosen[-1]]] -= 1
    return chosen


def _configuration() -> dict[str, Any]:
    to_all = {"node_set": _MEMBERS, "delay": 0.0, "duration": _DURATION_MS}
    current = {"input_type": "current_clamp", "represents_physical_electrode": True}
    return {
        **frame(_DURATION_MS, _MEMBERS),
        # BlueCelluLab chooses Exp2Syn only where it is told to, whatever the type of the edges
        "connection_overrides": [
            {"name": f"{source}Exp2Syn", "source": source, "target": "Column", "modoverride": "Exp2Syn"}
            for source in ("Column", "Thalamus")
        ],
        "inputs": {
            "ThalamicSpikes": {
                "module": "synapse_replay",
                "input_type": "spikes",
                "spike_file": _THALAMUS,
                **to_all,
            },
            "Holding": {"module": "hyperpolarizing", **current, **to_all},
            "Fluctuations": {
                "module": "relative_ornstein_uhlenbeck",
                **current,
                "tau": 5.0,
                "mean_percent": 90.0,
                "sd_percent": 30.0,
                **to_all,
            },
        },
        "reports": {"soma": soma_report(_DURATION_MS, _MEMBERS)},
    }
