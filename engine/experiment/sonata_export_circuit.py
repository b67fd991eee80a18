"""What an export asks of the circuit: its node sets and the cells that they hold."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from pydantic import JsonValue

from engine.circuit.circuit import Circuit, open_circuit
from engine.circuit.nodes import NodePopulation
from engine.circuit.problems import Problem
from engine.errors import CircuitError

EXP2SYN = "Exp2Syn_synapse"


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

    @cached_property
    def joined_by_exp2syn(self) -> tuple[tuple[str, str], ...]:
        """Source and target populations of the edges that are Exp2Syn synapses, if the circuit opens."""
        try:
            circuit = open_circuit(self._config_path)
        except CircuitError:
            return ()  # where this matters, `_opens` tells of it
        with circuit:
            edges = circuit.edge_populations.values()
            return tuple(
                dict.fromkeys((each.source, each.target) for each in edges if each.edge_type == EXP2SYN)
            )

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


def _real(circuit: Circuit) -> dict[str, NodePopulation]:
    return {name: each for name, each in circuit.node_populations.items() if each.node_type != "virtual"}
