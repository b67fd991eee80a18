"""Electrodes deliver what their waveform says, and nothing before or after."""

import numpy as np
import pytest

from engine.errors import SimulationError
from engine.experiment.waveforms import Waveform
from engine.simulation.clamps import play
from engine.simulation.host import h, need_standard_run

DT = 0.025
MEGAOHM = 100.0  # of the sphere below
REST_MV = -70.0


@pytest.fixture
def sphere():
    """A passive section of 100 MΩ."""
    need_standard_run()
    section = h.Section(name="sphere")
    section.L = section.diam = 20
    section.insert("pas")
    section.g_pas = 1e-6 / MEGAOHM / (section(0.5).area() * 1e-8)
    section.e_pas = REST_MV
    h.dt, h.steps_per_ms, h.celsius, h.v_init = DT, 1 / DT, 6.3, REST_MV
    return section


def trace(section, reference=None, tstop=60.0):
    recorded = h.Vector().record(section(0.5)._ref_v if reference is None else reference)
    h.tstop = tstop
    h.run()
    return np.array(recorded)


def waveform(points, quantity="current", **more):
    time, amplitude = np.array(points, dtype=float).T
    return Waveform(time, amplitude, quantity, **more)


def step(delay, duration, amplitude):
    before = [(0, 0)] if delay > 0 else []
    edges = [(delay, 0), (delay, amplitude), (delay + duration, amplitude), (delay + duration, 0)]
    return waveform(before + edges)


@pytest.mark.parametrize(
    ("delay", "duration"),
    [(10, 20), (0, 20), (10.01, 20.02), (0.1, 7.3), (10.0125, 5.0125), (1 / 3, 10 / 7), (3.3, 100)],
)
def test_that_a_played_step_is_the_step_of_a_bare_clamp_bit_for_bit(sphere, delay, duration):
    sphere.insert("hh")
    bare = h.IClamp(sphere(0.5))
    bare.delay, bare.dur, bare.amp = delay, duration, 0.3
    expected = trace(sphere)
    bare = None
    clamp = play(step(delay, duration, 0.3), sphere(0.5))
    assert np.array_equal(trace(sphere), expected)
    assert clamp.current_reference is not None
    assert np.ptp(expected) > 30


def test_that_points_are_joined_by_straight_lines(sphere):
    clamp = play(waveform([(10, 0), (30, 0.2), (30, 0.1), (40, 0.1)]), sphere(0.5))
    current = trace(sphere, clamp.current_reference)
    at_step = np.arange(1, len(current)) * DT - DT / 2  # a step of NEURON takes the current of its middle
    expected = np.interp(at_step, [0, 10, 30, 30, 40, 40], [0, 0, 0.2, 0.1, 0.1, 0])
    assert np.allclose(current[1:], expected, atol=1e-12)


def test_that_a_clamp_is_silent_before_its_first_point_and_after_its_last(sphere):
    clamp = play(waveform([(5, 0.1), (20, 0.1)]), sphere(0.5))
    current = trace(sphere, clamp.current_reference)
    time = np.arange(len(current)) * DT
    assert set(current[time <= 5]) == set(current[time > 20.01]) == {0.0}
    assert set(current[(time > 5.01) & (time <= 20)]) == {0.1}


def test_that_a_conductance_pulls_towards_its_reversal_potential(sphere):
    clamp = play(waveform([(0, 0.02), (400, 0.02)], "conductance", reversal=0.0), sphere(0.5))
    voltage = trace(sphere, tstop=300.0)
    own, other = 1 / MEGAOHM, 0.02
    assert voltage[-1] == pytest.approx(own * REST_MV / (own + other), rel=1e-6)
    assert clamp.waveform.unit == "µS"


def test_that_a_negative_conductance_is_none_at_all(sphere):
    clamp = play(waveform([(0, -0.02), (50, -0.02)], "conductance", reversal=0.0), sphere(0.5))
    assert np.allclose(trace(sphere), REST_MV, atol=1e-4)
    assert clamp.element.rs == 1e9


def test_that_a_conductance_is_interpolated_in_its_resistance(sphere):
    clamp = play(waveform([(0, 0.01), (40, 0.02)], "conductance"), sphere(0.5))
    resistance = trace(sphere, clamp.element._ref_rs, tstop=40.0)
    assert resistance[800] == pytest.approx((1 / 0.01 + 1 / 0.02) / 2, rel=1e-3)


def test_that_voltage_levels_are_held_and_then_let_go(sphere):
    points = [(0, -80), (20, -80), (20, -40), (40, -40)]
    clamp = play(waveform(points, "voltage", series_resistance=0.001), sphere(0.5))
    voltage = trace(sphere)
    time = np.arange(len(voltage)) * DT
    assert voltage[(time > 1) & (time < 20)] == pytest.approx(-80, abs=0.01)
    assert voltage[(time > 21) & (time < 40)] == pytest.approx(-40, abs=0.01)
    assert voltage[-1] < -69
    assert clamp.element.rs == 0.001


def test_that_an_amplitude_can_be_held_while_running_and_taken_back(sphere):
    clamp = play(step(10, 20, 0.1), sphere(0.5))
    recorded = h.Vector().record(clamp.current_reference)
    h.stdinit()
    h.continuerun(15)
    clamp.hold(0.3)
    h.continuerun(50)
    clamp.play(clamp.waveform)
    h.stdinit()
    kept = np.array(recorded)
    h.continuerun(50)
    assert recorded[2000] == 0
    assert recorded[int(15 / DT)] == pytest.approx(0.1)
    assert len(kept) == 1


def test_that_what_cannot_be_played_is_refused(sphere):
    with pytest.raises(SimulationError, match="not numbers"):
        play(waveform([(0, 0), (1, np.nan)]), sphere(0.5))


def test_that_a_clamp_that_nobody_holds_is_gone(sphere):
    clamp = play(step(0, 50, 0.1), sphere(0.5))
    assert len(sphere(0.5).point_processes()) == 1
    del clamp
    assert not sphere(0.5).point_processes()
    assert np.allclose(trace(sphere), REST_MV)
