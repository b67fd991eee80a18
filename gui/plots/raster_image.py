"""Spikes as a picture of cells against time: no larger than the screen, however many there are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LEAST_SHADE = 90  # of 255: of a single spike where spots of the picture hold many
_GAP = 3  # spots that a row of the picture is high before it gets a gap to the next


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is to be seen: from `first` to `last` ms, rows `top` up to `bottom`, on so many spots."""

    first: float
    last: float
    top: int
    bottom: int
    width: int
    height: int


def painted(
    times: NDArray[np.float64],
    rows: NDArray[np.int64],
    groups: NDArray[np.intp],
    palette: NDArray[np.uint8],
    seen: Excerpt,
) -> NDArray[np.uint8]:
    """(height, width, 4) red, green, blue and opacity. Spikes outside of `seen` are left out.

    `groups`: (rows,) the colour of each row in `palette`, (colours, 3). Where rows are higher than a spot,
    there is a gap between them; where they are not, the more spikes fall on a spot, the more it is filled.
    """
    count = max(seen.bottom - seen.top, 1)
    lines = min(count, max(seen.height, 1))
    x = np.floor((times - seen.first) / (seen.last - seen.first) * seen.width)
    is_in = (x >= 0) & (x < seen.width) & (rows >= seen.top) & (rows < seen.bottom)
    x, rows = x[is_in].astype(np.intp), rows[is_in]
    spots = (rows - seen.top) * lines // count * seen.width + x
    counts = np.bincount(spots, minlength=lines * seen.width)
    colours = np.zeros(lines * seen.width, dtype=np.intp)
    colours[spots] = groups[rows]
    picture = np.zeros((lines, seen.width, 4), dtype=np.uint8)
    picture[..., :3] = palette[colours].reshape(lines, seen.width, 3)
    picture[..., 3] = _shades(counts, is_dense=lines < count).reshape(lines, seen.width)
    return _stretched(picture, seen.height // lines)


def _shades(counts: NDArray[np.intp], *, is_dense: bool) -> NDArray[np.uint8]:
    if not is_dense or counts.max(initial=0) <= 1:
        return np.where(counts > 0, 255, 0).astype(np.uint8)
    share = np.log1p(counts) / np.log1p(counts.max())
    return np.where(counts > 0, _LEAST_SHADE + (255 - _LEAST_SHADE) * share, 0).astype(np.uint8)


def _stretched(picture: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Each line so many times, the last of them empty if there is room."""
    if times <= 1:
        return picture
    tall = np.repeat(picture, times, axis=0)
    if times >= _GAP:
        tall[times - 1 :: times] = 0
    return tall
