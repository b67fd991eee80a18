"""Spontaneous release: events without a spike, drawn before a run and queued when it begins."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.experiment.conditions import Conditions
from engine.experiment.release_streams import ReleaseStreams
from engine.experiment.spontaneous import release_times
from engine.experiment.targets import CellReference
from engine.simulation.contacts import Edges
from engine.simulation.host import h
from engine.simulation.stand_ins import STAND_INS

_DELAY_MS: Final = 0.1  # of the connection between the source of minis and the synapse, in both simulators
_SPONTANEOUS: Final = 1.0  # what synapses are told of the kind of an event
_KIND_OF_OURS: Final = 4  # the place of that among the weights of our models


@dataclass(frozen=True, slots=True)
class _Mini:
    """What makes one synapse release. `place`: among the edges onto its cell."""

    connection: Any
    rate: float
    source: str
    cell: CellReference
    place: int


class Minis:
    """Sends synapses what makes them release by themselves."""

    def __init__(self, offsets: Mapping[str, int]) -> None:
        """`offsets`: what the node ids of populations are raised by."""
        self._offsets = offsets
        self._minis: list[_Mini] = []
        self._places_of_kind: dict[str, int] = {}
        self._queued_until = 0.0

    def __len__(self) -> int:
        """How many synapses release."""
        return len(self._minis)

    def add(self, synapse: Any, weight: float, rate: float, edges: Edges, index: int) -> None:
        """Let the synapse of an edge release at `rate` Hz, each time with this weight."""
        connection = h.NetCon(None, synapse, 0.0, 0.0, weight)
        mechanism = _kind_of(synapse)
        if mechanism not in self._places_of_kind:  # names of hoc are looked up in a long list
            self._places_of_kind[mechanism] = _place_of_kind(mechanism)
        if (kind := self._places_of_kind[mechanism]) < connection.wcnt():
            connection.weight[kind] = _SPONTANEOUS
        cell = CellReference(edges.population.target, int(edges.targets[index]))
        mini = _Mini(connection, rate, edges.population.source, cell, int(edges.places[index]))
        self._minis.append(mini)

    def play(self, conditions: Conditions, until: float) -> None:
        """Queue the events of the run that was just initialised, up to `until` ms."""
        self._queued_until = -np.inf
        self.play_on(conditions, until)

    def play_on(self, conditions: Conditions, until: float) -> None:
        """Queue those that are not queued yet, for a run that shall last longer."""
        if not self._minis or until <= self._queued_until:
            return
        for mini, times in self._drawn(conditions, until):
            for time in times[times > self._queued_until].tolist():
                mini.connection.event(time + _DELAY_MS)
        self._queued_until = until

    def planned(self, conditions: Conditions, until: float) -> Iterator[tuple[Any, int, list[float]]]:
        """Each connection, which of its weights says what its events are (-1: none does), and their ms."""
        for mini, times in self._drawn(conditions, until) if self._minis else ():
            kind = self._places_of_kind[_kind_of(mini.connection.syn())]
            is_told = kind < mini.connection.wcnt()
            yield mini.connection, kind if is_told else -1, [time + _DELAY_MS for time in times.tolist()]

    def _drawn(self, conditions: Conditions, until: float) -> Iterator[tuple[_Mini, NDArray[np.float64]]]:
        streams = ReleaseStreams(self._offsets, conditions)
        ids = np.array([streams.minis(each.source, each.cell, each.place)[0] for each in self._minis])
        rates = np.array([each.rate for each in self._minis])
        drawn = release_times(ids, rates, until, conditions.random_seed)
        return zip(self._minis, drawn, strict=True)


def _kind_of(synapse: Any) -> str:
    return str(synapse.hname()).partition("[")[0]


def _place_of_kind(mechanism: str) -> int:
    """Where among the weights of a NetCon a synapse is told the kind of an event; far out if nowhere."""
    if mechanism in STAND_INS.values():
        return _KIND_OF_OURS
    return int(getattr(h, f"nc_type_param_{mechanism}", np.iinfo(np.int32).max))
