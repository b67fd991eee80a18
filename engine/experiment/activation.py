"""Which synapses onto a cell are active: edits of the document, and what it means for a table of synapses."""

from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from engine.circuit.afferent import AfferentSynapses
from engine.experiment.base import changed
from engine.experiment.experiment import Experiment
from engine.experiment.presets import with_member
from engine.experiment.synaptic_input import (
    ActiveSynapses,
    AtRandom,
    Choice,
    Connections,
    EdgesOfPopulation,
    OfEdges,
    OfFilter,
    OfPopulations,
)
from engine.experiment.targets import CellReference

Mask = NDArray[np.bool_]


def with_active(experiment: Experiment, cell: CellReference, choice: Choice | None) -> Experiment:
    """Build only these synapses onto a cell (None: all); connections are on, and the cell takes part."""
    connections = experiment.connections
    kept = tuple(each for each in connections.active if each.cell != cell)
    own = () if choice is None else (ActiveSynapses(cell=cell, choice=choice),)
    built = changed(connections, enabled=True, active=(*kept, *own))
    return changed(with_member(experiment, cell), connections=built)


def without_connections(experiment: Experiment) -> Experiment:
    """Build no synapses of the circuit; which ones were active is kept."""
    return changed(experiment, connections=changed(experiment.connections, enabled=False))


def edges_of(table: AfferentSynapses, rows: NDArray[np.int64]) -> OfEdges:
    """The choice of these rows of a table."""
    return OfEdges(
        edges=tuple(
            EdgesOfPopulation(population=name, edges=tuple(edges.tolist()))
            for name, edges in table.edge_ids(rows).items()
        )
    )


def are_active(connections: Connections, cell: CellReference, table: AfferentSynapses) -> Mask:
    """(table.size,) whether each synapse onto a cell is built, if its source takes part.

    Always the same for the same document and circuit. Raises QueryError for a filter that makes no sense.
    """
    built = np.full(table.size, connections.enabled)
    if connections.edge_populations is not None:
        built &= np.isin(table.values("edges").astype(str), connections.edge_populations)
    choice = connections.choice_of(cell)
    return built if choice is None or not built.any() else built & _chosen(choice, table, built)


def _chosen(choice: Choice, table: AfferentSynapses, among: Mask) -> Mask:
    match choice:
        case OfPopulations():
            return np.isin(table.values("edges").astype(str), choice.populations)
        case OfFilter():
            return _mask(table, table.select(choice.text))
        case OfEdges():
            mask = np.zeros(table.size, dtype=np.bool_)
            for each in choice.edges:
                mask |= table.rows_of(each.population, np.array(each.edges, dtype=np.int64))
            return mask
        case AtRandom():
            candidates = np.flatnonzero(among & _mask(table, table.select(choice.text)))
            # NumPy promises that the numbers of RandomState stay the same in all versions
            order = np.argsort(
                np.random.RandomState(choice.seed).random_sample(candidates.size), kind="stable"
            )
            return _mask(table, candidates[order[: choice.count]])
    assert_never(choice)


def _mask(table: AfferentSynapses, rows: NDArray[np.int64]) -> Mask:
    mask = np.zeros(table.size, dtype=np.bool_)
    mask[rows] = True
    return mask
