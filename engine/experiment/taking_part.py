"""Which cells take part in an experiment: those it lists, or those of a node set."""

from collections.abc import Iterable

from engine.circuit.circuit import Circuit
from engine.circuit.node_sets import NodeSets
from engine.experiment.experiment import Cells, Experiment, ListedCells
from engine.experiment.targets import CellReference

_WITHOUT_CELLS = "virtual"


def taking_part(cells: Cells, experiment: Experiment, circuit: Circuit) -> list[CellReference]:
    """The cells of an experiment, by population (as the circuit orders them) and node id, no virtual ones."""
    if isinstance(cells, ListedCells):
        return sorted(set(cells.cells), key=lambda each: (each.population, each.node_id))
    node_sets = circuit.node_sets.merged_with(experiment.node_sets)
    chosen = _everything(circuit) if cells.node_set is None else select(cells.node_set, node_sets, circuit)
    return [
        CellReference(population, node_id)
        for population in circuit.node_populations
        for node_id in simulated(population, chosen.get(population, ()), circuit)
    ]


def select(node_set: str, node_sets: NodeSets, circuit: Circuit) -> dict[str, set[int]]:
    """The nodes of a node set by population."""
    chosen = node_sets.select(node_set, circuit.node_populations)
    return {population: set(ids.tolist()) for population, ids in chosen.items()}


def simulated(population: str, node_ids: Iterable[int], circuit: Circuit) -> list[int]:
    """Those of a population that are not virtual, ascending."""
    nodes = circuit.node_populations[population]
    ids = sorted(node_ids)
    if nodes.node_type == _WITHOUT_CELLS or not ids:
        return []
    if "model_type" not in nodes.columns:
        return ids
    types = nodes.read_rows("model_type", ids)
    return [node_id for node_id, model_type in zip(ids, types, strict=True) if model_type != _WITHOUT_CELLS]


def _everything(circuit: Circuit) -> dict[str, set[int]]:
    return {name: set(range(nodes.size)) for name, nodes in circuit.node_populations.items()}
