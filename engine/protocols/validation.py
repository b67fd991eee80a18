"""Whether a cell does what neurons do: the tests of BlueCelluLab's validation, all in one go.

What they are, with their stimuli and limits: `run_validations` of github.com/openbraininstitute/BlueCelluLab.
Currents that would be absurd for a small cell are smaller here, and peaks are looked for to the end of a run.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal

import numpy as np
from typing_extensions import override

from engine.analysis.features import features
from engine.errors import EngineError
from engine.experiment.stimuli import Step
from engine.experiment.waveforms import Samples
from engine.protocols.current_clamp import CurrentVoltage, FrequencyCurrent, below_rheobase
from engine.protocols.profiles import SHORT_MS, STRONG, peak_after
from engine.protocols.protocol import Protocol, SpikeLevel, base, steady_at_end, together
from engine.protocols.series import Spaced
from engine.protocols.standard import SHAPES, Name, plan_of_sweep, standard_sweep
from engine.protocols.steady_state import InputResistance, passive
from engine.protocols.sweeps import Batch, Bench, Column, Number, Outcome, Plan, Play, Result, TextColumn
from engine.protocols.thresholds import plan_of_threshold, spikes_in, threshold_of
from engine.protocols.tree import Segment

_NAN: Final = float("nan")
_SPIKE_MV: Final = -40.0  # BlueCelluLab's: some cells do not reach -20 mV
_WEAK, _STRONG, _DOWN = 130.0, 200.0, -40.0  # per cent of the rheobase
_RESISTANCE_STEP: Final = -0.2  # times the rheobase
_MOST_MEGAOHM: Final = 1000.0
_LONGEST_BLOCK_MS: Final = 150.0
_BEGIN_MV: Final = -50.0  # where spikes begin in a cell that shows none (as eFEL)
_SETTLING_MS, _AFTER_MS = 1000.0, 495.0  # before and after the current that makes an action potential
_POINTS: Final = 5  # of each curve
_UP_TO: Final = 3.0  # times the rheobase
_AXON: Final = "axon[0]"
_DENDRITES: Final = {"dend": "basal dendrites", "apic": "apical dendrites"}

PASSED: Final = "passed"
FAILED: Final = "failed"
NOT_APPLICABLE: Final = "not applicable"
NOT_KNOWN: Final = "not known"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row of the report. `value` is NaN where nothing was measured: then `remark` says why."""

    test: str
    value: float
    unit: str
    criterion: str
    verdict: str
    remark: str = ""


Test = Generator[Batch, tuple[Outcome, ...], tuple[Verdict, ...]]


class Validation(Protocol):
    """All tests at once, each in per cent of the rheobase, on top of the cell's own holding current."""

    title: ClassVar = "Validate the cell"
    purpose: ClassVar = (
        "Whether the cell fires, conducts and resists as neurons do: passed or failed, by test."
    )
    needs_tree: ClassVar = True
    kind: Literal["validation"] = "validation"
    spike_level: SpikeLevel = _SPIKE_MV

    @override
    def plan(self, bench: Bench) -> Plan:
        curves = CurrentVoltage(amplitudes=Spaced(count=_POINTS)).plan(bench).times(2)
        steps = sum((plan_of_sweep(each) for each in ("idrest", "idrest", "iv")), start=Plan(0, 0.0))
        propagation = Plan(1, _SETTLING_MS + SHORT_MS + _AFTER_MS)
        return plan_of_threshold(bench) + InputResistance().plan(bench) + curves + steps + propagation

    @override
    def play(self, bench: Bench) -> Play:
        held = bench.held()
        rheobase = yield from threshold_of(held, self.spike_level)
        at_rest = yield from passive(bench, _RESISTANCE_STEP * rheobase)
        resistance = at_rest.resistance
        tests = {  # the longest run first, so that no worker is left with it alone
            "Hyperpolarisation": _hyperpolarisation(held, rheobase),
            "Spiking": self._spiking(held, rheobase),
            "Strong step": self._strong(held, rheobase),
            "Back-propagation": _back_propagation(held, rheobase),
            "I–V curve": _current_voltage(held, rheobase, resistance),
            "f–I curve": self._frequency_current(held, rheobase),
        }
        found = yield from together([_careful(*each) for each in tests.items()])
        down, spiking, strong, back, current_voltage, frequency_current = found
        rows = (*spiking, *strong, *back, *down, _resists(resistance), *current_voltage, *frequency_current)
        numbers = [
            Number("Rheobase", rheobase, "nA"),
            Number("Input resistance", resistance, "MΩ"),
            Number("Resting potential", at_rest.rest, "mV"),
        ]
        if held.properties.holding_current is not None:
            numbers.append(Number("Holding current", held.properties.holding_current, "nA"))
        return _report(rows, numbers)

    def _spiking(self, bench: Bench, rheobase: float) -> Test:
        (outcome,) = yield (standard_sweep(bench, "idrest", _WEAK, rheobase),)
        count = len(spikes_in(outcome, 0.0, np.inf, self.spike_level))
        name = f"Spiking at {_WEAK:g} % of the rheobase"
        return (_judged(name, float(count), "spikes", "at least 1 spike", count > 0),)

    def _strong(self, bench: Bench, rheobase: float) -> Test:
        """One sweep for two tests: the cell goes on firing, and begins to in its axon."""
        axon = [each for each in bench.tree.segments if each.section == _AXON]
        middle = [each.on(bench.site.cell) for each in axon[len(axon) // 2 :][:1]]
        (outcome,) = yield (standard_sweep(bench, "idrest", _STRONG, rheobase, middle),)
        return _not_blocked(outcome), self._axon_first(outcome, has_axon=bool(axon))

    def _axon_first(self, outcome: Outcome, *, has_axon: bool) -> Verdict:
        name, criterion = "Spikes begin in the axon", "the axon peaks no later than the soma"
        if not has_axon:
            return Verdict(name, _NAN, "ms", criterion, NOT_APPLICABLE, f"The cell has no {_AXON}.")
        soma, axon = (
            _first_peak(each, outcome.interval, self.spike_level)
            for each in (outcome.voltage, outcome.voltage_at(0))
        )
        if np.isnan(soma - axon):
            return Verdict(name, _NAN, "ms", criterion, FAILED, "There is no spike in both of them.")
        remark = "From the first peak in the axon to that in the soma."
        return _judged(name, soma - axon, "ms", criterion, soma >= axon, remark)

    def _frequency_current(self, bench: Bench, rheobase: float) -> Test:
        series = Spaced(first=rheobase, last=_UP_TO * rheobase, count=_POINTS)
        found = yield from FrequencyCurrent(amplitudes=series, spike_level=self.spike_level).play(bench)
        x, y = (np.array(found.column(each).values) for each in ("Current", "Rate"))
        return (_rises("f–I curve rises", x, y, "Hz/nA"),)


def _hyperpolarisation(bench: Bench, rheobase: float) -> Test:
    (outcome,) = yield (standard_sweep(bench, "iv", _DOWN, rheobase),)
    start, end = _on("iv")
    rest = base(outcome.voltage, outcome.interval, start)
    change = steady_at_end(outcome, start, end) - rest
    name = f"Hyperpolarisation at −{-_DOWN:g} % of the rheobase"
    return (_judged(name, change, "mV", "lower than before", change < 0, f"Before: {_millivolts(rest)}."),)


def _back_propagation(bench: Bench, rheobase: float) -> Test:
    """A short strong current: the farthest dendrites see less of the spike than the soma."""
    far = {kind: bench.tree.farthest(kind) for kind in _DENDRITES}
    there = {kind: bench.tree.segments[number] for kind, number in far.items() if number is not None}
    step = Step(target=bench.site, amplitude=STRONG * rheobase, delay=_SETTLING_MS, duration=SHORT_MS)
    places = [each.on(bench.site.cell) for each in there.values()]
    (outcome,) = yield (
        bench.sweep(step.amplitude, _SETTLING_MS + SHORT_MS + _AFTER_MS, step, places=places),
    )
    at_soma = _amplitude(outcome.voltage, outcome.interval)
    sizes = {
        kind: _amplitude(outcome.voltage_at(number), outcome.interval) for number, kind in enumerate(there)
    }
    return tuple(_falls_off(kind, there.get(kind), sizes.get(kind, _NAN), at_soma) for kind in _DENDRITES)


def _falls_off(kind: str, place: Segment | None, size: float, at_soma: float) -> Verdict:
    name = f"Back-propagation into {_DENDRITES[kind]}"
    criterion = "smaller than at the soma"
    if place is None:
        return Verdict(name, _NAN, "mV", criterion, NOT_APPLICABLE, f"The cell has no {_DENDRITES[kind]}.")
    remark = f"At {place.name}, {place.distance:.0f} µm away; at the soma {_millivolts(at_soma)}."
    return _judged(name, size, "mV", criterion, size < at_soma, remark)


def _current_voltage(bench: Bench, rheobase: float, resistance: float) -> Test:
    low, high = below_rheobase(rheobase, resistance)
    found = yield from CurrentVoltage(amplitudes=Spaced(first=low, last=high, count=_POINTS)).play(bench)
    x, y = (np.array(found.column(each).values) for each in ("Current", "Steady voltage"))
    return (_rises("I–V curve rises", x, y, "MΩ"),)


def _not_blocked(outcome: Outcome) -> Verdict:
    start, end = _on("idrest")
    found = features(outcome.voltage, outcome.interval, start, end, ["AP_begin_voltage"])
    begin = found["AP_begin_voltage"]
    level = _BEGIN_MV if np.isnan(begin) else begin
    longest = longest_above(outcome.within(outcome.voltage, start, end), outcome.interval, level)
    name = f"No depolarisation block at {_STRONG:g} % of the rheobase"
    criterion = f"at most {_LONGEST_BLOCK_MS:g} ms without a break"
    remark = f"The longest time over {_millivolts(level)}, where spikes begin."
    return _judged(name, longest, "ms", criterion, longest <= _LONGEST_BLOCK_MS, remark)


def _resists(resistance: float) -> Verdict:
    criterion = f"under {_MOST_MEGAOHM:g} MΩ"
    return _judged("Input resistance", resistance, "MΩ", criterion, resistance < _MOST_MEGAOHM)


def _rises(name: str, x: Samples, y: Samples, unit: str) -> Verdict:
    """By the slope of a line through the points that are there."""
    is_there = np.isfinite(y)
    criterion = "a slope over 0"
    if is_there.sum() < 2:
        return Verdict(name, _NAN, unit, criterion, NOT_KNOWN, "Fewer than two sweeps reached their end.")
    slope = float(np.polyfit(x[is_there], y[is_there], 1)[0])
    steadily = "Each point" if (np.diff(y[is_there]) > 0).all() else "Not each point"
    return _judged(name, slope, unit, criterion, slope > 0, f"{steadily} is higher than the one before.")


def longest_above(voltage: Samples, interval: float, level: float) -> float:
    """The longest time in ms for which a voltage (n,) mV stays over a level."""
    changes = np.diff(np.concatenate([[False], voltage > level, [False]]).astype(np.int8))
    lengths = np.flatnonzero(changes == -1) - np.flatnonzero(changes == 1)
    return float(lengths.max(initial=0) * interval)


def _first_peak(voltage: Samples, interval: float, level: float) -> float:
    """When the first spike is at its height (ms); NaN: there is none."""
    rises = np.flatnonzero((voltage[:-1] <= level) & (voltage[1:] > level))
    if not len(rises):
        return _NAN
    first = int(rises[0]) + 1
    falls = np.flatnonzero(voltage[first:] <= level)
    spike = voltage[first : first + int(falls[0])] if len(falls) else voltage[first:]
    return (first + int(np.argmax(spike))) * interval


def _amplitude(voltage: Samples, interval: float) -> float:
    peak, _ = peak_after(voltage, interval, _SETTLING_MS)
    return peak - base(voltage, interval, _SETTLING_MS)


def _millivolts(voltage: float) -> str:
    return f"{voltage:.1f} mV".replace("-", "−")


def _on(stimulus: Name) -> tuple[float, float]:
    """From when to when a standard step is on, in ms."""
    times = SHAPES[stimulus][2][0]
    return times[1], times[-2]


def _judged(  # noqa: PLR0913, PLR0917 - the columns of the report
    test: str,
    value: float,
    unit: str,
    criterion: str,
    passed: bool,  # noqa: FBT001
    remark: str = "",
) -> Verdict:
    return Verdict(test, value, unit, criterion, PASSED if passed else FAILED, remark)


def _careful(name: str, test: Test) -> Test:
    """What cannot be judged does not end the other tests; sweeps say of which test they are."""
    try:
        batch = next(test)
        while True:
            batch = test.send((yield tuple(replace(each, part=name) for each in batch)))
    except StopIteration as end:
        found: tuple[Verdict, ...] = end.value
        return found
    except EngineError as error:
        return (Verdict(name, _NAN, "", "", NOT_KNOWN, str(error)),)


def _report(rows: Sequence[Verdict], numbers: Sequence[Number]) -> Result:
    verdicts = [each.verdict for each in rows]
    made = sum(each in (PASSED, FAILED) for each in verdicts)
    passed = Number("Tests passed", float(verdicts.count(PASSED)), f"of {made}")
    return Result(
        (
            TextColumn("Test", tuple(each.test for each in rows)),
            TextColumn("Verdict", tuple(verdicts)),
            Column("Measured", "", tuple(each.value for each in rows)),
            TextColumn("Unit", tuple(each.unit for each in rows)),
            TextColumn("Criterion", tuple(each.criterion for each in rows)),
            TextColumn("Remark", tuple(each.remark for each in rows)),
        ),
        numbers=(passed, *numbers),
    )
