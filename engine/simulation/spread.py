"""Edges of BMTK that do not say where their synapses are, made one for each, at places drawn at random."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.circuit.circuit import Circuit
from engine.circuit.problems import Problem
from engine.circuit.unplaced import are_unplaced, draw_places, placement_unknown, without_segment
from engine.simulation.active_edges import section_places
from engine.simulation.cells.cell import Cell
from engine.simulation.contacts import Edges

Ids = NDArray[np.int64]


def spread(edges: Edges, cells: Mapping[int, Cell], circuit: Circuit) -> tuple[Edges, Ids]:
    """The synapses of edges onto these cells, and of which edge each is.

    Edges that say where they end stay as they are, and so do those onto artificial cells only.
    """
    everything = np.arange(len(edges.rows))
    targets = np.unique(edges.targets).tolist()
    if not are_unplaced(edges.population) or all(cells[target].is_point for target in targets):
        return edges, everything
    indices, names, xs = [], [], []
    for target in targets:
        mine = np.flatnonzero(edges.targets == target)
        owners, sections, places = _onto(edges, mine, cells[target], circuit)
        indices.append(owners)
        names.append(sections)
        xs.append(places)
    kept = np.concatenate(indices)
    drawn = np.concatenate(names), np.concatenate(xs)
    return replace(edges.only(kept, edges.model), drawn=drawn), kept


def unknown_places(before: Edges, after: Edges) -> Iterator[Problem]:
    """What is to be told of edges that became synapses."""
    name, with_any = before.population.name, len(np.unique(after.rows))
    yield placement_unknown(name, with_any, len(after.rows))
    if with_any < len(before.rows):
        yield without_segment(name, len(before.rows) - with_any)


def _onto(
    edges: Edges, mine: Ids, cell: Cell, circuit: Circuit
) -> tuple[Ids, NDArray[np.object_], NDArray[np.float64]]:
    """Of each synapse onto one cell: its edge, the name of its section, and where it is in it."""
    if cell.is_point:
        return mine, np.full(len(mine), "", dtype=np.object_), np.zeros(len(mine))
    places = section_places(cell)
    population = edges.population.target
    drawn = draw_places(circuit, population, cell.node_id, places.segments)[edges.population.name]
    rows = edges.rows[mine]
    synapses = drawn.synapses_of(rows)
    names = np.array(places.names, dtype=np.object_)[drawn.sections[synapses]]
    return np.repeat(mine, drawn.counts_of(rows)), names, drawn.xs[synapses]
