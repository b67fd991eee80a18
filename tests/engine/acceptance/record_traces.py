"""`python -m tests.engine.acceptance.record_traces CIRCUIT TARGET DOCUMENT...`: traces in float64, unrounded.

A process of its own, because a process can hold one set of mechanisms only.
"""

import sys
from pathlib import Path

import numpy as np

from engine.circuit.circuit import open_circuit
from engine.experiment import store
from engine.simulation.cell_store import CellStore
from engine.simulation.mechanisms import load_mechanisms
from engine.simulation.simulation import Simulation
from engine.simulation.stand_ins import compile_for

_SLICE_MS = 7.0  # any: it must not matter


def main(circuit_path: str, target: str, *documents: str) -> None:
    """Run the documents on the same built cells; (samples, traces) of each, by the stem of its name."""
    circuit = open_circuit(circuit_path)
    load_mechanisms(compile_for(circuit, None, print))
    cells = CellStore(circuit)
    found = {}
    for document in documents:
        simulation = Simulation(store.load(Path(document)), circuit, Path(document).parent, cells)
        simulation.start()
        pieces = [simulation.fresh()]
        while not simulation.finished:
            simulation.advance(simulation.time + _SLICE_MS)
            pieces.append(simulation.fresh())
        found[Path(document).name.partition(".")[0]] = np.concatenate(pieces)
    np.savez(target, allow_pickle=False, **found)


if __name__ == "__main__":
    main(*sys.argv[1:])
