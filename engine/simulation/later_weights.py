"""NetCons whose weights become others in the course of a run."""

from collections.abc import Iterable
from typing import Any

from engine.simulation.host import h, run_hoc

_TEMPLATE = "SomascopeLaterWeights"
# NEURON carries a statement out at its time in the queue of events, in between the spikes that arrive: a stop
# of the run would be at a step, and Python that NEURON calls may collect garbage.
_DEFINITION = f"""
begintemplate {_TEMPLATE}
public schedule, change, connections, weights
objref connections, weights, clock
proc init() {{ connections = new List() weights = new Vector() clock = new CVode() time = $1 }}
proc schedule() {{ clock.event(time, "change()") }}
proc change() {{ local each
    for each = 0, connections.count() - 1 {{ connections.o(each).weight = weights.x[each] }}
}}
endtemplate {_TEMPLATE}
"""


class LaterWeights:
    """Knows what the weights are at first, and what becomes of them when."""

    def __init__(self) -> None:
        self._at_first: list[tuple[Any, float]] = []
        self._changes: dict[float, Any] = {}

    def __bool__(self) -> bool:
        return bool(self._changes)

    def plan(self, connections: Iterable[Any], weight: float, changes: Iterable[tuple[float, float]]) -> None:
        """Have NetCons begin with `weight`, and with others from these times (ms) on."""
        kept = list(connections)
        self._at_first += [(connection, weight) for connection in kept]
        for time, later in changes:
            if time not in self._changes:
                self._changes[time] = _at(time)
            for connection in kept:
                self._changes[time].connections.append(connection)
                self._changes[time].weights.append(later)

    def restart(self) -> None:
        """Give all of them their first weights."""
        for connection, weight in self._at_first:
            connection.weight[0] = weight

    def schedule(self) -> None:
        """Queue the changes of the run that was just initialised."""
        for time in sorted(self._changes):
            self._changes[time].schedule()


def _at(time: float) -> Any:
    if not hasattr(h, _TEMPLATE):
        run_hoc(_DEFINITION, "changes of weights")
    return getattr(h, _TEMPLATE)(time)
