"""The connections among cells as a graph: nodes are cells, or groups of them. No Qt."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.experiment.targets import CellReference
from gui.session.grouping import counted
from gui.session.members import POPULATION, Members

if TYPE_CHECKING:
    from engine.circuit.links import Links

MOST_CELLS: Final = 150  # as nodes: of more, nobody sees the connections
MOST_PAIRS: Final = 3_000


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes with the cells that each stands for, and the edges between them, (edges,) each.

    `groups` (nodes,) is the colour of each. `pairs`: how many pairs of cells an edge stands for; `weights`:
    of all in `unit`, NaN where it is not known; `delays`: the mean of the synapses, in ms.
    """

    names: tuple[str, ...]
    groups: NDArray[np.intp]
    cells: tuple[tuple[CellReference, ...], ...]
    sources: NDArray[np.intp]
    targets: NDArray[np.intp]
    pairs: NDArray[np.int64]
    synapses: NDArray[np.int64]
    junctions: NDArray[np.int64]
    weights: NDArray[np.float64]
    delays: NDArray[np.float64]
    unit: str

    def edge_text(self, edge: int) -> str:
        """Such as "column:3 → column:7: 4 synapses, 1.2 nS, 1.5 ms"."""
        ends = f"{self.names[self.sources[edge]]} → {self.names[self.targets[edge]]}"
        parts = []
        if synapses := int(self.synapses[edge]):
            parts.append(counted(synapses, "synapse"))
        if junctions := int(self.junctions[edge]):
            parts.append(counted(junctions, "gap junction"))
        if (pairs := int(self.pairs[edge])) > 1:
            parts[-1] += f" in {counted(pairs, 'pair')}"
        if np.isfinite(self.weights[edge]):
            weight = f"{self.weights[edge]:.3g}"
            parts.append(f"{weight} {self.unit}" if self.unit else f"weight {weight}")
        if np.isfinite(self.delays[edge]):
            parts.append(f"{self.delays[edge]:.3g} ms")
        return f"{ends}: {', '.join(parts)}"

    def node_text(self, node: int, members: Members) -> str:
        """What a node is, and how much it is connected."""
        cells = self.cells[node]
        what = self.names[node]
        if len(cells) > 1:
            what = f"{what}: {counted(len(cells), 'cell')}"
        elif members.by != POPULATION:
            what = f"{what} ({members.names[self.groups[node]]})"
        into = int(self.synapses[self.targets == node].sum())
        out = int(self.synapses[self.sources == node].sum())
        return f"{what}, {counted(into, 'synapse')} onto it, {counted(out, 'synapse')} from it"


@dataclass(frozen=True, eq=False)
class _Nodes:
    """What the nodes are; `of` (members,): which of them each member belongs to."""

    names: tuple[str, ...]
    groups: NDArray[np.intp]
    cells: tuple[tuple[CellReference, ...], ...]
    of: NDArray[np.intp]


def of_cells(members: Members, links: "Iterable[Links]") -> Graph:
    """A node for each cell."""
    cells = tuple((each,) for each in members.cells)
    places = np.arange(len(cells), dtype=np.intp)
    return _graph(members, links, _Nodes(tuple(map(str, members.cells)), members.groups, cells, places))


def of_groups(members: Members, links: "Iterable[Links]") -> Graph:
    """A node for each group of cells."""
    spans = members.spans()
    cells = tuple(members.cells[start:stop] for _, start, stop in spans)
    groups = np.arange(len(spans), dtype=np.intp)
    return _graph(members, links, _Nodes(members.names, groups, cells, members.groups))


def is_for_groups(members: Members, links: "Iterable[Links]") -> bool:
    """Whether there are too many cells or connections to draw each."""
    return len(members.cells) > MOST_CELLS or sum(len(each.sources) for each in links) > MOST_PAIRS


def _graph(members: Members, links: "Iterable[Links]", nodes: _Nodes) -> Graph:
    found = [each for each in links if len(each.sources)]
    sources = _joined([nodes.of[_places(members, each.source, each.sources)] for each in found], np.intp)
    targets = _joined([nodes.of[_places(members, each.target, each.targets)] for each in found], np.intp)
    counts = _joined([each.synapses for each in found], np.int64)
    electrical = _joined([np.full(len(each.sources), each.is_electrical) for each in found], np.bool_)
    weights = _joined([each.weights for each in found], np.float64)
    delays = _joined([each.delays for each in found], np.float64)
    units = {each.unit for each in found}
    ends, edge = np.unique(np.column_stack([sources, targets]), axis=0, return_inverse=True)
    edge, size = edge.ravel(), len(ends)
    synapses = np.bincount(edge, np.where(electrical, 0, counts), size)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.bincount(edge, np.where(electrical, 0, np.nan_to_num(delays) * counts), size) / synapses
    return Graph(
        names=nodes.names,
        groups=nodes.groups,
        cells=nodes.cells,
        sources=ends[:, 0].astype(np.intp),
        targets=ends[:, 1].astype(np.intp),
        pairs=np.bincount(edge, minlength=size).astype(np.int64),
        synapses=np.rint(synapses).astype(np.int64),
        junctions=np.rint(np.bincount(edge, np.where(electrical, counts, 0), size)).astype(np.int64),
        weights=_summed(edge, weights, size) if len(units) == 1 else np.full(size, np.nan),
        delays=means,
        unit=units.pop() if len(units) == 1 else "",
    )


def _summed(edge: NDArray[np.intp], values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    return np.bincount(edge, values, size).astype(np.float64)


def _places(members: Members, population: str, node_ids: NDArray[np.int64]) -> NDArray[np.intp]:
    places = [members.places[CellReference(population, node_id)] for node_id in node_ids.tolist()]
    return np.array(places, dtype=np.intp)


def _joined(parts: list[NDArray[Any]], dtype: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=dtype), *parts]).astype(dtype)
