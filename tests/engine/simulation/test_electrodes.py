"""Stimuli at several cells, and what they need to know of each."""

import numpy as np
import pytest

from engine.circuit.circuit import Circuit
from engine.experiment.stimuli import Holding, RelativeStep
from engine.experiment.targets import NodeSetTarget, Site
from engine.experiment.waveforms import MissingPropertyError
from engine.simulation.simulation import Simulation
from tests.engine.simulation.bench_circuit import PATCH, SPHERE, experiment, step, voltage

_BOTH = {"both": {"population": "cells", "node_id": [0, 1]}}


def relative(target, percent=50.0):
    return RelativeStep(id="relative", target=target, percent=percent, delay=1, duration=4)


def samples(circuit, folder, stimulus):
    recordings = (voltage(SPHERE), voltage(PATCH))
    wanted = experiment(
        SPHERE, PATCH, stimuli=(stimulus,), recordings=recordings, node_sets=_BOTH, conditions={"tstop": 10.0}
    )
    simulation = Simulation(wanted, circuit, folder)
    simulation.start()
    simulation.advance(10.0)
    return simulation.fresh()


def test_that_each_cell_gets_a_relative_step_of_its_own_threshold(bench, tmp_path):
    together = samples(bench, tmp_path, relative(NodeSetTarget(node_set="both")))
    for column, (cell, threshold) in enumerate(((SPHERE, 0.02), (PATCH, 0.003))):
        alone = samples(bench, tmp_path, step(cell, threshold / 2, delay=1, duration=4))
        np.testing.assert_array_equal(together[:, column], alone[:, column])


def test_that_the_circuit_is_not_asked_for_what_a_stimulus_does_not_need(bench, tmp_path, monkeypatch):
    asked, usual = [], Circuit.cell

    def described(circuit, population, node_id):
        asked.append((population, node_id))
        return usual(circuit, population, node_id)

    monkeypatch.setattr(Circuit, "cell", described)
    samples(bench, tmp_path, step(SPHERE, 0.01, delay=1, duration=4))
    to_build = [("cells", 0), ("cells", 1)]
    assert asked == to_build
    samples(bench, tmp_path, relative(Site(cell=PATCH)))
    assert asked == [*to_build, *to_build, ("cells", 1)]


def test_that_a_property_that_nobody_knows_is_named_with_stimulus_and_cell(bench, tmp_path, monkeypatch):
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))  # nobody has measured it here
    unknown = Holding(id="holding", name="hold it", target=Site(cell=PATCH))
    with pytest.raises(MissingPropertyError, match="holding current of cell 1 is not known") as error:
        samples(bench, tmp_path, unknown)
    assert error.value.where == f"the stimulus 'hold it' at cell {PATCH}"
