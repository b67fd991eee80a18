"""Makes an animation: pictures are painted one at a time in the window's thread, and put together in another."""

import queue
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from engine.errors import EngineError
from engine.output.animation import Pixels, write_gif
from gui.background import Task, in_background

_WAITING: Final = 3  # pictures that are painted and not put together yet
_TURN_MS: Final = 5  # between two pictures, for the mouse and the keys
_LOOK_S: Final = 0.1


class Film(QObject):
    """One animation that is being made. `paint` gives the picture of a moment (ms); all have one size."""

    progressed = Signal(object, object)  # pictures that are done, of all
    done = Signal()  # the file is there
    failed = Signal(object)  # EngineError: there is no file, or the old one

    def __init__(
        self,
        paint: Callable[[float], QImage],
        times: Sequence[float],
        each_ms: int,
        path: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._paint, self._times, self._each_ms, self._path = paint, times, each_ms, path
        self._painted = 0
        self._waiting: queue.Queue[Pixels] = queue.Queue(_WAITING)
        self._task: Task | None = None
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(_TURN_MS)
        self._turn.timeout.connect(self._paint_next)

    def begin(self) -> None:
        """Make it; the first picture is painted with the next turn of the event loop."""
        self._task = in_background(self._put_together, self._on_done, self._on_failed)
        self._task.progressed.connect(lambda done, total, _text: self.progressed.emit(done, total))
        self._turn.start()

    def cancel(self) -> None:
        """Give it up: no file is written."""
        self._turn.stop()
        if self._task is not None:
            self._task.cancel()

    def _paint_next(self) -> None:
        if not self._waiting.full():
            image = self._paint(self._times[self._painted])
            self._waiting.put_nowait(pixels_of(image))
            self._painted += 1
        if self._painted < len(self._times):
            self._turn.start()

    def _put_together(self, task: Task) -> None:
        write_gif(self._path, self._pictures(task), self._each_ms)

    def _pictures(self, task: Task) -> Iterator[Pixels]:
        for number in range(len(self._times)):
            yield self._next(task, number)
        task.report(len(self._times), len(self._times))

    def _next(self, task: Task, number: int) -> Pixels:
        while True:
            task.report(number, len(self._times))
            try:
                return self._waiting.get(timeout=_LOOK_S)
            except queue.Empty:
                continue

    def _on_done(self, _nothing: object) -> None:
        self.done.emit()

    def _on_failed(self, error: EngineError) -> None:
        self._turn.stop()
        self.failed.emit(error)


def pixels_of(image: QImage) -> Pixels:
    """(height, width, 3) red, green and blue of a picture; a copy."""
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    table = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(plain.height(), -1, 4)
    return np.ascontiguousarray(table[:, : plain.width(), :3])
