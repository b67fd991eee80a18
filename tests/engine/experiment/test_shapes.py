"""What deterministic stimuli play: closed forms and the timing facts of neurodamus."""

import math
import typing
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.errors import EngineError
from engine.experiment.stimuli import (
    ArbitraryWaveform,
    Holding,
    PlacedSynapse,
    PulseTrain,
    Ramp,
    RelativeRamp,
    RelativeStep,
    Sine,
    SineSweep,
    Step,
    Stimulus,
    Subthreshold,
    VoltageClamp,
)
from engine.experiment.waveforms import CellProperties, MissingPropertyError, Waveform
from tests.engine.experiment.stimuli_on_a_cell import CELL, CONDITIONS, made, played, points

MODELS = typing.get_args(typing.get_args(Stimulus)[0])
CURRENTS = [model for model in MODELS if model not in {VoltageClamp, PlacedSynapse}]
DELAYS = st.floats(0, 300)
DURATIONS = st.floats(1, 500)


def edges(waveform: Waveform) -> list[tuple[float, float]]:
    """Begin and end of every pulse."""
    time, amplitude = waveform.time, waveform.amplitude
    on = np.flatnonzero((amplitude[:-1] == 0) & (amplitude[1:] != 0))
    off = np.flatnonzero((amplitude[:-1] != 0) & (amplitude[1:] == 0))
    return [(time[a], time[b]) for a, b in zip(on, off, strict=True)]


def test_that_a_step_jumps_up_and_down() -> None:
    assert points(played(Step, delay=10, duration=5, amplitude=0.3)) == [
        (0, 0),
        (10, 0),
        (10, 0.3),
        (15, 0.3),
        (15, 0),
    ]


def test_that_nothing_stands_before_a_stimulus_without_delay() -> None:
    assert points(played(Step, delay=0, duration=5, amplitude=0.3)) == [(0, 0), (0, 0.3), (5, 0.3), (5, 0)]


def test_that_a_ramp_is_a_straight_line() -> None:
    waveform = played(Ramp, delay=10, duration=20, amplitude_start=-0.1, amplitude_end=0.4)
    assert points(waveform) == [(0, 0), (10, 0), (10, -0.1), (30, 0.4), (30, 0)]


def test_that_relative_stimuli_scale_with_the_threshold() -> None:
    assert played(RelativeStep, percent=120).amplitude[2] == 0.2 * 1.2
    assert played(RelativeRamp, percent_start=-50, percent_end=150).amplitude[2:4].tolist() == [
        0.2 * -0.5,
        0.2 * 1.5,
    ]


def test_that_subthreshold_means_below_threshold_and_a_negative_number_above() -> None:
    assert played(Subthreshold, percent_less=20).amplitude[2] == pytest.approx(0.16)
    assert played(Subthreshold, percent_less=-20).amplitude[2] == pytest.approx(0.24)


def test_that_holding_plays_the_holding_current_of_the_cell() -> None:
    assert points(played(Holding, duration=50)) == [(0, 0), (0, -0.05), (50, -0.05), (50, 0)]


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (40, [(10, 12), (22.5, 24.5), (35, 37), (47.5, 49.5)]),
        (26, [(10, 12), (22.5, 24.5), (35, 36)]),
        (25.5, [(10, 12), (22.5, 24.5), (35, 35.5)]),
        (25, [(10, 12), (22.5, 24.5)]),
    ],
)
def test_that_pulses_stand_where_neurodamus_has_them(
    duration: float, expected: list[tuple[float, float]]
) -> None:
    waveform = played(PulseTrain, delay=10, duration=duration, amplitude=1, frequency=80, width=2)
    assert edges(waveform) == expected
    assert points(waveform)[-1] == (10 + duration, 0)


@given(delay=DELAYS, duration=DURATIONS, frequency=st.floats(1, 200), fill=st.floats(0.01, 0.99))
def test_that_pulses_carry_their_charge(delay: float, duration: float, frequency: float, fill: float) -> None:
    period = 1000 / frequency
    width = fill * period
    waveform = played(
        PulseTrain, delay=delay, duration=duration, amplitude=2, frequency=frequency, width=width
    )
    whole, left = divmod(duration, period)
    charge = np.trapezoid(waveform.amplitude, waveform.time)
    assert charge == pytest.approx(2 * (whole * width + min(left, width)), rel=1e-6)


def test_that_pulses_that_overlap_are_refused() -> None:
    with pytest.raises(ValidationError, match="do not fit into a period"):
        made(PulseTrain, width=51, frequency=20)


def test_that_a_sine_is_one() -> None:
    waveform = played(Sine, delay=7, duration=1000, amplitude=0.3, frequency=13, sample_interval=0.1)
    time, amplitude = waveform.time[1:-1] - 7, waveform.amplitude[1:-1]
    assert len(time) == 10_001
    np.testing.assert_allclose(amplitude, 0.3 * np.sin(2 * np.pi * 13 * time / 1000), atol=1e-12)
    assert points(waveform)[-1] == (1007, 0)


def test_that_a_sine_of_no_frequency_is_nothing() -> None:
    assert not played(Sine, frequency=0).amplitude.any()


def test_that_a_sweep_passes_through_its_frequencies() -> None:
    waveform = played(
        SineSweep,
        delay=0,
        duration=2000,
        frequency_start=2,
        frequency_end=20,
        amplitude=1,
        sample_interval=0.1,
    )
    crossings = waveform.time[:-1][np.diff(np.signbit(waveform.amplitude)) != 0]
    local = 500 / np.diff(crossings)  # Hz: half a period lies between two crossings
    middle = (crossings[1:] + crossings[:-1]) / 2
    np.testing.assert_allclose(local[1:], (2 + 18 * middle / 2000)[1:], rtol=0.02)


def test_that_a_sweep_between_equal_frequencies_is_a_sine() -> None:
    sweep = played(SineSweep, duration=500, frequency_start=8, frequency_end=8, amplitude=0.1)
    sine = played(Sine, duration=500, frequency=8, amplitude=0.1)
    np.testing.assert_allclose(sweep.amplitude, sine.amplitude, atol=1e-12)


def test_that_a_sweep_counts_half_the_sum_of_its_frequencies() -> None:
    waveform = played(SineSweep, duration=1000, frequency_start=0, frequency_end=30, amplitude=1)
    upwards = (waveform.amplitude[:-1] < 0) & (waveform.amplitude[1:] >= 0)
    assert np.count_nonzero(upwards) == 15


def test_that_a_voltage_clamp_holds_from_zero_to_its_duration() -> None:
    waveform = played(VoltageClamp, duration=100, voltage=-70, series_resistance=0.5)
    assert points(waveform) == [(0, -70), (100, -70)]
    assert (waveform.quantity, waveform.unit, waveform.series_resistance) == ("voltage", "mV", 0.5)


LEVELS = [{"duration": 10, "voltage": -80}, {"duration": 20, "voltage": 0}, {"duration": 5, "voltage": -40}]


def test_that_levels_follow_each_other_from_the_start() -> None:
    waveform = played(VoltageClamp, duration=50, voltage=-65, levels=LEVELS)
    assert points(waveform) == [(0, -80), (10, -80), (10, 0), (30, 0), (30, -40), (50, -40)]


def test_that_late_levels_come_one_place_later() -> None:
    waveform = played(VoltageClamp, duration=50, voltage=-65, levels=LEVELS, late_levels=True)
    assert points(waveform) == [
        (0, -65),
        (10, -65),
        (10, -80),
        (30, -80),
        (30, 0),
        (35, 0),
        (35, -40),
        (50, -40),
    ]


def test_that_a_late_level_that_never_comes_is_left_out() -> None:
    waveform = played(VoltageClamp, duration=35, voltage=-65, levels=LEVELS, late_levels=True)
    assert points(waveform)[-1] == (35, 0)


def test_that_levels_longer_than_the_clamp_are_refused() -> None:
    with pytest.raises(ValidationError, match="longer than the clamp"):
        made(VoltageClamp, duration=30, levels=LEVELS)


def test_that_points_are_played_from_the_delay_on_and_may_jump() -> None:
    waveform = played(
        ArbitraryWaveform, delay=5, duration=100, times=[1, 3, 3, 4], amplitudes=[0.1, 0.2, -0.3, -0.3]
    )
    assert points(waveform) == [(0, 0), (6, 0), (6, 0.1), (8, 0.2), (8, -0.3), (9, -0.3), (9, 0)]


def test_that_points_are_cut_after_the_duration() -> None:
    waveform = played(ArbitraryWaveform, delay=0, duration=5, times=[0, 10], amplitudes=[0, 1])
    assert points(waveform) == [(0, 0), (0, 0), (5, 0.5), (5, 0)]
    late = played(ArbitraryWaveform, delay=0, duration=5, times=[8, 10], amplitudes=[1, 1])
    assert not late.amplitude.any()


@pytest.mark.parametrize(
    ("times", "amplitudes"), [([0, 1], [1]), ([1, 0], [1, 1]), ([-1, 0], [1, 1]), ([0, math.nan], [1, 1])]
)
def test_that_points_that_are_no_function_of_time_are_refused(
    times: list[float], amplitudes: list[float]
) -> None:
    with pytest.raises(ValidationError):
        made(ArbitraryWaveform, times=times, amplitudes=amplitudes)


@pytest.mark.parametrize("model", CURRENTS)
@pytest.mark.parametrize("window", [(0.0, 40.0), (12.3, 25.55), (100.0, 7.0)])
def test_that_every_current_is_zero_outside_of_its_window(
    model: type[Any], window: tuple[float, float]
) -> None:
    delay, duration = window
    waveform = played(model, delay=delay, duration=duration)
    assert (np.diff(waveform.time) >= 0).all()
    assert np.isfinite(waveform.amplitude).all()
    assert waveform.time[0] == 0 and waveform.time[-1] <= delay + duration
    assert not waveform.amplitude[waveform.time < delay].any()
    assert waveform.amplitude[-1] == 0
    assert waveform.amplitude[waveform.time == delay][0] == 0


@pytest.mark.parametrize("model", MODELS)
def test_that_the_same_waveform_comes_twice(model: type[Any]) -> None:
    stimulus = made(model)
    assert points(stimulus.waveform(CELL, CONDITIONS)) == points(stimulus.waveform(CELL, CONDITIONS))


@pytest.mark.parametrize(
    ("model", "fields", "words"),
    [
        (RelativeStep, {}, "threshold current"),
        (RelativeRamp, {}, "threshold current"),
        (Subthreshold, {}, "threshold current"),
        (Holding, {}, "holding current"),
    ],
)
def test_that_an_unknown_property_is_named_with_what_to_do(
    model: type[Any], fields: dict[str, Any], words: str
) -> None:
    for unknown in (CellProperties(gid=7), CellProperties(7, math.nan, math.nan)):
        with pytest.raises(
            MissingPropertyError, match=f"The {words} of cell 7 is not known.*Measure it, or give"
        ):
            played(model, cell=unknown, **fields)


def test_that_a_waveform_without_end_is_refused_with_a_sentence() -> None:
    with pytest.raises(EngineError, match=r"would have 4e\+08 samples.*Make it shorter"):
        played(Sine, duration=1e7)
    with pytest.raises(EngineError, match="pulses"):
        played(PulseTrain, duration=1e7, width=0.01, frequency=10_000)
