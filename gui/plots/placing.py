"""Where the samples of a trace are drawn, when it is laid over others."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gui.session.traces import Traces

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placing:
    """`later` (ms) than they were taken, and as value × `gain` + `offset`."""

    later: float = 0.0
    gain: float = 1.0
    offset: float = 0.0

    def values(self, samples: Numbers) -> Numbers:
        """What is drawn of samples; the same numbers where nothing is changed."""
        if self.gain == 1 and self.offset == 0:
            return samples
        with np.errstate(invalid="ignore", over="ignore"):
            return samples * self.gain + self.offset

    def times(self, times: Numbers) -> Numbers:
        """When they are drawn (ms)."""
        return times + self.later if self.later else times

    def start(self, traces: Traces) -> float:
        """Where the first sample is drawn (ms)."""
        return traces.start + self.later if self.later else traces.start

    def extremes(self, traces: Traces, column: int) -> tuple[float, float]:
        """The least and the greatest finite value of a column; NaN and NaN if there is none."""
        low, high = traces.extremes(column)
        if self.gain < 0:
            low, high = high, low
        return low * self.gain + self.offset, high * self.gain + self.offset


AS_TAKEN: Final = Placing()
