"""Copying and saving what plots show: pictures of them, and tables of their numbers."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import EngineError
from engine.user_files import write_whole
from gui.background import Task, in_background
from gui.plots.figure import Figure, Style
from gui.plots.figure_dialog import FigureDialog
from gui.plots.figure_files import save
from gui.plots.figure_reading import figure_of
from gui.plots.picture import LegendEntry, Picture
from gui.plots.table import Column, as_text
from gui.session.notices import Notices
from gui.settings import settings

PICTURES = "PNG picture (*.png);;SVG drawing (*.svg);;PDF page (*.pdf)"
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
        """Let the user choose how it looks and where it goes, then write a picture."""
        if not plots:
            return
        dialog = FigureDialog(self.figure(plots), self._picture(plots), self._parent)
        dialog.chosen.connect(functools.partial(self._ask_and_save, plots))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def figure(self, plots: Sequence[pg.PlotItem]) -> Figure:
        """The plots as a figure for print."""
        return figure_of(plots, self._legend(), self._title)

    def save_figure(self, figure: Figure, style: Style, path: Path) -> None:
        """Write PNG, SVG or PDF for print by the ending of the name, in the background, and say so."""
        self.task = in_background(
            lambda _task: save(figure, style, path),
            lambda _nothing: self._say_saved(path),
            self._notices.post_error,
        )

    def save_image(self, plots: Sequence[pg.PlotItem], path: Path) -> None:
        """Write PNG, SVG or PDF as on the screen, and say so; EngineError if that fails."""
        self._picture(plots).save(path)
        self._say_saved(path)

    def _ask_and_save(self, plots: Sequence[pg.PlotItem], figure: Figure, style: Style | None) -> None:
        path = self._ask("Save picture", PICTURES, ".png")
        if path is None:
            return
        if style is not None:
            self.save_figure(figure, style, path)
            return
        try:
            self.save_image(plots, path)
        except EngineError as error:
            self._notices.post_error(error)

    def _say_saved(self, path: Path) -> None:
        self._notices.post(f"The picture is saved as {path.name}.", where=str(path.parent))

    def copy_columns(self, columns: Sequence[Column]) -> None:
        """A table to the clipboard, tab-separated."""
        if sum(len(numbers) for _, numbers in columns) > _MOST_COPIED:
            self._notices.post(
                "There are more than a million numbers in view, too many for the clipboard.",
                hint="Zoom in, or save them as CSV.",
                severity="warning",
            )
            return
        QGuiApplication.clipboard().setText("".join(as_text(columns, "\t")))
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
        return Picture(plots, self._legend(), self._title)

    @property
    def _title(self) -> str:
        return f"Somascope: {self._file_name}"


def ask_for_file(parent: QWidget, title: str, kinds: str, usual: str) -> Path | None:
    """Ask for the name of a file to write, of one of these kinds; None if the user thinks better of it."""
    folder = settings().value.last_folder or Path.home()
    name, kind = QFileDialog.getSaveFileName(parent, title, str(folder / usual), kinds)
    if not name:
        return None
    path = Path(name)
    ending = next((each for each in (".svg", ".pdf") if each in kind), Path(usual).suffix)
    return path if path.suffix else path.with_suffix(ending)
