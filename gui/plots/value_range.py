"""The range of an axis of values: it grows in nice steps with some room, and does not jump about."""

import math
from collections.abc import Iterable

Range = tuple[float, float]


def extent(pairs: Iterable[Range]) -> Range | None:
    """The least and the greatest of several (low, high); pairs that are not finite do not count."""
    finite = [pair for pair in pairs if math.isfinite(pair[0]) and math.isfinite(pair[1])]
    if not finite:
        return None
    return min(low for low, _ in finite), max(high for _, high in finite)


def fitted(data: Range) -> Range:
    """A range around the data: 5 % of room, on nice numbers."""
    low, high = data
    span = high - low
    if not math.isfinite(span):
        low, high, span = max(low, -1e300), min(high, 1e300), 2e300
    least = max(abs(low), abs(high)) * 1e-6
    if span <= least:
        room = max(abs(low) * 0.05, least) or 1.0
        return low - room, high + room
    step = _nice(span / 20)
    return (
        math.floor((low - span * 0.05) / step) * step,
        math.ceil((high + span * 0.05) / step) * step,
    )


def grown(shown: Range | None, data: Range) -> Range:
    """What to show when data leave what is shown: never less than before."""
    if shown is None:
        return fitted(data)
    if shown[0] <= data[0] and data[1] <= shown[1]:
        return shown
    wanted = fitted((min(shown[0], data[0]), max(shown[1], data[1])))
    low = wanted[0] if data[0] < shown[0] else shown[0]
    high = wanted[1] if data[1] > shown[1] else shown[1]
    return low, high


def _nice(step: float) -> float:
    """1, 2 or 5 times a power of ten, the next above."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(each * power for each in (1, 2, 5, 10) if each * power >= step * (1 - 1e-9))
