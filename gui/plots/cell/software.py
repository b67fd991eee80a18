"""The picture of the pieces by the processor: as a QImage whose colours can be changed by themselves."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from engine.messages.anatomy import Indices
from gui import theme
from gui.plots.cell.camera import Projected, Size
from gui.plots.cell.colours import Rgb, rgb
from gui.plots.cell.painting import DARKEST, THIN, Frame
from gui.plots.cell.raster import Footprint, Raster

_LEVELS: Final = 12  # of light and shade
_BYTES: Final = 4  # of a pixel
_FINER: Final = 2  # smooth edges: pixels are looked at so many times as closely, each way

Packed = NDArray[np.uint32]  # 0xffrrggbb


@dataclass(frozen=True, eq=False)
class _Seen:
    """What n pixels show: k shades each, which are mixed. A shade is the number of a piece and its light."""

    pixels: Indices  # (n,)
    shades: Indices  # (n, k) piece × levels + level; one more than all of them is the background


class SoftwareDrawer:
    """Draws in two steps, of which only what changed is done again: what is where, and the colours."""

    def __init__(self) -> None:
        self._raster = Raster((1, 1))
        self._pixels: Packed = np.zeros((1, 1), dtype=np.uint32)
        self._seen: _Seen | None = None
        self._background = ""
        self._drawn: object = None  # what it was drawn for, and coloured
        self._coloured: object = None

    def picture(self, frame: Frame, ratio: float) -> QImage:
        """The pieces of a frame. Valid until the next one."""
        scene = frame.scene
        size = max(round(frame.size[0] * ratio), 1), max(round(frame.size[1] * ratio), 1)
        look = scene.pieces, frame.projection, frame.size, size, frame.is_shaded, frame.is_smooth
        wanted = *look, theme.colours().background
        if wanted != self._drawn:
            self._draw(frame, ratio, size)
            self._drawn, self._coloured = wanted, None
        if self._coloured is not scene.colouring:
            self._colour(scene.piece_colours())
            self._coloured = scene.colouring
        height, width = self._pixels.shape
        return QImage(self._pixels.data, width, height, width * _BYTES, QImage.Format.Format_RGB32)

    def _draw(self, frame: Frame, ratio: float, size: Size) -> None:
        finer = _FINER if frame.is_smooth else 1
        fine = size[0] * finer, size[1] * finer
        if self._raster.size != fine:
            self._raster = Raster(fine)
        if self._pixels.shape != size[::-1]:
            self._pixels = np.empty(size[::-1], dtype=np.uint32)
        self._background = theme.colours().background
        self._pixels[:] = _packed(rgb(self._background))
        pieces = frame.scene.project(frame.projection, frame.size).magnified(ratio * finer)
        found = self._raster.footprint(pieces)
        levels = _levels(found, pieces, finer) if frame.is_shaded else _LEVELS - 1
        shades = found.pieces * _LEVELS + levels
        background = len(pieces.segments) * _LEVELS
        self._seen = (
            _together(found.pixels, shades, fine, background)
            if finer > 1
            else _Seen(found.pixels, shades[:, None])
        )

    def _colour(self, colours: Rgb) -> None:
        assert self._seen is not None, "nothing is drawn yet"
        light = DARKEST + (1 - DARKEST) * np.linspace(0, 1, _LEVELS)
        lit = _packed((colours[:, None, :] * light[None, :, None]).astype(np.uint8)).reshape(-1)
        shades = np.append(lit, _packed(rgb(self._background)))
        self._pixels.reshape(-1)[self._seen.pixels] = _mixed(shades[self._seen.shades])


def _levels(found: Footprint, pieces: Projected, finer: int) -> Indices:
    """How bright each pixel is: the edges of thick pieces are darker."""
    is_thick = pieces.radii[found.pieces, 0] > THIN * finer
    return np.where(is_thick, (found.facing * (_LEVELS - 1) + 0.5).astype(np.intp), _LEVELS - 1)


def _together(fine_pixels: Indices, shades: Indices, fine: Size, background: int) -> _Seen:
    """Fine pixels as parts of whole ones."""
    row, column = np.divmod(fine_pixels, fine[0])
    whole = (row // _FINER) * (fine[0] // _FINER) + column // _FINER
    part = (row % _FINER) * _FINER + column % _FINER
    pixels, number = np.unique(whole, return_inverse=True)
    parts = np.full((len(pixels), _FINER * _FINER), background, dtype=np.intp)
    parts[number, part] = shades
    return _Seen(pixels.astype(np.intp), parts)


def _mixed(colours: Packed) -> Packed:
    """(n,) the mean of (n, k) colours; k is 1 or 4."""
    if colours.shape[1] == 1:
        return colours[:, 0]
    red_and_blue = (colours & 0xFF00FF).sum(axis=1, dtype=np.uint32) + 0x20002 >> 2 & 0xFF00FF
    green = (colours >> 8 & 0xFF).sum(axis=1, dtype=np.uint32) + 2 >> 2 & 0xFF
    mixed: Packed = (0xFF000000 | red_and_blue | green << 8).astype(np.uint32)
    return mixed


def _packed(colours: NDArray[Any]) -> Packed:
    """0xffrrggbb of (…, 3)."""
    parts = colours.astype(np.uint32)
    packed: NDArray[Any] = 0xFF000000 | (parts[..., 0] << 16) | (parts[..., 1] << 8) | parts[..., 2]
    return packed.astype(np.uint32)
