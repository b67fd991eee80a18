"""A placed synapse says when it is activated and which conductance that opens, without NEURON."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.experiment.placed_synapse import PlacedSynapse
from engine.experiment.stimuli import OrnsteinUhlenbeck, stream_numbers
from engine.experiment.waveforms import CellProperties
from tests.engine.experiment.stimuli_on_a_cell import CELL, CONDITIONS, made, played

RISE, DECAY, WEIGHT = 0.5, 5.0, 0.002
PEAK_AFTER = RISE * DECAY / (DECAY - RISE) * math.log(DECAY / RISE)


def synapse(**fields: object) -> PlacedSynapse:
    usual = {"rise_time": RISE, "decay_time": DECAY, "weight": WEIGHT, "delay": 10.0}
    return made(PlacedSynapse, **{**usual, **fields})


def conductance_of_one(since: np.ndarray) -> np.ndarray:
    """The closed form: a difference of exponentials whose peak is the weight."""
    shape = np.where(since >= 0, np.exp(-since / DECAY) - np.exp(-since / RISE), 0.0)
    return WEIGHT * shape / (math.exp(-PEAK_AFTER / DECAY) - math.exp(-PEAK_AFTER / RISE))


def test_that_regular_events_begin_at_the_delay() -> None:
    times = synapse(events=4, interval=2.5).event_times(CELL, CONDITIONS)
    assert times.tolist() == [10.0, 12.5, 15.0, 17.5]
    assert synapse(events=4, interval=2.5).end == 17.5


def test_that_the_conductance_peaks_at_the_weight_when_theory_says() -> None:
    waveform = synapse(events=1).waveform(CELL, CONDITIONS)
    assert waveform.quantity == "conductance" and waveform.unit == "µS"
    assert waveform.time[0] == 10.0 and waveform.amplitude[0] == 0.0
    assert waveform.amplitude.max() == pytest.approx(WEIGHT, rel=1e-12)
    assert waveform.time[waveform.amplitude.argmax()] == pytest.approx(10.0 + PEAK_AFTER, rel=1e-12)
    assert synapse().peak_after == pytest.approx(PEAK_AFTER, rel=1e-12)


def test_that_events_add_up() -> None:
    wanted = synapse(events=30, interval=1.7, timing="poisson")
    waveform = wanted.waveform(CELL, CONDITIONS, stream=2)
    events = wanted.event_times(CELL, CONDITIONS, stream=2)
    expected = conductance_of_one(waveform.time[:, np.newaxis] - events).sum(axis=1)
    np.testing.assert_allclose(waveform.amplitude, expected, rtol=1e-9, atol=1e-15)
    assert expected.max() > 1.5 * WEIGHT
    assert np.isin(events, waveform.time).all()


def test_that_random_events_are_a_poisson_process_with_this_interval() -> None:
    wanted = synapse(events=20_000, interval=8.0, timing="poisson")
    gaps = np.diff(wanted.event_times(CELL, CONDITIONS), prepend=wanted.delay)
    assert gaps.min() > 0
    assert gaps.mean() == pytest.approx(8.0, rel=0.02)
    assert gaps.std() == pytest.approx(8.0, rel=0.03)
    assert np.mean(gaps > 16.0) == pytest.approx(math.exp(-2), abs=0.01)


def test_that_the_same_seeds_give_the_same_events_and_others_do_not() -> None:
    wanted = synapse(events=50, timing="poisson")
    first = wanted.event_times(CELL, CONDITIONS)
    assert np.array_equal(first, wanted.event_times(CELL, CONDITIONS))
    others = (
        wanted.event_times(CellProperties(gid=1), CONDITIONS),
        wanted.event_times(CELL, CONDITIONS, stream=1),
        wanted.event_times(CELL, Conditions(stimulus_seed=7)),
        wanted.event_times(CELL, Conditions(random_seed=7)),
        changed(wanted, random_seed=7).event_times(CELL, CONDITIONS),
    )
    assert len({tuple(each.tolist()) for each in (first, *others)}) == 6


def test_that_more_events_leave_the_first_ones_where_they_are() -> None:
    few, many = (synapse(events=count, timing="poisson").event_times(CELL, CONDITIONS) for count in (5, 5000))
    np.testing.assert_array_equal(many[:5], few)


def test_that_synapses_are_numbered_by_themselves() -> None:
    noise = made(OrnsteinUhlenbeck)
    wanted = (synapse(id="a"), noise, synapse(id="b", enabled=False), synapse(id="c"), noise)
    assert stream_numbers(wanted) == (0, 0, 1, 1, 1)


def test_that_a_hundred_thousand_events_are_previewed_by_their_beginnings_and_peaks() -> None:
    waveform = played(PlacedSynapse, events=100_000, interval=100.0)
    assert len(waveform.time) == 200_000
    assert waveform.amplitude.max() == pytest.approx(0.001, rel=1e-9)


def test_that_a_synapse_that_decays_before_it_rises_is_refused() -> None:
    with pytest.raises(ValidationError, match="the rise time must be the shorter one"):
        synapse(rise_time=5.0, decay_time=5.0)
