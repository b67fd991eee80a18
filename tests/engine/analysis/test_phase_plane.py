"""dV/dt is what calculus says, and a curve drawn from fewer points is the same curve."""

import numpy as np
import pytest

from engine.analysis.phase_plane import slope, telling


def test_that_the_slope_of_a_parabola_is_exact_and_that_of_a_sine_nearly() -> None:
    times = np.arange(0.0, 100.0, 0.025)
    parabola = slope(3 * times**2 - 2 * times + 1, 0.025)
    assert parabola[1:-1] == pytest.approx(6 * times[1:-1] - 2, rel=1e-9, abs=1e-8)
    sine = slope(40 * np.sin(times) - 60, 0.025)
    assert sine[1:-1] == pytest.approx(40 * np.cos(times[1:-1]), abs=40 * 0.025**2 / 6 * 1.01)
    assert np.isnan(slope(np.array([-65.0]), 0.025)).all()


def test_that_points_that_are_left_out_are_where_another_is_drawn() -> None:
    times = np.arange(0.0, 1000.0, 0.025)
    voltage = -65 + 100 * np.exp(-((((times % 250) - 100) / 0.5) ** 2))
    changes = slope(voltage, 0.025)
    kept = telling(voltage, changes)
    assert len(kept) < len(times) / 50
    places = np.searchsorted(kept, np.arange(len(times)), "right") - 1
    assert np.abs(voltage - voltage[kept][places]).max() <= np.ptp(voltage) / 4000
    assert np.abs(changes - changes[kept][places]).max() <= np.ptp(changes) / 4000
    assert (kept[0], kept[-1]) == (0, len(times) - 1)
    gap = np.where(np.arange(5) == 2, np.nan, 1.0)
    assert telling(gap, gap).tolist() == [0, 2, 3, 4]
