"""Random stimuli against the recipes of neurodamus and BlueCelluLab, followed with NEURON's own objects."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from neuron import h
from numpy.typing import NDArray

from engine.experiment.conditions import Conditions, SeedConvention
from engine.experiment.stimuli import Noise, OrnsteinUhlenbeck, ShotNoise, Sine
from engine.experiment.waveforms import CellProperties
from tests.engine.experiment.stimuli_on_a_cell import played
from tests.engine.simulation.test_random123_against_neuron import assert_same, drawn_by, neurons

CELL = CellProperties(gid=17)
WINDOW: dict[str, Any] = {"delay": 30.0, "duration": 100.0}


@pytest.fixture(autouse=True)
def _global_index_of_zero_afterwards() -> Iterator[None]:
    yield
    h.Random().Random123_globalindex(0)


def times(start: float, end: float, interval: float) -> NDArray[np.float64]:
    return np.array(h.Vector().indgen(start, end, interval))


def gamma_variate(random: Any, shape: float, scale: float) -> float:
    d = shape - 1 / 3
    c = 1 / 3 / math.sqrt(d)
    while True:
        x: float = random.normal(0, 1)
        v = (1 + c * x) * (1 + c * x) * (1 + c * x)
        if 1 + c * x <= 0:
            continue
        u = random.uniform(0, 1)
        if u < 1 - 0.0331 * x * x * x * x or math.log(u) < 0.5 * x * x + d * (1 - v + math.log(v)):
            return scale * d * v


def test_that_a_sine_equals_that_of_neurons_vectors() -> None:
    waveform = played(Sine, amplitude=0.3, frequency=37, sample_interval=0.025, **WINDOW)
    time = times(30, 130, 0.025)
    assert_same(waveform.time[1:-1], time)
    assert_same(waveform.amplitude[1:-1], np.array(h.Vector(len(time)).sin(37, 0, 0.025).mul(0.3)))


@pytest.mark.parametrize(("convention", "gid"), [("neurodamus", 18), ("bluecellulab", 17)])
def test_that_gaussian_noise_equals_the_recipe_of_each_convention(
    convention: SeedConvention, gid: int
) -> None:
    conditions = Conditions(random_seed=9, stimulus_seed=4, seed_convention=convention)
    waveform = played(
        Noise, cell=CELL, conditions=conditions, stream=3, delay=70, duration=30, mean=0.2, variance=0.01
    )
    random = neurons((103, 504, gid + 300), 9)
    if convention == "bluecellulab":
        random.normal(0.2, 0.01)
    start = 0.0
    while start < 70 - 0.025:
        end = min(start + 30 - 0.025, 70 - 0.025)
        drawn_by(random, len(times(start, end, 0.5)))
        start = end + 0.025
    if convention == "neurodamus":
        random.normal(0.2, 0.01)
    assert_same(waveform.amplitude[2:-1], drawn_by(random, 61))
    assert_same(waveform.time[2:-1], times(70, 100, 0.5))


@pytest.mark.parametrize("interval", [0.25, 0.1])
def test_that_ornstein_uhlenbeck_noise_equals_the_recipe(interval: float) -> None:
    conditions = Conditions(random_seed=2, stimulus_seed=1)
    waveform = played(
        OrnsteinUhlenbeck,
        cell=CELL,
        conditions=conditions,
        stream=1,
        tau=3.3,
        mean=0.1,
        sigma=0.07,
        sample_interval=interval,
        **WINDOW,
    )
    time = times(30, 130, interval)
    random = neurons((2998, 291205, 18 + 123), 2)
    random.normal(0, 1)
    kept = math.exp(-interval / 3.3)
    kicks = drawn_by(random, len(time)) * (0.07 * math.sqrt(1 - kept * kept))
    signal = [0.0]
    for kick in kicks[1:]:
        signal.append(signal[-1] * kept + kick)
    assert_same(waveform.time[2:-1], time)
    assert_same(waveform.amplitude[2:-1], np.array(signal) + 0.1)


@pytest.mark.parametrize("variance", [0.0004, 0.01])
def test_that_shot_noise_equals_the_recipe(variance: float) -> None:
    waveform = played(
        ShotNoise,
        cell=CELL,
        random_seed=77,
        rate=700,
        amplitude_mean=-0.05,
        amplitude_variance=variance,
        **WINDOW,
    )
    random = neurons((2997, 19216, 77))
    random.negexp(1 / 700)
    expected = 1 + int(100 * (700 / 1000))
    arrivals = (
        h.Vector().integral(h.Vector(int(expected + 3 * math.sqrt(expected))).setrand(random), 1).mul(1000)
    )
    assert arrivals[-1] >= 100
    samples = [round(each / 0.25) for each in arrivals if each < 100]
    samples = [each for each in samples if each < 401]
    shape, scale = 0.05 / (variance / 0.05), variance / 0.05
    factors = [1.0] * len(samples)
    if shape < 1:
        random.uniform(0, 1)
        factors = list(h.Vector(len(samples)).setrand(random).pow(1 / shape))
        shape += 1
    impulses = np.zeros(401)
    for sample, factor in zip(
        samples, [(gamma_variate(random, shape, scale), f) for f in factors], strict=True
    ):
        impulses[sample] -= factor[0] * factor[1]
    a, b = math.exp(-0.25 / 4.0), math.exp(-0.25 / 0.4)
    peak = math.log(math.log(b) / math.log(a)) / (math.log(a) - math.log(b))
    signal, rising = [0.0], [0.0]
    for impulse in impulses[:-1]:
        signal.append(a * signal[-1] + b * rising[-1])
        rising.append(b * rising[-1] + impulse)
    assert_same(waveform.amplitude[2:-1], np.array(signal) * ((a / b - 1) / (a**peak - b**peak)))
