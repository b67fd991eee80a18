"""Intervals between spikes are of one cell each."""

import numpy as np
import pytest

from engine.analysis.intervals import counted, intervals_of, together, usual_bin
from engine.errors import EngineError


def test_that_intervals_are_taken_cell_by_cell_in_any_order() -> None:
    found = intervals_of(np.array([30.0, 5.0, 10.0, 12.0, 99.0]), np.array([1, 2, 1, 2, 7]))
    assert sorted(found.values) == [7.0, 20.0] and found.cells == 2
    nobody = intervals_of(np.empty(0), np.empty(0, dtype=np.int64))
    assert not len(nobody.values) and np.isnan(nobody.mean) and np.isnan(nobody.variation)
    assert together([found, found]).cells == 4


def test_that_a_clock_has_no_variation_and_a_poisson_process_about_one() -> None:
    rng = np.random.default_rng(4)
    clock = intervals_of(np.arange(0.0, 1000.0, 20.0), np.zeros(50, dtype=np.int64))
    assert (clock.mean, clock.variation) == (20.0, 0.0)
    poisson = intervals_of(np.cumsum(rng.exponential(10, 20_000)), np.zeros(20_000, dtype=np.int64))
    assert poisson.mean == pytest.approx(10, rel=0.03) and poisson.variation == pytest.approx(1, abs=0.03)


def test_that_bins_hold_every_interval_once() -> None:
    values = np.array([0.0, 1.0, 1.999, 2.0, 7.5])
    edges, counts = counted(values, 1.0)
    assert counts.tolist() == [1, 2, 1, 0, 0, 0, 0, 1] and edges.tolist() == list(range(9))
    rng = np.random.default_rng(5)
    many = rng.exponential(10, 5000)
    width = usual_bin(many)
    assert width in (0.5, 1.0, 2.0)
    assert counted(many, width)[1].sum() == 5000
    with pytest.raises(EngineError, match="too narrow"):
        counted(many, 1e-6)
