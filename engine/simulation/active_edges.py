"""Which edges onto the cells of a run are built, where the document chooses among them."""

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.circuit.afferent import AfferentSynapses
from engine.circuit.circuit import Circuit
from engine.circuit.section_places import NO_SECTION, SectionPlaces
from engine.errors import QueryError, SimulationError
from engine.experiment.activation import are_active
from engine.experiment.synaptic_input import Connections
from engine.experiment.targets import CellReference
from engine.simulation.cells.cell import Cell
from engine.simulation.cells.sections import kind_of
from engine.simulation.describe import distance_from_soma

ActiveEdges = Mapping[tuple[str, int], NDArray[np.int64]]  # by edge population and node id of the target


def active_edges(
    connections: Connections, cells: Mapping[CellReference, Cell], circuit: Circuit
) -> ActiveEdges:
    """The edges that are built, ascending, onto cells of which only some are; other cells have all."""
    found: dict[tuple[str, int], NDArray[np.int64]] = {}
    for active in connections.active:
        if (cell := cells.get(active.cell)) is None:
            continue
        reference = active.cell
        table = AfferentSynapses(circuit, reference.population, reference.node_id, section_places(cell))
        try:
            chosen = np.flatnonzero(are_active(connections, reference, table))
        except QueryError as error:
            raise SimulationError(
                f"The filter of the active synapses onto {reference} makes no sense: {error.what}",
                hint=error.hint or "Choose the active synapses again.",
            ) from error
        edges = table.edge_ids(chosen)
        onto_it = (
            name for name, each in circuit.edge_populations.items() if each.target == reference.population
        )
        for name in onto_it:
            found[name, reference.node_id] = edges.get(name, np.empty(0, dtype=np.int64))
    return found


def _arcs(section: Any) -> NDArray[np.float64]:
    return np.array([section.arc3d(point) for point in range(section.n3d())], dtype=np.float64)


def section_places(cell: Cell) -> SectionPlaces:
    """The sections of a cell, as a table of its synapses wants to know them."""
    sections = cell.sections
    numbers = cell.numbering.numbers if sections else {}
    return SectionPlaces(
        names=tuple(sections),
        numbers=np.array([numbers.get(name, NO_SECTION) for name in sections], dtype=np.int64),
        near_ends=np.array([distance_from_soma(cell, each) for each in sections.values()], dtype=np.float64),
        lengths=np.array([each.L for each in sections.values()], dtype=np.float64),
        are_soma=np.array([kind_of(name) == "soma" for name in sections], dtype=np.bool_),
        segment_counts=np.array([each.nseg for each in sections.values()], dtype=np.int64),
        arcs=functools.cache(lambda row: _arcs(list(sections.values())[row])),
    )
