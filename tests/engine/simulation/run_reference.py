"""`python run_reference.py SIMULATION FOLDER [MODS]`: run a published simulation into a folder.

A process of its own, because NEURON cannot unload mechanisms.
"""

import sys
from pathlib import Path

from engine.circuit.circuit import open_circuit
from engine.experiment.sonata_import import from_simulation_config
from engine.simulation.mechanisms import compile_mechanisms, load_mechanisms
from engine.simulation.run import run_experiment


def main(simulation: str, folder: str, *mod_folders: str) -> None:
    """Run it with the engine alone, no command line."""
    if mod_folders:
        load_mechanisms(compile_mechanisms([Path(each) for each in mod_folders], print))
    imported = from_simulation_config(Path(simulation))
    with open_circuit(imported.circuit_path) as circuit:
        result = run_experiment(imported.experiment, circuit, imported.base, Path(folder))
    for problem in result.problems:
        print(problem)
    assert result.complete


if __name__ == "__main__":
    main(*sys.argv[1:])
