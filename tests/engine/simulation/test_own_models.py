"""Our own models of synapses and sources against closed forms."""

import numpy as np
import pytest

from engine.experiment.spontaneous import release_times
from tests.engine.simulation.in_process import in_process
from tests.engine.simulation.own_models import SITES, STEADY_HZ, STEADY_IDS, TRAIN_MS, measured

MODELS = ("StochasticAMPANMDA", "StochasticGABAAB")

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """All that was measured, in one process."""
    return in_process(measured, folder=tmp_path_factory.mktemp("own_models"))


@pytest.mark.parametrize(
    ("receptor", "expected"), [("AMPA", 0.7), ("NMDA", 0.35), ("GABAA", 0.7), ("GABAB", 0.35)]
)
def test_that_the_peak_of_a_full_release_is_the_weight(found, receptor, expected):
    assert found["peaks"][receptor] == pytest.approx(expected, rel=1e-3)
    assert found["peaks"][receptor] <= expected


@pytest.mark.parametrize("model", MODELS)
def test_that_on_average_release_is_that_of_tsodyks_and_markram(found, model):
    """u by its recursion, exactly; the full sites by theirs, as closely as chance allows."""
    use, depression, facilitation = 0.4, 300.0, 200.0
    utilisation, full, last = 0.0, 1.0, 0.0
    for time, probability, recovered in zip(TRAIN_MS, *_pairs(found["releases"][model]), strict=True):
        utilisation *= np.exp(-(time - last) / facilitation)
        utilisation += use * (1 - utilisation)
        full = 1 - (1 - full) * np.exp(-(time - last) / depression)
        assert probability == pytest.approx(utilisation, rel=1e-12)
        assert recovered == pytest.approx(full, abs=5 / np.sqrt(SITES))
        full *= 1 - utilisation
        last = time


@pytest.mark.parametrize("model", MODELS)
def test_that_sites_that_are_sure_to_release_are_empty_after_every_spike(found, model):
    probability, left = _pairs(found["always"][model])
    assert probability == [1.0] * len(TRAIN_MS)
    assert left == [0.0] * len(TRAIN_MS)


def test_that_magnesium_blocks_nmda_as_jahr_and_stevens_say(found):
    voltage, part = map(np.array, found["block"])
    assert voltage.min() < -60 and voltage.max() > 0
    expected = 1 / (1 + np.exp(-0.062 * voltage) / 3.57)
    np.testing.assert_allclose(part[1:], expected[:-1], rtol=0.01)


@pytest.mark.parametrize("model", MODELS)
def test_that_the_numbers_of_its_stream_decide_a_synapse_s_fate(found, model):
    first, same, other = found["drawn"][model]
    assert first == same != other
    assert len(set(first)) > 3


@pytest.mark.parametrize("model", MODELS)
def test_that_its_stream_begins_anew_with_every_run(found, model):
    assert found["again"][model]


@pytest.mark.parametrize("model", MODELS)
def test_that_a_mini_can_be_kept_to_one_vesicle_and_a_spike_is_not(found, model):
    assert found["minis"][model] == [1, 5]


@pytest.mark.parametrize("model", MODELS)
def test_that_sites_that_begin_empty_and_never_recover_release_nothing(found, model):
    assert found["depleted"][model][1::2] == [0.0] * len(TRAIN_MS)


@pytest.mark.parametrize("model", MODELS)
def test_that_a_connection_that_is_off_draws_no_numbers(found, model):
    assert not found["off"][model]


def test_that_snapshots_know_of_what_neuron_does_not_save(found):
    assert found["hidden"] == [True] * 3


def test_that_release_drawn_for_runs_is_what_the_source_of_minis_gives_to_the_bit(found):
    (drawn,) = release_times(np.array([STEADY_IDS]), np.array([STEADY_HZ]), 20_000.0, 0)
    assert found["steady"] == drawn.tolist()
    assert len(drawn) > 600


def test_that_a_poisson_source_fires_as_often_as_its_rates_say(found):
    times = np.array(found["poisson"])
    assert times.min() > 1000 and times.max() < 19_000
    early, late = (times < 10_000).sum(), (times >= 10_000).sum()
    assert early == pytest.approx(90, abs=5 * np.sqrt(90))
    assert late == pytest.approx(360, abs=5 * np.sqrt(360))
    assert found["silent"] == []


def _pairs(values):
    return values[::2], values[1::2]
