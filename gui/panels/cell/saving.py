"""Copying and saving the picture of the cell."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from engine.errors import EngineError
from engine.user_files import write_whole
from gui.plots.cell.view import CellView
from gui.plots.saving import PICTURES
from gui.session.notices import Notices
from gui.settings import settings


class Saving:
    """Pictures of one view."""

    def __init__(self, view: CellView, notices: Notices) -> None:
        self._view, self._notices = view, notices

    def copy(self) -> None:
        """A picture to the clipboard."""
        QGuiApplication.clipboard().setImage(self._view.picture())
        self._notices.post("The picture of the cell is on the clipboard.")

    def ask_and_save(self) -> None:
        """Ask for a file, then write a picture."""
        folder = settings().value.last_folder or Path.home()
        name, kind = QFileDialog.getSaveFileName(
            self._view,
            "Save picture of the cell",
            str(folder / "cell.png"),
            PICTURES,
        )
        if name:
            path, usual = Path(name), next((each for each in (".svg", ".pdf") if each in kind), ".png")
            try:
                self.save(path if path.suffix else path.with_suffix(usual))
            except EngineError as error:
                self._notices.post_error(error)

    def save(self, path: Path) -> None:
        """Write PNG, SVG or PDF by the ending of the name, whole or not at all; EngineError if that fails."""
        note = self._view.note
        match path.suffix.casefold():
            case ".svg":
                content = self._view.still().svg(note)
            case ".pdf":
                content = self._view.still().pdf(note)
            case _:
                content = _as_png(self._view.picture())
        write_whole(path, content)
        self._notices.post(f"The picture is saved as {path.name}.", where=str(path.parent))


def _as_png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # takes bytes in the stubs, text in fact
    return bytes(buffer.data().data())
