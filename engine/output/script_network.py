"""The synapses of a plain NEURON script: a table beside it, and the lines that build and drive them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Table = dict[str, NDArray[np.generic]]
NO_STREAM: Final = -1


@dataclass(frozen=True, slots=True)
class ScriptSynapseRow:
    """A point process as it was built, with its variables. `stream`: ids of its random numbers, if any."""

    kind: str
    cell: str
    section: str
    x: float
    values: Mapping[str, float]
    stream: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptConnection:
    """From a source, by its number, to a synapse, by its number; ms, and a weight in the synapse's unit."""

    source: int
    synapse: int
    delay: float
    weight: float


@dataclass(frozen=True, slots=True)
class ScriptRelease:
    """A synapse that releases by itself at these ms. `kind_at`: which weight says so; -1: none does."""

    synapse: int
    weight: float
    kind_at: int
    times: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ScriptNetwork:
    """Synapses in the order in which they are built, and what reaches them.

    `sources`: a cell's name, section and position where its spikes are seen; None: a node outside, which
    sends `events`: (number of the source, ms) in the order in which they are queued. `names`: of the sources.
    """

    synapses: tuple[ScriptSynapseRow, ...]
    connections: tuple[ScriptConnection, ...]
    sources: tuple[tuple[str, str, float] | None, ...]
    names: tuple[str, ...]
    events: tuple[tuple[int, float], ...]
    releases: tuple[ScriptRelease, ...] = ()
    threshold: float = 0.0

    def table(self) -> Table:
        """Columns by name, for an .npz file."""
        rows = self.synapses
        found: Table = {
            "synapse kind": _texts(each.kind for each in rows),
            "synapse cell": _texts(each.cell for each in rows),
            "synapse section": _texts(each.section for each in rows),
            "synapse x": _numbers(each.x for each in rows),
            "source name": _texts(self.names),
            "source is outside": np.array([each is None for each in self.sources], dtype=np.bool_),
            "source cell": _texts("" if each is None else each[0] for each in self.sources),
            "source section": _texts("" if each is None else each[1] for each in self.sources),
            "source x": _numbers(0.0 if each is None else each[2] for each in self.sources),
            "connection source": _counts(each.source for each in self.connections),
            "connection synapse": _counts(each.synapse for each in self.connections),
            "connection delay (ms)": _numbers(each.delay for each in self.connections),
            "connection weight": _numbers(each.weight for each in self.connections),
            "spike source": _counts(source for source, _ in self.events),
            "spike time (ms)": _numbers(time for _, time in self.events),
            "release synapse": _counts(each.synapse for each in self.releases),
            "release weight": _numbers(each.weight for each in self.releases),
            "release kind at": _counts(each.kind_at for each in self.releases),
            "release event of": _counts(
                number for number, each in enumerate(self.releases) for _ in each.times
            ),
            "release event time (ms)": _numbers(time for each in self.releases for time in each.times),
        }
        for kind in dict.fromkeys(each.kind for each in rows):
            found |= _of_kind(kind, [each for each in rows if each.kind == kind])
        return found


def network_lines(table: str, network: ScriptNetwork) -> Iterable[str]:
    """The lines that build them, after the cells."""
    yield from ("", "# The circuit's synapses, as they were built, and what reaches them")
    yield f"network = Network({table!r}, {network.threshold!r})"


def _of_kind(kind: str, rows: list[ScriptSynapseRow]) -> Table:
    names = list(dict.fromkeys(name for each in rows for name in each.values))
    widest = max((len(each.stream) for each in rows), default=0)
    streams = [[*each.stream, *[NO_STREAM] * (widest - len(each.stream))] for each in rows]
    return {
        f"{kind} variables": _texts(names),
        f"{kind} values": np.array(
            [[each.values[name] for name in names] for each in rows], dtype=np.float64
        ),
        f"{kind} streams": np.array(streams, dtype=np.int64).reshape(len(rows), widest),
    }


def _texts(values: Iterable[str]) -> NDArray[np.str_]:
    return np.array(list(values), dtype=np.str_)


def _numbers(values: Iterable[float]) -> NDArray[np.float64]:
    return np.array(list(values), dtype=np.float64)


def _counts(values: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)
