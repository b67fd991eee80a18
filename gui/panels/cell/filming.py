"""An animation of the cell, as it was from moment to moment of the newest run."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from gui.panels.cell.film import Painter
from gui.panels.cell.film_dialog import FilmDialog, Scenery
from gui.plots.cell.colours import ColourScale
from gui.plots.cell.view import CellView
from gui.plots.saving import ask_for_file
from gui.plots.value_range import extent, fitted
from gui.plots.variable_words import title_of
from gui.session.frames import Frames
from gui.session.session import Session

_WIDEST = 800  # pixels: in wider pictures letters and lines grow with them


class Filming:
    """Asks what the animation shall show; it looks like the view, from where it is looked at now."""

    def __init__(self, session: Session, view: CellView) -> None:
        self._session, self._view = session, view
        self.dialog: FilmDialog | None = None

    def can_film(self) -> bool:
        """Whether the newest run has recorded the cell that is drawn."""
        return self._frames() is not None

    def ask(self) -> None:
        """Open the dialog."""
        frames = self._frames()
        if frames is None:
            return
        self.dialog = FilmDialog(
            self._scenery(frames), self._ask_for_path, self._session.notices, self._view.window()
        )
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.show()

    def _frames(self) -> Frames | None:
        run, shapes = self._session.runs.latest, self._view.shapes
        frames = run.frames if run is not None else None
        if frames is None or not frames.count or not shapes or frames.cell != shapes[0].cell:
            return None
        return frames if frames.segments == shapes[0].anatomy.segments else None

    def _scenery(self, frames: Frames) -> Scenery:
        still, colours = self._view.still(), self._view.scene.scale or _colours_of(frames)
        times = frames.times()

        def painter(size: QSize) -> Painter:
            shrunk = size * min(1.0, _WIDEST / size.width())
            film = still.in_size(shrunk)

            def paint(time: float) -> QImage:
                film.show_values(frames.at(time), colours)
                return film.image(size.width(), f"{time:.2f} ms")

            return paint

        return Scenery((float(times[0]), float(times[-1])), still.size, painter)

    def _ask_for_path(self) -> Path | None:
        return ask_for_file(self._view, "Save animation", "Animation (*.gif)", "cell.gif")


def _colours_of(frames: Frames) -> ColourScale:
    """All values that there are, on nice numbers."""
    pairs = zip(frames.lowest.tolist(), frames.highest.tolist(), strict=True)
    low, high = fitted(extent(pairs) or (0.0, 1.0))
    return ColourScale(title_of(frames.variable), frames.unit, low, high)
