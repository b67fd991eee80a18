"""A sine sweep: how the voltage follows a current at each frequency; and repeated noise."""

from dataclasses import replace
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from typing_extensions import override

from engine.analysis.spikes import SPIKE_MV
from engine.errors import EngineError
from engine.experiment.random_stimuli import OrnsteinUhlenbeck
from engine.experiment.stimuli import Frequency, SineSweep
from engine.experiment.stimulus_base import Amplitude
from engine.experiment.waveforms import Samples
from engine.protocols.protocol import After, Delay, Duration, Protocol, SpikeLevel
from engine.protocols.sweeps import Bench, Column, Number, Play, Result
from engine.protocols.thresholds import spikes_in
from engine.units import Milliseconds


class Impedance(Protocol):
    """Voltage over current at each frequency of a sine sweep, as magnitude and phase."""

    title: ClassVar = "Impedance (sine sweep)"
    purpose: ClassVar = "How well the voltage follows currents of each frequency, and how late."
    kind: Literal["impedance"] = "impedance"
    amplitude: Annotated[
        Amplitude, Field(title="Amplitude", description="Small, so that the cell does not fire")
    ] = 0.01
    frequency_start: Annotated[Frequency, Field(gt=0, title="Start frequency")] = 0.5
    frequency_end: Annotated[Frequency, Field(gt=0, title="End frequency")] = 50.0
    delay: Delay = 1000.0
    duration: Duration = 10_000.0
    after: After = 1000.0
    spike_level: SpikeLevel = SPIKE_MV

    @override
    def play(self, bench: Bench) -> Play:
        sweep = SineSweep(
            target=bench.site,
            delay=self.delay,
            duration=self.duration,
            amplitude=self.amplitude,
            frequency_start=self.frequency_start,
            frequency_end=self.frequency_end,
        )
        end = self.delay + self.duration + self.after
        (outcome,) = yield (bench.sweep(self.amplitude, end, sweep),)
        if spikes_in(outcome, 0.0, end, self.spike_level):
            raise EngineError("The cell fires during the sweep.", hint="Use a smaller amplitude.")
        waveform = sweep.waveform(bench.properties, bench.experiment.conditions)
        current = _sampled(waveform.time, waveform.amplitude, len(outcome.voltage), outcome.interval)
        start = outcome.index(self.delay) - 1
        voltage = outcome.voltage - outcome.voltage[start]
        frequencies, impedance = _ratio(voltage[start:], current[start:], outcome.interval)
        low, high = sorted((self.frequency_start, self.frequency_end))
        inside = (frequencies >= low) & (frequencies <= high)
        frequencies, impedance = frequencies[inside], impedance[inside]
        if not len(frequencies):
            raise EngineError("The sweep is too short for its frequencies.", hint="Make it longer.")
        magnitude = np.abs(impedance)
        top = int(np.argmax(magnitude))
        return Result(
            (
                Column("Frequency", "Hz", tuple(frequencies.tolist())),
                Column("Magnitude", "MΩ", tuple(magnitude.tolist())),
                Column("Phase", "°", tuple(np.degrees(np.angle(impedance)).tolist())),
            ),
            *("Frequency", ("Magnitude",)),
            numbers=(
                Number("Largest impedance", float(magnitude[top]), "MΩ"),
                Number("At", float(frequencies[top]), "Hz"),
            ),
        )


class NoiseFamily(Protocol):
    """The same noise with several seeds: how reliably a cell fires."""

    title: ClassVar = "Noise family"
    purpose: ClassVar = "Firing under currents that fluctuate like those of many synapses."
    kind: Literal["noise_family"] = "noise_family"
    mean: Annotated[Amplitude, Field(title="Mean")] = 0.1
    sigma: Annotated[Amplitude, Field(gt=0, title="Standard deviation")] = 0.05
    tau: Annotated[Milliseconds, Field(gt=0, le=1000, title="Time constant")] = 5.0
    delay: Delay = 100.0
    duration: Duration = 2000.0
    after: After = 100.0
    first_seed: Annotated[int, Field(ge=0, le=2**31, title="First seed")] = 1
    count: Annotated[int, Field(ge=1, le=1000, title="Sweeps", description="One for each seed")] = 10
    spike_level: SpikeLevel = SPIKE_MV

    @override
    def play(self, bench: Bench) -> Play:
        end = self.delay + self.duration
        seeds = tuple(range(self.first_seed, self.first_seed + self.count))
        outcomes = yield tuple(
            replace(bench.sweep(seed, end + self.after, self._noise(bench, seed)), unit="") for seed in seeds
        )
        counts, means, deviations = [], [], []
        for each in outcomes:
            there = each.within(each.voltage, self.delay, end) if each.is_there else np.full(1, np.nan)
            counts.append(
                len(spikes_in(each, self.delay, end, self.spike_level)) if each.is_there else float("nan")
            )
            means.append(float(there.mean()))
            deviations.append(float(there.std()))
        rates = tuple(count / self.duration * 1000 for count in counts)
        return Result(
            (
                Column("Seed", "", tuple(map(float, seeds))),
                Column("Spikes", "", tuple(map(float, counts))),
                Column("Rate", "Hz", rates),
                Column("Mean voltage", "mV", tuple(means)),
                Column("Standard deviation", "mV", tuple(deviations)),
            ),
            *("Seed", ("Rate",)),
            numbers=(
                Number("Mean rate", float(np.nanmean(rates)), "Hz"),
                Number("Its standard deviation", float(np.nanstd(rates)), "Hz"),
            ),
        )

    def _noise(self, bench: Bench, seed: int) -> OrnsteinUhlenbeck:
        return OrnsteinUhlenbeck(
            target=bench.site,
            delay=self.delay,
            duration=self.duration,
            mean=self.mean,
            sigma=self.sigma,
            tau=self.tau,
            random_seed=seed,
        )


def _sampled(times: Samples, amplitudes: Samples, count: int, interval: float) -> Samples:
    """A current at the samples of a run, 0 where it is off."""
    at = np.arange(count) * interval
    sampled: Samples = np.interp(at, times, amplitudes, left=0.0, right=0.0)
    return sampled


def _ratio(voltage: Samples, current: Samples, interval: float) -> tuple[Samples, NDArray[np.complex128]]:
    """Frequencies (Hz) and voltage over current (MΩ), of signals that begin and end at 0."""
    frequencies = np.fft.rfftfreq(len(voltage), interval / 1000).astype(np.float64)
    return frequencies, np.fft.rfft(voltage) / np.fft.rfft(current)
