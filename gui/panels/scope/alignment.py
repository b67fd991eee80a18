"""Two tables of samples, of which one may be finer or begin later: which samples are of the same time."""

import math
from dataclasses import dataclass
from typing import Final, Protocol

_ROUNDING: Final = 1e-3  # of a sample: intervals are written as 0.1, and are sums of steps


class Even(Protocol):
    """Samples at `start`, `start + interval`, … ms."""

    @property
    def start(self) -> float: ...
    @property
    def interval(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Grid:
    """Times alone."""

    start: float
    interval: float


@dataclass(frozen=True, slots=True)
class Every:
    """Sample `first` and each `stride`-th from there on."""

    first: int
    stride: int

    def ready(self, samples: int) -> int:
        """How many of them there are."""
        return max(math.ceil((samples - self.first) / self.stride), 0)

    def between(self, begin: int, end: int) -> slice:
        """Those from the `begin`-th up to the `end`-th."""
        return slice(self.first + begin * self.stride, self.first + end * self.stride, self.stride)


@dataclass(frozen=True, slots=True)
class Alignment:
    """The samples of each that are of the same times: `start`, `start + interval`, … ms."""

    first: Every
    second: Every
    start: float
    interval: float


def aligned(first: Even, second: Even) -> Alignment | None:
    """The common times; None: there are none, since no interval is a multiple of the other."""
    coarse, fine = (first, second) if first.interval >= second.interval else (second, first)
    stride = _whole(coarse.interval / fine.interval)
    skipped = max(math.ceil((fine.start - coarse.start) / coarse.interval - _ROUNDING), 0)
    start = coarse.start + skipped * coarse.interval
    begin = _whole((start - fine.start) / fine.interval)
    if stride is None or begin is None:
        return None
    of_coarse, of_fine = Every(skipped, 1), Every(begin, stride)
    is_swapped = coarse is second
    return Alignment(
        of_fine if is_swapped else of_coarse, of_coarse if is_swapped else of_fine, start, coarse.interval
    )


def _whole(number: float) -> int | None:
    return round(number) if abs(number - round(number)) <= _ROUNDING else None
