"""Copying and saving what plots show: pictures of them, and tables of their numbers."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import EngineError
from engine.user_files import write_whole
from gui.background import Task, in_background
from gui.plots.picture import LegendEntry, Picture
from gui.plots.table import Column, as_text
from gui.session.notices import Notices
from gui.settings import settings

PICTURES = "PNG picture (*.png);;SVG drawing (*.svg)"
_MOST_COPIED = 1_000_000  # numbers: more hold up the window, and no spreadsheet takes them


class PlotSaving:
    """`legend` tells which lines to name in a picture; `numbers` is what the rows of a table are called."""

    def __init__(
        self,
        parent: QWidget,
        notices: Notices,
        legend: Callable[[], list[LegendEntry]],
        *,
        numbers: str,
        file_name: str,
    ) -> None:
        self._parent, self._notices, self._legend = parent, notices, legend
        self.numbers, self._file_name = numbers, file_name
        self.task: Task | None = None  # that writes a file

    def copy_image(self, plots: Sequence[pg.PlotItem]) -> None:
        """A picture to the clipboard."""
        if plots:
            QGuiApplication.clipboard().setImage(self._picture(plots).image())
            self._notices.post("The picture is on the clipboard.")

    def ask_and_save_image(self, plots: Sequence[pg.PlotItem]) -> None:
        """Ask for a file, then write a picture."""
        if plots and (path := self._ask("Save picture", PICTURES, ".png")):
            try:
                self.save_image(plots, path)
            except EngineError as error:
                self._notices.post_error(error)

    def save_image(self, plots: Sequence[pg.PlotItem], path: Path) -> None:
        """Write PNG, or SVG by the ending of the name, and say so; EngineError if that fails."""
        self.write_image(plots, path)
        self._notices.post(f"The picture is saved as {path.name}.", where=str(path.parent))

    def write_image(self, plots: Sequence[pg.PlotItem], path: Path) -> None:
        """Write PNG, or SVG by the ending of the name; EngineError if that fails."""
        picture = self._picture(plots)
        if path.suffix.casefold() == ".svg":
            picture.save_svg(path)
        else:
            picture.save_png(path)

    def copy_columns(self, columns: Sequence[Column]) -> None:
        """A table to the clipboard, tab-separated."""
        if sum(len(numbers) for _, numbers in columns) > _MOST_COPIED:
            self._notices.post(
                "There are more than a million numbers in view, too many for the clipboard.",
                hint="Zoom in, or save them as CSV.",
                severity="warning",
            )
            return
        data = QMimeData()
        data.setText("".join(as_text(columns, "\t")))
        QGuiApplication.clipboard().setMimeData(data)
        self._notices.post(f"The {self.numbers} in view are on the clipboard.")

    def ask_and_save_columns(self, columns: Sequence[Column]) -> None:
        """Ask for a file, then write a table."""
        if path := self._ask(f"Save {self.numbers}", "Table (*.csv)", ".csv"):
            self.save_columns(columns, path)

    def save_columns(self, columns: Sequence[Column], path: Path) -> None:
        """Write a table as CSV, in the background."""

        def write(task: Task) -> None:
            pieces = as_text(columns, ",", lambda done, total: task.report(done, total, path.name))
            write_whole(path, "".join(pieces))

        self.task = in_background(
            write,
            lambda _nothing: self._notices.post(
                f"The {self.numbers} are saved as {path.name}.", where=str(path.parent)
            ),
            self._notices.post_error,
        )

    def _ask(self, title: str, kinds: str, ending: str) -> Path | None:
        return ask_for_file(self._parent, title, kinds, f"{self._file_name}{ending}")

    def _picture(self, plots: Sequence[pg.PlotItem]) -> Picture:
        return Picture(plots, self._legend(), f"Somascope: {self._file_name}")


def ask_for_file(parent: QWidget, title: str, kinds: str, usual: str) -> Path | None:
    """Ask for the name of a file to write, of one of these kinds; None if the user thinks better of it."""
    folder = settings().value.last_folder or Path.home()
    name, kind = QFileDialog.getSaveFileName(parent, title, str(folder / usual), kinds)
    if not name:
        return None
    path = Path(name)
    ending = ".svg" if "svg" in kind else Path(usual).suffix
    return path if path.suffix else path.with_suffix(ending)
