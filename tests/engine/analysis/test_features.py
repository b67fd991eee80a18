"""Features are what eFEL says of the same trace; where it says nothing there is no number."""

import math

import efel
import numpy as np
import pytest
from efel.units import get_unit

from engine.analysis.features import UNITS, USUAL, features

_INTERVAL = 0.025


def _trace() -> "np.ndarray":
    """Three spikes on a step from 100 to 300 ms."""
    times = np.arange(0, 400, _INTERVAL)
    step = (times >= 100) & (times < 300)
    voltage = -70.0 + 10.0 * step
    for spike in (150.0, 200.0, 250.0):
        voltage = voltage + 100 * np.exp(-(((times - spike) / 0.5) ** 2))
    return voltage


def test_that_features_are_those_of_efel() -> None:
    voltage = _trace()
    found = features(voltage, _INTERVAL, 100.0, 300.0)
    trace = {
        "T": np.arange(len(voltage)) * _INTERVAL,
        "V": voltage,
        "stim_start": [100.0],
        "stim_end": [300.0],
    }
    (expected,) = efel.get_feature_values([trace], list(USUAL), raise_warnings=False)
    for name in USUAL:
        values = expected[name]
        if values is None or not len(values):
            assert math.isnan(found[name])
        else:
            assert found[name] == np.mean(values)
    assert found["mean_frequency"] == pytest.approx(3 / 0.150, rel=0.01)  # to the last spike
    assert found["voltage_base"] == pytest.approx(-70.0, abs=0.2)


def test_that_a_silent_trace_has_no_spike_features() -> None:
    found = features(np.full(16_000, -70.0), _INTERVAL, 100.0, 300.0)
    assert math.isnan(found["AP_amplitude"]) and found["voltage_base"] == pytest.approx(-70.0)


def test_that_units_are_those_of_efel() -> None:
    assert {name: get_unit(name) for name in USUAL} == UNITS
