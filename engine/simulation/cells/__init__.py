"""Cells of every kind that a SONATA circuit can ask for, built in NEURON."""

from engine.simulation.cells.build import build_cell
from engine.simulation.cells.cell import Cell

__all__ = ["Cell", "build_cell"]
