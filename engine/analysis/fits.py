"""Curves fitted to measured points, with the standard errors of their parameters."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import EngineError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters of `curve`, in its order, and their standard errors (NaN where no points are left over)."""

    curve: Callable[..., Floats]
    parameters: tuple[float, ...]
    errors: tuple[float, ...]

    def at(self, x: ArrayLike) -> Floats:
        """The fitted curve."""
        return self.curve(np.asarray(x, dtype=np.float64), *self.parameters)


def line(x: Floats, slope: float, intercept: float) -> Floats:
    """Slope × x + intercept."""
    return slope * x + intercept


def boltzmann(x: Floats, top: float, half: float, slope: float) -> Floats:
    """A conductance that opens with the voltage: top / (1 + exp((half − x) / slope))."""
    with np.errstate(over="ignore"):
        return top / (1 + np.exp((half - x) / slope))


def weiss(x: Floats, rheobase: float, chronaxie: float) -> Floats:
    """Rheobase × (1 + chronaxie / x): the law of strength and duration of Weiss."""
    return rheobase * (1 + chronaxie / x)


def exponential(x: Floats, end: float, change: float, constant: float) -> Floats:
    """What goes from end − change to end, all but 37 % of it in each constant: end − change exp(−x / τ)."""
    with np.errstate(over="ignore"):
        return end - change * np.exp(-x / constant)


def fitted(curve: Callable[..., Floats], x: ArrayLike, y: ArrayLike, guess: tuple[float, ...]) -> Fit:
    """The parameters with the least sum of squares, looked for from a guess.

    Points that are not finite do not count. Raises EngineError if there are too few points, or none fits.
    """
    from scipy.optimize import OptimizeWarning, curve_fit  # noqa: PLC0415 - slow to import

    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    is_finite = np.isfinite(xs) & np.isfinite(ys)
    if is_finite.sum() < len(guess):
        raise EngineError(f"A fit of {len(guess)} parameters needs as many points at least.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)  # no errors where no points are left over
        try:
            found, covariance = curve_fit(curve, xs[is_finite], ys[is_finite], guess, maxfev=10_000)
        except RuntimeError:
            raise EngineError("No parameters fit these points.") from None
    variances = np.diag(covariance)
    errors = np.sqrt(np.where(np.isfinite(variances), variances, np.nan))
    return Fit(curve, tuple(found.tolist()), tuple(errors.tolist()))
