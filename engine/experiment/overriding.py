"""What the connection overrides of an experiment come to for each edge, as neurodamus merges them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.circuit.afferent import AfferentSynapses
from engine.circuit.circuit import Circuit
from engine.circuit.edges import EdgePopulation
from engine.circuit.mini_rates import mini_rates
from engine.circuit.node_sets import NodeSets, Selected
from engine.errors import EngineError, UnknownNameError
from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.experiment import Experiment
from engine.experiment.synaptic_input import Connections

Ids = NDArray[np.int64]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Overridden:
    """What holds for some edges of one population, (n,) each.

    `weights`: what that of the circuit is multiplied by. `delays` (ms) and `minis` (Hz): NaN where those of
    the circuit hold. `models`: of the synapse, "" for what the edge asks for. `are_left_out`: edges that no
    override names though one names others of the population. `later`: from when (ms, ascending) which of
    them have another factor. `changes`: which override changes variables of which of them.
    """

    weights: Numbers
    delays: Numbers
    minis: Numbers
    models: NDArray[np.object_]
    are_left_out: Mask
    later: tuple[tuple[float, float, Mask], ...] = ()
    changes: tuple[tuple[ConnectionOverride, Mask], ...] = ()

    def minis_with(self, of_circuit: Numbers) -> Numbers:
        """(n,) Hz at which they release, with what the circuit says where no override does."""
        return np.where(np.isnan(self.minis), of_circuit, self.minis)

    def with_minis(self, minis: Numbers) -> "Overridden":
        """The same with other rates of spontaneous release."""
        return replace(self, minis=minis)

    def only(self, mask: Mask | Ids) -> "Overridden":
        """What holds for some of the edges, by a mask or their numbers."""
        return Overridden(
            self.weights[mask],
            self.delays[mask],
            self.minis[mask],
            self.models[mask],
            self.are_left_out[mask],
            tuple((time, weight, each[mask]) for time, weight, each in self.later),
            tuple((override, each[mask]) for override, each in self.changes),
        )

    @property
    def are_silent(self) -> Mask:
        """Over which of them nothing ever arrives."""
        speak = self.weights > 0
        for _, weight, mask in self.later:
            speak |= mask & (weight > 0)
        return ~speak

    def later_of(self, index: int) -> list[tuple[float, float]]:
        """From when (ms, ascending) an edge has which other factor."""
        return [(time, weight) for time, weight, mask in self.later if mask[index]]

    def changes_of(self, index: int) -> list[ConnectionOverride]:
        """The overrides that change variables of an edge's synapse, in their order."""
        return [override for override, mask in self.changes if mask[index]]


class Overrides:
    """The enabled overrides of an experiment, their node sets looked up.

    Raises EngineError for a node set or an edge population that there is not.
    """

    def __init__(self, connections: Connections, node_sets: NodeSets, circuit: Circuit) -> None:
        self._only_overridden = connections.only_overridden
        self._resolved = [
            _Resolved.of(each, node_sets, circuit) for each in connections.overrides if each.enabled
        ]

    def of(self, population: EdgePopulation, sources: Ids, targets: Ids) -> Overridden:
        """What holds for edges of a population between these nodes, (n,) each."""
        count = len(sources)
        weights, delays, minis = np.ones(count), np.full(count, np.nan), np.full(count, np.nan)
        models = np.full(count, "", dtype=np.object_)
        named = np.zeros(count, dtype=np.bool_)
        later, changes = [], []
        about_it = [each for each in self._resolved if each.is_about(population)]
        for each in about_it:
            override, mask = each.override, each.mask(population, sources, targets)
            if override.delay > 0:
                later.append((override.delay, override.weight, mask))
                continue
            named |= mask
            weights[mask] = override.weight
            delays[mask] = _or_nan(override.synapse_delay)
            minis[mask] = _or_nan(override.spont_minis)
            if override.modoverride is not None:
                models[mask] = override.modoverride
            if override.synapse_configure:
                changes.append((override, mask))
        are_left_out = ~named & (self._only_overridden and bool(about_it))
        later.sort(key=lambda each: each[0])
        return Overridden(weights, delays, minis, models, are_left_out, tuple(later), tuple(changes))


@dataclass(frozen=True, slots=True)
class _Resolved:
    """An override with the nodes at both ends; None: all there are."""

    override: ConnectionOverride
    sources: Selected | None
    targets: Selected | None

    @classmethod
    def of(cls, override: ConnectionOverride, node_sets: NodeSets, circuit: Circuit) -> "_Resolved":
        def selected(name: str | None) -> Selected | None:
            return None if name is None else node_sets.select(name, circuit.node_populations)

        try:
            wanted = override.edge_population
            if wanted is not None and wanted not in circuit.edge_populations:
                raise UnknownNameError("edge population", wanted, circuit.edge_populations)
            return cls(override, selected(override.source), selected(override.target))
        except EngineError as error:
            error.where = f"the connection override {in_words(override)}"
            raise

    def is_about(self, population: EdgePopulation) -> bool:
        """Whether it means connections between the populations that this one joins."""
        return (
            self.override.edge_population in (None, population.name)
            and (self.sources is None or population.source in self.sources)
            and (self.targets is None or population.target in self.targets)
        )

    def mask(self, population: EdgePopulation, sources: Ids, targets: Ids) -> Mask:
        mask = np.ones(len(sources), dtype=np.bool_)
        if self.sources is not None:
            mask &= np.isin(sources, self.sources[population.source])
        if self.targets is not None:
            mask &= np.isin(targets, self.targets[population.target])
        return mask


@dataclass(frozen=True, slots=True)
class OfTable:
    """What becomes of the synapses of a table, (size,) each.

    `weights`: factors from the start of a run on. `minis`: Hz. `are_built`: whether anything can arrive.
    """

    weights: Numbers
    minis: Numbers
    are_built: Mask


def of_table(experiment: Experiment, circuit: Circuit, table: AfferentSynapses) -> OfTable:
    """What the overrides of an experiment, and spontaneous release, come to for the synapses onto a cell.

    Raises EngineError for names that there are not.
    """
    connections = experiment.connections
    overrides = Overrides(connections, circuit.node_sets.merged_with(experiment.node_sets), circuit)
    weights, minis = np.ones(table.size), np.zeros(table.size)
    are_built = np.ones(table.size, dtype=np.bool_)
    owners, sources, edges = (table.values(each) for each in ("edges", "source_id", "edge"))
    for name in table.populations:
        mask = owners == name
        population, targets = circuit.edge_populations[name], np.full(int(mask.sum()), table.node_id)
        overridden = overrides.of(population, sources[mask], targets)
        weights[mask] = overridden.weights
        releases = connections.spontaneous_release
        asked = mini_rates(population, edges[mask], targets, circuit) if releases else minis[mask]
        minis[mask] = overridden.minis_with(asked)
        are_built[mask] = ~(overridden.are_left_out | overridden.are_silent)
    return OfTable(weights, minis, are_built)


def in_words(override: ConnectionOverride) -> str:
    """Which one it is, for sentences."""
    return repr(override.name) if override.name else f"from {override.source} onto {override.target}"


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
