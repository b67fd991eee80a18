"""Families of current steps, and of ramps: the response, the I-V and the f-I curve."""

from collections.abc import Callable, Generator, Sequence
from typing import Annotated, ClassVar, Final, Literal

import numpy as np
from pydantic import Field
from typing_extensions import override

from engine.analysis.features import UNITS, features
from engine.analysis.fits import fitted, line
from engine.analysis.spikes import SPIKE_MV, adaptation_index
from engine.errors import EngineError
from engine.experiment.stimuli import Ramp, Step
from engine.experiment.stimulus_base import Amplitude
from engine.experiment.waveforms import Samples
from engine.protocols.protocol import After, Delay, Duration, Protocol, SpikeLevel, steady, steady_at_end
from engine.protocols.series import Formula, Listed, Series, Spaced
from engine.protocols.sweeps import Batch, Bench, Column, Curve, Number, Outcome, Plan, Play, Result, Sweep
from engine.protocols.thresholds import Rheobase, spikes_in

_NAN: Final = float("nan")
_BELOW_RHEOBASE_NA: Final = (2.0, 0.1)  # BlueCelluLab's range of an I-V curve, down from the rheobase
_MOST_BELOW_MV: Final = 150.0  # what such a current may do to a passive cell
_SWEEPS: Final = 11


class StepProtocol(Protocol):
    """What families of steps share."""

    delay: Delay = 100.0
    duration: Duration = 500.0
    after: After = 100.0
    spike_level: SpikeLevel = SPIKE_MV

    def _currents(
        self, bench: Bench, given: Spaced | Listed | Formula | None, usual: Callable[[float, float], Spaced]
    ) -> Generator[Batch, tuple[Outcome, ...], tuple[tuple[float, ...], tuple[Number, ...]]]:
        """Currents in nA: those given, or else the usual ones around the rheobase, which is found first."""
        if given is not None:
            return given.numbers(), ()
        found = yield from Rheobase(spike_level=self.spike_level).play(bench)
        rheobase, resistance = found.number("Rheobase"), found.number("Input resistance")
        return usual(rheobase, resistance).numbers(), (Number("Rheobase", rheobase, "nA"),)

    def _plan(self, bench: Bench, count: int, *, is_searched: bool) -> Plan:
        """So many steps, after a search for the rheobase or without."""
        steps = Plan(1, self.delay + self.duration + self.after).times(count)
        return Rheobase(spike_level=self.spike_level).plan(bench) + steps if is_searched else steps

    @override
    def narrowing(self, outcomes: Sequence[Outcome]) -> Result | None:
        return Rheobase(spike_level=self.spike_level).narrowing(outcomes)

    def _steps(self, bench: Bench, amplitudes: tuple[float, ...]) -> tuple[Sweep, ...]:
        end = self.delay + self.duration + self.after
        return tuple(
            bench.sweep(
                each, end, Step(target=bench.site, amplitude=each, delay=self.delay, duration=self.duration)
            )
            for each in amplitudes
        )

    def _spikes(self, outcome: Outcome) -> list[float]:
        """In ms, those of the step."""
        return spikes_in(outcome, self.delay, self.delay + self.duration, self.spike_level)

    def _features(self, outcomes: tuple[Outcome, ...]) -> tuple[Column, ...]:
        """What eFEL says of each sweep, under its names."""
        end = self.delay + self.duration
        found = [
            features(each.voltage, each.interval, self.delay, end) if each.is_there else {}
            for each in outcomes
        ]
        return tuple(
            Column(name, unit, tuple(each.get(name, _NAN) for each in found)) for name, unit in UNITS.items()
        )

    def _steady(self, outcome: Outcome) -> float:
        return steady(outcome, self.delay, self.delay + self.duration)


class StepFamily(StepProtocol):
    """Steps of several amplitudes, absolute or in per cent of the threshold."""

    title: ClassVar = "Step family"
    purpose: ClassVar = "The response to steps of several strengths, one over the other."
    kind: Literal["step_family"] = "step_family"
    amplitudes_in: Annotated[
        Literal["nA", "% of rheobase", "% of threshold"],
        Field(title="Amplitudes in", description="The rheobase is measured first; a threshold must be known"),
    ] = "nA"
    amplitudes: Annotated[Series, Field(title="Amplitudes")] = Spaced(first=-0.1, last=0.4, count=_SWEEPS)

    @override
    def play(self, bench: Bench) -> Play:
        scale = 1.0
        if self.amplitudes_in == "% of threshold":
            scale = bench.properties.known("threshold_current") / 100
        elif self.amplitudes_in == "% of rheobase":
            scale = (yield from Rheobase(spike_level=self.spike_level).play(bench)).number("Rheobase") / 100
        amplitudes = tuple(each * scale for each in self.amplitudes.numbers())
        outcomes = yield self._steps(bench, amplitudes)
        return Result(
            (
                Column("Current", "nA", amplitudes),
                Column("Steady voltage", "mV", tuple(map(self._steady, outcomes))),
                *firing_columns([self._firing(each) for each in outcomes], self.duration),
                *self._features(outcomes),
            ),
            *("Current", ("Steady voltage",)),
        )

    @override
    def plan(self, bench: Bench) -> Plan:
        is_searched = self.amplitudes_in == "% of rheobase"
        return self._plan(bench, len(self.amplitudes.numbers()), is_searched=is_searched)

    def _firing(self, outcome: Outcome) -> list[float] | None:
        return self._spikes(outcome) if outcome.is_there else None


class CurrentVoltage(StepProtocol):
    """The steady voltage below threshold against the current, and its slope."""

    title: ClassVar = "I–V (current clamp)"
    purpose: ClassVar = (
        "The steady voltage at each current below threshold; its slope is the input resistance."
    )
    kind: Literal["current_voltage"] = "current_voltage"
    amplitudes: Annotated[
        Series | None,
        Field(
            title="Currents",
            description="In nA; of small cells the range is smaller; empty: 2 nA to 0.1 nA below rheobase",
        ),
    ] = None

    @override
    def play(self, bench: Bench) -> Play:
        def usual(rheobase: float, resistance: float) -> Spaced:
            low, high = below_rheobase(rheobase, resistance)
            return Spaced(first=low, last=high, count=_SWEEPS)

        amplitudes, numbers = yield from self._currents(bench, self.amplitudes, usual)
        outcomes = yield self._steps(bench, amplitudes)
        end = self.delay + self.duration
        voltages = tuple(steady_at_end(each, self.delay, end) for each in outcomes)
        is_quiet = [each.is_there and not self._spikes(each) for each in outcomes]
        x, y = np.array(amplitudes)[is_quiet], np.array(voltages)[is_quiet]
        slopes, curves = _slope("Slope resistance", "MΩ", x, y)
        return Result(
            (Column("Current", "nA", amplitudes), Column("Steady voltage", "mV", voltages)),
            *("Current", ("Steady voltage",), (*numbers, *slopes), curves),
        )

    @override
    def plan(self, bench: Bench) -> Plan:
        count = _SWEEPS if self.amplitudes is None else len(self.amplitudes.numbers())
        return self._plan(bench, count, is_searched=self.amplitudes is None)


class FrequencyCurrent(StepProtocol):
    """How fast a cell fires at each current, from the rheobase on."""

    title: ClassVar = "f–I curve"
    purpose: ClassVar = "How fast the cell fires at each current."
    kind: Literal["frequency_current"] = "frequency_current"
    amplitudes: Annotated[
        Series | None, Field(title="Currents", description="In nA; empty: from the rheobase to its multiple")
    ] = None
    multiple: Annotated[
        float, Field(gt=1, le=1000, title="Up to rheobase ×", description="Where currents are not given")
    ] = 4.0
    count: Annotated[
        int, Field(ge=2, le=1000, title="Sweeps", description="Where currents are not given")
    ] = 11

    @override
    def play(self, bench: Bench) -> Play:
        def usual(rheobase: float, _resistance: float) -> Spaced:
            return Spaced(first=rheobase, last=rheobase * self.multiple, count=self.count)

        amplitudes, numbers = yield from self._currents(bench, self.amplitudes, usual)
        outcomes = yield self._steps(bench, amplitudes)
        firing = [self._spikes(each) if each.is_there else None for each in outcomes]
        columns = firing_columns(firing, self.duration)
        rates = np.array(columns[1].values)
        fires = np.isfinite(rates) & (rates > 0)
        x = np.array(amplitudes)[fires]
        if len(x):
            numbers = (*numbers, Number("Weakest that fires", float(x.min()), "nA"))
        slopes, curves = _slope("Gain", "Hz/nA", x, rates[fires])
        return Result(
            (Column("Current", "nA", amplitudes), *columns, *self._features(outcomes)),
            *("Current", ("Rate",), (*numbers, *slopes), curves),
        )

    @override
    def plan(self, bench: Bench) -> Plan:
        count = self.count if self.amplitudes is None else len(self.amplitudes.numbers())
        return self._plan(bench, count, is_searched=self.amplitudes is None)


class RampUntilSpike(Protocol):
    """A slowly growing current, and where on it the cell fires first."""

    title: ClassVar = "Ramp"
    purpose: ClassVar = (
        "At which slowly growing current the cell fires first: many get used to it, and never do."
    )
    summary: ClassVar = "Current at the first spike"
    kind: Literal["ramp"] = "ramp"
    delay: Delay = 100.0
    duration: Duration = 1000.0
    after: After = 100.0
    last: Annotated[Amplitude, Field(title="Up to", description="Current at the end of the ramp")] = 0.5
    spike_level: SpikeLevel = SPIKE_MV

    @override
    def play(self, bench: Bench) -> Play:
        ramp = Ramp(target=bench.site, amplitude_end=self.last, delay=self.delay, duration=self.duration)
        (outcome,) = yield (bench.sweep(self.last, self.delay + self.duration + self.after, ramp),)
        times = spikes_in(outcome, self.delay, self.delay + self.duration, self.spike_level)
        if not times:
            raise EngineError(
                f"The cell does not fire on a ramp to {self.last:g} nA.",
                hint="Make it stronger or shorter: cells get used to a current that grows slowly.",
            )
        currents = tuple(self.last * (time - self.delay) / self.duration for time in times)
        return Result(
            (Column("Spike", "ms", tuple(times)), Column("Current", "nA", currents)),
            numbers=(Number("Current at the first spike", currents[0], "nA"),),
        )


def below_rheobase(rheobase: float, resistance: float) -> tuple[float, float]:
    """The weakest and the strongest current (nA) of an I-V curve of a cell of so many MΩ.

    From 2 to 0.1 nA below the rheobase, as BlueCelluLab; of cells of more than 75 MΩ in proportion less, so
    that their voltage stays one of a cell.
    """
    far, near = _BELOW_RHEOBASE_NA
    scale = min(1.0, _MOST_BELOW_MV / (far * resistance)) if resistance > 0 else 1.0
    return rheobase - scale * far, rheobase - scale * near


def _slope(name: str, unit: str, x: Samples, y: Samples) -> tuple[tuple[Number, ...], tuple[Curve, ...]]:
    """Of a line through points, if there are more than the two that any line goes through."""
    if len(x) <= 2:
        return (), ()
    fit = fitted(line, x, y, (100.0, float(y.mean())))
    return (Number(name, fit.parameters[0], unit, fit.errors[0]),), (Curve("Line", x, fit.at(x)),)


def firing_columns(firing: list[list[float] | None], duration_ms: float) -> tuple[Column, ...]:
    """Counts, rates and adaptation of the spikes of each sweep, in ms (None: it failed)."""
    counts = tuple(_NAN if each is None else float(len(each)) for each in firing)
    rates = tuple(each / duration_ms * 1000 for each in counts)
    first, last, index = [], [], []
    for times in firing:
        intervals = np.diff(times or [])
        first.append(float(1000 / intervals[0]) if len(intervals) else _NAN)
        last.append(float(1000 / intervals[-1]) if len(intervals) else _NAN)
        index.append(adaptation_index(np.array(times or [])))
    return (
        Column("Spikes", "", counts),
        Column("Rate", "Hz", rates),
        Column("Rate of the first interval", "Hz", tuple(first)),
        Column("Rate of the last interval", "Hz", tuple(last)),
        Column("Adaptation index", "", tuple(index)),
    )
