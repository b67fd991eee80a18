"""Spike files of an experiment, read and put together: which node fires when."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.circuit.circuit import Circuit
from engine.circuit.manifest import resolve
from engine.circuit.node_sets import NodeSets
from engine.circuit.spikes import Spikes, read_spikes
from engine.errors import SimulationError
from engine.experiment.experiment import Experiment
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.targets import CellReference
from engine.simulation.places import select, taking_part

Trains = Mapping[CellReference, NDArray[np.float64]]
_UNNAMED = ""


def read_replays(experiment: Experiment, circuit: Circuit, base: Path) -> Trains:
    """When each replayed node fires (ms, ascending), the spikes of all enabled replays together.

    Raises CircuitError for a file that cannot be read, SimulationError for spikes of a population that the
    circuit lacks or that the file does not name.
    """
    node_sets = circuit.node_sets.merged_with(experiment.node_sets)
    pieces: dict[CellReference, list[NDArray[np.float64]]] = {}
    for replay in experiment.replays:
        if replay.enabled:
            silent = _members(experiment, circuit) if replay.only_of_others else frozenset()
            for population, spikes in _spikes_of(replay, node_sets, circuit, base).items():
                for reference, times in _trains(population, spikes):
                    if reference not in silent:
                        pieces.setdefault(reference, []).append(times)
    return {reference: np.sort(np.concatenate(times)) for reference, times in pieces.items()}


def _members(experiment: Experiment, circuit: Circuit) -> frozenset[CellReference]:
    return frozenset(taking_part(experiment.cells, experiment, circuit))


def _spikes_of(replay: SpikeReplay, node_sets: NodeSets, circuit: Circuit, base: Path) -> dict[str, Spikes]:
    path = resolve(base, replay.spike_file)
    chosen = None if replay.node_set is None else select(replay.node_set, node_sets, circuit)
    found = dict(read_spikes(path))
    if _UNNAMED in found:
        found[_population_of_unnamed(chosen, circuit, path)] = found.pop(_UNNAMED)
    unknown = sorted(set(found) - set(circuit.node_populations))
    if unknown and not set(found) & set(circuit.node_populations):
        raise SimulationError(
            f"The spikes in {path.name} are of a population {unknown[0]!r}, which the circuit does not have.",
            where=str(path.parent),
            hint=f"Its populations are {', '.join(circuit.node_populations)}.",
        )
    return {
        population: _restricted(spikes, replay, None if chosen is None else chosen.get(population, set()))
        for population, spikes in found.items()
        if population not in unknown
    }


def _population_of_unnamed(chosen: Mapping[str, set[int]] | None, circuit: Circuit, path: Path) -> str:
    """Older files do not say whose spikes they hold; then the node set does."""
    if chosen is None:
        possible = [name for name, nodes in circuit.node_populations.items() if nodes.node_type == "virtual"]
    else:
        possible = [name for name, node_ids in chosen.items() if node_ids]
    if len(possible) != 1:
        raise SimulationError(
            f"The file {path.name} does not say of which population its spikes are.",
            where=str(path.parent),
            hint="Restrict the replay to a node set of that population.",
        )
    return possible[0]


def _restricted(spikes: Spikes, replay: SpikeReplay, node_ids: Iterable[int] | None) -> Spikes:
    inside = spikes.times >= replay.delay
    if replay.duration is not None:
        inside &= spikes.times <= replay.delay + replay.duration
    if node_ids is not None:
        inside &= np.isin(spikes.node_ids, np.fromiter(node_ids, dtype=np.int64))
    return Spikes(spikes.times[inside], spikes.node_ids[inside])


def _trains(population: str, spikes: Spikes) -> Iterable[tuple[CellReference, NDArray[np.float64]]]:
    ordered = spikes.sorted("by_id")
    node_ids, firsts = np.unique(ordered.node_ids, return_index=True)
    ends = np.append(firsts, len(ordered))[1:]
    for node_id, first, end in zip(node_ids.tolist(), firsts.tolist(), ends.tolist(), strict=True):
        yield CellReference(population, node_id), ordered.times[first:end]
