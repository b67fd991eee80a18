"""One variable in every segment of a cell, as it was from moment to moment of a run."""

import math

import numpy as np
from numpy.typing import NDArray

from engine.experiment.targets import CellReference
from engine.messages.events import Frames as FramesEvent

Values = NDArray[np.float32]

_LEAST_ROOM = 256  # frames
_MOST_EXPECTED_BYTES = 128 * 2**20  # the system gives memory only for what is written
_ROUNDING = 1e-6  # of an interval


class Frames:
    """A growing table of frames × segments, in the order of an Anatomy; reading copies nothing.

    Frame k is at `start` + k × `interval` (ms). `lowest` and `highest`: of each segment so far, NaN where
    there is nothing finite. `expected` frames are given room at the start.
    """

    def __init__(  # noqa: PLR0913 - what is watched, and when
        self,
        cell: CellReference,
        variable: str,
        unit: str,
        segments: int,
        *,
        interval: float,
        start: float = 0.0,
        expected: int = 0,
    ) -> None:
        self.cell, self.variable, self.unit = cell, variable, unit
        self.segments, self.interval, self.start, self.count = segments, interval, start, 0
        most = max(_MOST_EXPECTED_BYTES // (4 * max(segments, 1)), 1)
        self._room = np.empty((max(min(expected, most), _LEAST_ROOM), segments), np.float32)
        self.lowest: Values = np.full(segments, np.nan, np.float32)
        self.highest: Values = np.full(segments, np.nan, np.float32)

    @classmethod
    def of(cls, event: FramesEvent, tstop: float) -> "Frames":
        """Without any frame yet: for those of an event and what follows it until `tstop` (ms)."""
        start = event.first_frame * event.interval
        expected = math.ceil(max(tstop - start, 0.0) / event.interval) + 2
        return cls(
            event.cell,
            event.variable,
            event.unit,
            event.segments,
            interval=event.interval,
            start=start,
            expected=expected,
        )

    @property
    def values(self) -> Values:
        """Frames × segments so far; a view."""
        return self._room[: self.count]

    @property
    def size_bytes(self) -> int:
        """What the frames so far take."""
        return 4 * self.count * self.segments

    def append(self, values: Values) -> None:
        """Add frames × segments."""
        end = self.count + len(values)
        if end > len(self._room):
            grown = np.empty((max(end, 2 * len(self._room)), self.segments), np.float32)
            grown[: self.count] = self.values
            self._room = grown
        self._room[self.count : end] = values
        self.count = end
        if len(values):
            self._update_extremes(values)

    def follows(self, event: FramesEvent) -> bool:
        """Whether the frames of an event are the next of these."""
        return (
            (event.cell, event.variable, event.segments) == (self.cell, self.variable, self.segments)
            and event.interval == self.interval
            and event.first_frame == round(self.start / self.interval) + self.count
        )

    def index_at(self, time: float | None) -> int | None:
        """The last frame that is not after a time (ms), or the first of all; of None, the newest.

        None if there is no frame.
        """
        if not self.count:
            return None
        if time is None or math.isnan(time):
            return self.count - 1
        index = math.floor(min((time - self.start) / self.interval + _ROUNDING, self.count - 1))
        return max(index, 0)

    def at(self, time: float | None) -> Values | None:
        """(segments,) what `index_at` means; a view."""
        index = self.index_at(time)
        return None if index is None else self._room[index]

    def times(self) -> NDArray[np.float64]:
        """(count,) ms."""
        return self.start + np.arange(self.count, dtype=np.float64) * self.interval

    def _update_extremes(self, fresh: Values) -> None:
        low, high = np.fmin.reduce(fresh, axis=0), np.fmax.reduce(fresh, axis=0)
        if np.isinf(low).any() or np.isinf(high).any():
            finite = np.where(np.isfinite(fresh), fresh, np.float32(np.nan))
            low, high = np.fmin.reduce(finite, axis=0), np.fmax.reduce(finite, axis=0)
        self.lowest, self.highest = np.fmin(self.lowest, low), np.fmax(self.highest, high)
