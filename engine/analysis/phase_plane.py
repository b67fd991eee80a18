"""The phase plane of a voltage: how fast it changes against what it is."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_CELLS: Final = 4000  # along each axis: finer than any screen


def slope(voltage: Floats, interval: float) -> Floats:
    """(n,) dV/dt in mV/ms (which is V/s) of (n,) mV, one every `interval` ms; NaN of fewer than two.

    Central differences, exact for parabolas; at both ends the difference to the neighbour.
    """
    if len(voltage) < 2:
        return np.full(len(voltage), np.nan)
    changes: Floats = np.gradient(voltage, interval)
    return changes


def telling(x: Floats, y: Floats) -> NDArray[np.intp]:
    """Which points of a curve have to be drawn: those that are not where the one before is, on any screen.

    A cell at rest, or two spikes a second in a minute, are a hundred times fewer points then.
    """
    if len(x) < 2:
        return np.arange(len(x))
    column, row = _cell(x), _cell(y)
    moves = (np.diff(column) != 0) | (np.diff(row) != 0)
    kept = np.concatenate([[True], moves])
    kept[-1] = True
    return np.flatnonzero(kept)


def _cell(values: Floats) -> NDArray[np.int64]:
    there = values[np.isfinite(values)]
    span = float(np.ptp(there)) if len(there) else 0.0
    if not span:
        return np.isfinite(values).astype(np.int64)
    placed = np.where(np.isfinite(values), (values - there.min()) / span * _CELLS, -1.0)
    return placed.astype(np.int64)
