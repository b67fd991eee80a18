"""Runs end on the step nearest to the time that was asked for, however long they are."""

import pytest

from engine.simulation.simulation import Simulation
from tests.engine.simulation.bench_circuit import SPHERE, experiment, voltage
from tests.engine.simulation.test_simulation import samples


@pytest.mark.parametrize(("dt", "tstop", "steps"), [(0.025, 0.04, 2), (0.03, 100.0, 3333), (0.025, 1.0, 40)])
def test_that_a_run_ends_on_the_step_nearest_to_its_end_as_in_neuron(bench, tmp_path, dt, tstop, steps):
    wanted = experiment(SPHERE, recordings=(voltage(SPHERE),), conditions={"dt": dt, "tstop": tstop})
    assert len(samples(bench, tmp_path, wanted)) == steps + 1


def test_that_a_long_run_reaches_its_end(bench, tmp_path):
    """NEURON adds up its time: after 20 s it is off by more than it tolerates, and a step was never made."""
    wanted = experiment(SPHERE, recordings=(voltage(SPHERE),), conditions={"tstop": 20_000.0})
    simulation = Simulation(wanted, bench, tmp_path)
    simulation.start()
    count = len(simulation.fresh())
    while not simulation.finished:
        before = simulation.time
        simulation.advance(before + 10)
        assert simulation.time > before
        count += len(simulation.fresh())
    assert count == 800_001
