"""Every stimulus as one model: title, description, units, limits and defaults; forms are made from these.

A stimulus knows nothing of NEURON. What it plays comes from `engine.experiment.playing.waveform`.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from typing_extensions import Self

from engine.experiment.base import Frozen
from engine.experiment.recordings import Identifier
from engine.experiment.targets import Target
from engine.units import (
    Fraction,
    Hertz,
    Megaohms,
    Milliseconds,
    Millivolts,
    Nanoamperes,
    NanoamperesOrMicrosiemens,
    NanoamperesOrMicrosiemensSquared,
    NanoamperesSquared,
    Percent,
    SoftLimits,
)

Amplitude = Annotated[Nanoamperes, Field(ge=-1000, le=1000), SoftLimits(-10, 10)]
Relative = Annotated[Percent, Field(ge=-10_000, le=10_000), SoftLimits(-300, 1000)]
Mode = Annotated[
    Literal["current", "conductance"],
    Field(title="Mode", description="Inject a current, or a conductance (dynamic clamp)"),
]
SampleInterval = Annotated[Milliseconds, Field(gt=0, le=100, title="Sample interval")]
RandomSeed = Annotated[
    int, Field(ge=0, title="Seed", description="Replaces the number that is made from the cell's")
]
Reversal = Annotated[Millivolts, Field(ge=-500, le=500, title="Reversal", description="Of a conductance")]


class _Timed(Frozen):
    title: ClassVar[str]
    id: Identifier
    name: str = ""
    enabled: bool = True
    target: Target
    delay: Annotated[Milliseconds, Field(ge=0, le=1e7, title="Delay")] = 100.0
    duration: Annotated[Milliseconds, Field(gt=0, le=1e7, title="Duration")] = 400.0
    represents_physical_electrode: bool = False


class Step(_Timed):
    """A constant current for a while: the first thing to try on any cell."""

    title: ClassVar = "Step"
    kind: Literal["step"] = "step"
    amplitude: Annotated[Amplitude, Field(title="Amplitude")] = 0.1


class RelativeStep(_Timed):
    """A constant current in per cent of the cell's threshold: cells become comparable."""

    title: ClassVar = "Step (% of threshold)"
    kind: Literal["relative_step"] = "relative_step"
    percent: Annotated[Relative, Field(title="Amplitude")] = 100.0


class Ramp(_Timed):
    """A current that changes linearly: finds the threshold in one sweep."""

    title: ClassVar = "Ramp"
    kind: Literal["ramp"] = "ramp"
    amplitude_start: Annotated[Amplitude, Field(title="Start")] = 0.0
    amplitude_end: Annotated[Amplitude, Field(title="End")] = 0.2


class RelativeRamp(_Timed):
    """A linearly changing current in per cent of the cell's threshold."""

    title: ClassVar = "Ramp (% of threshold)"
    kind: Literal["relative_ramp"] = "relative_ramp"
    percent_start: Annotated[Relative, Field(title="Start")] = 0.0
    percent_end: Annotated[Relative, Field(title="End")] = 200.0


class PulseTrain(_Timed):
    """Short pulses at a regular rate: does the cell follow?"""

    title: ClassVar = "Pulse train"
    kind: Literal["pulse_train"] = "pulse_train"
    amplitude: Annotated[Amplitude, Field(title="Amplitude")] = 1.0
    width: Annotated[Milliseconds, Field(gt=0, title="Pulse width")] = 2.0
    frequency: Annotated[Hertz, Field(gt=0, le=10_000, title="Frequency")] = 20.0

    @model_validator(mode="after")
    def _pulses_fit(self) -> Self:
        if self.width > 1000 / self.frequency:
            raise ValueError(
                f"pulses of {self.width:g} ms do not fit into a period of {1000 / self.frequency:g} ms:"
                " make the width smaller or the frequency lower"
            )
        return self


class Sine(_Timed):
    """A sinusoidal current: the response at one frequency."""

    title: ClassVar = "Sine"
    kind: Literal["sine"] = "sine"
    amplitude: Annotated[Amplitude, Field(title="Amplitude")] = 0.1
    frequency: Annotated[Hertz, Field(ge=0, le=10_000, title="Frequency")] = 10.0
    sample_interval: SampleInterval = 0.025


class SineSweep(_Timed):
    """A sine whose frequency rises steadily (chirp): the impedance of a cell in one sweep."""

    title: ClassVar = "Sine sweep (chirp)"
    kind: Literal["sine_sweep"] = "sine_sweep"
    duration: Annotated[Milliseconds, Field(gt=0, le=1e7, title="Duration")] = 5000.0
    amplitude: Annotated[Amplitude, Field(title="Amplitude")] = 0.05
    frequency_start: Annotated[Hertz, Field(ge=0, le=10_000, title="Start frequency")] = 0.5
    frequency_end: Annotated[Hertz, Field(ge=0, le=10_000, title="End frequency")] = 50.0
    sample_interval: SampleInterval = 0.025


class Subthreshold(_Timed):
    """A step that stays below threshold by so many per cent (a negative number goes above it)."""

    title: ClassVar = "Subthreshold step"
    kind: Literal["subthreshold"] = "subthreshold"
    percent_less: Annotated[Relative, Field(title="Below threshold by")] = 20.0


class Holding(_Timed):
    """The cell's own holding current, which keeps it at its standard potential."""

    title: ClassVar = "Holding current"
    kind: Literal["holding"] = "holding"
    delay: Annotated[Milliseconds, Field(ge=0, le=1e7, title="Delay")] = 0.0
    duration: Annotated[Milliseconds, Field(gt=0, le=1e7, title="Duration")] = 1e6


class Noise(_Timed):
    """Gaussian noise, a fresh sample every 0.5 ms."""

    title: ClassVar = "Gaussian noise"
    kind: Literal["noise"] = "noise"
    mean: Annotated[Amplitude, Field(title="Mean")] = 0.1
    variance: Annotated[NanoamperesSquared, Field(ge=0, title="Variance")] = 0.001


class RelativeNoise(_Timed):
    """Gaussian noise with mean and variance in per cent of the cell's threshold."""

    title: ClassVar = "Gaussian noise (% of threshold)"
    kind: Literal["relative_noise"] = "relative_noise"
    mean_percent: Annotated[Relative, Field(title="Mean")] = 100.0
    variance_percent: Annotated[Percent, Field(ge=0, title="Variance")] = 0.1


class _Stochastic(_Timed):
    mode: Mode = "current"
    reversal: Reversal = 0.0
    sample_interval: SampleInterval = 0.25
    random_seed: RandomSeed | None = None


class _Shots(_Stochastic):
    rise_time: Annotated[Milliseconds, Field(gt=0, title="Rise time")] = 0.4
    decay_time: Annotated[Milliseconds, Field(gt=0, title="Decay time")] = 4.0

    @model_validator(mode="after")
    def _rises_before_it_decays(self) -> Self:
        if self.rise_time >= self.decay_time:
            raise ValueError(
                f"a shot rises in {self.rise_time:g} ms and decays in {self.decay_time:g} ms:"
                " the rise time must be the shorter one"
            )
        return self


class ShotNoise(_Shots):
    """Shots at random times with random sizes, like the sum of many synapses."""

    title: ClassVar = "Shot noise"
    kind: Literal["shot_noise"] = "shot_noise"
    rate: Annotated[Hertz, Field(gt=0, le=1e7, title="Rate")] = 2000.0
    amplitude_mean: Annotated[NanoamperesOrMicrosiemens, Field(title="Mean size")] = 0.04
    amplitude_variance: Annotated[NanoamperesOrMicrosiemensSquared, Field(gt=0, title="Variance of size")] = 0.0016


class RelativeShotNoise(_Shots):
    """Shot noise whose mean and spread are given in per cent of threshold (or of 1 / input resistance)."""

    title: ClassVar = "Shot noise (% of threshold)"
    kind: Literal["relative_shot_noise"] = "relative_shot_noise"
    mean_percent: Annotated[Relative, Field(title="Mean")] = 70.0
    sd_percent: Annotated[Percent, Field(gt=0, title="Standard deviation")] = 40.0
    relative_skew: Annotated[Fraction, Field(ge=0, le=1, title="Relative skew")] = 0.5


class AbsoluteShotNoise(_Shots):
    """Shot noise whose mean and spread are given as such."""

    title: ClassVar = "Shot noise (mean and spread)"
    kind: Literal["absolute_shot_noise"] = "absolute_shot_noise"
    mean: Annotated[NanoamperesOrMicrosiemens, Field(title="Mean")] = 0.1
    sigma: Annotated[NanoamperesOrMicrosiemens, Field(gt=0, title="Standard deviation")] = 0.02
    relative_skew: Annotated[Fraction, Field(ge=0, le=1, title="Relative skew")] = 0.5


class OrnsteinUhlenbeck(_Stochastic):
    """Noise with a memory: wanders around its mean and forgets within the time constant."""

    title: ClassVar = "Ornstein–Uhlenbeck noise"
    kind: Literal["ornstein_uhlenbeck"] = "ornstein_uhlenbeck"
    tau: Annotated[Milliseconds, Field(ge=0, title="Time constant")] = 2.8
    mean: Annotated[NanoamperesOrMicrosiemens, Field(title="Mean")] = 0.1
    sigma: Annotated[NanoamperesOrMicrosiemens, Field(gt=0, title="Standard deviation")] = 0.05


class RelativeOrnsteinUhlenbeck(_Stochastic):
    """Ornstein–Uhlenbeck noise in per cent of threshold (or of 1 / input resistance)."""

    title: ClassVar = "Ornstein–Uhlenbeck noise (% of threshold)"
    kind: Literal["relative_ornstein_uhlenbeck"] = "relative_ornstein_uhlenbeck"
    tau: Annotated[Milliseconds, Field(ge=0, title="Time constant")] = 2.8
    mean_percent: Annotated[Relative, Field(title="Mean")] = 70.0
    sd_percent: Annotated[Percent, Field(gt=0, title="Standard deviation")] = 30.0


class VoltageLevel(Frozen):
    """One level of a voltage clamp."""

    duration: Annotated[Milliseconds, Field(gt=0, title="Duration")]
    voltage: Annotated[Millivolts, Field(ge=-1000, le=1000, title="Voltage"), SoftLimits(-200, 100)]


class VoltageClamp(_Timed):
    """Holds the voltage at given levels and delivers the current that this takes.

    Without levels it holds `voltage` from 0 to `duration`. With levels, the first one starts at 0 and the last
    one lasts until `duration`; `late_levels` plays `voltage` first and each level one place later, as
    neurodamus and BlueCelluLab do.
    """

    title: ClassVar = "Voltage clamp"
    kind: Literal["voltage_clamp"] = "voltage_clamp"
    delay: Annotated[Milliseconds, Field(ge=0, le=0, title="Delay")] = 0.0
    voltage: Annotated[Millivolts, Field(ge=-1000, le=1000, title="Voltage"), SoftLimits(-200, 100)] = -65.0
    series_resistance: Annotated[Megaohms, Field(gt=0, le=1e6, title="Series resistance")] = 0.01
    levels: tuple[VoltageLevel, ...] = ()
    late_levels: Annotated[bool, Field(title="neurodamus timing of levels")] = False

    @model_validator(mode="after")
    def _levels_fit(self) -> Self:
        total = sum(level.duration for level in self.levels)
        if total > self.duration * (1 + 1e-9):
            raise ValueError(f"the levels last {total:g} ms, longer than the clamp's {self.duration:g} ms")
        return self


class ArbitraryWaveform(_Timed):
    """Your own current: points in time, joined by straight lines; a repeated time is a jump.

    `times` (ms) count from `delay`; the current is 0 outside of them and after `duration`.
    """

    title: ClassVar = "Waveform from points"
    kind: Literal["waveform"] = "waveform"
    times: Annotated[tuple[Milliseconds, ...], Field(min_length=2, title="Times")] = (0.0, 10.0)
    amplitudes: Annotated[tuple[Amplitude, ...], Field(min_length=2, title="Amplitudes")] = (0.0, 0.1)

    @model_validator(mode="after")
    def _is_a_function_of_time(self) -> Self:
        if len(self.times) != len(self.amplitudes):
            raise ValueError(f"{len(self.times)} times and {len(self.amplitudes)} amplitudes: give as many of each")
        if self.times[0] < 0 or any(b < a for a, b in zip(self.times, self.times[1:], strict=False)):
            raise ValueError("times must start at 0 or later and never decrease")
        return self


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
    | ArbitraryWaveform,
    Field(discriminator="kind"),
]
