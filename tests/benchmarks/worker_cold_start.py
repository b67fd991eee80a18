"""`python -m tests.benchmarks.worker_cold_start`: from nothing to the first voltage, against BlueCelluLab.

Both are scripts in a new process, timed from its start to the line that it prints.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from engine.client.client import Client
from engine.messages import events as e
from tests import peers
from tests.benchmarks.l5pc_step import experiment, trusted_circuit
from tests.benchmarks.table import show, verdict
from tests.engine.acceptance.bluecellulab import clean_environment, compile_for

_REPEATS = 9
_TOLD = "first voltage"
_BLUECELLULAB = f"""
import sys
from bluecellulab import CircuitSimulation
simulation = CircuitSimulation(sys.argv[1])
simulation.instantiate_gids([("L5", 0)], add_stimuli=True)
simulation.run(0.025)
print("{_TOLD}", simulation.get_voltage_trace(("L5", 0))[0], flush=True)
"""


def main() -> None:
    """In turns; the median of the ratios."""
    python = peers.bluecellulab_python()
    with trusted_circuit() as circuit, tempfile.TemporaryDirectory() as name:
        library = compile_for(python, circuit.mechanisms, Path(name))
        environment = {**clean_environment(), "BLUECELLULAB_MOD_LIBRARY_PATH": str(library)}
        config = circuit.folder / "simulation_config.json"
        theirs = [str(python), "-c", _BLUECELLULAB, str(config)]
        ours = [sys.executable, "-m", "tests.benchmarks.worker_cold_start", str(circuit.folder)]
        _first_voltage_s(ours, peers.ROOT, dict(os.environ))  # compiles, and warms the disk
        _first_voltage_s(theirs, Path(name), environment)
        pairs = [
            (
                _first_voltage_s(ours, peers.ROOT, dict(os.environ)),
                _first_voltage_s(theirs, Path(name), environment),
            )
            for _ in range(_REPEATS)
        ]
    ratio = median(first / second for first, second in pairs)
    row = [*(median(column) for column in zip(*pairs, strict=True)), ratio, *verdict(ratio, 1)]
    show(
        "Cold start to the first voltage of the L5PC", ("we s", "BlueCelluLab s", "ratio", "goal", ""), [row]
    )


def _first_voltage_s(command: Sequence[str], folder: Path, environment: dict[str, str]) -> float:
    """Seconds until the process tells it."""
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(_TOLD):
                seconds = time.perf_counter() - began
                process.communicate()
                return seconds
    raise RuntimeError(f"{command} ended with {process.returncode} and told no voltage")


def _run(folder: Path) -> None:
    """What is timed of ours: a script with a worker."""
    with Client() as client:
        client.answer(client.load(folder / "circuit_config.json"))
        for event, samples in client.follow(client.run(experiment(0.8, 100.0), folder)):
            if isinstance(event, e.Chunk):
                print(_TOLD, samples[0, 0], flush=True)
                break


if __name__ == "__main__":
    _run(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
