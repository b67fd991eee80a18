"""Writing pictures that move, as a GIF."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.errors import EngineError
from engine.user_files import write_whole

Pixels = NDArray[np.uint8]  # (height, width, 3): red, green, blue

STEP_MS: Final = 10  # a GIF counts hundredths of a second
_COLOURS: Final = 256


def write_gif(path: Path, pictures: Iterator[Pixels], each_ms: int) -> None:
    """Write an animation that begins again at its end, whole or not at all; EngineError says why not.

    Each picture is shown for `each_ms`, a multiple of 10 ms. Neighbours that are equal become one that is
    shown for longer. All pictures are held in memory, one byte for each of their pixels.
    """
    assert each_ms > 0 and each_ms % STEP_MS == 0, each_ms
    first = next(pictures, None)
    if first is None:
        raise EngineError("There is no picture to write.", where=path.name)
    file = io.BytesIO()
    _reduced(first).save(
        file,
        format="GIF",
        save_all=True,
        append_images=(_reduced(each) for each in pictures),
        duration=each_ms,
        loop=0,
    )
    write_whole(path, file.getvalue())


def _reduced(pixels: Pixels) -> Image.Image:
    """The 256 colours that come nearest; dots of mixed colours would flicker and take much room."""
    # less exact where there are many colours, but twice as fast as the usual method
    method = Image.Quantize.MAXCOVERAGE
    return Image.fromarray(pixels).quantize(_COLOURS, method, dither=Image.Dither.NONE)
