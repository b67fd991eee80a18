"""Electrophysiological features of a voltage trace, by eFEL, under its names and with its units."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# What says most of a response to a step, in the order of a table.
USUAL: Final = (
    "voltage_base",
    "steady_state_voltage_stimend",
    "sag_amplitude",
    "time_to_first_spike",
    "AP_amplitude",
    "AP_begin_voltage",
    "AP_duration_half_width",
    "AHP_depth",
    "mean_frequency",
)

_ONE_AT_A_TIME: Final = threading.Lock()  # eFEL keeps the trace that it looks at for itself


@dataclass(frozen=True, slots=True)
class StepInterval:
    """When a step is applied (ms), and its current (nA) where that is one known number."""

    begin: float
    end: float
    current: float | None = None


def features(
    voltage: Floats, interval: float, start_ms: float, end_ms: float, names: Sequence[str] = USUAL
) -> dict[str, float]:
    """The mean of each feature of a step from `start_ms` to `end_ms`; NaN where the trace has none.

    `voltage` (n,) mV, a sample every `interval` ms. Values of a feature that there are several of, such as of
    each action potential, are averaged.
    """
    return features_of(
        np.arange(float(len(voltage))) * interval, voltage, StepInterval(start_ms, end_ms), names
    )


def features_of(
    times: Floats, voltage: Floats, step: StepInterval, names: Sequence[str] = USUAL
) -> dict[str, float]:
    """The same of samples (n,) mV at `times` (n,) ms; features that need a current have it of the step."""
    import efel  # noqa: PLC0415 - slow to import

    trace = {"T": times, "V": voltage, "stim_start": [step.begin], "stim_end": [step.end]}
    if step.current is not None:
        trace["stimulus_current"] = [step.current]
    with _ONE_AT_A_TIME:
        (found,) = efel.get_feature_values([trace], list(names), raise_warnings=False)
    return {name: _mean(found[name]) for name in names}


def unit_of(name: str) -> str:
    """The unit that eFEL gives a feature; "" for a pure number."""
    from efel.units import get_unit  # noqa: PLC0415 - slow to import

    unit = str(get_unit(name))
    return "" if unit in ("constant", "None") else unit


def _mean(values: object) -> float:
    numbers = np.asarray([] if values is None else values, dtype=np.float64)
    return float(numbers.mean()) if numbers.size else float("nan")
