"""Our streams are NEURON's, number by number."""

import platform
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from neuron import h
from numpy.typing import NDArray

from engine.experiment.random123 import Random123

# Elsewhere compilers may contract a*b + c into one rounding, and NEURON's last bit with it.
_LAST_BITS = 0 if platform.machine() in {"x86_64", "AMD64"} else 8

IDS = [
    (0, 0, 0),
    (1, 2, 3),
    (2997, 291204, 124),
    (2997, 19216, 42),
    (100, 500, 301),
    (1251, 100, 76418245),
    (2**32 - 1, 2**32 - 1, 2**32 - 1),
    *((n, 7919 * n % 2**32, 2654435761 * n % 2**32) for n in range(1, 40)),
]
DISTRIBUTIONS: dict[str, tuple[float, ...]] = {
    "uniform": (0, 1),
    "normal": (0, 1),
    "negexp": (1 / 2000,),
    "lognormal": (0.2, 0.1),
}


@pytest.fixture(autouse=True)
def _global_index_of_zero_afterwards() -> Iterator[None]:
    yield
    h.Random().Random123_globalindex(0)


def neurons(ids: tuple[int, int, int], seed: int = 0) -> Any:
    random = h.Random()
    random.Random123_globalindex(seed)
    random.Random123(*ids)
    return random


def drawn_by(random: Any, count: int) -> NDArray[np.float64]:
    vector = h.Vector(count)
    vector.setrand(random)
    return np.array(vector)


def assert_same(ours: Any, theirs: Any) -> None:
    if _LAST_BITS:
        np.testing.assert_array_max_ulp(np.asarray(ours, float), np.asarray(theirs, float), _LAST_BITS)
    else:
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@pytest.mark.parametrize("seed", [0, 1, 12345, 2**32 - 1])
def test_that_streams_equal_those_of_neuron(distribution: str, seed: int) -> None:
    arguments = DISTRIBUTIONS[distribution]
    for ids in IDS:
        theirs = neurons(ids, seed)
        ours = Random123(*ids, global_index=seed)
        assert_same(getattr(ours, distribution)(*arguments), getattr(theirs, distribution)(*arguments))
        assert_same(ours.picks(501), drawn_by(theirs, 501))
        assert ours.position == theirs.seq()


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_that_draws_one_by_one_equal_draws_at_once_and_those_of_neuron(distribution: str) -> None:
    arguments = DISTRIBUTIONS[distribution]
    ours, together, theirs = Random123(1, 2, 3), Random123(1, 2, 3), neurons((1, 2, 3))
    for each in (ours, together, theirs):
        getattr(each, distribution)(*arguments)
    singly = [ours.pick() for _ in range(3001)]
    np.testing.assert_array_equal(singly, together.picks(3001))
    assert_same(singly, [theirs.repick() for _ in range(3001)])
    assert ours.position == together.position == theirs.seq()


def test_that_a_new_distribution_forgets_the_stored_value_but_not_the_position() -> None:
    ours, theirs = Random123(5, 6, 7), neurons((5, 6, 7))
    steps: list[Callable[[Any], float]] = [
        lambda random: random.normal(0, 1),
        lambda random: random.normal(0, 1),
        lambda random: random.uniform(0, 1),
        lambda random: random.normal(2, 9),
        lambda random: random.negexp(3),
        lambda random: random.uniform(4, -2),
        lambda random: random.lognormal(2, 1),
    ]
    for step in steps * 200:
        assert_same(step(ours), step(theirs))
        assert ours.position == theirs.seq()


def test_that_an_unnamed_distribution_is_the_standard_normal_one() -> None:
    ours, theirs = Random123(100, 500, 301), neurons((100, 500, 301))
    assert_same(ours.picks(7), drawn_by(theirs, 7))
    assert_same(ours.normal(0.2, 0.01), theirs.normal(0.2, 0.01))
    assert ours.position == theirs.seq()
