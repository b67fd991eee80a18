"""Electrophysiological features of a voltage trace, by eFEL, under its names and with its units."""

from collections.abc import Sequence
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


def features(
    voltage: Floats, interval: float, start_ms: float, end_ms: float, names: Sequence[str] = USUAL
) -> dict[str, float]:
    """The mean of each feature of a step from `start_ms` to `end_ms`; NaN where the trace has none.

    `voltage` (n,) mV, a sample every `interval` ms. Values of a feature that there are several of, such as of
    each action potential, are averaged.
    """
    import efel  # noqa: PLC0415 - slow to import

    trace = {
        "T": np.arange(len(voltage)) * interval,
        "V": voltage,
        "stim_start": [start_ms],
        "stim_end": [end_ms],
    }
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
