"""What the wiring of an experiment depends on: equal keys, same wiring."""

import json
from dataclasses import dataclass

from engine.circuit.circuit import Circuit
from engine.circuit.edges import EdgePopulation
from engine.errors import UnknownNameError
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Experiment
from engine.experiment.source_spikes import Trains
from engine.experiment.synaptic_input import Connections
from engine.experiment.targets import CellReference
from engine.simulation.spikes import most_at_once


@dataclass(frozen=True, slots=True)
class WiringKey:
    """What the wiring depends on, besides the cells: equal keys, same wiring."""

    edge_populations: tuple[str, ...]
    replayed: frozenset[str]
    copies: tuple[tuple[CellReference, int], ...]
    grid: float | None
    spike_threshold: float
    spike_location: str
    release: tuple[object, ...]
    connections: Connections
    node_sets: str  # those of the experiment, as JSON


def wiring_key(experiment: Experiment, circuit: Circuit, trains: Trains) -> WiringKey:
    """What the wiring of an experiment depends on; UnknownNameError for an unknown edge population."""
    conditions = experiment.conditions
    repeated = {reference: most_at_once(times) for reference, times in trains.items()}
    return WiringKey(
        tuple(population.name for population in _chosen(experiment, circuit)),
        frozenset(reference.population for reference in trains),
        tuple(sorted(((each, n) for each, n in repeated.items() if n > 1), key=str)),
        conditions.dt if circuit.dialect == "obi" else None,
        conditions.spike_threshold,
        conditions.spike_location,
        _release_key(conditions),
        experiment.connections,
        json.dumps(experiment.node_sets if experiment.connections.overrides else {}),
    )


def _release_key(conditions: Conditions) -> tuple[object, ...]:
    """What of the conditions is built into stochastic synapses."""
    random = (conditions.random_seed, conditions.seed_convention)
    return (
        conditions.extracellular_calcium,
        conditions.synapse_seed,
        random if conditions.randomize_gaba_rise_time else None,
    )


def _chosen(experiment: Experiment, circuit: Circuit) -> list[EdgePopulation]:
    """The edge populations to build, those from virtual nodes last: events of one moment keep this order."""
    connections = experiment.connections
    if not connections.enabled:
        return []
    names = circuit.edge_populations if connections.edge_populations is None else connections.edge_populations
    for name in names:
        if name not in circuit.edge_populations:
            raise UnknownNameError("edge population", name, circuit.edge_populations)
    chosen = [circuit.edge_populations[name] for name in names]
    return sorted(chosen, key=lambda population: _is_virtual(population.source, circuit))


def _is_virtual(population: str, circuit: Circuit) -> bool:
    nodes = circuit.node_populations.get(population)
    return nodes is None or nodes.node_type == "virtual"
