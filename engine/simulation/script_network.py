"""What was wired, read off NEURON and written down for a plain script."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.circuit.circuit import Circuit
from engine.errors import SimulationError
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Experiment
from engine.experiment.source_spikes import Trains, source_spikes
from engine.output.script_network import (
    ScriptConnection,
    ScriptNetwork,
    ScriptRelease,
    ScriptSynapseRow,
)
from engine.simulation.cells.cell import Cell
from engine.simulation.connections import Cells, Wiring, wire
from engine.simulation.contacts import Contacts
from engine.simulation.host import h
from engine.simulation.wiring_key import wiring_key

_PARAMETERS: Final = 1  # of h.MechanismStandard


def wired(experiment: Experiment, circuit: Circuit, base: Path, cells: Cells) -> "Written | None":
    """The synapses onto these cells, with what reaches them; None if there are none.

    SimulationError for gap junctions, and weights that change while the run goes on.
    """
    trains = source_spikes(experiment, circuit, base).by_cell()
    key = wiring_key(experiment, circuit, trains)
    if not key.edge_populations:
        return None
    streams: list[tuple[int, ...]] = []

    def note(contacts: Contacts, index: int) -> None:
        streams.append(contacts.stream_of(index))

    wiring = wire(key, cells, circuit, experiment.conditions, noted=note)
    if len(wiring.junctions):
        raise _refused("Gap junctions", key.edge_populations)
    if wiring.later:
        raise _refused("Weights of synapses that change during the run", key.edge_populations)
    if not len(wiring) and not len(wiring.minis):
        return None
    return Written(wiring, _Reader(wiring, cells, experiment.conditions).network(streams, trains))


@dataclass(frozen=True, slots=True)
class Written:
    """Synapses in NEURON, which go with this, and how a script has them."""

    wiring: Wiring
    network: ScriptNetwork


def _refused(what: str, populations: tuple[str, ...]) -> SimulationError:
    return SimulationError(
        f"{what} cannot be written into a script.",
        where=", ".join(populations),
        hint="Export the experiment as SONATA, or turn the connections off.",
    )


class _Reader:
    """Reads NetCons and point processes."""

    def __init__(self, wiring: Wiring, cells: Cells, conditions: Conditions) -> None:
        self._wiring, self._conditions = wiring, conditions
        self._cells: Mapping[str, Cell] = {str(reference): cell for reference, cell in cells.items()}
        self._sections = {
            str(section): (name, key)
            for name, cell in self._cells.items()
            for key, section in cell.sections.items()
        }
        self._standards: dict[str, Any] = {}
        self._sources: dict[object, int] = {}
        self._places: list[tuple[str, str, float] | None] = []
        self._names: list[str] = []

    def network(self, streams: list[tuple[int, ...]], trains: Trains) -> ScriptNetwork:
        placed = self._wiring.placed
        numbers = {str(each): number for number, each in enumerate(placed)}
        self._know_outside()
        connections = tuple(
            ScriptConnection(
                self._source(each), numbers[str(each.syn())], float(each.delay), float(each.weight[0])
            )
            for each in self._wiring.netcons
        )
        return ScriptNetwork(
            tuple(self._row(each, stream) for each, stream in zip(placed, streams, strict=True)),
            connections,
            tuple(self._places),
            tuple(self._names),
            tuple(self._events(trains)),
            tuple(self._releases(numbers)),
            float(self._conditions.spike_threshold),
        )

    def _row(self, synapse: Any, stream: tuple[int, ...]) -> ScriptSynapseRow:
        kind = str(synapse.hname()).partition("[")[0]
        segment = synapse.get_segment()
        cell, section = self._sections[str(segment.sec)]
        values = {name: float(getattr(synapse, name)) for name in self._variables(kind)}
        return ScriptSynapseRow(kind, cell, section, float(segment.x), values, stream)

    def _variables(self, kind: str) -> list[str]:
        """The parameters of a mechanism that are of each of its instances."""
        if kind not in self._standards:
            standard, name = h.MechanismStandard(kind, _PARAMETERS), h.ref("")
            numbers = range(int(standard.count()))
            single = (each for each in numbers if int(standard.name(name, each)) == 1)
            self._standards[kind] = [str(name[0]) for _ in single]
        known: list[str] = self._standards[kind]
        return known

    def _know_outside(self) -> None:
        """Nodes outside, each as often as it can fire in one moment."""
        for reference, copies in self._wiring.replay.sources.items():
            for cell, _trigger in copies:
                self._add(str(cell), str(reference), None)

    def _source(self, connection: Any) -> int:
        artificial = connection.pre()
        if artificial is not None:
            return self._sources[str(artificial)]
        name, _ = self._sections[str(connection.preseg().sec)]
        if name not in self._sources:
            segment = self._cells[name].spike_segment(self._conditions.spike_location)
            section = self._sections[str(segment.sec)][1]
            self._add(name, name, (name, section, float(segment.x)))
        return self._sources[name]

    def _add(self, key: object, name: str, place: tuple[str, str, float] | None) -> None:
        self._sources[key] = len(self._places)
        self._places.append(place)
        self._names.append(name)

    def _events(self, trains: Trains) -> Iterator[tuple[int, float]]:
        for cell, time in self._wiring.replay.events(trains):
            yield self._sources[str(cell)], time

    def _releases(self, numbers: Mapping[str, int]) -> Iterator[ScriptRelease]:
        for connection, kind_at, times in self._wiring.minis.planned(
            self._conditions, self._conditions.tstop
        ):
            synapse = numbers[str(connection.syn())]
            yield ScriptRelease(synapse, float(connection.weight[0]), kind_at, tuple(times))
