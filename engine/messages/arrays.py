"""Numbers that come beside events, and all that one run has said."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.messages import events as e

Numbers: TypeAlias = NDArray[Any]  # float64, those of Frames float32
NO_NUMBERS: Numbers = np.empty((0, 0))


def numbers_of(event: e.AnyEvent, body: bytes) -> Numbers:
    """The body as a table that cannot be written to; nothing is copied. A Conversation has checked its size.

    Chunk: samples × traces. SpikeBatch: count × (time in ms, node id). Frames: count × segments, float32.
    Description: points × (x, y, z, diameter) in µm. Others: empty.
    """
    match event:
        case e.Chunk():
            return np.frombuffer(body, "<f8").reshape(event.samples, event.traces)
        case e.SpikeBatch():
            return np.frombuffer(body, "<f8").reshape(event.count, 2)
        case e.Frames():
            return np.frombuffer(body, "<f4").reshape(event.count, event.segments)
        case e.Description():
            return np.frombuffer(body, "<f8").reshape(-1, 4)
        case _:
            return NO_NUMBERS


class Collected:
    """The events of one run, put together as they come."""

    def __init__(self) -> None:
        self.started: e.Started | None = None
        self.last_word: e.LastWord | None = None
        self.filmed: e.Frames | None = None  # the first of them
        self._parts: list[Numbers] = []
        self._frames: list[Numbers] = []
        self._spikes: dict[str, list[Numbers]] = {}

    def take(self, event: e.AnyEvent, numbers: Numbers = NO_NUMBERS) -> None:
        """Add what an event of this run says; others are none of its business."""
        match event:
            case e.Started():
                self.started = event
            case e.Chunk():
                self._parts.append(numbers)
            case e.SpikeBatch():
                self._spikes.setdefault(event.population, []).append(numbers)
            case e.Frames():
                self.filmed = self.filmed or event
                self._frames.append(numbers)
            case e.Finished() | e.Failed():
                self.last_word = event
            case _:
                pass

    def without_numbers(self) -> "Collected":
        """How the run began and ended."""
        bare = Collected()
        bare.started, bare.last_word = self.started, self.last_word
        return bare

    @property
    def samples(self) -> Numbers:
        """Samples × traces so far; row k is sample `started.first_sample` + k."""
        if len(self._parts) > 1:
            self._parts = [np.concatenate(self._parts)]
        return (
            self._parts[0] if self._parts else np.empty((0, len(self.started.traces) if self.started else 0))
        )

    @property
    def frames(self) -> Numbers:
        """Frames × segments so far; row k is frame `filmed.first_frame` + k."""
        if len(self._frames) > 1:
            self._frames = [np.concatenate(self._frames)]
        return self._frames[0] if self._frames else np.empty((0, 0), np.float32)

    @property
    def spikes(self) -> dict[str, Numbers]:
        """By population: spikes × (time in ms, node id), in the order they happened."""
        return {population: np.concatenate(parts) for population, parts in self._spikes.items()}
