"""The weakest current that makes a cell fire: for one duration, for many, and soon after another spike."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, ClassVar, Final, Literal

import numpy as np
from pydantic import Field
from typing_extensions import override

from engine.analysis.fits import fitted, weiss
from engine.analysis.spikes import SPIKE_MV, spike_times
from engine.errors import EngineError
from engine.experiment.stimuli import Step
from engine.protocols.protocol import After, Delay, Duration, Protocol, SpikeLevel, is_within, together
from engine.protocols.series import Listed, Series
from engine.protocols.steady_state import InputResistance, passive
from engine.protocols.sweeps import Batch, Bench, Column, Curve, Number, Outcome, Plan, Play, Result, Sweep
from engine.units import Nanoamperes, Percent

STRONGEST_NA: Final = 1000.0
_FIRST_GUESS_NA: Final = 2.0
_USUAL_SEARCH: Final = 14  # sweeps: both ends, and four times three between them
_FINE_SEARCH: Final = 24  # from far away, and to half a per cent

Search = Generator[Batch, tuple[Outcome, ...], float]
Precision = Annotated[
    Percent, Field(gt=0, le=50, title="Precision", description="Of the current that is found")
]


class Rheobase(Protocol):
    """The weakest long step that makes the cell fire, by bisection, on top of the holding current."""

    title: ClassVar = "Rheobase"
    purpose: ClassVar = "The weakest long step of current that makes the cell fire."
    summary: ClassVar = "Rheobase"
    kind: Literal["rheobase"] = "rheobase"
    delay: Delay = 300.0
    duration: Duration = 700.0
    strongest: Annotated[
        Nanoamperes, Field(gt=0, le=STRONGEST_NA, title="Strongest", description="No step is stronger")
    ] = 2.0
    precision: Annotated[
        Nanoamperes, Field(gt=0, le=10, title="Precision", description="Of the current that is found")
    ] = 0.005
    relative_precision: Annotated[
        Percent,
        Field(gt=0, le=50, title="Or finer", description="In per cent of the current, for small cells"),
    ] = 2.0
    spike_level: SpikeLevel = SPIKE_MV

    @override
    def play(self, bench: Bench) -> Play:
        found_at_rest = yield from passive(bench)
        rest, resistance = found_at_rest.rest, found_at_rest.resistance
        low = _holding_of(bench)
        guess = (self.spike_level - rest) / resistance
        high = min(guess, self.strongest) if guess > low else self.strongest
        tried: dict[float, bool] = {}

        def sweep(amplitude: float) -> Sweep:
            step = Step(target=bench.site, amplitude=amplitude, delay=self.delay, duration=self.duration)
            return bench.sweep(amplitude, self.delay + self.duration, step)

        def fires(outcome: Outcome) -> bool:
            tried[outcome.sweep.value] = self._fires(outcome)
            return tried[outcome.sweep.value]

        search = _threshold(sweep, fires, low, high, self.strongest, self._is_close)
        found = yield from search
        return _tried(
            tried,
            Number("Rheobase", found, "nA"),
            Number("Input resistance", resistance, "MΩ"),
            Number("Resting potential", rest, "mV"),
        )

    @override
    def plan(self, bench: Bench) -> Plan:
        search = Plan(1, self.delay + self.duration).times(_USUAL_SEARCH)
        return InputResistance().plan(bench) + search

    @override
    def narrowing(self, outcomes: Sequence[Outcome]) -> Result | None:
        tried = {each.sweep.value: self._fires(each) for each in outcomes if self._is_of_search(each)}
        loud = [amplitude for amplitude, fires in tried.items() if fires]
        numbers = [Number("Rheobase, at most", min(loud), "nA")] if loud else []
        return _tried(tried, *numbers) if tried else None

    def _fires(self, outcome: Outcome) -> bool:
        return bool(spikes_in(outcome, self.delay, np.inf, self.spike_level))

    def _is_of_search(self, outcome: Outcome) -> bool:
        step = next(iter(outcome.sweep.experiment.stimuli), None)
        return isinstance(step, Step) and (step.delay, step.duration) == (self.delay, self.duration)

    def _is_close(self, low: float, high: float) -> bool:
        return high - low < min(self.precision, abs(high) * self.relative_precision / 100)


class StrengthDuration(Protocol):
    """The threshold of shorter and shorter pulses, rheobase and chronaxie."""

    title: ClassVar = "Strength and duration"
    purpose: ClassVar = "How much stronger a pulse has to be the shorter it is."
    kind: Literal["strength_duration"] = "strength_duration"
    delay: Delay = 100.0
    durations: Annotated[Series, Field(title="Durations", description="In ms")] = Listed(
        values=(0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 50.0, 200.0)
    )
    after: After = 20.0
    precision: Precision = 0.5
    spike_level: SpikeLevel = SPIKE_MV

    @override
    def play(self, bench: Bench) -> Play:
        durations = self.durations.numbers()
        if min(durations) <= 0:
            raise EngineError("A pulse lasts longer than 0 ms.", hint="Change the durations.")
        thresholds = yield from together([self._threshold(bench, each) for each in durations])
        longest = int(np.argmax(durations))
        rheobase = thresholds[longest]
        chronaxie = yield from self._chronaxie(bench, rheobase, durations, thresholds)
        numbers = [Number("Rheobase", rheobase, "nA"), Number("Chronaxie", chronaxie, "ms")]
        curves = []
        if len(set(durations)) > 2:
            fit = fitted(weiss, durations, thresholds, (rheobase, chronaxie))
            x = np.geomspace(min(durations), max(durations), 200)
            curves.append(Curve("Weiss", x, fit.at(x)))
            numbers += [
                Number("Rheobase (Weiss)", fit.parameters[0], "nA", fit.errors[0]),
                Number("Chronaxie (Weiss)", fit.parameters[1], "ms", fit.errors[1]),
            ]
        return Result(
            (Column("Duration", "ms", durations), Column("Threshold", "nA", tuple(thresholds))),
            *("Duration", ("Threshold",), tuple(numbers), tuple(curves)),
        )

    @override
    def plan(self, bench: Bench) -> Plan:
        del bench
        durations = self.durations.numbers()
        around = self.delay + self.after
        each = [Plan(1, around + duration).times(_FINE_SEARCH) for duration in durations]
        return sum(each, start=Plan(1, around + min(durations)).times(_FINE_SEARCH))  # and the chronaxie

    @override
    def narrowing(self, outcomes: Sequence[Outcome]) -> Result | None:
        return _lowest("Duration", "Threshold, at most", filter(self._fires, outcomes))

    def _threshold(self, bench: Bench, duration: float) -> Search:
        def sweep(amplitude: float) -> Sweep:
            return self._sweep(bench, amplitude, duration)

        low = _holding_of(bench)
        return _threshold(
            sweep, self._fires, low, _FIRST_GUESS_NA, STRONGEST_NA, partial(is_within, self.precision)
        )

    def _chronaxie(
        self, bench: Bench, rheobase: float, durations: tuple[float, ...], thresholds: list[float]
    ) -> Search:
        """The duration at which twice the rheobase is enough."""
        enough = [
            each for each, threshold in zip(durations, thresholds, strict=True) if threshold <= 2 * rheobase
        ]
        short = [each for each in durations if each < min(enough)]

        def sweep(duration: float) -> Sweep:
            return self._sweep(bench, 2 * rheobase, duration)

        return (
            yield from _threshold(
                sweep,
                self._fires,
                max(short, default=0.0),
                min(enough),
                max(durations),
                partial(is_within, self.precision),
            )
        )

    def _sweep(self, bench: Bench, amplitude: float, duration: float) -> Sweep:
        step = Step(target=bench.site, amplitude=amplitude, delay=self.delay, duration=duration)
        return bench.sweep(amplitude, self.delay + duration + self.after, step, second=duration)

    def _fires(self, outcome: Outcome) -> bool:
        return bool(spikes_in(outcome, self.delay, np.inf, self.spike_level))


class PairedPulse(Protocol):
    """How strong a second pulse has to be soon after a first one that made the cell fire."""

    title: ClassVar = "Paired pulses (refractory period)"
    purpose: ClassVar = "How long after a spike the cell is hard to excite again."
    kind: Literal["paired_pulse"] = "paired_pulse"
    delay: Delay = 50.0
    duration: Annotated[Duration, Field(title="Pulse width")] = 0.5
    intervals: Annotated[
        Series, Field(title="Intervals", description="In ms, from the start of a pulse to that of the next")
    ] = Listed(values=(5.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0, 30.0))
    first_pulse: Annotated[
        Percent, Field(gt=100, le=10_000, title="First pulse", description="In per cent of its threshold")
    ] = 150.0
    after: After = 20.0
    precision: Precision = 0.5
    spike_level: SpikeLevel = SPIKE_MV

    @override
    def play(self, bench: Bench) -> Play:
        intervals = self.intervals.numbers()
        if min(intervals) <= self.duration:
            raise EngineError(
                f"The second pulse starts before the first, of {self.duration:g} ms, is over.",
                hint="Make the intervals longer.",
            )
        single = yield from _threshold(
            lambda amplitude: self._sweep(bench, amplitude),
            lambda outcome: self._spikes(outcome) > 0,
            *(0.0, _FIRST_GUESS_NA, STRONGEST_NA, partial(is_within, self.precision)),
        )
        found = yield from together([self._second(bench, single, each) for each in intervals])
        ratios = tuple(each / single for each in found)
        return Result(
            (
                Column("Interval", "ms", intervals),
                Column("Threshold of the second pulse", "nA", tuple(found)),
                Column("Ratio", "", ratios),
            ),
            *("Interval", ("Ratio",), (Number("Threshold of one pulse", single, "nA"),)),
        )

    @override
    def plan(self, bench: Bench) -> Plan:
        del bench
        shortest = self.delay + self.duration + self.after
        each = [Plan(1, shortest + interval).times(_FINE_SEARCH) for interval in self.intervals.numbers()]
        return sum(each, start=Plan(1, shortest).times(_FINE_SEARCH))

    @override
    def narrowing(self, outcomes: Sequence[Outcome]) -> Result | None:
        loud = (each for each in outcomes if each.sweep.second is not None and self._spikes(each) > 1)
        return _lowest("Interval", "Threshold of the second pulse, at most", loud)

    def _second(self, bench: Bench, single: float, interval: float) -> Search:
        first = single * self.first_pulse / 100

        def sweep(amplitude: float) -> Sweep:
            return self._sweep(bench, first, amplitude, interval)

        return (
            yield from _threshold(
                sweep,
                lambda outcome: self._spikes(outcome) > 1,
                *(0.0, single, STRONGEST_NA, partial(is_within, self.precision)),
            )
        )

    def _sweep(self, bench: Bench, first: float, second: float = 0.0, interval: float = 0.0) -> Sweep:
        pulses = [Step(target=bench.site, amplitude=first, delay=self.delay, duration=self.duration)]
        if interval:
            delay = self.delay + interval
            pulses.append(Step(target=bench.site, amplitude=second, delay=delay, duration=self.duration))
        end = self.delay + interval + self.duration + self.after
        return bench.sweep(second if interval else first, end, *pulses, second=interval or None)

    def _spikes(self, outcome: Outcome) -> int:
        return len(spikes_in(outcome, self.delay, np.inf, self.spike_level))


def threshold_of(bench: Bench, spike_level: float) -> Search:
    """The threshold in nA that is known of the cell, or else its rheobase, which is looked for."""
    if bench.properties.threshold_current is not None:
        return bench.properties.threshold_current
    return (yield from Rheobase(spike_level=spike_level).play(bench)).number("Rheobase")


def plan_of_threshold(bench: Bench) -> Plan:
    """What `threshold_of` usually takes."""
    return Plan(0, 0.0) if bench.properties.threshold_current is not None else Rheobase().plan(bench)


def spikes_in(outcome: Outcome, start_ms: float, end_ms: float, level: float) -> list[float]:
    """When the cell fired from one time to another, in ms."""
    times = spike_times(outcome.voltage, outcome.interval, level)
    found: list[float] = times[(times >= start_ms) & (times < end_ms)].tolist()
    return found


def _tried(tried: Mapping[float, bool], *numbers: Number) -> Result:
    """Which currents (nA) make the cell fire."""
    amplitudes = tuple(sorted(tried))
    fires = tuple(float(tried[each]) for each in amplitudes)
    columns = (Column("Current", "nA", amplitudes), Column("Fires", "", fires))
    return Result(columns, x="Current", y=("Fires",), numbers=numbers)


def _lowest(across: str, name: str, loud: Iterable[Outcome]) -> Result | None:
    """For each time (ms) across which thresholds are looked for, the weakest current (nA) that was enough."""
    found: dict[float, float] = {}
    for outcome in loud:
        sweep = outcome.sweep
        assert sweep.second is not None, "a time across which thresholds are looked for"
        found[sweep.second] = min(sweep.value, found.get(sweep.second, np.inf))
    times = tuple(sorted(found))
    currents = tuple(found[each] for each in times)
    columns = (Column(across, "ms", times), Column(name, "nA", currents))
    return Result(columns, x=across, y=(name,)) if found else None


def _holding_of(bench: Bench) -> float:
    """Where a search begins: at the holding current, if one is on."""
    return bench.properties.known("holding_current") if bench.holding else 0.0


def _threshold(  # noqa: PLR0913, PLR0917 - what a search is made of
    sweep: Callable[[float], Sweep],
    fires: Callable[[Outcome], bool],
    low: float,
    high: float,
    most: float,
    is_close: Callable[[float, float], bool],
) -> Search:
    """The weakest of which it is known that the cell fires, when it does not at another that is close.

    By bisection, two halvings at a time, which are the same halvings as one by one. EngineError if the cell
    fires at `low` already, or not even at `most`.
    """
    quiet, loud = yield sweep(low), sweep(high)
    if fires(quiet):
        raise EngineError(
            "The cell fires without a stimulus, so it has no threshold.", hint="Hold it at a lower voltage."
        )
    is_enough = fires(loud)
    while not is_enough:
        if high >= most:
            raise EngineError(
                f"The cell does not fire at {high:.4g} nA, so its threshold is not known.",
                hint="Look at its response to a strong step, or allow stronger ones.",
            )
        low, high = high, min(2 * high, most)
        (loud,) = yield (sweep(high),)
        is_enough = fires(loud)
    while not is_close(low, high):
        middle = _between(low, high)
        points = (_between(low, middle), middle, _between(middle, high))
        outcomes = yield tuple(map(sweep, points))
        for _ in range(2):
            if is_close(low, high):
                break
            halfway = _between(low, high)
            if fires(outcomes[points.index(halfway)]):
                high = halfway
            else:
                low = halfway
    return high


def _between(low: float, high: float) -> float:
    return low + abs(high - low) / 2
