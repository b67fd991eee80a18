"""Who fires when: detectors on cells, and sources that fire when a file says so."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.circuit.spikes import Spikes
from engine.experiment.conditions import Conditions
from engine.experiment.targets import CellReference
from engine.simulation.cells.cell import Cell
from engine.simulation.host import h

_KICK = 2.0  # an IntFire1 fires above 1


class SpikeDetectors:
    """Collects the spikes of cells by population while NEURON runs."""

    def __init__(
        self,
        cells: Iterable[Cell],
        conditions: Conditions,
        gid_of: Callable[[Cell], int] | None = None,
    ) -> None:
        """`gid_of`: the number by which spikes of a cell go to other processes; None: they do not."""
        self._times: dict[str, Any] = {}
        self._node_ids: dict[str, Any] = {}
        self._detectors = []
        self._told: dict[str, int] = {}
        for cell in cells:
            times = self._times.setdefault(cell.population, h.Vector())
            node_ids = self._node_ids.setdefault(cell.population, h.Vector())
            detector = connect_cell(cell, None, conditions)
            detector.record(times, node_ids, cell.node_id)
            self._detectors.append(detector)
            if gid_of is not None:
                _send_spikes(gid_of(cell), detector)

    def spikes(self) -> dict[str, Spikes]:
        """All spikes since the start, in the order they happened, by population."""
        return {
            population: Spikes(
                np.array(times.as_numpy(), dtype=np.float64),
                np.array(self._node_ids[population], dtype=np.int64),
            )
            for population, times in self._times.items()
        }

    def fresh(self) -> dict[str, Spikes]:
        """Those since the last call, of populations that have any."""
        found = {}
        for population, times in self._times.items():
            told, count = self._told.get(population, 0), len(times)
            if count > told:
                node_ids = self._node_ids[population].as_numpy()
                found[population] = Spikes(
                    np.array(times.as_numpy()[told:], dtype=np.float64), node_ids[told:].astype(np.int64)
                )
                self._told[population] = count
        return found

    def forget(self) -> None:
        """Of a new run, nothing has been told."""
        self._told = {}

    def __len__(self) -> int:
        return sum(len(times) for times in self._times.values())


def connect_cell(
    cell: Cell, target: Any, conditions: Conditions, *, delay: float = 0.0, weight: float = 0.0
) -> Any:
    """A NetCon from where the spikes of a cell are detected (delay ms, weight in the target's unit)."""
    if cell.is_point:
        return h.NetCon(cell.netcon_target, target, conditions.spike_threshold, delay, weight)
    segment = cell.spike_segment(conditions.spike_location)
    return h.NetCon(segment._ref_v, target, conditions.spike_threshold, delay, weight, sec=segment.sec)


def connect_remote(gid: int, target: Any, *, delay: float, weight: float) -> Any:
    """A NetCon from a cell in another process, by its number."""
    connection = h.ParallelContext().gid_connect(gid, target)
    connection.delay, connection.weight[0] = delay, weight
    return connection


def _send_spikes(gid: int, detector: Any) -> None:
    context = h.ParallelContext()
    context.set_gid2node(gid, context.id())
    context.cell(gid, detector)


class ReplaySources:
    """Artificial cells that fire at given times, as many NetCons as you like from each.

    A source is an IntFire1 without memory and without refractory time: an event of weight 2 makes it fire in
    that very moment, as VecStim does, which circuits need not have compiled in. It fires once per moment, so
    a node that is to fire k times in one moment gets k of them.
    """

    def __init__(self, copies: Mapping[CellReference, int]) -> None:
        """`copies`: the nodes that need more than one."""
        self._copies = copies
        self._sources: dict[CellReference, list[tuple[Any, Any]]] = {}

    def connect(self, source: CellReference, target: Any, delay: float, weight: float) -> list[Any]:
        """NetCons from a node; usually one."""
        if source not in self._sources:
            self._sources[source] = [_source() for _ in range(self._copies.get(source, 1))]
        return [h.NetCon(cell, target, 0.0, delay, weight) for cell, _ in self._sources[source]]

    def play(self, times: Mapping[CellReference, NDArray[np.float64]]) -> None:
        """Fire at these times (ms, ascending) of the run that was just initialised.

        No FInitializeHandler does this: Python that NEURON calls may collect garbage, and objects of NEURON
        that disappear while it initialises crash it.
        """
        for (_cell, trigger), time in self._planned(times):
            trigger.event(time)

    @property
    def sources(self) -> Mapping[CellReference, Sequence[tuple[Any, Any]]]:
        """Of each node the cells that stand for it, and the NetCons that make them fire."""
        return self._sources

    def events(self, times: Mapping[CellReference, NDArray[np.float64]]) -> Iterator[tuple[Any, float]]:
        """Which cell `play` makes fire when (ms), in its order."""
        return ((source[0], time) for source, time in self._planned(times))

    def _planned(
        self, times: Mapping[CellReference, NDArray[np.float64]]
    ) -> Iterator[tuple[tuple[Any, Any], float]]:
        for reference, copies in self._sources.items():
            fired: Counter[float] = Counter()
            for time in times.get(reference, _NEVER).tolist():
                yield copies[fired[time]], time
                fired[time] += 1


_NEVER = np.empty(0)


def _source() -> tuple[Any, Any]:
    cell = h.IntFire1()
    cell.refrac = 0
    trigger = h.NetCon(None, cell, 0.0, 0.0, _KICK)
    return cell, trigger


def most_at_once(times: Sequence[float] | NDArray[np.float64]) -> int:
    """How often the most frequent time occurs."""
    return int(np.unique(times, return_counts=True)[1].max()) if len(times) else 0
