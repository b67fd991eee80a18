"""A synapse that the user puts somewhere: its numbers, when it is activated, and the conductance of it."""

import itertools
import math
from typing import Annotated, ClassVar, Final, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from typing_extensions import override

from engine.experiment import noise
from engine.experiment.conditions import Conditions
from engine.experiment.stimulus_base import LONGEST_MS, RandomSeed, Reversal, StimulusBase
from engine.experiment.waveforms import CellProperties, Samples, Waveform
from engine.units import Microsiemens, Milliseconds, SoftLimits

MOST_EVENTS: Final = 100_000
_DRAWN_FINELY: Final = 5000  # events; of more, beginnings and peaks are enough
_STEPS_OF_RISE: Final = np.linspace(0, 1, 9)  # of the way to the peak
_STEPS_OF_DECAY: Final = np.linspace(0, 8, 33)[1:]  # decay times after it


class PlacedSynapse(StimulusBase):
    """A synapse at any place: each event opens a conductance that rises and decays (NEURON's Exp2Syn)."""

    title: ClassVar = "Synapse"
    family: ClassVar[noise.Family] = "synapse"
    kind: Literal["synapse"] = "synapse"
    weight: Annotated[
        Microsiemens,
        Field(ge=0, le=100, title="Weight", description="Peak conductance that one event opens"),
        SoftLimits(0, 0.1),
    ] = 0.001
    reversal: Annotated[
        Reversal, Field(title="Reversal", description="0 excites; −70 to −80 mV inhibits most cells")
    ] = 0.0
    rise_time: Annotated[
        Milliseconds,
        Field(gt=0, le=1e4, title="Rise time", description="Time constant of the rise"),
        SoftLimits(0.05, 100),
    ] = 0.3
    decay_time: Annotated[
        Milliseconds,
        Field(gt=0, le=1e5, title="Decay time", description="Time constant of the decay"),
        SoftLimits(0.5, 500),
    ] = 3.0
    events: Annotated[
        int, Field(ge=1, le=MOST_EVENTS, title="Events", description="How often it is activated")
    ] = 5
    timing: Annotated[
        Literal["regular", "poisson"],
        Field(
            title="Timing",
            description="Regular: the first event at the delay. Random: a Poisson process from the delay on",
        ),
    ] = "regular"
    interval: Annotated[
        Milliseconds,
        Field(gt=0, le=LONGEST_MS, title="Interval", description="Between events; their mean, if random"),
        SoftLimits(1, 10_000),
    ] = 50.0
    random_seed: RandomSeed = None

    @model_validator(mode="after")
    def _rises_before_it_decays(self) -> Self:
        if self.rise_time >= self.decay_time:
            raise ValueError(
                f"the synapse rises in {self.rise_time:g} ms and decays in {self.decay_time:g} ms:"
                " the rise time must be the shorter one"
            )
        return self

    @property
    @override
    def end(self) -> float:
        """The last event, or where it is expected."""
        intervals = self.events if self.timing == "poisson" else self.events - 1
        return self.delay + intervals * self.interval

    @property
    def peak_after(self) -> float:
        """How long after an event its conductance is greatest (ms)."""
        rise, decay = self.rise_time, self.decay_time
        return rise * decay / (decay - rise) * math.log(decay / rise)

    def event_times(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Samples:
        """(events,) ms, ascending: when it is activated on this cell; `stream` as of `waveform`."""
        if self.timing == "regular":
            return np.arange(self.events, dtype=np.float64) * self.interval + self.delay
        random = noise.stream_of("synapse", stream, cell.gid, conditions, self.random_seed)
        random.negexp(self.interval)  # drawn, and never used, as by all other streams
        return self.delay + np.cumsum(random.picks(self.events))

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        """The conductance: the simulation sends `event_times` to a synapse, and gets this."""
        events = self.event_times(cell, conditions, stream)
        times = np.unique(np.add.outer(events, self._offsets()))
        return Waveform(times, self._conductance(times, events), "conductance", reversal=self.reversal)

    def _offsets(self) -> Samples:
        """Where the conductance of one event is looked at."""
        peak = self.peak_after
        if self.events > _DRAWN_FINELY:
            return np.array([0.0, peak])
        return np.concatenate([peak * _STEPS_OF_RISE, peak + self.decay_time * _STEPS_OF_DECAY])

    def _conductance(self, times: Samples, events: Samples) -> Samples:
        """µS at these times, none of which is before the first event."""
        last = np.searchsorted(events, times, side="right") - 1
        since = times - events[last]
        decaying, rising = (
            _summed(events, constant)[last] * np.exp(-since / constant)
            for constant in (self.decay_time, self.rise_time)
        )
        peak = self.peak_after
        scale = self.weight / (math.exp(-peak / self.decay_time) - math.exp(-peak / self.rise_time))
        conductance: Samples = scale * (decaying - rising)
        return conductance


def _summed(events: Samples, time_constant: float) -> Samples:
    """Of jumps of 1 that decay: what there is right after each event."""
    kept = np.exp(-np.diff(events) / time_constant).tolist()
    return np.array(list(itertools.accumulate(kept, lambda left, share: left * share + 1, initial=1.0)))
