"""Random stimuli against the published samples and sums, and against what statistics say of them."""

import math
import time
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from engine.errors import EngineError
from engine.experiment import noise
from engine.experiment.conditions import Conditions
from engine.experiment.random123 import Random123
from engine.experiment.shapes import Sampling
from engine.experiment.stimuli import (
    AbsoluteShotNoise,
    Noise,
    OrnsteinUhlenbeck,
    RelativeNoise,
    RelativeOrnsteinUhlenbeck,
    RelativeShotNoise,
    ShotNoise,
    Step,
    stream_numbers,
)
from engine.experiment.waveforms import CellProperties, MissingPropertyError
from tests.engine.experiment.stimuli_on_a_cell import CELL, made, played

OU: dict[str, Any] = {"delay": 0, "duration": 500, "tau": 2.8, "sigma": 0.1542, "mean": 0.199}
SHOTS: dict[str, Any] = {
    "delay": 0,
    "duration": 400,
    "decay_time": 4,
    "rise_time": 0.4,
    "rate": 2000,
    "amplitude_mean": 0.04,
    "amplitude_variance": 0.0016,
}


def test_that_the_first_normal_numbers_are_the_published_ones() -> None:
    random = Random123(2997, 291204, 124)
    random.normal(0, 1)
    assert random.picks(4).tolist() == pytest.approx(
        [1.4798467587, -0.5206806338, 1.4792828655, -1.0606319047], abs=5e-11
    )


@pytest.mark.parametrize(
    ("random_seed", "seed_of_stimulus", "first", "total"),
    [
        (0, None, [0.199, 0.1665315112, 0.2615496289, 0.1900682522, 0.1320306843], 402.97142291),
        (0, 42, [0.199, 0.1867108990, 0.2754332521, 0.3513306410, 0.3624428995], 429.33185368),
        (1, None, [0.199, 0.1626109742, 0.1372107399, 0.1191749434, 0.1034413860], 384.30011869),
        (12345, None, [0.199, 0.2039168075, 0.1862489208, 0.1823162912, 0.2132786800], 415.86839781),
    ],
)
def test_that_ornstein_uhlenbeck_noise_is_the_published_one(
    random_seed: int, seed_of_stimulus: int | None, first: list[float], total: float
) -> None:
    conditions = Conditions(random_seed=random_seed)
    waveform = played(OrnsteinUhlenbeck, conditions=conditions, random_seed=seed_of_stimulus, **OU)
    assert len(waveform.time) == 2001 + 2
    assert waveform.amplitude[1:6].tolist() == pytest.approx(first, abs=5e-11)
    assert waveform.amplitude.sum() == pytest.approx(total, abs=5e-9)


@pytest.mark.parametrize(
    ("random_seed", "first", "total"),
    [
        (
            0,
            [0, 0, 0.0595500120, 0.0893719766, 0.1193406625, 0.1310495788, 0.1425435693, 0.1443094990],
            660.55795125,
        ),
        (1, [0, 0, 0, 0.0157139085, 0.0231729000, 0.0262710351], 621.13955916),
        (12345, [0, 0, 0.0207728009, 0.0306331196], 662.01987119),
    ],
)
def test_that_shot_noise_is_the_published_one(random_seed: int, first: list[float], total: float) -> None:
    waveform = played(ShotNoise, conditions=Conditions(random_seed=random_seed), **SHOTS)
    assert len(waveform.time) == 1601 + 2
    assert waveform.amplitude[1 : len(first) + 1].tolist() == pytest.approx(first, abs=5e-11)
    assert waveform.amplitude.sum() == pytest.approx(total, abs=5e-9)


@pytest.mark.parametrize(
    ("moments", "times", "expected"),
    [
        ((0.1, 0.02), (0.4, 4), (5681.8181818, 0.0034067602, 1.16060151e-5)),
        ((0.5, 0.1), (1, 10), (2272.7272727, 0.0170338010, 2.90150377e-4)),
    ],
)
def test_that_shots_follow_from_the_moments_as_published(
    moments: tuple[float, float], times: tuple[float, float], expected: tuple[float, ...]
) -> None:
    shots = noise.shots_giving(*moments, 0.5, *times)
    assert (shots.rate, shots.mean, shots.variance) == pytest.approx(expected, rel=1e-8)
    mirrored = noise.shots_giving(-moments[0], moments[1], 0.5, *times)
    assert (mirrored.rate, mirrored.mean, mirrored.variance) == (shots.rate, -shots.mean, shots.variance)


@pytest.mark.parametrize("sign", [1, -1])
def test_that_shot_noise_has_the_moments_it_was_made_of(sign: int) -> None:
    waveform = played(AbsoluteShotNoise, delay=0, duration=20_000, mean=sign * 0.1, sigma=0.02)
    settled = waveform.amplitude[200:-1]
    assert settled.mean() == pytest.approx(sign * 0.1, rel=0.03)
    assert settled.std() == pytest.approx(0.02, rel=0.1)


@pytest.mark.parametrize("skew", [0.0, 0.99])
def test_that_the_ends_of_the_skew_make_noise_too(skew: float) -> None:
    waveform = played(AbsoluteShotNoise, delay=0, duration=500, relative_skew=skew)
    assert waveform.amplitude[200:-1].mean() == pytest.approx(0.1, rel=0.1)


def test_that_one_shot_peaks_at_its_size() -> None:
    impulses = np.zeros(4000)
    impulses[10] = 0.7
    shot = noise._convolved(impulses, 0.01, 0.4, 4.0)
    assert shot.max() == pytest.approx(0.7, rel=1e-4)
    assert not shot[:11].any()
    peak_ms = math.log(4.0 / 0.4) / (1 / 0.4 - 1 / 4.0)
    assert np.argmax(shot) * 0.01 == pytest.approx(0.1 + peak_ms, abs=0.02)


def test_that_gamma_variates_have_their_mean_and_variance() -> None:
    for mean, variance in ((2.0, 0.5), (0.04, 0.0016), (0.1, 0.05)):
        values = Random123(1, 2, 3).gammas(mean**2 / variance, variance / mean, 20_000)
        assert values.mean() == pytest.approx(mean, rel=0.05)
        assert values.var() == pytest.approx(variance, rel=0.1)
        assert (values > 0).all()


def test_that_ornstein_uhlenbeck_noise_has_its_mean_spread_and_memory() -> None:
    waveform = played(OrnsteinUhlenbeck, delay=0, duration=100_000, mean=0.1, sigma=0.05, tau=5)
    signal = waveform.amplitude[100:-1]
    assert signal.mean() == pytest.approx(0.1, abs=0.003)
    assert signal.std() == pytest.approx(0.05, rel=0.05)
    later = np.corrcoef(signal[:-20], signal[20:])[0, 1]  # 5 ms
    assert later == pytest.approx(math.exp(-1), abs=0.05)


def test_that_noise_without_memory_is_white_and_uses_its_first_number() -> None:
    random = Random123(2997, 291204, 124)
    random.normal(0, 1)
    waveform = played(OrnsteinUhlenbeck, delay=0, duration=50, tau=0, mean=0.3, sigma=2)
    np.testing.assert_array_equal(waveform.amplitude[1:-1], random.picks(201) * 2 + 0.3)


def test_that_a_process_in_per_cent_is_the_process_at_that_scale() -> None:
    relative: dict[str, Any] = {"delay": 5, "duration": 50, "mean_percent": 70, "sd_percent": 30}
    current = played(RelativeOrnsteinUhlenbeck, **relative)
    direct = played(OrnsteinUhlenbeck, delay=5, duration=50, mean=70 / 100 * 0.2, sigma=30 / 100 * 0.2)
    np.testing.assert_array_equal(current.amplitude, direct.amplitude)
    conductance = played(RelativeOrnsteinUhlenbeck, mode="conductance", reversal=-10, **relative)
    direct = played(OrnsteinUhlenbeck, delay=5, duration=50, mean=0.7 * 0.01, sigma=0.3 * 0.01)
    np.testing.assert_allclose(conductance.amplitude, direct.amplitude, rtol=1e-12)
    assert (conductance.quantity, conductance.unit, conductance.reversal) == ("conductance", "µS", -10)


def test_that_a_positive_reversal_does_not_leak_into_the_conductance() -> None:
    waveform = played(ShotNoise, mode="conductance", reversal=30, delay=10, duration=20)
    assert waveform.amplitude[[0, 1, -1]].tolist() == [0, 0, 0]


def test_that_relative_shot_noise_without_a_mean_is_nothing() -> None:
    assert not played(RelativeShotNoise, mean_percent=0).amplitude.any()


def test_that_noise_counts_the_numbers_before_its_delay_in_pieces_of_its_own_length() -> None:
    # pieces of D - dt = 19.975 ms, every 0.5 ms: 0 to 9.975; 0 to 19.975, 20 to 39.975 and 40 to 49.975
    assert noise._used_before(Sampling(10, 20, 0.5), 0.025) == 20
    assert noise._used_before(Sampling(50, 20, 0.5), 0.025) == 40 + 40 + 20
    assert noise._used_before(Sampling(0, 20, 0.5), 0.025) == 0


@pytest.mark.parametrize("delay", [0.0, 10.0])
def test_that_the_two_conventions_use_up_numbers_each_in_its_way(delay: float) -> None:
    used = 20 if delay else 0
    theirs = Random123(102, 507, 305 + 1, global_index=3)
    theirs.picks(used)
    theirs.normal(0.2, 0.01)
    fields = {"delay": delay, "duration": 20, "mean": 0.2, "variance": 0.01}
    cell = CellProperties(gid=5)
    conditions = Conditions(random_seed=3, stimulus_seed=7)
    waveform = played(Noise, cell=cell, conditions=conditions, stream=2, **fields)
    inside = slice(2 if delay else 1, -1)
    np.testing.assert_array_equal(waveform.amplitude[inside], theirs.picks(41))
    np.testing.assert_array_equal(waveform.time[inside], delay + np.arange(41) * 0.5)

    others = Random123(102, 507, 305, global_index=3)
    others.normal(0.2, 0.01)
    others.picks(used)
    conditions = Conditions(random_seed=3, stimulus_seed=7, seed_convention="bluecellulab")
    waveform = played(Noise, cell=cell, conditions=conditions, stream=2, **fields)
    np.testing.assert_array_equal(waveform.amplitude[inside], others.picks(41))


def test_that_relative_noise_takes_mean_and_variance_of_the_threshold() -> None:
    relative = played(RelativeNoise, delay=0, duration=100, mean_percent=80, variance_percent=2)
    direct = played(Noise, delay=0, duration=100, mean=0.2 * 80 / 100, variance=0.2 * 2 / 100)
    np.testing.assert_array_equal(relative.amplitude, direct.amplitude)


@pytest.mark.parametrize("model", [ShotNoise, OrnsteinUhlenbeck])
def test_that_the_conventions_number_cells_one_apart(model: type[Any]) -> None:
    neurodamus = played(model, cell=CellProperties(gid=4))
    bluecellulab = played(
        model, cell=CellProperties(gid=5), conditions=Conditions(seed_convention="bluecellulab")
    )
    np.testing.assert_array_equal(neurodamus.amplitude, bluecellulab.amplitude)


@pytest.mark.parametrize("model", [Noise, ShotNoise, OrnsteinUhlenbeck])
def test_that_cells_stimuli_and_seeds_have_streams_of_their_own(model: type[Any]) -> None:
    signals = [
        played(model),
        played(model, stream=1),
        played(model, cell=CellProperties(gid=1)),
        played(model, conditions=Conditions(random_seed=1)),
        played(model, conditions=Conditions(stimulus_seed=1)),
    ]
    assert len({signal.amplitude.tobytes() for signal in signals}) == len(signals)


def test_that_a_seed_of_its_own_makes_cells_alike() -> None:
    one, other = (
        played(OrnsteinUhlenbeck, random_seed=9, cell=CellProperties(gid=gid)).amplitude for gid in (1, 2)
    )
    np.testing.assert_array_equal(one, other)


def test_that_stimuli_are_numbered_by_family_and_only_if_enabled() -> None:
    stimuli: list[Any] = [
        made(Noise),
        made(Step),
        made(ShotNoise, enabled=False),
        made(ShotNoise),
        made(RelativeNoise),
        made(OrnsteinUhlenbeck),
        made(AbsoluteShotNoise),
        made(RelativeOrnsteinUhlenbeck),
        made(RelativeShotNoise),
        made(Noise),
    ]
    assert stream_numbers(stimuli) == (0, 0, 0, 0, 1, 0, 1, 1, 2, 2)


@pytest.mark.parametrize(
    ("model", "fields", "name"),
    [
        (RelativeNoise, {}, "threshold_current"),
        (RelativeShotNoise, {}, "threshold_current"),
        (RelativeOrnsteinUhlenbeck, {}, "threshold_current"),
        (RelativeShotNoise, {"mode": "conductance"}, "input_resistance"),
        (RelativeOrnsteinUhlenbeck, {"mode": "conductance"}, "input_resistance"),
    ],
)
def test_that_a_missing_property_is_named(model: type[Any], fields: dict[str, Any], name: str) -> None:
    with pytest.raises(MissingPropertyError) as error:
        played(model, cell=CellProperties(gid=3), **fields)
    assert error.value.name == name


@pytest.mark.parametrize(
    ("model", "fields", "cell", "words"),
    [
        (RelativeNoise, {}, CellProperties(0, -0.2), "variance of the noise is"),
        (RelativeOrnsteinUhlenbeck, {}, CellProperties(0, 0.0), "standard deviation of the noise is 0"),
        (RelativeShotNoise, {}, CellProperties(0, 0.0), "Shots cannot add up"),
        (RelativeShotNoise, {"mode": "conductance"}, CellProperties(0, 0.1, input_resistance=0.0), "0 MΩ"),
        (ShotNoise, {"rise_time": 1e-4}, CELL, "cannot be told apart"),
        (ShotNoise, {"rise_time": 3.9999999999999996, "decay_time": 4.0}, CELL, "cannot be told apart"),
        (ShotNoise, {"rate": 1e7, "duration": 1e6}, CELL, "shots"),
        (OrnsteinUhlenbeck, {"duration": 1e7, "sample_interval": 0.001}, CELL, "samples"),
        (Noise, {"delay": 1e7, "duration": 0.1}, CELL, "cannot start as late"),
    ],
)
def test_that_what_makes_no_signal_is_refused_with_a_sentence(
    model: type[Any], fields: dict[str, Any], cell: CellProperties, words: str
) -> None:
    with pytest.raises(EngineError, match=words):
        played(model, cell=cell, **fields)


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (ShotNoise, {"amplitude_mean": 0}),
        (ShotNoise, {"rise_time": 4}),
        (AbsoluteShotNoise, {"mean": 0}),
        (AbsoluteShotNoise, {"relative_skew": 1}),
        (OrnsteinUhlenbeck, {"sigma": 0}),
        (OrnsteinUhlenbeck, {"random_seed": -1}),
        (OrnsteinUhlenbeck, {"mean": math.inf}),
    ],
)
def test_that_impossible_noise_cannot_be_described(model: type[Any], fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        made(model, **fields)


def test_that_streams_with_impossible_numbers_are_refused() -> None:
    with pytest.raises(EngineError, match="random stream"):
        Random123(0, 2**32, 0)


def test_that_ten_seconds_of_noise_are_there_at_once() -> None:
    def once() -> float:
        start = time.perf_counter()
        played(OrnsteinUhlenbeck, delay=0, duration=10_000)
        return time.perf_counter() - start

    assert min(once() for _ in range(5)) < 0.05
