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
    picture = np.zeros((lines * seen.width, 4), dtype=np.uint8)
    picture[spots, :3] = palette[groups[rows]]
    picture[spots, 3] = _shades(spots) if lines < count else 255
    return _stretched(picture.reshape(lines, seen.width, 4), seen.height // lines)


def _shades(spots: NDArray[np.intp]) -> NDArray[np.uint8]:
    """(spikes,) how opaque the spot of each is: it may hold many."""
    counts = np.bincount(spots)
    most = counts.max(initial=0)
    if most <= 1:
        return np.full(len(spots), 255, dtype=np.uint8)
    share: NDArray[np.float64] = np.log1p(counts[spots]) / np.log1p(most)
    return (_LEAST_SHADE + (255 - _LEAST_SHADE) * share).astype(np.uint8)


def _stretched(picture: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Each line so many times, the last of them empty if there is room."""
    if times <= 1:
        return picture
    tall = np.repeat(picture, times, axis=0)
    if times >= _GAP:
        tall[times - 1 :: times] = 0
    return tall
