"""How a cell is named in messages, and what to say when a part of its description is missing."""

from engine.circuit.cells import CellDescription
from engine.errors import SimulationError


def place(description: CellDescription) -> str:
    """Which cell, for `where` of an error."""
    return f"cell {description.population}:{description.node_id}"


def lacking(description: CellDescription, what: str, hint: str = "") -> SimulationError:
    """An error about a missing part; what the circuit found wrong with the cell is the better hint."""
    found = " ".join(str(problem) for problem in description.problems if problem.severity == "error")
    return SimulationError(what, where=place(description), hint=found or hint)
