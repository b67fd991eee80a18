"""Who is connected with whom among some cells of a circuit: all edges of a pair made one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.circuit.afferent_values import Edges, conductances, numbers
from engine.circuit.circuit import Circuit
from engine.circuit.edges import EdgePopulation

Ids = NDArray[np.int64]
Reals = NDArray[np.float64]
Tell = Callable[[int, int], object]  # how many cells are done, of how many; may raise to give up

_POINTS: Final = "point_process"
_ELECTRICAL: Final = ("electrical", "gap_junction")


@dataclass(frozen=True, eq=False)
class Links:
    """The pairs that an edge population connects, (pairs,) each, by target and then by source.

    `synapses`: how many each has. `weights`: their sum, in `unit`: "nS", or "" where a spike has a weight
    without a unit; NaN where the files do not say. `delays`: their mean in ms, NaN for gap junctions.
    """

    population: str
    source: str
    target: str
    unit: str
    is_electrical: bool
    sources: Ids
    targets: Ids
    synapses: Ids
    weights: Reals
    delays: Reals


def links_between(
    circuit: Circuit,
    cells: Mapping[str, ArrayLike],
    populations: tuple[str, ...] | None = None,
    tell: Tell = lambda _done, _of: None,
) -> tuple[Links, ...]:
    """The links among these cells (node ids by population), of these edge populations; None: of all.

    Edge populations that connect none of them are left out. Raises CircuitError if edges cannot be read.
    """
    wanted = {name: np.unique(np.asarray(ids, dtype=np.int64)) for name, ids in cells.items()}
    chosen = [
        each
        for name, each in circuit.edge_populations.items()
        if (populations is None or name in populations) and each.source in wanted and each.target in wanted
    ]
    total = sum(len(wanted[each.target]) for each in chosen)
    found, done = [], 0
    for population in chosen:
        rows = _rows_among(population, wanted, partial(_tell_more, tell, done, total))
        done += len(wanted[population.target])
        if len(rows):
            found.append(_links(population, rows, circuit))
    return tuple(found)


def _rows_among(population: EdgePopulation, cells: Mapping[str, Ids], tell: Callable[[int], object]) -> Ids:
    """The edges, ascending for each target, that begin at one of the cells and end at one."""
    sources, found = cells[population.source], [np.empty(0, dtype=np.int64)]
    for count, target in enumerate(cells[population.target].tolist()):
        tell(count)
        rows = population.afferent(target)
        found.append(rows[np.isin(population.sources(rows), sources)])
    return np.concatenate(found)


def _tell_more(tell: Tell, before: int, total: int, count: int) -> None:
    tell(before + count, total)


def _links(population: EdgePopulation, rows: Ids, circuit: Circuit) -> Links:
    sources, targets = population.sources(rows), population.targets(rows)
    values = _values(Edges(population, rows, sources), circuit)
    pairs, place = np.unique(np.column_stack([targets, sources]), axis=0, return_inverse=True)
    place = place.ravel()
    size = len(pairs)
    synapses = np.bincount(place, values.counts, size)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.bincount(place, values.delays * values.counts, size) / synapses
    return Links(
        population=population.name,
        source=population.source,
        target=population.target,
        unit="" if _ends_at_points(population, circuit) else "nS",
        is_electrical=is_electrical(population),
        sources=pairs[:, 1].copy(),
        targets=pairs[:, 0].copy(),
        synapses=np.rint(synapses).astype(np.int64),
        weights=np.bincount(place, values.weights, size).astype(np.float64),
        delays=means,
    )


@dataclass(frozen=True, eq=False)
class _Values:
    """(edges,) how many synapses each edge is, their weight together, their delay."""

    counts: Reals
    weights: Reals
    delays: Reals


def _values(edges: Edges, circuit: Circuit) -> _Values:
    counts = np.nan_to_num(numbers(edges, "nsyns"), nan=1.0)
    if _ends_at_points(edges.population, circuit):
        each = numbers(edges, "conductance", "syn_weight")
    else:
        each = conductances(edges, circuit)
    return _Values(counts, each * counts, numbers(edges, "delay"))


def _ends_at_points(population: EdgePopulation, circuit: Circuit) -> bool:
    return circuit.node_populations[population.target].node_type == _POINTS


def is_electrical(population: EdgePopulation) -> bool:
    """Whether its edges are gap junctions."""
    return population.edge_type.lower() in _ELECTRICAL
