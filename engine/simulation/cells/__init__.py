"""Cells of every kind that a SONATA circuit can ask for, built in NEURON."""

from engine.circuit.cells import CellDescription
from engine.errors import SimulationError
from engine.experiment.conditions import Conditions
from engine.simulation.cells.cell import Cell

__all__ = ["Cell", "build_cell"]


def build_cell(description: CellDescription, conditions: Conditions) -> Cell:
    """Build one cell of a circuit.

    Raises MechanismError when mechanisms are missing, SimulationError for everything else that keeps it
    from being built.
    """
    raise SimulationError(f"Cells of the type {description.model_type!r} cannot be built.")
