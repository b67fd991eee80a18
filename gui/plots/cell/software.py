"""The picture of the pieces by the processor: as a QImage whose colours can be changed by themselves."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from gui import theme
from gui.plots.cell.camera import Projected, Size
from gui.plots.cell.colours import Rgb, rgb
from gui.plots.cell.painting import Frame
from gui.plots.cell.raster import Footprint, Raster

_LEVELS: Final = 12  # of light and shade
_DARKEST: Final = 0.62  # at the edge of a thick piece
_THIN: Final = 1.6  # pixels: what is not wider has no light and shade that could be seen
_BYTES: Final = 4  # of a pixel


class SoftwareDrawer:
    """Draws in two steps, of which only what changed is done again: what is where, and the colours."""

    def __init__(self) -> None:
        self._raster = Raster((1, 1))
        self._pixels: NDArray[np.uint32] = np.zeros((1, 1), dtype=np.uint32)
        self._footprint: Footprint | None = None
        self._levels: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._drawn: object = None  # what it was drawn for, and coloured
        self._coloured: object = None

    def picture(self, frame: Frame, ratio: float) -> QImage:
        """The pieces of a frame. Valid until the next one."""
        scene, size = (
            frame.scene,
            (max(round(frame.size[0] * ratio), 1), max(round(frame.size[1] * ratio), 1)),
        )
        background = theme.colours().background
        wanted = scene.pieces, frame.projection, frame.size, size, frame.is_shaded, background
        if wanted != self._drawn:
            projected = scene.project(frame.projection, frame.size).magnified(ratio)
            self._draw(projected, size, background, is_shaded=frame.is_shaded)
            self._drawn, self._coloured = wanted, None
        if self._coloured != scene.colouring:
            self._colour(scene.piece_colours())
            self._coloured = scene.colouring
        return self._image()

    def _draw(self, pieces: Projected, size: Size, background: str, *, is_shaded: bool) -> None:
        if self._raster.size != size:
            self._raster = Raster(size)
            self._pixels = np.empty((size[1], size[0]), dtype=np.uint32)
        self._pixels[:] = _packed(rgb(background))
        found = self._footprint = self._raster.footprint(pieces)
        is_thick = pieces.radii[found.pieces, 0] > _THIN
        levels = (found.facing * (_LEVELS - 1) + 0.5).astype(np.intp)
        self._levels = np.where(is_thick & is_shaded, levels, _LEVELS - 1)

    def _colour(self, colours: Rgb) -> None:
        assert self._footprint is not None, "nothing is drawn yet"
        light = _DARKEST + (1 - _DARKEST) * np.linspace(0, 1, _LEVELS)
        shades = _packed((colours[:, None, :] * light[None, :, None]).astype(np.uint8))
        self._pixels.reshape(-1)[self._footprint.pixels] = shades[self._footprint.pieces, self._levels]

    def _image(self) -> QImage:
        height, width = self._pixels.shape
        return QImage(self._pixels.data, width, height, width * _BYTES, QImage.Format.Format_RGB32)


def _packed(colours: NDArray[Any]) -> NDArray[np.uint32]:
    """0xffrrggbb of (…, 3)."""
    parts = colours.astype(np.uint32)
    packed: NDArray[Any] = 0xFF000000 | (parts[..., 0] << 16) | (parts[..., 1] << 8) | parts[..., 2]
    return packed.astype(np.uint32)
