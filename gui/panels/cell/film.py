"""Makes an animation in the background: paints picture by picture, and puts them together."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

from gui.background import Task

if TYPE_CHECKING:
    from engine.output.animation import Pixels

Painter = Callable[[float], QImage]  # the picture of a moment (ms); called in a thread


def making(paint: Painter, times: Sequence[float], each_ms: int, path: Path) -> Callable[[Task], None]:
    """Work that writes a GIF of these moments, whole or not at all, and tells how many pictures are done."""

    def pictures(task: Task) -> Iterator["Pixels"]:
        for number, time in enumerate(times):
            task.report(number, len(times))
            yield pixels_of(paint(time))
        task.report(len(times), len(times))

    def work(task: Task) -> None:
        from engine.output.animation import write_gif

        write_gif(path, pictures(task), each_ms)

    return work


def pixels_of(image: QImage) -> "Pixels":
    """(height, width, 3) red, green and blue of a picture; a copy."""
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    table = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(plain.height(), -1, 4)
    return np.ascontiguousarray(table[:, : plain.width(), :3])
