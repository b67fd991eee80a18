"""Coming back to a moment: by a saved state without computing, or by computing once more; the same bits."""

import numpy as np
import pytest

from engine.errors import SimulationError
from engine.messages.live import AppliedSetting, ChannelDensity, Temperature
from engine.simulation.live import apply_setting
from engine.simulation.simulation import Simulation
from engine.simulation.snapshots import Moment, come_back, save_state
from tests.engine.simulation.bench_circuit import PATCH, experiment, step, voltage


@pytest.fixture
def half_way(bench, tmp_path):
    """A simulation that has ended, the moment in its middle after a change, and its second half."""
    wanted = experiment(PATCH, stimuli=(step(PATCH, 0.01, 5, 80),), recordings=(voltage(PATCH),))
    simulation = Simulation(wanted, bench, tmp_path)
    simulation.start()
    simulation.advance(20)
    setting = ChannelDensity(cell=PATCH, variable="gnabar_hh", factor=1.2)
    apply_setting(setting, simulation)
    log = (AppliedSetting(time=simulation.time, setting=setting),)
    simulation.advance(50)
    samples = len(simulation.fresh())
    moment = Moment(wanted, tmp_path, log, simulation.time, samples, save_state(simulation))
    simulation.advance(100)
    yield simulation, moment, simulation.fresh()
    simulation.close()


def never() -> None:
    raise AssertionError("this must not be computed")


def test_that_a_saved_state_goes_on_without_being_computed(half_way):
    simulation, moment, expected = half_way
    for _ in range(3):
        come_back(simulation, moment, never)
        assert simulation.time == moment.time
        simulation.advance(100)
        np.testing.assert_array_equal(simulation.fresh(), expected)


def test_that_without_a_state_the_same_is_computed(half_way):
    simulation, moment, expected = half_way
    slices = []
    come_back(simulation, moment.without_state(), lambda: slices.append(simulation.time))
    assert len(slices) > 1
    simulation.advance(100)
    np.testing.assert_array_equal(simulation.fresh(), expected)


def test_that_the_state_of_another_simulation_is_not_believed(half_way, bench, tmp_path):
    simulation, moment, expected = half_way
    other = Simulation(moment.experiment, bench, tmp_path, simulation.store)
    come_back(other, moment, lambda: None)
    other.advance(100)
    np.testing.assert_array_equal(other.fresh(), expected)
    with pytest.raises(SimulationError, match="taken over"):
        simulation.start()


def test_that_changes_after_the_moment_do_not_stay(half_way):
    simulation, moment, expected = half_way
    come_back(simulation, moment, never)
    apply_setting(Temperature(celsius=15), simulation)
    apply_setting(ChannelDensity(cell=PATCH, variable="gkbar_hh", factor=3), simulation)
    simulation.advance(100)
    assert not np.array_equal(simulation.fresh(), expected)
    come_back(simulation, moment, never)
    simulation.advance(100)
    np.testing.assert_array_equal(simulation.fresh(), expected)
