"""Samples of one variable, taken while NEURON runs and fetched in between."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from engine.experiment.waveforms import Samples
from engine.simulation.host import explaining, h
from engine.simulation.variables import Variable, variable_at

_MOST_ARGUMENTS: Final = 256  # of a call into hoc, whose stack is small


class Recorder:
    """Takes a sample of a variable at every time step, or every `interval` ms (the variable step needs one).

    The first sample is the initial value. What was fetched is forgotten: a long run needs no memory.
    `vector` holds what was not.
    """

    def __init__(self, variable: Variable, interval: float | None = None) -> None:
        self.variable = variable
        self.vector = h.Vector()
        with explaining(f"recording {variable.name}"):
            if interval is None:
                self.vector.record(variable.reference)
            else:
                self.vector.record(variable.reference, interval)

    @property
    def unit(self) -> str:
        return self.variable.unit

    @property
    def waiting(self) -> int:
        """How many samples there are to fetch."""
        return len(self.vector)

    def fetch(self, count: int | None = None) -> Samples:
        """(n,) samples taken since the last call, the oldest `count` of them, in `unit`."""
        taken = np.array(self.vector.as_numpy()[:count])
        if count is None or count >= self.waiting:
            self.vector.resize(0)
        else:
            self.vector.remove(0, count - 1)
        return taken


class Recorders:
    """Several recorders as the columns of a table; fetched together, they cost little more than one."""

    def __init__(self, recorders: Sequence[Recorder]) -> None:
        self._recorders = tuple(recorders)
        self._vectors = tuple(recorder.vector for recorder in recorders)
        self._gathered = h.Vector()

    @property
    def waiting(self) -> int | None:
        """How many samples all of them have to fetch; None where there are no recorders."""
        return min((len(vector) for vector in self._vectors), default=None)

    def fetch(self, most: int | None = None) -> Samples:
        """(n, recorders) samples taken since the last call, as many as all of them have, `most` of them."""
        if not self._vectors:
            return np.empty((most or 0, 0))
        waiting = [len(vector) for vector in self._vectors]
        count = min(waiting) if most is None else min(*waiting, most)
        if count < max(waiting):
            return np.column_stack([recorder.fetch(count) for recorder in self._recorders])
        self._gathered.resize(0)
        for start in range(0, len(waiting), _MOST_ARGUMENTS):
            self._gathered.append(*self._vectors[start : start + _MOST_ARGUMENTS])
        samples = self._gathered.as_numpy().reshape(len(waiting), count)
        for vector in self._vectors:
            vector.resize(0)
        return np.array(samples.T, order="C")


def record(segment: Any, variable: str, interval: float | None = None) -> Recorder:
    """Record a variable of a segment; UnknownNameError, with a suggestion, if it has no such variable."""
    return Recorder(variable_at(segment, variable), interval)
