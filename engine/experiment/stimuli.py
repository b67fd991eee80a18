"""Every stimulus as one model: title, description, units, limits and defaults; forms are made from these.

A stimulus knows nothing of NEURON: its `waveform` is what the simulation plays and what a preview shows.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import override

from engine.experiment import shapes
from engine.experiment.base import Frozen
from engine.experiment.conditions import Conditions
from engine.experiment.noise import Family
from engine.experiment.placed_synapse import PlacedSynapse
from engine.experiment.random_stimuli import (
    AbsoluteShotNoise,
    Noise,
    OrnsteinUhlenbeck,
    RelativeNoise,
    RelativeOrnsteinUhlenbeck,
    RelativeShotNoise,
    ShotNoise,
)
from engine.experiment.shapes import Sampling
from engine.experiment.stimulus_base import LONGEST_MS, Amplitude, Relative, SampleInterval, TimedStimulus
from engine.experiment.waveforms import CellProperties, Waveform
from engine.units import Hertz, Megaohms, Milliseconds, Millivolts, SoftLimits

__all__ = [
    "AbsoluteShotNoise",
    "ArbitraryWaveform",
    "Holding",
    "Noise",
    "OrnsteinUhlenbeck",
    "PlacedSynapse",
    "PulseTrain",
    "Ramp",
    "RelativeNoise",
    "RelativeOrnsteinUhlenbeck",
    "RelativeRamp",
    "RelativeShotNoise",
    "RelativeStep",
    "ShotNoise",
    "Sine",
    "SineSweep",
    "Step",
    "Stimulus",
    "Subthreshold",
    "VoltageClamp",
    "VoltageLevel",
    "stream_numbers",
]

MOST_POINTS: Final = 1_000_000
_OF_THRESHOLD = "In per cent of the threshold current"

Frequency = Annotated[Hertz, Field(ge=0, le=10_000), SoftLimits(0, 1000)]
PulseRate = Annotated[Hertz, Field(gt=0, le=10_000), SoftLimits(0, 1000)]
Voltage = Annotated[Millivolts, Field(ge=-1000, le=1000), SoftLimits(-200, 100)]


class Step(TimedStimulus):
    """A constant current for a while: the first thing to try on any cell."""

    title: ClassVar = "Step"
    kind: Literal["step"] = "step"
    amplitude: Annotated[Amplitude, Field(title="Amplitude", description="Positive depolarises")] = 0.1

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        return shapes.ramp(self.delay, self.duration, self.amplitude, self.amplitude)


class RelativeStep(TimedStimulus):
    """A constant current in per cent of the cell's threshold: cells become comparable."""

    title: ClassVar = "Step (% of threshold)"
    kind: Literal["relative_step"] = "relative_step"
    percent: Annotated[Relative, Field(title="Amplitude", description=_OF_THRESHOLD)] = 100.0

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        amplitude = cell.known("threshold_current") * (self.percent / 100)
        return shapes.ramp(self.delay, self.duration, amplitude, amplitude)


class Ramp(TimedStimulus):
    """A current that changes linearly: finds the threshold in one sweep."""

    title: ClassVar = "Ramp"
    kind: Literal["ramp"] = "ramp"
    amplitude_start: Annotated[Amplitude, Field(title="Start", description="Current at the delay")] = 0.0
    amplitude_end: Annotated[Amplitude, Field(title="End", description="Current at the end")] = 0.2

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        return shapes.ramp(self.delay, self.duration, self.amplitude_start, self.amplitude_end)


class RelativeRamp(TimedStimulus):
    """A linearly changing current in per cent of the cell's threshold."""

    title: ClassVar = "Ramp (% of threshold)"
    kind: Literal["relative_ramp"] = "relative_ramp"
    percent_start: Annotated[Relative, Field(title="Start", description=_OF_THRESHOLD)] = 0.0
    percent_end: Annotated[Relative, Field(title="End", description=_OF_THRESHOLD)] = 200.0

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        threshold = cell.known("threshold_current")
        start, end = threshold * (self.percent_start / 100), threshold * (self.percent_end / 100)
        return shapes.ramp(self.delay, self.duration, start, end)


class PulseTrain(TimedStimulus):
    """Short pulses at a regular rate: does the cell follow."""

    title: ClassVar = "Pulse train"
    kind: Literal["pulse_train"] = "pulse_train"
    amplitude: Annotated[Amplitude, Field(title="Amplitude", description="Current during a pulse")] = 1.0
    width: Annotated[
        Milliseconds,
        Field(gt=0, le=LONGEST_MS, title="Pulse width", description="How long a pulse lasts"),
        SoftLimits(0.1, 1000),
    ] = 2.0
    frequency: Annotated[PulseRate, Field(title="Frequency", description="Pulses in a second")] = 20.0

    @model_validator(mode="after")
    def _pulses_fit(self) -> Self:
        if self.width > 1000 / self.frequency:
            raise ValueError(
                f"pulses of {self.width:g} ms do not fit into a period of {1000 / self.frequency:g} ms:"
                " make the width smaller or the frequency lower"
            )
        return self

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        return shapes.pulses(self.delay, self.duration, self.amplitude, self.width, self.frequency)


class Sine(TimedStimulus):
    """A sinusoidal current: the response at one frequency."""

    title: ClassVar = "Sine"
    kind: Literal["sine"] = "sine"
    amplitude: Annotated[Amplitude, Field(title="Amplitude", description="From the middle to the top")] = 0.1
    frequency: Annotated[Frequency, Field(title="Frequency", description="Cycles in a second")] = 10.0
    sample_interval: SampleInterval = 0.025

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        sampling = Sampling(self.delay, self.duration, self.sample_interval)
        return shapes.sine(sampling, self.amplitude, self.frequency)


class SineSweep(TimedStimulus):
    """A sine whose frequency rises steadily (chirp): the impedance of a cell in one sweep."""

    title: ClassVar = "Sine sweep (chirp)"
    kind: Literal["sine_sweep"] = "sine_sweep"
    duration: Annotated[
        Milliseconds, Field(gt=0, le=LONGEST_MS, title="Duration", description="Of the sweep")
    ] = 5000.0
    amplitude: Annotated[Amplitude, Field(title="Amplitude", description="From the middle to the top")] = 0.05
    frequency_start: Annotated[
        Frequency, Field(title="Start frequency", description="Frequency at the delay")
    ] = 0.5
    frequency_end: Annotated[Frequency, Field(title="End frequency", description="Frequency at the end")] = (
        50.0
    )
    sample_interval: SampleInterval = 0.025

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        sampling = Sampling(self.delay, self.duration, self.sample_interval)
        return shapes.sine_sweep(sampling, self.amplitude, self.frequency_start, self.frequency_end)


class Subthreshold(TimedStimulus):
    """A step that stays below threshold by so many per cent (a negative number goes above it)."""

    title: ClassVar = "Subthreshold step"
    kind: Literal["subthreshold"] = "subthreshold"
    percent_less: Annotated[
        Relative, Field(title="Below threshold by", description="20 gives 80 % of the threshold current")
    ] = 20.0

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        amplitude = cell.known("threshold_current") * (100 - self.percent_less) / 100
        return shapes.ramp(self.delay, self.duration, amplitude, amplitude)


class Holding(TimedStimulus):
    """The cell's own holding current, which keeps it at its standard potential."""

    title: ClassVar = "Holding current"
    kind: Literal["holding"] = "holding"
    delay: Annotated[
        Milliseconds, Field(ge=0, le=LONGEST_MS, title="Delay", description="From the start of the run")
    ] = 0.0
    duration: Annotated[
        Milliseconds,
        Field(gt=0, le=LONGEST_MS, title="Duration", description="Longer than the run: all of it"),
    ] = 1e6

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        amplitude = cell.known("holding_current")
        return shapes.ramp(self.delay, self.duration, amplitude, amplitude)


class VoltageLevel(Frozen):
    """One level of a voltage clamp."""

    duration: Annotated[
        Milliseconds, Field(gt=0, le=LONGEST_MS, title="Duration", description="Until the next level")
    ]
    voltage: Annotated[Voltage, Field(title="Voltage", description="Command voltage of this level")]


class VoltageClamp(TimedStimulus):
    """Holds the voltage at given levels and delivers the current that this takes.

    Without levels it holds `voltage` from 0 to `duration`. With levels, the first one starts at 0 and the
    last one lasts until `duration`; `late_levels` plays `voltage` first and each level one place later, as
    neurodamus and BlueCelluLab do.
    """

    title: ClassVar = "Voltage clamp"
    kind: Literal["voltage_clamp"] = "voltage_clamp"
    delay: Annotated[
        Milliseconds, Field(ge=0, le=0, title="Delay", description="A clamp is on from the start of the run")
    ] = 0.0
    voltage: Annotated[
        Voltage, Field(title="Voltage", description="Command voltage when there are no levels")
    ] = -65.0
    series_resistance: Annotated[
        Megaohms,
        Field(gt=0, le=1e6, title="Series resistance", description="Of the electrode; small holds tightly"),
        SoftLimits(0.001, 100),
    ] = 0.01
    levels: Annotated[
        tuple[VoltageLevel, ...], Field(title="Levels", description="Command voltages, one after the other")
    ] = ()
    late_levels: Annotated[
        bool,
        Field(
            title="neurodamus timing of levels",
            description="Voltage for the first duration, then each level for the duration after its own",
        ),
    ] = False

    @model_validator(mode="after")
    def _levels_fit(self) -> Self:
        total = sum(level.duration for level in self.levels)
        if total > self.duration * (1 + 1e-9):
            raise ValueError(f"the levels last {total:g} ms, longer than the clamp's {self.duration:g} ms")
        return self

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        ends = list(itertools.accumulate((level.duration for level in self.levels), initial=0.0))
        starts = ends[1:] if self.late_levels else ends[:-1]
        steps = [(start, level.voltage) for start, level in zip(starts, self.levels, strict=True)]
        return shapes.levels(self.duration, self.voltage, steps, self.series_resistance)


class ArbitraryWaveform(TimedStimulus):
    """Your own current: points in time, joined by straight lines; a repeated time is a jump.

    `times` (ms) count from `delay`; the current is 0 outside of them and after `duration`.
    """

    title: ClassVar = "Waveform from points"
    kind: Literal["waveform"] = "waveform"
    times: Annotated[
        tuple[Milliseconds, ...],
        Field(min_length=2, max_length=MOST_POINTS, title="Times", description="From the delay on"),
    ] = (0.0, 10.0)
    amplitudes: Annotated[
        tuple[Amplitude, ...],
        Field(min_length=2, max_length=MOST_POINTS, title="Amplitudes", description="Current at these times"),
    ] = (0.0, 0.1)

    @model_validator(mode="after")
    def _is_a_function_of_time(self) -> Self:
        if len(self.times) != len(self.amplitudes):
            raise ValueError(
                f"{len(self.times)} times and {len(self.amplitudes)} amplitudes: give as many of each"
            )
        if self.times[0] < 0 or any(b < a for a, b in itertools.pairwise(self.times)):
            raise ValueError("times must start at 0 or later and never decrease")
        return self

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        return shapes.joined(self.delay, self.duration, self.times, self.amplitudes)


Stimulus = Annotated[
    Step
    | RelativeStep
    | Ramp
    | RelativeRamp
    | PulseTrain
    | Sine
    | SineSweep
    | Subthreshold
    | Holding
    | Noise
    | RelativeNoise
    | ShotNoise
    | RelativeShotNoise
    | AbsoluteShotNoise
    | OrnsteinUhlenbeck
    | RelativeOrnsteinUhlenbeck
    | VoltageClamp
    | ArbitraryWaveform
    | PlacedSynapse,
    Field(discriminator="kind"),
]


def stream_numbers(stimuli: Sequence[Stimulus]) -> tuple[int, ...]:
    """Return, for each stimulus, the `stream` that its `waveform` wants.

    SONATA numbers the inputs of each random family on their own, in their order. Only enabled stimuli are
    numbered; one that is not gets the number that it would have, one that draws nothing gets 0.
    """
    counts = Counter[Family]()
    numbers = []
    for stimulus in stimuli:
        family = stimulus.family
        numbers.append(0 if family is None else counts[family])
        if family is not None and stimulus.enabled:
            counts[family] += 1
    return tuple(numbers)
