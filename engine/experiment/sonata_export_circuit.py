"""What an export asks of the circuit: its node sets and the cells that they hold."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import JsonValue

from engine.circuit.circuit import Circuit, open_circuit
from engine.circuit.mini_rates import COLUMNS
from engine.circuit.nodes import NodePopulation
from engine.circuit.problems import Problem
from engine.errors import CircuitError
from engine.experiment.experiment import Experiment
from engine.experiment.source_spikes import SourceSpikes, source_spikes

EXP2SYN = "Exp2Syn_synapse"
_RATES_OF_MINIS = tuple(itertools.chain.from_iterable(COLUMNS.values()))


@dataclass(frozen=True, slots=True)
class Pathway:
    """All edges from one population onto another.

    `is_exp2syn`: whether some are Exp2Syn synapses. `releases`: whether the cells that they end at say how
    often synapses release by themselves.
    """

    source: str
    target: str
    edge_populations: tuple[str, ...]
    is_exp2syn: bool
    releases: bool


class CircuitNodes:
    """Opens the circuit only if an answer needs it, and keeps no file open.

    `own` are the node sets of the experiment, which go before those of the circuit.
    """

    def __init__(self, config_path: Path, own: Mapping[str, JsonValue]) -> None:
        self.problems: list[Problem] = []
        self._config_path, self._own = config_path, own

    def defines(self, name: str) -> bool:
        """Whether a node set of this name stands in a file; assumed if the circuit does not open."""
        return name in self._own or not self._opens or name in self.names

    @cached_property
    def populations(self) -> tuple[str, ...]:
        """The populations of real cells; raises CircuitError if the circuit does not open."""
        with open_circuit(self._config_path) as circuit:
            return tuple(_real(circuit))

    def select(self, name: str) -> dict[str, list[int]]:
        """The ids of the real cells of a node set, by population; raises EngineError."""
        with open_circuit(self._config_path) as circuit:
            found = circuit.node_sets.merged_with(self._own).select(name, _real(circuit))
            return {population: ids.tolist() for population, ids in found.items() if len(ids)}

    def source_spikes(self, experiment: Experiment, base: Path) -> SourceSpikes:
        """What the sources of an experiment send; raises CircuitError if the circuit does not open."""
        if not experiment.replays:
            return SourceSpikes({})
        with open_circuit(self._config_path) as circuit:
            return source_spikes(experiment, circuit, base)

    @cached_property
    def pathways(self) -> tuple[Pathway, ...]:
        """Between which populations there are edges, if the circuit opens."""
        try:
            circuit = open_circuit(self._config_path)
        except CircuitError:
            return ()  # where this matters, `_opens` tells of it
        with circuit:
            pairs = dict.fromkeys((each.source, each.target) for each in circuit.edge_populations.values())
            return tuple(_pathway(source, target, circuit) for source, target in pairs)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The node sets of the circuit's own file; raises CircuitError if the circuit does not open."""
        with open_circuit(self._config_path) as circuit:
            return circuit.node_sets.names

    @cached_property
    def _opens(self) -> bool:
        try:
            self.names  # noqa: B018 - reads the files once, for all later questions
        except CircuitError as error:
            what = f"The node sets of the circuit could not be checked: {error.what}"
            self.problems.append(Problem(what, error.where, error.hint, severity="warning"))
            return False
        return True


def _pathway(source: str, target: str, circuit: Circuit) -> Pathway:
    edges = [
        each for each in circuit.edge_populations.values() if (each.source, each.target) == (source, target)
    ]
    nodes = circuit.node_populations.get(target)
    columns = set() if nodes is None else set(nodes.columns)
    names = tuple(each.name for each in edges)
    is_exp2syn = any(each.edge_type == EXP2SYN for each in edges)
    return Pathway(source, target, names, is_exp2syn, not columns.isdisjoint(_RATES_OF_MINIS))


def _real(circuit: Circuit) -> dict[str, NodePopulation]:
    return {name: each for name, each in circuit.node_populations.items() if each.node_type != "virtual"}
