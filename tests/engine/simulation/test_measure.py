"""Measured properties agree with closed forms, and are remembered."""

import numpy as np
import pytest

from engine.errors import SimulationError
from engine.experiment.conditions import Conditions
from engine.experiment.properties import properties_of
from engine.simulation.measure import Measurement, measure
from engine.simulation.simulation import Simulation
from tests.engine.simulation.bench_circuit import (
    PATCH,
    REST_MV,
    SPHERE,
    SPHERE_MEGAOHM,
    experiment,
    step,
    voltage,
)

CONDITIONS = Conditions(celsius=6.3, v_init=REST_MV)


def test_that_a_passive_cell_rests_at_its_leak_reversal_with_the_resistance_of_its_membrane(bench):
    sphere = Measurement(bench, SPHERE, CONDITIONS)
    assert sphere.resting_potential() == pytest.approx(REST_MV, abs=1e-9)
    assert sphere.input_resistance() == pytest.approx(SPHERE_MEGAOHM, rel=1e-6)


def test_that_the_holding_current_is_that_of_ohms_law(bench):
    current = Measurement(bench, SPHERE, CONDITIONS).holding_current(-80.0)
    assert current == pytest.approx((-80.0 - REST_MV) / (SPHERE_MEGAOHM + 0.01), rel=1e-6)


def test_that_the_rheobase_makes_the_cell_fire_and_a_little_less_does_not(bench, tmp_path):
    patch = Measurement(bench, PATCH, CONDITIONS)
    rest, resistance = patch.resting_potential(), patch.input_resistance()
    rheobase = patch.rheobase(0.0, rest, resistance)

    def peak(amplitude):
        wanted = experiment(
            PATCH,
            stimuli=(step(PATCH, amplitude, delay=300, duration=700),),
            recordings=(voltage(PATCH),),
            conditions={"tstop": 1000.0},
        )
        simulation = Simulation(wanted, bench, tmp_path)
        simulation.start()
        simulation.advance(1000)
        return simulation.fresh().max()

    assert peak(rheobase) > -20
    assert peak(rheobase - 0.005) < -20
    assert rest == pytest.approx(-64.97, abs=0.05)


def test_that_a_cell_that_cannot_fire_is_said_to(bench):
    with pytest.raises(SimulationError, match="does not fire"):
        Measurement(bench, SPHERE, CONDITIONS).rheobase(0.0, REST_MV, SPHERE_MEGAOHM)


def test_that_what_was_measured_is_known_afterwards_in_the_same_conditions(bench):
    assert properties_of(bench, PATCH, CONDITIONS).input_resistance is None
    told: list[str] = []
    measured = measure(bench, PATCH, CONDITIONS, -70.0, told.append)
    known = properties_of(bench, PATCH, CONDITIONS)
    assert known.input_resistance == measured.input_resistance
    assert known.holding_current == measured.holding_current < 0
    assert known.threshold_current == 0.003, "the circuit itself goes first"
    assert properties_of(bench, PATCH, Conditions(celsius=20.0)).input_resistance is None
    assert len(told) == 4
    assert np.isfinite(measured.threshold_current)
