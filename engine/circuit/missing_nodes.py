"""Edges that begin at nodes that are not in the circuit, in words."""

import numpy as np
from numpy.typing import NDArray

from engine.circuit.circuit import Circuit
from engine.circuit.edges import EdgePopulation
from engine.circuit.problems import Problem


def missing_sources(
    circuit: Circuit, edges: EdgePopulation, sources: NDArray[np.int64], onto: str
) -> Problem | None:
    """How many edges onto `onto` begin at nodes that there are not; None: none does."""
    nodes = circuit.node_populations.get(edges.source)
    missing = int((sources >= nodes.size).sum()) if nodes is not None else len(sources)
    if not missing:
        return None
    has = f"has nodes 0 to {nodes.size - 1} only" if nodes is not None else "is not in the circuit"
    begin = (
        "synapse of {} onto {} begins at a node that is"
        if missing == 1
        else ("synapses of {} onto {} begin at nodes that are")
    )
    return Problem(
        f"{missing:,} {begin.format(edges.name, onto)} missing: {edges.source} {has}.",
        hint="They stay silent; mend source_node_id, or add the missing nodes.",
        severity="warning",
    )
