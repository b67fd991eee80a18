"""How a signal falls off along a cell: an exponential, fitted to amplitudes at distances."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import EngineError

Floats = NDArray[np.float64]

_LEAST_POINTS: Final = 3  # two numbers are sought, and how certain they are
_LEAST_FALL: Final = 1e-3  # over all distances together, as a part: less is none
_MOST_STEPS: Final = 100
_PRECISION: Final = 1e-10  # of the length constant: when it changes less, it is found


@dataclass(frozen=True, slots=True)
class Decay:
    """amplitude × exp(−distance / length)."""

    amplitude: float  # at distance 0, in the unit of what was fitted
    length: float  # µm, the length constant
    error: float  # µm, standard error of the length constant
    r_squared: float  # 1: all points lie on the curve; 0 or less: a constant describes them as well
    points: int

    def at(self, distances: ArrayLike) -> Floats:
        """The curve at distances in µm."""
        return self.amplitude * np.exp(-np.asarray(distances, dtype=np.float64) / self.length)


def fitted_decay(distances: ArrayLike, amplitudes: ArrayLike) -> Decay:
    """The exponential with the least sum of squared differences; EngineError if none falls off.

    `distances` (n,) µm and `amplitudes` (n,) in one unit; pairs that are not finite do not count.
    """
    x, y = np.asarray(distances, dtype=np.float64), np.asarray(amplitudes, dtype=np.float64)
    finite = np.isfinite(x) & np.isfinite(y)
    x, y = x[finite], y[finite]
    if len(np.unique(x)) < _LEAST_POINTS:
        raise EngineError("There are too few points for a fit.", hint="Three distances at least are needed.")
    nearest, span = float(x.min()), float(np.ptp(x))
    amplitude, rate = _found((x - nearest) / span, y)
    if not (amplitude > 0 and rate > _LEAST_FALL):
        raise EngineError("The signal does not fall off with the distance.")
    curve, jacobian = _curve((x - nearest) / span, amplitude, rate)
    squares = float(np.sum((y - curve) ** 2))
    total = float(np.sum((y - y.mean()) ** 2))
    variance = squares / (len(x) - 2)
    error_of_rate = math.sqrt(variance * float(np.linalg.pinv(jacobian.T @ jacobian)[1, 1]))
    length = span / rate
    return Decay(
        amplitude * math.exp(nearest / length),
        length,
        length * error_of_rate / rate,
        1 - squares / total if total > 0 else 0.0,
        len(x),
    )


def _found(x: Floats, y: Floats) -> tuple[float, float]:
    """Amplitude at 0 and rate, by Gauss and Newton."""
    amplitude, rate = _first_guess(x, y)
    for _ in range(_MOST_STEPS):
        better = _advanced(x, y, amplitude, rate)
        moved = abs(better[1] - rate)
        amplitude, rate = better
        if moved <= _PRECISION * max(abs(rate), 1.0):
            break
    return amplitude, rate


def _advanced(x: Floats, y: Floats, amplitude: float, rate: float) -> tuple[float, float]:
    """One step, halved until it is an advance; the same again where none is."""
    curve, jacobian = _curve(x, amplitude, rate)
    squares = float(np.sum((y - curve) ** 2))
    step, *_rest = np.linalg.lstsq(jacobian, y - curve, rcond=None)
    share = 1.0
    while share > _PRECISION:
        tried = amplitude + share * float(step[0]), rate + share * float(step[1])
        if float(np.sum((y - _curve(x, *tried)[0]) ** 2)) <= squares:
            return tried
        share /= 2
    return amplitude, rate


def _first_guess(x: Floats, y: Floats) -> tuple[float, float]:
    """From the logarithms, where there are some: large amplitudes count more."""
    positive = y > 0
    if len(np.unique(x[positive])) < _LEAST_POINTS:
        return float(y[np.argmin(x)]), 1.0
    slope, height = np.polyfit(x[positive], np.log(y[positive]), 1, w=y[positive])
    return float(np.exp(height)), float(-slope)


def _curve(x: Floats, amplitude: float, rate: float) -> tuple[Floats, Floats]:
    """(n,) values, and (n, 2) how they change with the amplitude and the rate."""
    falling = np.exp(np.clip(-rate * x, -700, 700))
    return amplitude * falling, np.column_stack([falling, -amplitude * x * falling])
