"""The stimuli that draw random numbers: Gaussian noise, shot noise, Ornstein–Uhlenbeck noise."""

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import override

from engine.errors import EngineError
from engine.experiment import noise, shapes
from engine.experiment.conditions import Conditions
from engine.experiment.noise import Shots
from engine.experiment.random123 import Random123
from engine.experiment.shapes import Sampling
from engine.experiment.stimulus_base import (
    Amplitude,
    Mode,
    RandomSeed,
    Relative,
    Reversal,
    SampleInterval,
    Spread,
    SpreadSquared,
    Strength,
    TimedStimulus,
)
from engine.experiment.waveforms import CellProperties, Samples, Waveform
from engine.units import Fraction, Hertz, Milliseconds, NanoamperesSquared, Percent, SoftLimits

_SMALLEST = 1e-9  # nA or µS: a shot below this is no shot
_OF_THRESHOLD = "In per cent of the threshold current"
_OF_SCALE = "In per cent of the threshold current, or of 1 / input resistance for a conductance"

Deviation = Annotated[Percent, Field(gt=0, le=10_000), SoftLimits(1, 300)]
RelativeSkew = Annotated[
    Fraction,
    Field(
        ge=0,
        lt=1,
        title="Relative skew",
        description="0: the least skew that shots of this shape can have, all are alike; 1: twice as much",
    ),
]
TimeConstant = Annotated[
    Milliseconds,
    Field(ge=0, le=1e6, title="Time constant", description="After how long it forgets; 0: white noise"),
    SoftLimits(0, 1000),
]


class Noise(TimedStimulus):
    """Gaussian noise, a fresh sample every 0.5 ms."""

    title: ClassVar = "Gaussian noise"
    family: ClassVar[noise.Family] = "noise"
    kind: Literal["noise"] = "noise"
    mean: Annotated[Amplitude, Field(title="Mean", description="Mean of the samples")] = 0.1
    variance: Annotated[
        NanoamperesSquared,
        Field(ge=0, le=1e6, title="Variance", description="Square of the standard deviation"),
        SoftLimits(0, 1),
    ] = 0.001

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        return _gaussian(self, (self.mean, self.variance), cell, conditions, stream)


class RelativeNoise(TimedStimulus):
    """Gaussian noise with mean and variance in per cent of the cell's threshold."""

    title: ClassVar = "Gaussian noise (% of threshold)"
    family: ClassVar[noise.Family] = "noise"
    kind: Literal["relative_noise"] = "relative_noise"
    mean_percent: Annotated[Relative, Field(title="Mean", description=_OF_THRESHOLD)] = 100.0
    variance_percent: Annotated[
        Percent,
        Field(
            ge=0,
            le=10_000,
            title="Variance",
            description="The number of nA² is this per cent of the number of nA of the threshold current",
        ),
        SoftLimits(0, 10),
    ] = 0.1

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        threshold = cell.known("threshold_current")
        moments = threshold * self.mean_percent / 100, threshold * self.variance_percent / 100
        return _gaussian(self, moments, cell, conditions, stream)


class _Stochastic(TimedStimulus):
    family: ClassVar[noise.Family]
    mode: Mode = "current"
    reversal: Reversal = 0.0
    sample_interval: SampleInterval = 0.25
    random_seed: RandomSeed = None

    @override
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        sampling = Sampling(self.delay, self.duration, self.sample_interval)
        random = noise.stream_of(self.family, stream, cell.gid, conditions, self.random_seed)
        reversal = self.reversal if self.mode == "conductance" else 0.0
        return shapes.sampled(sampling, self._samples(sampling, cell, random), self.mode, reversal)

    @abstractmethod
    def _samples(self, sampling: Sampling, cell: CellProperties, random: Random123) -> Samples: ...

    def _scale(self, cell: CellProperties) -> float:
        """Return 100 %: the threshold current in nA, or the input conductance in µS."""
        if self.mode == "current":
            return cell.known("threshold_current")
        resistance = cell.known("input_resistance")
        if resistance <= 0:
            raise EngineError(
                f"The input resistance of cell {cell.gid} is {resistance:g} MΩ, not a positive number.",
                hint="Measure it, or correct the attribute input_resistance in the circuit.",
            )
        return 1 / resistance


class _Shots(_Stochastic):
    family: ClassVar[noise.Family] = "shot_noise"
    rise_time: Annotated[
        Milliseconds,
        Field(gt=0, le=1e4, title="Rise time", description="Time constant of the rise of a shot"),
        SoftLimits(0.05, 100),
    ] = 0.4
    decay_time: Annotated[
        Milliseconds,
        Field(gt=0, le=1e5, title="Decay time", description="Time constant of the decay of a shot"),
        SoftLimits(0.5, 500),
    ] = 4.0

    @model_validator(mode="after")
    def _rises_before_it_decays(self) -> Self:
        if self.rise_time >= self.decay_time:
            raise ValueError(
                f"a shot rises in {self.rise_time:g} ms and decays in {self.decay_time:g} ms:"
                " the rise time must be the shorter one"
            )
        return self

    @abstractmethod
    def _shots(self, cell: CellProperties) -> Shots: ...

    @override
    def _samples(self, sampling: Sampling, cell: CellProperties, random: Random123) -> Samples:
        return noise.shot_noise(sampling, self._shots(cell), random)

    def _shots_giving(self, mean: float, deviation: float, relative_skew: float) -> Shots:
        if abs(mean) < _SMALLEST or deviation <= 0:
            raise EngineError(
                f"Shots cannot add up to a mean of {mean:g} and a standard deviation of {deviation:g}.",
                hint="Shot noise needs a mean other than 0 and a positive standard deviation.",
            )
        return noise.shots_giving(mean, deviation, relative_skew, self.rise_time, self.decay_time)


class ShotNoise(_Shots):
    """Shots at random times with random sizes, like the sum of many synapses."""

    title: ClassVar = "Shot noise"
    kind: Literal["shot_noise"] = "shot_noise"
    rate: Annotated[
        Hertz,
        Field(gt=0, le=1e7, title="Rate", description="Mean number of shots in a second"),
        SoftLimits(1, 1e5),
    ] = 2000.0
    amplitude_mean: Annotated[
        Strength,
        Field(title="Mean size", description="Mean of the peaks of single shots; below 0 they are negative"),
    ] = 0.04
    amplitude_variance: Annotated[
        Spread,
        SpreadSquared,
        Field(gt=0, title="Variance of size", description="Variance of the peaks of single shots"),
    ] = 0.0016

    @model_validator(mode="after")
    def _shots_have_a_size(self) -> Self:
        if abs(self.amplitude_mean) < _SMALLEST:
            raise ValueError("shots of mean size 0 have no sign: make the mean size positive or negative")
        return self

    @override
    def _shots(self, cell: CellProperties) -> Shots:
        return Shots(self.rate, self.amplitude_mean, self.amplitude_variance, self.rise_time, self.decay_time)


class RelativeShotNoise(_Shots):
    """Shot noise whose mean and spread are given in per cent of threshold (or of 1 / input resistance)."""

    title: ClassVar = "Shot noise (% of threshold)"
    kind: Literal["relative_shot_noise"] = "relative_shot_noise"
    mean_percent: Annotated[Relative, Field(title="Mean", description=_OF_SCALE)] = 70.0
    sd_percent: Annotated[Deviation, Field(title="Standard deviation", description=_OF_SCALE)] = 40.0
    relative_skew: RelativeSkew = 0.5

    @override
    def _samples(self, sampling: Sampling, cell: CellProperties, random: Random123) -> Samples:
        if self.mean_percent == 0:  # no mean, no shots: neurodamus leaves such a stimulus out
            return 0.0 * sampling.times()
        return super()._samples(sampling, cell, random)

    @override
    def _shots(self, cell: CellProperties) -> Shots:
        scale = self._scale(cell)
        return self._shots_giving(
            self.mean_percent / 100 * scale, self.sd_percent / 100 * scale, self.relative_skew
        )


class AbsoluteShotNoise(_Shots):
    """Shot noise whose mean and spread are given as such."""

    title: ClassVar = "Shot noise (mean and spread)"
    kind: Literal["absolute_shot_noise"] = "absolute_shot_noise"
    mean: Annotated[Strength, Field(title="Mean", description="Mean of the whole signal")] = 0.1
    sigma: Annotated[
        Spread,
        Field(title="Standard deviation", description="Standard deviation of the whole signal"),
    ] = 0.02
    relative_skew: RelativeSkew = 0.5

    @model_validator(mode="after")
    def _has_a_mean(self) -> Self:
        if abs(self.mean) < _SMALLEST:
            raise ValueError("shot noise cannot have a mean of 0: make it positive or negative")
        return self

    @override
    def _shots(self, cell: CellProperties) -> Shots:
        return self._shots_giving(self.mean, self.sigma, self.relative_skew)


class _Process(_Stochastic):
    family: ClassVar[noise.Family] = "ornstein_uhlenbeck"
    tau: TimeConstant = 2.8

    def _around(self, mean: float, sigma: float, sampling: Sampling, random: Random123) -> Samples:
        if sigma <= 0:
            raise EngineError(
                f"The standard deviation of the noise is {sigma:g}; it must be above 0.",
                hint="Is the threshold current of the cell 0 or negative?",
            )
        return noise.ornstein_uhlenbeck(sampling, self.tau, sigma, random) + mean


class OrnsteinUhlenbeck(_Process):
    """Noise with a memory: wanders around its mean and forgets within the time constant."""

    title: ClassVar = "Ornstein–Uhlenbeck noise"
    kind: Literal["ornstein_uhlenbeck"] = "ornstein_uhlenbeck"
    mean: Annotated[Strength, Field(title="Mean", description="Where it starts and always comes back to")] = (
        0.1
    )
    sigma: Annotated[
        Spread, Field(title="Standard deviation", description="How far from the mean it wanders")
    ] = 0.05

    @override
    def _samples(self, sampling: Sampling, cell: CellProperties, random: Random123) -> Samples:
        return self._around(self.mean, self.sigma, sampling, random)


class RelativeOrnsteinUhlenbeck(_Process):
    """Ornstein–Uhlenbeck noise in per cent of threshold (or of 1 / input resistance)."""

    title: ClassVar = "Ornstein–Uhlenbeck noise (% of threshold)"
    kind: Literal["relative_ornstein_uhlenbeck"] = "relative_ornstein_uhlenbeck"
    mean_percent: Annotated[Relative, Field(title="Mean", description=_OF_SCALE)] = 70.0
    sd_percent: Annotated[Deviation, Field(title="Standard deviation", description=_OF_SCALE)] = 30.0

    @override
    def _samples(self, sampling: Sampling, cell: CellProperties, random: Random123) -> Samples:
        scale = self._scale(cell)
        return self._around(self.mean_percent / 100 * scale, self.sd_percent / 100 * scale, sampling, random)


def _gaussian(
    stimulus: Noise | RelativeNoise,
    moments: tuple[float, float],
    cell: CellProperties,
    conditions: Conditions,
    stream: int,
) -> Waveform:
    random = noise.stream_of(stimulus.family, stream, cell.gid, conditions)
    sampling = Sampling(stimulus.delay, stimulus.duration, noise.NOISE_INTERVAL_MS)
    return shapes.sampled(sampling, noise.gaussian(sampling, moments, random, conditions))
