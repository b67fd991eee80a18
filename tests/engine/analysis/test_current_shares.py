"""Shares are parts of the current in their direction, of samples and of means over some."""

import numpy as np
import pytest

from engine.analysis.current_shares import current_shares


def test_that_outward_is_positive_and_inward_negative_and_each_adds_up() -> None:
    currents = np.array([[3.0, -1.0, 0.0], [1.0, -3.0, 0.0], [-2.0, 4.0, 0.0]])
    shares = current_shares(currents)
    assert shares.outward.T.tolist() == [[0.75, 0.25, 0], [0, 0, 1], [0, 0, 0]]
    assert shares.inward.T.tolist() == [[0, 0, 1], [0.25, 0.75, 0], [0, 0, 0]]
    assert shares.total_outward.tolist() == [4, 4, 0]
    assert shares.total_inward.tolist() == [2, 4, 0]


def test_that_means_are_taken_of_each_direction_by_itself() -> None:
    rng = np.random.default_rng(3)
    currents = rng.normal(size=(5, 103))
    starts = np.arange(0, 103, 10)
    shares = current_shares(currents, starts)
    parts = [currents[:, start : start + 10] for start in starts]
    assert shares.total_outward == pytest.approx([np.maximum(each, 0).sum(0).mean() for each in parts])
    assert shares.total_inward == pytest.approx([-np.minimum(each, 0).sum(0).mean() for each in parts])
    assert shares.outward.sum(0) == pytest.approx(1) and shares.inward.sum(0) == pytest.approx(1)
