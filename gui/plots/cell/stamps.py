"""Thousands of equal round dots with smooth edges, put into a picture at once."""

import functools
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage

from gui.plots.cell.pieces import Floats

_FULL: Final = 255
_OPACITY: Final = 24  # bits that it is shifted by in a pixel
_MARGIN: Final = 32  # pixels around the picture, so that no dot has to be cut at its edge


class Stamps:
    """A picture that is clear where nothing was stamped. Places count pixels from its upper left corner."""

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._width = width + 2 * _MARGIN
        self._pixels: NDArray[np.uint32] = np.zeros((height + 2 * _MARGIN) * self._width, dtype=np.uint32)

    def stamp(self, places: Floats, colour: QColor, diameter: float) -> None:
        """A disc over what is there around each place, (n, 2), which lies in the picture; to a whole pixel.

        Where its edge lies on something, that stays.
        """
        middles = np.floor(places).astype(np.int64) + _MARGIN
        where = middles[:, 1] * self._width + middles[:, 0]
        for right, down, opacity in _disc(min(diameter, 2.0 * _MARGIN - 2)):
            ink, there = _ink(colour, opacity), where + (down * self._width + right)
            if opacity < _FULL:
                there = there[self._pixels[there] >> _OPACITY < opacity]
            self._pixels[there] = ink

    def image(self) -> QImage:
        """A copy, to be drawn over something."""
        width, height = self._size
        form, rows = QImage.Format.Format_ARGB32_Premultiplied, height + 2 * _MARGIN
        whole = QImage(self._pixels.data, self._width, rows, 4 * self._width, form)
        return whole.copy(QRect(_MARGIN, _MARGIN, width, height))


def _ink(colour: QColor, opacity: int) -> np.uint32:
    """A pixel, whose colours are multiplied by the opacity."""
    red, green, blue = (each * opacity // _FULL for each in (colour.red(), colour.green(), colour.blue()))
    return np.uint32(opacity << _OPACITY | red << 16 | green << 8 | blue)


@functools.lru_cache(maxsize=32)
def _disc(diameter: float) -> tuple[tuple[int, int, int], ...]:
    """Steps from the middle, and the opacity there; edges first, so that no middle of a dot is lost."""
    radius = diameter / 2
    reach = int(np.ceil(radius))
    steps = np.arange(-reach, reach + 1)
    downs, rights = (each.ravel() for each in np.meshgrid(steps, steps, indexing="ij"))
    covered = np.clip(radius + 0.5 - np.hypot(rights, downs), 0.0, 1.0)
    opacities = np.round(covered * _FULL).astype(np.int64)
    order = np.argsort(opacities, kind="stable")
    order = order[opacities[order] > 0]
    return tuple(zip(rights[order].tolist(), downs[order].tolist(), opacities[order].tolist(), strict=True))
