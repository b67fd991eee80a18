"""NEURON's Random123 streams in NumPy, so that random stimuli can be drawn without NEURON.

The generator is Philox 4x32-10 (Salmon, Moraes, Dror, Shaw 2011). A stream is a pure function of its
position: the counter is (position // 4, id3, id1, id2), the key (global index, 0), and each counter gives
four draws of 32 bits.
Logarithms and powers come from `math`, as NumPy's own may differ from the C library's in the last bit.
"""

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError

_WORD = 2**32
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10
_LOW = np.uint64(_WORD - 1)
_SHIFT = np.uint64(32)
_TO_UNIT = 1.0 / 4294967297.0  # 1 / (2³² + 1): a draw is never 0 and never 1
_AHEAD = 1024  # draws made at once for those who take them one by one


class Random123:
    """One stream, with the habits of NEURON's `Random` object.

    Naming a distribution takes a first value from it at once, and forgets the second value that the normal
    distribution had in store; before any is named it is the standard normal one.
    """

    def __init__(self, id1: int, id2: int, id3: int, *, global_index: int = 0) -> None:
        for number in (id1, id2, id3, global_index):
            if not 0 <= number < _WORD:
                raise EngineError(
                    f"A random stream cannot be numbered {number}: numbers go from 0 to {_WORD - 1}.",
                    hint="Choose smaller seeds.",
                )
        self._draws = _Draws(id1, id2, id3, global_index)
        self._distribution: _Distribution = _Normal(self._draws, 0.0, 1.0)

    @property
    def position(self) -> int:
        """How many 32-bit draws have been used: what NEURON's `seq()` returns."""
        return self._draws.position

    def uniform(self, low: float, high: float) -> float:
        """Draw from, and stay with, the uniform distribution."""
        return self._first_of(_Uniform(self._draws, low, high))

    def normal(self, mean: float, variance: float) -> float:
        """Draw from, and stay with, the normal distribution. The second number is a variance."""
        return self._first_of(_Normal(self._draws, mean, math.sqrt(variance)))

    def negexp(self, mean: float) -> float:
        """Draw from, and stay with, the exponential distribution."""
        return self._first_of(_NegativeExponential(self._draws, mean))

    def lognormal(self, mean: float, variance: float) -> float:
        """Draw from, and stay with, the lognormal distribution that has this mean and variance itself."""
        return self._first_of(_LogNormal(self._draws, mean, variance))

    def pick(self) -> float:
        """Draw once more from the distribution named last."""
        return self._distribution.one()

    def picks(self, count: int) -> NDArray[np.float64]:
        """Draw `count` times from the distribution named last: the same values as so many calls of `pick`."""
        return self._distribution.many(count)

    def gammas(self, shape: float, scale: float, count: int) -> NDArray[np.float64]:
        """Draw gamma variates by the method of Marsaglia and Tsang (2001).

        NEURON has none. Neurodamus and BlueCelluLab add this one, and call `uniform(0, 1)` and `normal(0, 1)`
        afresh for every number; the draws used here are the same.
        """
        if shape >= 1:
            return np.array(self._gammas_above_one(shape, scale, count))
        self.uniform(0, 1)
        factors = [math.pow(value, 1 / shape) for value in self.picks(count).tolist()]
        return np.array(self._gammas_above_one(1 + shape, scale, count)) * factors

    def _gammas_above_one(self, shape: float, scale: float, count: int) -> list[float]:
        d = shape - 1 / 3
        c = 1 / 3 / math.sqrt(d)
        variates: list[float] = []
        while len(variates) < count:
            x, _ = self._draws.pair()
            v = 1 + c * x
            if v > 0:
                v = v * v * v
                u = self._draws.one()
                if u < 1 - 0.0331 * x * x * x * x or math.log(u) < 0.5 * x * x + d * (1 - v + math.log(v)):
                    variates.append(scale * d * v)
        return variates

    def _first_of(self, distribution: "_Distribution") -> float:
        self._distribution = distribution
        return distribution.one()


def uniforms(ids: NDArray[np.int64], first: int, count: int, global_index: int) -> NDArray[np.float64]:
    """(streams, count) numbers in (0, 1) of many streams at once, from the position `first` on.

    `ids`: (streams, 3), each at least 0 and less than 2³².
    """
    begin, within = divmod(first, 4)
    blocks = (within + count + 3) // 4
    counters = np.tile(np.arange(begin, begin + blocks, dtype=np.uint64), len(ids))
    id1, id2, id3 = (np.repeat(column.astype(np.uint64), blocks) for column in ids.T)
    words = _philox(counters, (id3, id1, id2), global_index).reshape(len(ids), -1)
    return (words[:, within : within + count].astype(np.float64) + 1.0) * _TO_UNIT


class _Draws:
    """Uniform numbers in (0, 1) at a position that moves on."""

    def __init__(self, id1: int, id2: int, id3: int, global_index: int) -> None:
        self.position = 0
        self._words = (id3, id1, id2)
        self._key = global_index
        self._ahead: list[float] = []  # last one first

    def one(self) -> float:
        if not self._ahead:
            self._ahead = self.peek(_AHEAD)[::-1].tolist()
        self.position += 1
        return self._ahead.pop()

    def pair(self) -> tuple[float, float]:
        """Return two standard normal numbers by Marsaglia's polar method: two draws give both, or none."""
        while True:
            x = 2 * self.one() - 1
            y = 2 * self.one() - 1
            square = x * x + y * y
            if square <= 1:
                factor = math.sqrt(-2 * math.log(square) / square)
                return x * factor, y * factor

    def many(self, count: int) -> NDArray[np.float64]:
        values = self.peek(count)
        self.skip(count)
        return values

    def skip(self, count: int) -> None:
        self.position += count
        self._ahead.clear()

    def peek(self, count: int) -> NDArray[np.float64]:
        """Return the next `count` numbers and stay where we are."""
        first, within = divmod(self.position, 4)
        counters = np.arange(first, first + (within + count + 3) // 4, dtype=np.uint64)
        words = _philox(counters, self._words, self._key)
        return (words.reshape(-1)[within : within + count].astype(np.float64) + 1.0) * _TO_UNIT


class _Distribution(Protocol):
    def one(self) -> float: ...

    def many(self, count: int) -> NDArray[np.float64]: ...


class _Uniform:
    def __init__(self, draws: _Draws, low: float, high: float) -> None:
        self._draws, self._low, self._width = draws, min(low, high), abs(high - low)

    def one(self) -> float:
        return self._low + self._width * self._draws.one()

    def many(self, count: int) -> NDArray[np.float64]:
        return self._low + self._width * self._draws.many(count)


class _NegativeExponential:
    def __init__(self, draws: _Draws, mean: float) -> None:
        self._draws, self._mean = draws, mean

    def one(self) -> float:
        return -self._mean * math.log(self._draws.one())

    def many(self, count: int) -> NDArray[np.float64]:
        return -self._mean * logarithms(self._draws.many(count))


class _Normal:
    """Normal numbers come in pairs; the second one is kept in store."""

    def __init__(self, draws: _Draws, mean: float, deviation: float) -> None:
        self._draws, self._mean, self._deviation = draws, mean, deviation
        self._stored: float | None = None

    def one(self) -> float:
        if self._stored is not None:
            value, self._stored = self._stored, None
            return value * self._deviation + self._mean
        value, self._stored = self._draws.pair()
        return value * self._deviation + self._mean

    def many(self, count: int) -> NDArray[np.float64]:
        parts = [np.empty(0)]
        if count and self._stored is not None:
            parts.append(np.array([self._stored]))
            self._stored = None
        while (missing := count - sum(map(len, parts))) > 0:
            parts.append(self._pairs((missing + 1) // 2))
        values = np.concatenate(parts)
        if len(values) > count:
            self._stored = float(values[-1])
        return values[:count] * self._deviation + self._mean

    def _pairs(self, wanted: int) -> NDArray[np.float64]:
        """Return at most `wanted` pairs, flat, having used exactly the draws up to the last of them."""
        tried = int(wanted * 1.3) + 16  # π/4 of them fall inside the circle
        points = 2 * self._draws.peek(2 * tried).reshape(-1, 2) - 1
        squares = points[:, 0] * points[:, 0] + points[:, 1] * points[:, 1]
        inside = np.flatnonzero(squares <= 1)[:wanted]
        used = int(inside[-1]) + 1 if len(inside) == wanted else tried
        self._draws.skip(2 * used)
        squares = squares[inside]
        factors = np.sqrt(-2 * logarithms(squares) / squares)
        return (points[inside] * factors[:, np.newaxis]).reshape(-1)


class _LogNormal:
    def __init__(self, draws: _Draws, mean: float, variance: float) -> None:
        square = mean * mean
        self._exponents = _Normal(
            draws,
            math.log(square / math.sqrt(variance + square)),
            math.sqrt(math.log((variance + square) / square)),
        )

    def one(self) -> float:
        return math.pow(math.e, self._exponents.one())

    def many(self, count: int) -> NDArray[np.float64]:
        return np.array([math.pow(math.e, x) for x in self._exponents.many(count).tolist()])


def logarithms(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) natural logarithms, to the last bit those of the C library."""
    return np.fromiter(map(math.log, values.tolist()), np.float64, len(values))


def _philox(
    counters: NDArray[np.uint64], words: tuple[int | NDArray[np.uint64], ...], key: int
) -> NDArray[np.uint64]:
    """Return the (n, 4) 32-bit draws of n counters; the three words are of all, or (n,) each."""
    a, b, c, d = counters & _LOW, *(np.full(len(counters), word, np.uint64) for word in words)
    keys = (key, 0)
    for _ in range(_ROUNDS):
        left, right = _MULTIPLIERS[0] * a, _MULTIPLIERS[1] * c
        a, b, c, d = (
            (right >> _SHIFT) ^ b ^ np.uint64(keys[0]),
            right & _LOW,
            (left >> _SHIFT) ^ d ^ np.uint64(keys[1]),
            left & _LOW,
        )
        keys = ((keys[0] + _WEYL[0]) % _WORD, (keys[1] + _WEYL[1]) % _WORD)
    return np.stack([a, b, c, d], axis=1)
