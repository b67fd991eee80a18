"""Action potentials in a voltage trace."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SPIKE_MV: Final = -20.0  # where BlueCelluLab says that a cell has fired


def spike_times(voltage: Floats, interval: float, level: float = SPIKE_MV) -> Floats:
    """(spikes,) ms at which a voltage (n,) mV, a sample every `interval` ms, rises over a level.

    Between two samples it is a straight line. A trace that begins over the level has no spike there.
    """
    before, after = voltage[:-1], voltage[1:]
    rises = np.flatnonzero((before <= level) & (after > level))
    part = (level - before[rises]) / (after[rises] - before[rises])
    times: Floats = (rises + part) * interval
    return times


def adaptation_index(times: Floats) -> float:
    """The mean of (b − a) / (b + a) of neighbouring intervals: over 0 they grow; NaN: under 3 spikes."""
    intervals = np.diff(times)
    if len(intervals) < 2:
        return float("nan")
    return float(np.mean(np.diff(intervals) / (intervals[1:] + intervals[:-1])))
