"""How a signal changes along the cell: an action potential on its way out, an EPSP on its way to the soma."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, ClassVar, Final, Literal

import numpy as np
from pydantic import Field
from typing_extensions import override

from engine.analysis.cable import fitted_decay
from engine.analysis.spikes import SPIKE_MV
from engine.errors import EngineError
from engine.experiment.stimuli import PlacedSynapse, Step, Voltage
from engine.experiment.stimulus_base import Amplitude
from engine.experiment.waveforms import Samples
from engine.protocols.protocol import After, Delay, Duration, Protocol, SpikeLevel, base
from engine.protocols.sweeps import (
    Bench,
    Column,
    Curve,
    Number,
    Outcome,
    Plan,
    Play,
    Result,
    Sweep,
    TextColumn,
)
from engine.protocols.thresholds import plan_of_threshold, spikes_in, threshold_of
from engine.protocols.tree import Segment
from engine.units import Microsiemens, Milliseconds

STRONG: Final = 10.0  # times the rheobase: what makes every cell fire within a few ms (as BlueCelluLab)
SHORT_MS: Final = 5.0
_UM_PER_MS: Final = 1e-3  # in m/s

Section = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=64,
        title="Section",
        description="At its far end the way ends, such as apic[36]; empty: the farthest tip",
    ),
]


class BackPropagation(Protocol):
    """A short strong current at the soma, and what of it is seen along the way to a tip."""

    title: ClassVar = "Back-propagation profile"
    purpose: ClassVar = "How large an action potential of the soma still is along a dendrite, and how late."
    needs_tree: ClassVar = True
    kind: Literal["back_propagation"] = "back_propagation"
    section: Section = None
    amplitude: Annotated[
        Amplitude | None, Field(title="Current", description="Into the soma; empty: ten times the rheobase")
    ] = None
    delay: Delay = 300.0
    duration: Duration = SHORT_MS
    after: After = 45.0
    spike_level: SpikeLevel = SPIKE_MV

    @override
    def plan(self, bench: Bench) -> Plan:
        sweeps = Plan(1, self.delay + self.duration + self.after).times(2)
        return plan_of_threshold(bench) + sweeps if self.amplitude is None else sweeps

    @override
    def play(self, bench: Bench) -> Play:
        amplitude = self.amplitude
        if amplitude is None:
            amplitude = STRONG * (yield from threshold_of(bench, self.spike_level))
        way = bench.tree.way(bench.tree.tip(self.section))
        step = Step(target=bench.site, amplitude=amplitude, delay=self.delay, duration=self.duration)
        end = self.delay + self.duration + self.after
        places = [each.on(bench.site.cell) for each in way]
        sweeps = bench.sweep(amplitude, end, step, places=places), bench.sweep(0.0, end, places=places)
        outcomes = yield _along(sweeps, way)
        found = Profile(outcomes, way, self.delay, 1.0 if amplitude >= 0 else -1.0)
        return found.result(
            found.amplitudes[0],
            found.peak_times[0],
            Number("Amplitude at the soma", found.amplitudes[0], "mV"),
            Number("Amplitude at the tip", found.amplitudes[-1], "mV"),
            Number("Later at the tip by", found.peak_times[-1] - found.peak_times[0], "ms"),
            *found.speed(),
        )


class EpspProfile(Protocol):
    """One event at a synapse far out, and what of it is seen along the way to the soma."""

    title: ClassVar = "EPSP profile"
    purpose: ClassVar = "How large the potential of one distant synapse still is on its way to the soma."
    needs_tree: ClassVar = True
    kind: Literal["epsp_profile"] = "epsp_profile"
    section: Section = None
    weight: Annotated[
        Microsiemens, Field(gt=0, le=100, title="Weight", description="Peak conductance of the synapse")
    ] = 0.0005
    rise_time: Annotated[Milliseconds, Field(gt=0, le=1000, title="Rise time")] = 0.3
    decay_time: Annotated[Milliseconds, Field(gt=0, le=1000, title="Decay time")] = 3.0
    reversal: Annotated[Voltage, Field(title="Reversal", description="0 mV: of a synapse that excites")] = 0.0
    delay: Delay = 300.0
    after: After = 100.0
    spike_level: SpikeLevel = SPIKE_MV

    @override
    def plan(self, bench: Bench) -> Plan:
        return Plan(1, self.delay + self.after).times(2)

    @override
    def play(self, bench: Bench) -> Play:
        way = bench.tree.way(bench.tree.tip(self.section))
        places = [each.on(bench.site.cell) for each in way]
        synapse = PlacedSynapse(
            target=places[-1],
            delay=self.delay,
            weight=self.weight,
            rise_time=self.rise_time,
            decay_time=self.decay_time,
            reversal=self.reversal,
            events=1,
        )
        end = self.delay + self.after
        sweeps = bench.sweep(self.weight, end, synapse, places=places), bench.sweep(0.0, end, places=places)
        outcomes = yield tuple(replace(each, unit="µS") for each in _along(sweeps, way))
        outcome = outcomes[0]
        if spikes_in(outcome, 0.0, np.inf, self.spike_level):
            raise EngineError("The soma fires, so this is no EPSP.", hint="Use a smaller weight.")
        rest = base(outcome.voltage_at(len(way) - 1), outcome.interval, self.delay)
        found = Profile(outcomes, way, self.delay, 1.0 if self.reversal >= rest else -1.0)
        at_synapse, at_soma = found.amplitudes[-1], found.amplitudes[0]
        return found.result(
            at_synapse,
            self.delay,
            Number("Amplitude at the synapse", at_synapse, "mV"),
            Number("Amplitude at the soma", at_soma, "mV"),
            Number("Attenuation", at_synapse / at_soma, ""),
            Number("Peak at the soma after", found.peak_times[0] - self.delay, "ms"),
        )


class Profile:
    """What a stimulus adds along a way from the soma: (n,) peaks in mV, and their times in ms.

    `outcomes`: with the stimulus, and without it, so that a cell that is not yet at rest does no harm.
    `sign`: 1 for the largest rise after `start_ms`, -1 for the deepest fall.
    """

    def __init__(
        self, outcomes: Sequence[Outcome], way: Sequence[Segment], start_ms: float, sign: float
    ) -> None:
        self._way = way
        self.peaks: list[float] = []
        self.amplitudes: list[float] = []
        self.peak_times: list[float] = []
        stimulated, at_rest = outcomes
        for number in range(len(way)):
            voltage = stimulated.voltage_at(number)
            added = voltage - at_rest.voltage_at(number)
            amplitude, time = peak_after(added, stimulated.interval, start_ms, sign)
            self.amplitudes.append(amplitude)
            self.peak_times.append(time)
            self.peaks.append(float(voltage[stimulated.index(time)]))

    @property
    def distances(self) -> Samples:
        """(n,) µm from the soma."""
        return np.array([each.distance for each in self._way])

    def speed(self) -> tuple[Number, ...]:
        """From the soma to the tip; nothing if the tip is not later."""
        late = self.peak_times[-1] - self.peak_times[0]
        way = self.distances[-1] - self.distances[0]
        return (Number("Speed to the tip", way / late * _UM_PER_MS, "m/s"),) if late > 0 else ()

    def result(self, whole: float, zero_ms: float, *numbers: Number) -> Result:
        """Amplitudes also in per cent of `whole` (mV); delays from `zero_ms` on."""
        shares = tuple(100 * each / whole if whole else float("nan") for each in self.amplitudes)
        decay, curves = self._decay()
        return Result(
            (
                Column("Distance", "µm", tuple(self.distances.tolist())),
                Column("Amplitude", "mV", tuple(self.amplitudes)),
                Column("Share", "%", shares),
                Column("Peak voltage", "mV", tuple(self.peaks)),
                Column("Delay", "ms", tuple(each - zero_ms for each in self.peak_times)),
                TextColumn("Place", tuple(each.name for each in self._way)),
            ),
            *("Distance", ("Amplitude",)),
            numbers=(*numbers, *decay),
            curves=curves,
        )

    def _decay(self) -> tuple[tuple[Number, ...], tuple[Curve, ...]]:
        """The length over which the signal of the soma falls to 37 %, if it falls off exponentially."""
        sizes = np.abs(self.amplitudes)
        if sizes[0] < sizes[-1]:
            return (), ()
        try:
            fit = fitted_decay(self.distances, sizes)
        except EngineError:  # no fall that could be described: there is no such number
            return (), ()
        curve = fit.at(self.distances) * np.sign(self.amplitudes[0])
        return (Number("Length constant", fit.length, "µm", fit.error),), (
            Curve("Exponential", self.distances, curve),
        )


def _along(sweeps: tuple[Sweep, Sweep], way: Sequence[Segment]) -> tuple[Sweep, ...]:
    """With and without the stimulus: to be looked at along the way."""
    distances = tuple(each.distance for each in way)
    parts = "With the stimulus", "Without it"
    return tuple(
        replace(sweep, part=part, distances=distances) for sweep, part in zip(sweeps, parts, strict=True)
    )


def peak_after(voltage: Samples, interval: float, start_ms: float, sign: float = 1.0) -> tuple[float, float]:
    """The highest voltage (mV; with a sign of -1 the lowest) from a time on, and when (ms)."""
    first = round(start_ms / interval)
    number = first + int(np.argmax(sign * voltage[first:]))
    return float(voltage[number]), number * interval
