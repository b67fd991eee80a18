"""Samples that keep coming: a growing table, and what of it is worth drawing."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


class Traces:
    """A growing table of samples × columns; appending is cheap, reading copies nothing.

    Sample k is at `start` + k × `interval` (ms).
    """

    def __init__(self, columns: int, interval: float, start: float = 0.0) -> None:
        self.columns, self.interval, self.start, self.samples = columns, interval, start, 0
        self._room = np.empty((columns, 1024))

    def append(self, samples: Numbers) -> None:
        """Add samples × columns."""
        end = self.samples + len(samples)
        if end > self._room.shape[1]:
            grown = np.empty((self.columns, max(end, 2 * self._room.shape[1])))
            grown[:, : self.samples] = self._room[:, : self.samples]
            self._room = grown
        self._room[:, self.samples : end] = samples.T
        self.samples = end

    def times(self, first: int = 0, stop: int | None = None) -> Numbers:
        """(n,) ms, of the samples first..stop-1."""
        return self.start + np.arange(first, self.samples if stop is None else stop) * self.interval

    def column(self, index: int) -> Numbers:
        """(n,) all samples of a column, in its unit; a view."""
        return self._room[index, : self.samples]
