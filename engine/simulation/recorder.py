"""Samples of one variable, taken while NEURON runs and fetched in between."""

from typing import Any

import numpy as np

from engine.experiment.waveforms import Samples
from engine.simulation.host import explaining, h
from engine.simulation.variables import Variable, variable_at


class Recorder:
    """Takes a sample of a variable at every time step, or every `interval` ms (the variable step needs one).

    The first sample is the initial value. What was fetched is forgotten: a long run needs no memory.
    """

    def __init__(self, variable: Variable, interval: float | None = None) -> None:
        self.variable = variable
        self._vector = h.Vector()
        with explaining(f"recording {variable.name}"):
            if interval is None:
                self._vector.record(variable.reference)
            else:
                self._vector.record(variable.reference, interval)

    @property
    def unit(self) -> str:
        return self.variable.unit

    @property
    def waiting(self) -> int:
        """How many samples there are to fetch."""
        return len(self._vector)

    def fetch(self, count: int | None = None) -> Samples:
        """(n,) samples taken since the last call, the oldest `count` of them, in `unit`."""
        taken = np.array(self._vector.as_numpy()[:count])
        if count is None or count >= self.waiting:
            self._vector.resize(0)
        else:
            self._vector.remove(0, count - 1)
        return taken


def record(segment: Any, variable: str, interval: float | None = None) -> Recorder:
    """Record a variable of a segment; UnknownNameError, with a suggestion, if it has no such variable."""
    return Recorder(variable_at(segment, variable), interval)
