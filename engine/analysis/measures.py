"""What is measured of a voltage trace, or of a region of it, under readable names and with units."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.analysis.features import PROCESS
from engine.analysis.spikes import SPIKE_MV
from engine.analysis.step_interval import StepInterval

Floats = NDArray[np.float64]
Span = tuple[float, float]  # ms, both ends included
Ask: TypeAlias = Callable[[Floats, Floats, StepInterval, Sequence[str]], dict[str, float]]

_LEAST_MS: Final = 1.0  # of what eFEL is asked about: it reads a trace every 0.1 ms
_ROUNDING: Final = 1e-6  # of a sample


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a trace. `efel`: what eFEL calls it, "" if it is of all samples.

    `has_difference`: whether one region minus another says something. `needs`: what it is only defined for.
    """

    key: str
    name: str
    unit: str
    meaning: str
    efel: str = ""
    has_difference: bool = True
    needs: Literal["", "hyperpolarisation", "no spikes"] = ""


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """A voltage trace: (n,) mV, sample k at `start` + k × `interval` ms. `step`: what it responds to."""

    voltage: Floats
    interval: float
    start: float = 0.0
    step: StepInterval | None = None

    @property
    def whole(self) -> Span:
        """From the first sample to the last, in ms."""
        return self.start, self.start + max(len(self.voltage) - 1, 0) * self.interval

    def cut(self, span: Span) -> "Signal":
        """The samples of a region, at their own times."""
        first = max(math.ceil((span[0] - self.start) / self.interval - _ROUNDING), 0)
        stop = max(math.floor((span[1] - self.start) / self.interval + _ROUNDING) + 1, first)
        return Signal(self.voltage[first:stop], self.interval, self.start + first * self.interval, self.step)


MEASURES: Final = (
    Measure("mean", "Mean", "mV", "The mean of all samples."),
    Measure("minimum", "Minimum", "mV", "The least of all samples."),
    Measure("maximum", "Maximum", "mV", "The greatest of all samples."),
    Measure("peak_to_peak", "Peak to peak", "mV", "The greatest of all samples minus the least."),
    Measure("rest", "Resting potential", "mV", "The voltage just before the step.", "voltage_base"),
    Measure("spikes", "Spikes", "", "How many action potentials there are.", "spike_count"),
    Measure(
        *("rate", "Rate", "Hz", "Spikes from the beginning of the step to the last of them."),
        "mean_frequency",
    ),
    Measure(
        *("latency", "First latency", "ms", "From the beginning of the step to the first peak."),
        *("time_to_first_spike", False),
    ),
    Measure("interval", "Mean interval", "ms", "Between one spike and the next (ISI).", "all_ISI_values"),
    Measure(
        *("adaptation", "Adaptation index", "", "Over 0: the intervals between spikes grow."),
        *("adaptation_index2", False),
    ),
    Measure(
        *("threshold", "Threshold", "mV", "Where dV/dt passes 10 mV/ms; the mean of all spikes."),
        "AP_begin_voltage",
    ),
    Measure("peak", "Peak", "mV", "The top of the spikes, on average.", "peak_voltage"),
    Measure("amplitude", "Amplitude", "mV", "From the threshold to the peak, on average.", "AP_amplitude"),
    Measure(
        *("half_width", "Half-width", "ms", "Of spikes at half of their height, on average."),
        "AP_duration_half_width",
    ),
    Measure(
        *("rise", "Rise time", "ms", "From the threshold of a spike to its peak, on average."),
        "AP_rise_time",
    ),
    Measure(
        *("ahp", "AHP depth", "mV", "The trough after a spike (after-hyperpolarisation), over the rest."),
        "AHP_depth",
    ),
    Measure(
        *("sag", "Sag", "mV", "How far a hyperpolarised voltage comes back during the step."),
        *("sag_amplitude", False, "hyperpolarisation"),
    ),
    Measure(
        *(
            "resistance",
            "Input resistance",
            "MΩ",
            "The steady change of the voltage by the step over its current.",
        ),
        *("ohmic_input_resistance_vb_ssse", False, "no spikes"),
    ),
    Measure(
        *(
            "time_constant",
            "Time constant",
            "ms",
            "With which the voltage follows a hyperpolarising step.",
        ),
        *("time_constant", False, "hyperpolarisation"),
    ),
)
BY_KEY: Final[Mapping[str, Measure]] = {each.key: each for each in MEASURES}


def measured(signal: Signal, keys: Sequence[str], ask: Ask = PROCESS.features) -> dict[str, float]:
    """These numbers of a signal; NaN where it has none. `ask`: who calls eFEL.

    The step is what of it lies within the signal; where nothing does, the whole signal is taken for one.
    """
    found = {key: _of_samples(signal.voltage, key) for key in keys if not BY_KEY[key].efel}
    found |= dict.fromkeys((key for key in keys if BY_KEY[key].efel), math.nan)
    found |= _by_efel(signal, [BY_KEY[key] for key in keys if BY_KEY[key].efel], ask)
    return {key: found[key] for key in keys}


def difference(later: Mapping[str, float], earlier: Mapping[str, float]) -> dict[str, float]:
    """One region minus another; NaN where that says nothing."""
    return {
        key: value - earlier[key] if BY_KEY[key].has_difference else math.nan for key, value in later.items()
    }


def step_within(signal: Signal) -> StepInterval:
    """What of the step lies within a signal; the whole signal if nothing does."""
    first, last = signal.whole
    if signal.step is not None:
        begin, end = max(signal.step.begin, first), min(signal.step.end, last)
        if end > begin:
            return StepInterval(begin, end, signal.step.current)
    return StepInterval(first, last)


def _of_samples(voltage: Floats, key: str) -> float:
    if not len(voltage):
        return math.nan
    functions: dict[str, Callable[[Floats], np.float64]] = {
        "mean": np.mean,
        "minimum": np.min,
        "maximum": np.max,
        "peak_to_peak": np.ptp,
    }
    return float(functions[key](voltage))


def _by_efel(signal: Signal, measures: Sequence[Measure], ask: Ask) -> dict[str, float]:
    """Those that are defined for this signal, by their keys."""
    first, last = signal.whole
    if last - first < _LEAST_MS or not np.isfinite(signal.voltage).all():
        return {}
    times = signal.start + np.arange(float(len(signal.voltage))) * signal.interval
    step = step_within(signal)
    kinds = _kinds(times, signal.voltage, step)
    asked = {each.key: each.efel for each in measures if each.needs in kinds}
    values = ask(times, signal.voltage, step, tuple(asked.values())) if asked else {}
    return {key: values[name] for key, name in asked.items()}


def _kinds(times: Floats, voltage: Floats, step: StepInterval) -> set[str]:
    """What a response is: eFEL answers with numbers without a sense, or crashes, where it is none such."""
    before = voltage[times < step.begin]
    during = voltage[(times >= step.begin) & (times < step.end)]
    tenth = max(len(during) // 10, 1)
    kinds = {""}
    if len(before) and len(during) and during[-tenth:].mean() < before[-tenth:].mean():
        kinds.add("hyperpolarisation")
    if len(during) and during.max() < SPIKE_MV:
        kinds.add("no spikes")
    return kinds
