"""Copying and saving the picture of the cell."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from engine.errors import EngineError
from engine.user_files import write_whole
from gui.plots.cell.view import CellView
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
        name, _ = QFileDialog.getSaveFileName(
            self._view, "Save picture of the cell", str(folder / "cell.png"), "PNG picture (*.png)"
        )
        if name:
            try:
                self.save(Path(name))
            except EngineError as error:
                self._notices.post_error(error)

    def save(self, path: Path) -> None:
        """Write PNG, whole or not at all; EngineError if that fails."""
        path = path if path.suffix else path.with_suffix(".png")
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._view.picture().save(buffer, "PNG")  # type: ignore[call-overload]  # takes bytes in the stubs
        write_whole(path, bytes(buffer.data().data()))
        self._notices.post(f"The picture is saved as {path.name}.", where=str(path.parent))
