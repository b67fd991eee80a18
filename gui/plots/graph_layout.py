"""Where the nodes of a graph are drawn: connected ones near each other. Works in a thread."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gui.background import Task

_STEPS: Final = 100
_SEED: Final = 1
_LEAST: Final = 0.1  # strength: each edge pulls a little
_FEW: Final = 12  # nodes: they stand on a circle


def layout(
    task: Task,
    size: int,
    sources: NDArray[np.intp],
    targets: NDArray[np.intp],
    strengths: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(size, 2) places in about -1 … 1. The same graph is always drawn alike.

    `strengths` (edges,) of the edges from `sources` to `targets`: 0 … 1.
    """
    import networkx as nx

    if size <= _FEW:
        angles = np.pi / 2 - 2 * np.pi * np.arange(size) / max(size, 1)
        return np.column_stack([np.cos(angles), np.sin(angles)]) if size > 1 else np.zeros((size, 2))
    graph = nx.Graph()
    graph.add_nodes_from(range(size))
    for source, target, strength in zip(sources.tolist(), targets.tolist(), strengths.tolist(), strict=True):
        if source != target:
            graph.add_edge(source, target, weight=max(strength, _LEAST))
    task.report(0, 0, "Arranging the graph…")
    places = nx.spring_layout(graph, iterations=_STEPS, seed=_SEED, method="force")
    task.report(0, 0, "Arranging the graph…")  # leaves, if nobody wants it any more
    return _spread(np.array([places[node] for node in range(size)]))


def _spread(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """As far apart as there is room, and those far outside a little nearer."""
    centred = places - np.median(places, axis=0)
    reach = np.hypot(*centred.T)
    usual = float(np.quantile(reach, 0.9)) or 1.0
    scaled = np.minimum(reach / usual, 1.0 + 0.15 * np.log1p(np.maximum(reach / usual - 1, 0)))
    with np.errstate(invalid="ignore"):
        factors = np.where(reach > 0, scaled / np.where(reach > 0, reach, 1.0), 0.0)
    return np.asarray(centred * factors[:, None])
