"""Which of the spikes that sources send reach one cell: those of nodes that an active synapse comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.circuit.afferent import AfferentSynapses
from engine.circuit.spikes import Spikes


@dataclass(frozen=True, eq=False)
class Arriving:
    """Spikes by source, as they are sent: each arrives after the delay of its synapse.

    (rows,) `node_ids` and `groups` are of the sources that fire, by population and node; `populations` are
    all that synapses come from, in the order of the table. (spikes,) `times` in ms, ascending, and their
    `rows`. `sources` have active synapses; `lost` spikes of `lost_cells` cells have none.
    """

    node_ids: NDArray[np.int64]
    groups: NDArray[np.intp]
    populations: tuple[str, ...]
    times: NDArray[np.float64]
    rows: NDArray[np.int64]
    sources: int
    lost: int
    lost_cells: int

    @property
    def count(self) -> int:
        """How many spikes arrive."""
        return len(self.times)


def arriving(
    spikes: Mapping[str, Spikes], table: AfferentSynapses, active: NDArray[np.bool_], until: float
) -> Arriving:
    """What reaches the cell of a table by `until` ms over the synapses that `active`, (table.size,), says."""
    names = table.values("source").astype(str)
    populations = tuple(dict.fromkeys(names.tolist()))
    connected = {name: np.unique(table.values("source_id")[active & (names == name)]) for name in populations}
    nodes: list[NDArray[np.int64]] = []
    times, rows = [np.empty(0)], [np.empty(0, dtype=np.int64)]
    lost = lost_cells = begin = 0
    for name in (*populations, *(each for each in spikes if each not in connected)):
        found = _before(spikes.get(name), until)
        arrives = np.isin(found.node_ids, connected.get(name, []))
        lost += int(np.count_nonzero(~arrives))
        lost_cells += len(np.unique(found.node_ids[~arrives]))
        if name in connected:
            fired, places = np.unique(found.node_ids[arrives], return_inverse=True)
            nodes.append(fired)
            times.append(found.times[arrives])
            rows.append(places + begin)
            begin += len(fired)
    all_times, all_rows = np.concatenate(times), np.concatenate(rows)
    order = np.argsort(all_times, kind="stable")
    return Arriving(
        node_ids=np.concatenate([np.empty(0, dtype=np.int64), *nodes]),
        groups=np.repeat(np.arange(len(nodes)), [len(each) for each in nodes]).astype(np.intp),
        populations=populations,
        times=all_times[order],
        rows=all_rows[order],
        sources=sum(map(len, connected.values())),
        lost=lost,
        lost_cells=lost_cells,
    )


def _before(spikes: Spikes | None, until: float) -> Spikes:
    if spikes is None:
        return Spikes(np.empty(0), np.empty(0, dtype=np.int64))
    is_in = spikes.times <= until
    return Spikes(spikes.times[is_in], spikes.node_ids[is_in])
