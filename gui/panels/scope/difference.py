"""One trace minus another, as far as both are there."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from gui.panels.scope.alignment import Grid, aligned
from gui.plots.placing import Numbers, Placing
from gui.session.run import Run
from gui.session.traces import Traces

_ROUNDING: Final = 1e-6  # of a sample


@dataclass(slots=True)
class Size:
    """How large the differences of one recording are."""

    count: int = 0
    squares: float = 0.0
    largest: float = 0.0
    at: float = 0.0  # ms

    def take(self, difference: Numbers, times: Numbers) -> None:
        """Count more of them; what is no number is left out."""
        sizes = np.abs(np.where(np.isfinite(difference), difference, 0.0))
        if not sizes.size:
            return
        self.count += len(sizes)
        self.squares += float(np.square(sizes).sum())  # a dot product would wait for other threads
        place = int(np.argmax(sizes))
        if sizes[place] > self.largest:
            self.largest, self.at = float(sizes[place]), float(times[place])

    @property
    def rms(self) -> float:
        """Root of the mean of squares."""
        return math.sqrt(self.squares / self.count) if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Side:
    """A column of a run, and where it is drawn."""

    run: Run
    column: int
    placing: Placing

    @property
    def grid(self) -> Grid:
        """The times at which it is drawn."""
        return Grid(self.placing.start(self.run.traces), self.run.traces.interval)

    def values(self, which: slice) -> Numbers:
        """What is drawn of some samples."""
        return self.placing.values(self.run.traces.column(self.column)[which])


class Difference:
    """`second` minus `first`, and how large that is.

    Where one has finer samples, or begins earlier, only those at the times of the other count. Where no
    sample is at a time of the other, the finer one is taken on straight lines between its samples
    (`is_interpolated`). Where one keeps its numbers in 32 bits, the other's are rounded to as many before
    they are subtracted, if nothing else was done to them.
    """

    def __init__(self, first: Side, second: Side) -> None:
        self.first, self.second = first, second
        self.size = Size()
        self._alignment = aligned(first.grid, second.grid)
        self.is_interpolated = self._alignment is None
        coarse = max(first, second, key=lambda side: side.run.traces.interval)
        self._coarse, self._fine = coarse, second if coarse is first else first
        behind = (self._fine.grid.start - coarse.grid.start) / coarse.grid.interval
        self._skipped = max(math.ceil(behind - _ROUNDING), 0)
        start = coarse.grid.start + self._skipped * coarse.grid.interval
        times = self._alignment or Grid(start, coarse.grid.interval)
        self.traces = Traces(1, times.interval, times.start, coarse.run.traces.samples)

    @property
    def interpolated(self) -> Run:
        """The run whose samples lie between others, where they do."""
        return self._fine.run

    def update(self, most: int) -> bool:
        """Subtract what has come since the last time, up to so many samples; whether there is more."""
        begin, ready = self.traces.samples, self._ready()
        end = min(ready, begin + most)
        if end <= begin:
            return False
        mine, theirs = self._interpolated(begin, end) if self.is_interpolated else self._common(begin, end)
        with np.errstate(invalid="ignore", over="ignore"):  # an infinity minus another is not a number
            difference = mine - theirs
        self.traces.append(difference[:, np.newaxis])
        self.size.take(difference, self.traces.times(begin))
        return end < ready

    def _ready(self) -> int:
        if self._alignment is not None:
            one, two = self._alignment.first, self._alignment.second
            return min(one.ready(self.first.run.traces.samples), two.ready(self.second.run.traces.samples))
        fine, start = self._fine.grid, self.traces.start
        last = fine.start + (self._fine.run.traces.samples - 1) * fine.interval
        covered = math.floor((last - start) / self.traces.interval + _ROUNDING) + 1
        return max(min(covered, self._coarse.run.traces.samples - self._skipped), 0)

    def _common(self, begin: int, end: int) -> tuple[Numbers, Numbers]:
        assert self._alignment is not None
        one, two = self._alignment.first, self._alignment.second
        mine, theirs = self.second.values(two.between(begin, end)), self.first.values(one.between(begin, end))
        return self._rounded(mine), self._rounded(theirs)

    def _interpolated(self, begin: int, end: int) -> tuple[Numbers, Numbers]:
        times = self.traces.start + np.arange(begin, end) * self.traces.interval
        coarse = self._coarse.values(slice(self._skipped + begin, self._skipped + end))
        grid = self._fine.grid
        low = max(math.floor((times[0] - grid.start) / grid.interval) - 1, 0)
        samples = self._fine.values(slice(low, math.ceil((times[-1] - grid.start) / grid.interval) + 2))
        fine = np.interp(times, grid.start + (low + np.arange(len(samples))) * grid.interval, samples)
        return (fine, coarse) if self._fine is self.second else (coarse, fine)

    def _rounded(self, samples: Numbers) -> Numbers:
        is_as_taken = self.first.placing.gain == self.second.placing.gain == 1
        if not is_as_taken or not (self.first.run.is_single or self.second.run.is_single):
            return samples
        with np.errstate(over="ignore"):
            return samples.astype(np.float32).astype(np.float64)
