"""Trains are what their closed forms say, and the same again from the same seed, whatever else there is."""

import numpy as np
import pytest
from pydantic import ValidationError

from engine.experiment.random123 import Random123
from engine.experiment.spike_sources import MOST_WRITTEN, PoissonTrains, RegularTrains, Train, TypedSpikes
from engine.experiment.spike_trains import drawn, population_key
from engine.experiment.targets import CellReference

POISSON = PoissonTrains(population="thalamus", rate=20.0, delay=100.0, duration=10_000.0, seed=7)
NODES = np.arange(1000)


def test_that_poisson_trains_have_their_rate_and_exponential_intervals():
    spikes = drawn(POISSON, "thalamus", NODES)
    counts = np.bincount(spikes.node_ids, minlength=1000)
    assert abs(len(spikes) - 200_000) < 4 * np.sqrt(200_000)
    assert counts.var() / counts.mean() == pytest.approx(1, abs=0.15)
    intervals = np.sort(np.diff(spikes.times)[np.diff(spikes.node_ids) == 0])
    share = np.arange(1, len(intervals) + 1) / len(intervals)
    # cells end at 10 s, so a long interval is a little rarer than the exponential says
    assert np.abs(share - (1 - np.exp(-intervals / 50))).max() < 0.01
    assert spikes.times.min() > 100 and spikes.times.max() <= 10_100
    assert abs(np.corrcoef(counts[:-1], counts[1:])[0, 1]) < 0.1, "one cell says nothing about the next"


def test_that_a_train_is_the_documented_sum_of_draws_whatever_the_other_cells_are():
    stream = Random123(42, population_key("thalamus"), 1, global_index=7)
    draws = [stream.uniform(0, 1), *(stream.pick() for _ in range(9))]
    expected = 100.0 + 0.0 * np.empty(10)
    now = 100.0
    for k, draw in enumerate(draws):
        now += -50.0 * np.log(draw)
        expected[k] = now
    alone, among = drawn(POISSON, "thalamus", np.array([42])), drawn(POISSON, "thalamus", NODES)
    np.testing.assert_allclose(alone.times[:10], expected, rtol=1e-14)
    np.testing.assert_array_equal(alone.times, among.of(42))
    shorter = PoissonTrains(**{**dict(POISSON), "duration": 3000.0})
    part = drawn(shorter, "thalamus", np.array([42])).times
    np.testing.assert_array_equal(part, alone.times[: len(part)])
    reseeded = PoissonTrains(**{**dict(POISSON), "seed": 8})
    others = drawn(POISSON, "cortex", NODES[42:43]), drawn(reseeded, "thalamus", NODES[42:43])
    assert not any(np.isin(each.times, alone.times).any() for each in others)


def test_that_regular_trains_are_exactly_in_time_unless_spread_or_jittered():
    usual = {"population": "thalamus", "interval": 30.0, "delay": 10.0, "duration": 90.0}
    exact = drawn(RegularTrains(**usual), "thalamus", NODES[:3])
    assert exact.times.tolist() == [10.0, 40.0, 70.0, 100.0] * 3
    assert exact.node_ids.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    spread = drawn(RegularTrains(**usual, spread=30.0), "thalamus", NODES)
    first = spread.times[np.flatnonzero(np.diff(spread.node_ids, prepend=-1))]
    assert 10 < first.min() < first.max() < 40 and first.std() == pytest.approx(30 / np.sqrt(12), rel=0.05)
    np.testing.assert_allclose(np.diff(spread.of(5)), 30.0, rtol=1e-12)
    jittered = drawn(RegularTrains(**usual, jitter=20.0), "thalamus", NODES)
    off = jittered.times[jittered.node_ids > 0].reshape(999, 4) - [10, 40, 70, 100]
    assert off[:, 0].min() == -10, "nothing is before 0 ms"
    assert np.abs(off[:, 1:]).max() <= 20 and off[:, 1].std() == pytest.approx(20 / np.sqrt(3), rel=0.05)


def test_that_what_makes_no_sense_is_refused_in_a_sentence():
    with pytest.raises(ValidationError, match="name a population or a node set"):
        PoissonTrains(rate=5.0)
    for rate in (np.nan, np.inf, -1.0, 10_001.0):
        with pytest.raises(ValidationError):
            PoissonTrains(population="thalamus", rate=rate)
    cell = CellReference("thalamus", 3)
    for time in (np.nan, -0.1, 1e8):
        with pytest.raises(ValidationError):
            Train(cell=cell, times=(time,))
    with pytest.raises(ValidationError, match="replay them from a spike file"):
        TypedSpikes(trains=(Train(cell=cell, times=(1.0,) * (MOST_WRITTEN + 1)),))
