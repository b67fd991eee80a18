"""What is found to make a cell fire does so, as a step."""

import numpy as np
import pytest

from engine.experiment.conditions import Conditions
from engine.experiment.recordings import SiteRecording
from engine.experiment.targets import Site
from engine.simulation.cell_store import CellStore
from engine.simulation.excitability import firing_current
from engine.simulation.simulation import Simulation
from tests.engine.simulation.bench_circuit import PATCH, REST_MV, SPHERE, experiment, step

CONDITIONS = Conditions(celsius=6.3, v_init=REST_MV)
RHEOBASE_NA = 0.002223  # of the patch, as the protocols find it


class EnoughError(Exception):
    """Whoever looked has something better to do."""


def trace(bench, folder, amplitude, store=None):
    wanted = experiment(
        PATCH,
        stimuli=(step(PATCH, amplitude, delay=50, duration=100),),
        recordings=(SiteRecording(site=Site(cell=PATCH)),),
        conditions={"tstop": 200.0},
    )
    simulation = Simulation(wanted, bench, folder, store)
    simulation.start()
    simulation.advance(200)
    return simulation.fresh()[:, 0]


def test_that_a_step_of_the_current_makes_the_cell_fire_and_is_not_far_over_its_threshold(bench, tmp_path):
    current = firing_current(bench, PATCH, CONDITIONS)
    assert current is not None
    assert trace(bench, tmp_path, current).max() > 0
    assert RHEOBASE_NA < current < 2.5 * RHEOBASE_NA


def test_that_nothing_makes_a_passive_cell_fire(bench):
    assert firing_current(bench, SPHERE, CONDITIONS) is None


def test_that_a_cell_that_fires_by_itself_is_known_by_a_current_of_0(bench):
    pacemaker = Conditions(celsius=6.3, v_init=REST_MV, mechanism_globals={"hh": {}})
    store = CellStore(bench)
    section = next(iter(store.provide([PATCH], pacemaker)[PATCH].sections.values()))
    section.el_hh = -20.0
    section.gl_hh = 0.001
    assert firing_current(bench, PATCH, pacemaker, store) == 0.0


def test_that_the_search_can_be_given_up_and_leaves_no_trace(bench, tmp_path):
    store = CellStore(bench)
    before = trace(bench, tmp_path, 0.02, store)
    calls: list[int] = []

    def heed():
        calls.append(len(calls))
        if len(calls) > 2:
            raise EnoughError

    with pytest.raises(EnoughError):
        firing_current(bench, PATCH, CONDITIONS, store, heed)
    np.testing.assert_array_equal(trace(bench, tmp_path, 0.02, store), before)
