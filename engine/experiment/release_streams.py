"""Which random streams stochastic synapses draw from, numbered as in neurodamus and BlueCelluLab."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.circuit.circuit import Circuit
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.random123 import Random123
from engine.experiment.synaptic_input import Connections, CountedPopulation
from engine.experiment.targets import CellReference

StreamIds = tuple[int, int, int]

_OFFSET_STEP = 1000
_CELL, _SYNAPSE, _RELEASE, _RISE_TIME = 250, 100, 300, 450
_PLASTIC_SYNAPSE, _PLASTIC_RELEASE = 100_000, 200
_MINI, _WAITING, _CHOOSING = 200, 300, 350
_RISE_TIME_MEAN_MS: Final = 0.2
_RISE_TIME_VARIANCE: Final = 0.1  # ms²


def population_number(name: str) -> int:
    """The number (12 bits) that stands for a node population in the streams of its synapses."""
    digest = hashlib.md5(name.encode(), usedforsecurity=False).digest()
    return (digest[1] & 0x0F) << 8 | digest[0]


def population_offsets(counts: Mapping[str, int]) -> dict[str, int]:
    """What the node ids of each population are raised by, so that no two cells of a run share a number.

    `counts`: of populations that take part the highest node id that does, plus 1; of virtual ones the size.
    """
    offsets: dict[str, int] = {}
    free = 0
    for name in sorted(counts):
        offsets[name] = free
        used = free + counts[name]
        free = -(-used // _OFFSET_STEP) * _OFFSET_STEP
    return offsets


def counts_of(highest: Mapping[str, int], connections: Connections, circuit: Circuit) -> dict[str, int]:
    """What `population_offsets` wants to know; `highest`: the highest node id that takes part, by population.

    The cells of a larger network count, too, where the connections say so.
    """
    nodes = circuit.node_populations.items()
    counts = {name: each.size for name, each in nodes if each.node_type == "virtual"}
    for name, node_id in highest.items():
        if name not in counts:
            counts[name] = node_id + 1
    for each in connections.counted:
        counts[each.population] = max(each.count, counts.get(each.population, 0))
    return counts


def network_of(experiment: Experiment, circuit: Circuit) -> tuple[CountedPopulation, ...]:
    """The cells of an experiment, for another one whose synapses are to have the same streams.

    Raises EngineError for a node set that there is not.
    """
    counts = counts_of(_highest(experiment, circuit), experiment.connections, circuit)
    return tuple(CountedPopulation(population=name, count=counts[name]) for name in sorted(counts))


def streams_of(experiment: Experiment, circuit: Circuit) -> "ReleaseStreams":
    """The streams of the synapses of a run of this experiment, known before it is built.

    Raises EngineError for a node set that there is not.
    """
    counts = counts_of(_highest(experiment, circuit), experiment.connections, circuit)
    return ReleaseStreams(population_offsets(counts), experiment.conditions)


def _highest(experiment: Experiment, circuit: Circuit) -> dict[str, int]:
    """The highest node id that takes part, by population."""
    if isinstance(experiment.cells, ListedCells):
        pairs = sorted((each.population, each.node_id) for each in experiment.cells.cells)
        return dict(pairs)
    if experiment.cells.node_set is None:
        return {name: each.size - 1 for name, each in circuit.node_populations.items() if each.size}
    node_sets = circuit.node_sets.merged_with(experiment.node_sets)
    chosen = node_sets.select(experiment.cells.node_set, circuit.node_populations)
    return {name: int(ids.max()) for name, ids in chosen.items() if len(ids)}


@dataclass(frozen=True, slots=True)
class ReleaseStreams:
    """The streams of the synapses of a run. `offsets`: what `population_offsets` says of it.

    A synapse is told by the population of its source, its cell, and its place among all edges of its
    population that end at the cell, in the order of the file.
    """

    offsets: Mapping[str, int]
    conditions: Conditions

    def release(self, source: str, cell: CellReference, place: int) -> StreamIds:
        """Of recovery and release; what `setRNG` of the mechanisms takes."""
        first = self._number(cell) + 1 + _CELL  # from 1, in both conventions
        return first, place + _SYNAPSE, self._pathway(source, cell) + _RELEASE

    def of_plastic(self, _source: str, cell: CellReference, place: int) -> StreamIds:
        """Of a synapse with long-term plasticity; populations of sources share them."""
        first = self._number(cell) + self._counted_from
        return first, place + _PLASTIC_SYNAPSE, self.conditions.synapse_seed + _PLASTIC_RELEASE

    def minis(self, source: str, cell: CellReference, place: int) -> tuple[StreamIds, StreamIds]:
        """Of spontaneous release: the waiting times, and which of the candidates release.

        BlueCelluLab numbers cells as their population does, without raising.
        """
        is_neurodamus = self.conditions.seed_convention == "neurodamus"
        number = self._number(cell) + 1 if is_neurodamus else cell.node_id
        pathway = _populations(source, cell) + self.conditions.minis_seed
        first, second = place + _MINI, number + _CELL
        return (first, second, pathway + _WAITING), (first, second, pathway + _CHOOSING)

    def rise_time_ids(self, source: str, cell: CellReference, place: int) -> StreamIds:
        """Of the rise time of a GABA-A synapse."""
        first = self._number(cell) + self._counted_from + _CELL
        return first, place + _SYNAPSE, self._pathway(source, cell) + _RISE_TIME

    def rise_time(self, source: str, cell: CellReference, place: int) -> float:
        """A rise time in ms. It is the second number: naming the distribution takes the first."""
        ids = self.rise_time_ids(source, cell, place)
        stream = Random123(*ids, global_index=self.conditions.random_seed)
        stream.lognormal(_RISE_TIME_MEAN_MS, _RISE_TIME_VARIANCE)
        return stream.pick()

    @property
    def _counted_from(self) -> int:
        return 1 if self.conditions.seed_convention == "neurodamus" else 0

    def _number(self, cell: CellReference) -> int:
        return self.offsets[cell.population] + cell.node_id

    def _pathway(self, source: str, cell: CellReference) -> int:
        return _populations(source, cell) + self.conditions.synapse_seed


def _populations(source: str, cell: CellReference) -> int:
    """One number for the populations at both ends."""
    return (population_number(source) << 16) + population_number(cell.population)
