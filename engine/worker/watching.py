"""What a run shows besides its traces, as far as its cells have it."""

from engine.circuit.problems import Problem
from engine.errors import EngineError
from engine.messages.watch import Watch
from engine.simulation.simulation import Simulation


def watch(simulation: Simulation, wanted: Watch | None) -> None:
    """Let a simulation take frames from its next start on; if it cannot, a problem of it says why."""
    try:
        simulation.watch(wanted)
    except EngineError as error:
        assert wanted is not None
        why = error.what[:1].lower() + error.what[1:]
        problem = Problem(
            f"Cell {wanted.cell} is not watched in this run: {why}",
            error.where,
            error.hint,
            severity="warning",
        )
        if problem not in simulation.problems:
            simulation.problems += (problem,)
