"""How often synapses release without any spike (minis), as the cells say that they are on."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.circuit.circuit import Circuit
from engine.circuit.edges import EdgePopulation, Rows

COLUMNS: Final = {
    "excitatory": ("exc_mini_frequency", "exc-mini_frequency"),
    "inhibitory": ("inh_mini_frequency", "inh-mini_frequency"),
}
_KIND: Final = "syn_type_id"
_FIRST_EXCITATORY: Final = 100


def mini_rates(edges: EdgePopulation, rows: Rows, targets: Rows, circuit: Circuit) -> NDArray[np.float64]:
    """(n,) Hz of the synapses of these edges, which end at `targets`; 0 where nothing is said.

    Synapses that do not say of which type they are count as inhibitory, as in neurodamus.
    """
    if edges.edge_type == "point_process":
        return np.zeros(len(rows))
    types = edges.read_rows(_KIND, rows) if _KIND in edges.columns else np.zeros(len(rows))
    are_excitatory = np.asarray(types, dtype=np.float64) >= _FIRST_EXCITATORY
    of_kinds = (_rates(edges, targets, circuit, kind) for kind in ("excitatory", "inhibitory"))
    return np.where(are_excitatory, *of_kinds)


def _rates(edges: EdgePopulation, targets: Rows, circuit: Circuit, kind: str) -> NDArray[np.float64]:
    nodes = circuit.node_populations.get(edges.target)
    columns = {} if nodes is None else nodes.columns
    name = next((each for each in COLUMNS[kind] if each in columns), None)
    if nodes is None or name is None:
        return np.zeros(len(targets))
    ids, where = np.unique(targets, return_inverse=True)
    values = np.asarray(nodes.read_rows(name, ids), dtype=np.float64)[where]
    return np.where(values > 0, values, 0.0)
