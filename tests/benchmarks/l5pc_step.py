"""What the benchmarks of the worker simulate: steps of current into the L5PC, on a circuit of their own."""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from engine.circuit.circuit import open_circuit
from engine.circuit.trust import trust
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells
from engine.experiment.recordings import SiteRecording
from engine.experiment.stimuli import Step
from engine.experiment.targets import CellReference, Site
from tests import peers
from tests.engine.acceptance import l5pc

Place: TypeAlias = tuple[str, int, float]  # kind of section, its number, position along it

CELL = CellReference(l5pc.POPULATION, 0)
SOMA: Place = ("soma", 0, 0.5)
DELAY_MS, CELSIUS, V_INIT_MV = 20.0, 34.0, -65.0


@contextmanager
def trusted_circuit() -> Iterator[l5pc.Circuit]:
    """A circuit of one L5PC, in a home of its own, which the processes that are started here share."""
    with tempfile.TemporaryDirectory() as name:
        before = os.environ.get("SOMASCOPE_HOME")
        os.environ["SOMASCOPE_HOME"] = str(Path(name) / "home")
        try:
            python = peers.bluecellulab_python()
            made = l5pc.make_circuit(Path(name) / "circuit", peers.l5pc_files(), python)
            _write_simulation(made.folder / "simulation_config.json")
            circuit = open_circuit(made.config)
            trust(circuit)
            circuit.close()
            yield made
        finally:
            if before is None:
                del os.environ["SOMASCOPE_HOME"]
            else:
                os.environ["SOMASCOPE_HOME"] = before


def places(count: int) -> list[Place]:
    """The soma, and as many other places as there have to be, spread over the apical tree."""
    return [SOMA, *(("apic", number, 0.5) for number in range(count - 1))]


def experiment(amplitude_na: float, duration_ms: float, recorded: Sequence[Place] = (SOMA,)) -> Experiment:
    """A step into the soma, and voltages."""
    return Experiment(
        circuit=CircuitReference(path="circuit_config.json"),
        cells=ListedCells(cells=(CELL,)),
        stimuli=(
            Step(
                id="step",
                target=Site(cell=CELL),
                amplitude=amplitude_na,
                delay=DELAY_MS,
                duration=duration_ms,
            ),
        ),
        recordings=tuple(
            SiteRecording(id=f"{kind}{number}", site=Site(cell=CELL, section=f"{kind}[{number}]", x=x))
            for kind, number, x in recorded
        ),
        conditions=Conditions(tstop=duration_ms, v_init=V_INIT_MV, celsius=CELSIUS),
    )


def _write_simulation(path: Path) -> None:
    """The same step as BlueCelluLab is told it."""
    step = {
        "module": "linear",
        "input_type": "current_clamp",
        "delay": DELAY_MS,
        "duration": 80.0,
        "amp_start": 0.8,
        "node_set": "All",
    }
    config = {
        "run": {"tstop": 100.0, "dt": 0.025, "random_seed": 0},
        "conditions": {"v_init": V_INIT_MV, "celsius": CELSIUS},
        "network": "circuit_config.json",
        "node_set": "All",
        "inputs": {"step": step},
    }
    path.write_text(json.dumps(config), encoding="utf-8")
