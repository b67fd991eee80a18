"""Spikes that keep coming: a growing table of times and cells."""

import numpy as np
from numpy.typing import NDArray


class SpikeTimes:
    """Spikes of one population in the order they happened; appending is cheap, reading copies nothing."""

    def __init__(self) -> None:
        self.count = 0
        self._room = np.empty((256, 2))

    def append(self, spikes: NDArray[np.float64]) -> None:
        """Add spikes × (time in ms, node id)."""
        end = self.count + len(spikes)
        if end > len(self._room):
            grown = np.empty((max(end, 2 * len(self._room)), 2))
            grown[: self.count] = self._room[: self.count]
            self._room = grown
        self._room[self.count : end] = spikes
        self.count = end

    @property
    def times(self) -> NDArray[np.float64]:
        """(n,) ms."""
        return self._room[: self.count, 0]

    @property
    def node_ids(self) -> NDArray[np.int64]:
        """(n,) which cell."""
        return self._room[: self.count, 1].astype(np.int64)
