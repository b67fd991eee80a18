"""Samples that keep coming: a growing table, and what of it is worth drawing."""

import math

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_FACTOR = 16  # samples in a bucket of the lowest level, and buckets of a level in one of the next
_MOST_EXPECTED = 100_000_000  # numbers: the system gives memory only for those that are written


class Traces:
    """A growing table of samples × columns; appending is cheap, reading copies nothing.

    Sample k is at `start` + k × `interval` (ms). Beside the samples their minima and maxima are kept, in
    buckets of 16, 256, 4096 … samples, so that a million of them is drawn as fast as a thousand.
    `expected` samples are given room at the start: who knows how many will come is never held up by copying.
    """

    def __init__(self, columns: int, interval: float, start: float = 0.0, expected: int = 0) -> None:
        self.columns, self.interval, self.start, self.samples = columns, interval, start, 0
        self._expected = min(max(expected, 1024), _MOST_EXPECTED // max(columns, 1))
        self._room = np.empty((columns, self._expected))
        self._levels: list[_Level] = []
        self._low, self._high = np.full(columns, np.nan), np.full(columns, np.nan)

    def append(self, samples: Numbers) -> None:
        """Add samples × columns."""
        first, end = self.samples, self.samples + len(samples)
        self._room = _with_room(self._room, first, end)
        self._room[:, first:end] = samples.T
        self.samples = end
        if len(samples) and self.columns:
            self._update_extremes(self._room[:, first:end])
            self._update_levels()

    def times(self, first: int = 0, stop: int | None = None) -> Numbers:
        """(n,) ms, of the samples first..stop-1."""
        counted = np.arange(first, self.samples if stop is None else stop, dtype=np.float64)
        return self.start + counted * self.interval

    def column(self, index: int) -> Numbers:
        """(n,) all samples of a column, in its unit; a view."""
        return self._room[index, : self.samples]

    def extremes(self, index: int) -> tuple[float, float]:
        """The least and the greatest finite sample of a column; NaN and NaN if there is none."""
        return float(self._low[index]), float(self._high[index])

    def index_at(self, time: float) -> int:
        """The sample nearest to a time (ms), within the samples there are; -1 if there is none."""
        if not self.samples or math.isnan(time):
            return self.samples - 1
        return round(min(max((time - self.start) / self.interval, 0), self.samples - 1))

    def envelope(self, column: int, first_ms: float, last_ms: float, buckets: int) -> tuple[Numbers, Numbers]:
        """Times and values of what a plot of `buckets` pixels shows from `first_ms` to `last_ms`.

        All samples of the stretch, and one on each side, where they are no more than 2 × `buckets`; else the
        exact minimum and maximum of each of up to `buckets` buckets. Not a number is left out.
        """
        first, stop = self._stretch(first_ms, last_ms)
        if stop - first <= 2 * buckets:
            return self.times(first, stop), self.column(column)[first:stop]
        size = self._bucket_size(first, stop, buckets)
        starts = np.arange(first // size * size, stop, size)
        low, high = self._of_buckets(column, starts, size)
        samples = self.column(column)
        ends = np.minimum(starts + size, self.samples) - 1
        is_falling = samples[starts] > samples[ends]
        values = np.empty(2 * len(starts))
        values[::2], values[1::2] = np.where(is_falling, high, low), np.where(is_falling, low, high)
        times = np.empty(2 * len(starts))
        times[::2] = self.start + starts * self.interval
        times[1::2] = self.start + ends * self.interval
        return times, values

    def _stretch(self, first_ms: float, last_ms: float) -> tuple[int, int]:
        """The samples from one before the first to one behind the last."""
        last_index = max(self.samples, 0)
        first = (first_ms - self.start) / self.interval
        last = (last_ms - self.start) / self.interval
        begin = 0 if not first > 1 else math.floor(min(first, last_index)) - 1
        stop = last_index if not last < last_index else math.ceil(max(last, -1)) + 2
        return max(begin, 0), min(max(stop, 0), last_index)

    def _bucket_size(self, first: int, stop: int, buckets: int) -> int:
        """Buckets begin at multiples of their size, so that they stay what they are while a plot is moved."""
        least = math.ceil((stop - first) / buckets)
        unit: int = _FACTOR ** min(len(self._levels), int(math.log(least, _FACTOR)))
        size = math.ceil(least / unit) * unit
        while math.ceil(stop / size) - first // size > buckets > 1:
            size += unit
        return size if buckets > 1 else max(size, stop)

    def _of_buckets(self, column: int, starts: NDArray[np.intp], size: int) -> tuple[Numbers, Numbers]:
        """Minimum and maximum of each bucket: from the highest level that fits into it, and what follows."""
        depth = 0
        while depth < len(self._levels) and size % _FACTOR ** (depth + 1) == 0:
            depth += 1
        low, high = self._flat(column, depth, int(starts[0]), min(int(starts[-1]) + size, self.samples))
        width = size // _FACTOR**depth
        at = np.arange(0, len(low), width)
        return np.fmin.reduceat(low, at), np.fmax.reduceat(high, at)

    def _flat(self, column: int, depth: int, first: int, stop: int) -> tuple[Numbers, Numbers]:
        """Minima and maxima in steps of a level; an incomplete last bucket is made of its samples."""
        if depth == 0:
            samples = self._room[column, first:stop]
            return samples, samples
        level, step = self._levels[depth - 1], _FACTOR**depth
        begin, end = first // step, min(math.ceil(stop / step), level.count)
        low, high = level.low[column, begin:end], level.high[column, begin:end]
        if (rest := self._room[column, end * step : stop]).size:
            low = np.append(low, np.fmin.reduce(rest))
            high = np.append(high, np.fmax.reduce(rest))
        return low, high

    def _update_extremes(self, fresh: Numbers) -> None:
        low, high = np.fmin.reduce(fresh, axis=1), np.fmax.reduce(fresh, axis=1)
        if np.isinf(low).any() or np.isinf(high).any():
            finite = np.where(np.isfinite(fresh), fresh, np.nan)
            low, high = np.fmin.reduce(finite, axis=1), np.fmax.reduce(finite, axis=1)
        self._low, self._high = np.fmin(self._low, low), np.fmax(self._high, high)

    def _update_levels(self) -> None:
        below_low = below_high = self._room
        count = self.samples // _FACTOR
        depth = 0
        while count:
            if depth == len(self._levels):
                self._levels.append(_Level(self.columns, self._expected // _FACTOR ** (depth + 1) + 1))
            level = self._levels[depth]
            level.fill(below_low, below_high, count)
            below_low, below_high = level.low, level.high
            count //= _FACTOR
            depth += 1


class _Level:
    """Minima and maxima of complete buckets; each is computed once."""

    def __init__(self, columns: int, expected: int) -> None:
        self.count = 0
        self.low, self.high = np.empty((columns, expected)), np.empty((columns, expected))

    def fill(self, below_low: Numbers, below_high: Numbers, count: int) -> None:
        """Compute the buckets up to `count` from the level below."""
        if count <= self.count:
            return
        self.low = _with_room(self.low, self.count, count)
        self.high = _with_room(self.high, self.count, count)
        below = slice(self.count * _FACTOR, count * _FACTOR)
        at = np.s_[:, self.count : count]
        self.low[at] = _folded(below_low[:, below], np.fmin)
        self.high[at] = _folded(below_high[:, below], np.fmax)
        self.count = count


def _folded(numbers: Numbers, least: np.ufunc) -> Numbers:
    """Each 16 neighbours made one, in four halvings: faster than a reduction over a short axis."""
    width = _FACTOR
    while width > 1:
        numbers = least(numbers[:, ::2], numbers[:, 1::2])
        width //= 2
    return numbers


def _with_room(table: Numbers, used: int, needed: int) -> Numbers:
    """The table, or a copy of what is used in a larger one."""
    if needed <= table.shape[1]:
        return table
    grown = np.empty((len(table), max(needed, 2 * table.shape[1])))
    grown[:, :used] = table[:, :used]
    return grown
