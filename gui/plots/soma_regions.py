"""Which somata lie where, among ten or ten million; the latter in a thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gui.plots.soma_layers import Places, View

Region = Callable[[Places], NDArray[np.bool_]]  # (cells,) whether each lies in it
Corners = NDArray[np.float64]  # (corners, 2) µm to the right and upwards

_PIECE: Final = 500_000  # cells at a time


@dataclass(frozen=True, slots=True)
class Members:
    """Cells by their ids in any order, None: all."""

    ids: NDArray[np.int64] | None

    def among(self, places: Places) -> NDArray[np.bool_]:
        """(places,) whether each belongs to them; read only."""
        count = len(places.ids)
        if self.ids is None or not self.ids.size or not count:
            return np.broadcast_to(np.bool_(self.ids is None), (count,))
        belongs = np.zeros(max(int(self.ids.max()), int(places.ids[-1])) + 1, dtype=np.bool_)
        belongs[self.ids] = True
        return belongs[:count] if int(places.ids[-1]) == count - 1 else belongs[places.ids]


def inside(places: Places, view: View) -> NDArray[np.bool_]:
    """(cells,) whether each lies in a rectangle (left, right, bottom, top)."""
    left, end, bottom, top = view
    right, up = places.right, places.up
    return (right >= left) & (right <= end) & (up >= bottom) & (up <= top)


def within(places: Places, corners: Corners) -> NDArray[np.bool_]:
    """(cells,) whether each lies in an outline: a straight way out crosses an odd number of its sides."""
    (left, bottom), (end, top) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    found = inside(places, (left, end, bottom, top))
    for start in range(0, len(found), _PIECE):
        near = start + np.flatnonzero(found[start : start + _PIECE])
        found[near] = _is_within(places.right[near], places.up[near], corners)
    return found


def nearest(places: Places, right: float, up: float, reach: float) -> int | None:
    """The id of the cell that is nearest to a point; None if there is none within reach (µm)."""
    if not places.ids.size:
        return None
    squares = (places.right - right) ** 2 + (places.up - up) ** 2
    place = int(squares.argmin())
    return int(places.ids[place]) if float(squares[place]) <= reach * reach else None


def _is_within(right: NDArray[np.float32], up: NDArray[np.float32], corners: Corners) -> NDArray[np.bool_]:
    """In order of height, so that each side is held against those beside it only."""
    order = np.argsort(up)
    right, up = right[order].astype(np.float64), up[order].astype(np.float64)
    is_odd = np.zeros(len(order), dtype=np.bool_)
    for one, other in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        (x, y), (far_x, far_y) = sorted((one.tolist(), other.tolist()), key=lambda corner: corner[1])
        beside = slice(*np.searchsorted(up, (y, far_y)).tolist())
        if beside.start < beside.stop:
            side = x + (up[beside] - y) * ((far_x - x) / (far_y - y))
            is_odd[beside] ^= right[beside] < side
    found = np.empty(len(order), dtype=np.bool_)
    found[order] = is_odd
    return found
