"""Intervals between the spikes of each cell, and how often which occurs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError

Floats = NDArray[np.float64]
_NICE: Final = (1.0, 2.0, 5.0, 10.0)
_MOST_BINS: Final = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """(n,) ms, of `cells` cells with at least two spikes."""

    values: Floats
    cells: int

    @property
    def mean(self) -> float:
        """In ms; NaN if there are none."""
        return float(self.values.mean()) if len(self.values) else math.nan

    @property
    def variation(self) -> float:
        """The coefficient of variation, 0 of a clock, about 1 of a Poisson process; NaN if there are none."""
        return float(self.values.std() / self.mean) if len(self.values) else math.nan


def intervals_of(times: Floats, cells: NDArray[np.int64]) -> Intervals:
    """Of spikes at (n,) ms, in any order, of (n,) cells."""
    order = np.lexsort((times, cells))
    is_same_cell = np.diff(cells[order]) == 0
    values = np.diff(times[order])[is_same_cell]
    return Intervals(values, len(np.unique(cells[order][1:][is_same_cell])))


def together(several: Sequence[Intervals]) -> Intervals:
    """Those of cells that are not the same."""
    values = np.concatenate([np.empty(0), *(each.values for each in several)])
    return Intervals(values, sum(each.cells for each in several))


def usual_bin(values: Floats) -> float:
    """A width (ms) on a nice number, by the rule of Freedman and Diaconis; 1 where it says nothing."""
    if not len(values):
        return 1.0
    low, high = np.percentile(values, [25, 75])
    wanted = max(2 * (high - low) / np.cbrt(len(values)), float(values.max()) / 200)
    if wanted <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(each * power for each in _NICE if each * power >= wanted * (1 - 1e-9))


def counted(values: Floats, width: float) -> tuple[Floats, NDArray[np.int64]]:
    """(n + 1,) edges of bins from 0 on, and (n,) how many values are in each: the lower edge belongs to it.

    EngineError if that would be more bins than anyone can look at.
    """
    bins = math.floor(values.max() / width) + 1 if len(values) else 0
    if bins > _MOST_BINS:
        raise EngineError(
            f"Bins of {width:g} ms are too narrow: there would be {bins:,} of them.",
            hint=f"Take {values.max() / _MOST_BINS:.2g} ms or more.",
        )
    places = np.minimum((values / width).astype(np.int64), bins - 1)
    return np.arange(bins + 1.0) * width, np.bincount(places, minlength=bins).astype(np.int64)
