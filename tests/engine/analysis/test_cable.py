"""Exponentials are found again, with honest errors; on a uniform cable they are those of the theory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.cable import fitted_decay
from engine.errors import EngineError


@given(
    st.floats(1e-6, 1e6),
    st.floats(5.0, 5e4),
    st.floats(0.0, 1000.0),
    st.integers(3, 300),
)
def test_that_an_exponential_is_found_again(amplitude, length, first, points):
    distances = first + np.linspace(0, 3 * length, points)
    found = fitted_decay(distances, amplitude * np.exp(-(distances - first) / length))
    assert found.length == pytest.approx(length, rel=1e-6)
    assert found.amplitude == pytest.approx(amplitude * np.exp(first / length), rel=1e-5)
    assert found.r_squared == pytest.approx(1)
    assert found.error < 1e-3 * length
    assert found.points == points
    np.testing.assert_allclose(found.at(distances[:1]), amplitude, rtol=1e-6)


def test_that_the_error_is_as_large_as_the_scatter_of_many_fits():
    random = np.random.default_rng(0)
    distances = np.linspace(0, 800, 60)
    fits = [
        fitted_decay(distances, 50 * np.exp(-distances / 300) + random.normal(0, 2, len(distances)))
        for _ in range(400)
    ]
    scatter = np.std([fit.length for fit in fits])
    assert np.mean([fit.error for fit in fits]) == pytest.approx(scatter, rel=0.15)
    assert np.mean([fit.length for fit in fits]) == pytest.approx(300, rel=0.01)


def test_that_it_is_the_least_sum_of_squares():
    curve_fit = pytest.importorskip("scipy.optimize").curve_fit

    random = np.random.default_rng(1)
    distances = random.uniform(0, 1000, 80)
    amplitudes = 30 * np.exp(-distances / 400) + random.normal(0, 4, 80)
    found = fitted_decay(distances, amplitudes)
    best, covariance = curve_fit(
        lambda x, a, length: a * np.exp(-x / length), distances, amplitudes, (30, 400)
    )
    assert (found.amplitude, found.length) == pytest.approx(best, rel=1e-5)
    assert found.error == pytest.approx(np.sqrt(covariance[1, 1]), rel=1e-3)


@pytest.mark.parametrize(
    ("distances", "amplitudes", "reason"),
    [
        ([], [], "too few"),
        ([0, 100], [2, 1], "too few"),
        ([5, 5, 5, 5], [1, 2, 3, 4], "too few"),
        ([0, 100, np.nan, np.inf], [2, 1, 1, 1], "too few"),
        ([0, 100, 200, 300], [1, 2, 3, 4], "does not fall off"),
        ([0, 100, 200, 300], [0, 0, 0, 0], "does not fall off"),
        ([0, 100, 200, 300], [-4, -3, -2, -1], "does not fall off"),
        ([0, 100, 200, 300], [1, 1, 1, 1], "does not fall off"),
    ],
)
def test_that_what_does_not_fall_off_is_refused_in_words(distances, amplitudes, reason):
    with pytest.raises(EngineError, match=reason):
        fitted_decay(distances, amplitudes)


def test_that_a_steady_signal_in_a_long_cable_has_the_length_constant_of_the_theory(expected_cable):
    diameter, resistance, axial = 2.0, 20_000.0, 100.0
    from engine.simulation.host import h

    cable = h.Section(name="cable")
    cable.L, cable.diam, cable.nseg, cable.Ra = 8000.0, diameter, 1601, axial
    cable.insert("pas")
    for segment in cable:
        segment.pas.g, segment.pas.e = 1 / resistance, -70.0
    clamp = h.IClamp(cable(0))
    clamp.delay, clamp.dur, clamp.amp = 0.0, 1e9, 0.05
    h.finitialize(-70.0)
    h.CVode().active(0)
    h.dt = 1.0
    while h.t < 500:
        h.fadvance()
    distances = np.array([segment.x * cable.L for segment in cable])
    amplitudes = np.array([segment.v + 70.0 for segment in cable])
    near = distances < 3000  # the far end is closed: close to it the signal falls off less
    found = fitted_decay(distances[near], amplitudes[near])
    wanted = expected_cable
    assert found.length == pytest.approx(wanted["lambda_um"], rel=wanted["tol_rel"])
    assert np.interp(wanted["lambda_um"], distances, amplitudes) / found.amplitude == pytest.approx(
        wanted["semi_inf_V_lambda_over_V0"], rel=wanted["tol_rel"]
    )
    assert found.amplitude / 0.05 == pytest.approx(wanted["Rin_semi_inf_Mohm"], rel=wanted["tol_rel"])
