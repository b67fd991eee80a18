"""Electrophysiological features of a voltage trace, by eFEL, under its names and with its units."""

import atexit
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.analysis.feature_process import FeatureProcess
from engine.analysis.step_interval import StepInterval

Floats = NDArray[np.float64]

# What says most of a response to a step, in the order of a table, with the units that eFEL gives them.
UNITS: Final[Mapping[str, str]] = {
    "voltage_base": "mV",
    "steady_state_voltage_stimend": "mV",
    "sag_amplitude": "mV",
    "time_to_first_spike": "ms",
    "AP_amplitude": "mV",
    "AP_begin_voltage": "mV",
    "AP_duration_half_width": "ms",
    "AHP_depth": "mV",
    "mean_frequency": "Hz",
}
USUAL: Final = tuple(UNITS)

PROCESS: Final = FeatureProcess()
atexit.register(PROCESS.close)


def features(
    voltage: Floats, interval: float, start_ms: float, end_ms: float, names: Sequence[str] = USUAL
) -> dict[str, float]:
    """The mean of each feature of a step from `start_ms` to `end_ms`; NaN where the trace has none.

    `voltage` (n,) mV, a sample every `interval` ms. Values of a feature that there are several of, such as of
    each action potential, are averaged. EngineError if eFEL cannot be started.
    """
    times = np.arange(float(len(voltage))) * interval
    return PROCESS.features(times, voltage, StepInterval(start_ms, end_ms), names)
