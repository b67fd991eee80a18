"""`python -m tests.benchmarks.l5pc_pyramidal`: the L5PC by us, by plain NEURON and by BlueCelluLab.

Processor time of build and run against plain NEURON; time from the start of a process to its first voltage
against BlueCelluLab.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests import peers
from tests.benchmarks.table import show
from tests.engine.acceptance import l5pc
from tests.engine.acceptance.bluecellulab import compile_for

_REPEATS = 7
_FIRST_VOLTAGE_BLUECELLULAB = """
import sys
from bluecellulab import CircuitSimulation
simulation = CircuitSimulation(sys.argv[1])
simulation.instantiate_gids([("L5", 0)], add_stimuli=True)
simulation.run(0.025)
print('{"first_voltage": %s}' % simulation.get_voltage_trace(("L5", 0))[0], flush=True)
"""
_CONFIG = {
    "run": {"tstop": 100.0, "dt": 0.025, "random_seed": 0},
    "conditions": {"v_init": -65.0, "celsius": 34.0},
    "network": "circuit_config.json",
    "node_set": "All",
    "inputs": {
        "step": {
            "module": "linear",
            "input_type": "current_clamp",
            "delay": 20.0,
            "duration": 80.0,
            "amp_start": 0.8,
            "node_set": "All",
        }
    },
}


def _measure(
    command: Sequence[str], folder: Path, environment: dict[str, str]
) -> tuple[float, dict[str, float]]:
    """Seconds from the start of the process to its first voltage, and all it told."""
    began = time.perf_counter()
    first_s = None
    told: dict[str, float] = {}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):
                told |= json.loads(line)
                if "first_voltage" in told and first_s is None:
                    first_s = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return first_s or 0.0, told


def main() -> None:
    """Measure in turns, so that what disturbs the machine disturbs all, and print the shortest times."""
    python = peers.bluecellulab_python()
    with tempfile.TemporaryDirectory() as name:
        circuit = l5pc.make_circuit(Path(name) / "circuit", peers.l5pc_files(), python)
        config = circuit.folder / "simulation_config.json"
        config.write_text(json.dumps(_CONFIG), encoding="utf-8")
        library = compile_for(python, circuit.mechanisms, Path(name))
        own = {**os.environ, "SOMASCOPE_HOME": f"{name}/home", "NEURON_MODULE_OPTIONS": "-nogui"}
        other = {**own, "BLUECELLULAB_MOD_LIBRARY_PATH": str(library)}
        process = [sys.executable, "-m", "tests.benchmarks.l5pc_process"]
        _measure([*process, "ours", str(circuit.folder)], peers.ROOT, own)  # compiles, and warms the disk
        rows = []
        for _ in range(_REPEATS):
            ours_first, ours = _measure([*process, "ours", str(circuit.folder)], peers.ROOT, own)
            _, plain = _measure([*process, "plain", str(circuit.folder)], peers.ROOT, own)
            command = [str(python), "-c", _FIRST_VOLTAGE_BLUECELLULAB, str(config)]
            theirs_first, _ = _measure(command, Path(name), other)
            assert abs(ours["checksum"] - plain["checksum"]) <= 1e-9 * abs(plain["checksum"])
            rows.append((ours["build"], plain["build"], ours["run"], plain["run"], ours_first, theirs_first))
    best = [min(column) for column in zip(*rows, strict=True)]
    table = [
        [what, first, second, first / second]
        for what, first, second in zip(
            ("build: we, plain NEURON", "run: we, plain NEURON", "first voltage: we, BlueCelluLab"),
            best[::2],
            best[1::2],
            strict=True,
        )
    ]
    show(f"L5PC, the shortest of {_REPEATS}", ("", "seconds", "seconds", "ratio"), table)


if __name__ == "__main__":
    main()
