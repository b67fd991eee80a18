"""Copying and saving what plots show."""

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
from gui.plots.table import as_text, columns_of
from gui.plots.trace_plot import Line, TracePlot
from gui.session.notices import Notices
from gui.settings import settings

_MOST_COPIED = 1_000_000  # numbers: more hold up the window, and no spreadsheet takes them


class Saving:
    """Pictures and numbers of some plots; `legend` tells which lines to name in a picture."""

    def __init__(self, parent: QWidget, notices: Notices, legend: Callable[[], list[LegendEntry]]) -> None:
        self._parent, self._notices, self._legend = parent, notices, legend
        self.task: Task | None = None  # that writes a file

    def copy_image(self, plots: Sequence[pg.PlotItem]) -> None:
        """A picture to the clipboard."""
        if plots:
            QGuiApplication.clipboard().setImage(Picture(plots, self._legend()).image())
            self._notices.post("The picture is on the clipboard.")

    def copy_data(self, plots: Sequence[pg.PlotItem]) -> None:
        """Samples in view to the clipboard, tab-separated."""
        lines = _lines(plots)
        if not lines:
            return
        columns = columns_of(lines, *plots[0].vb.viewRange()[0])
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
        self._notices.post("The samples in view are on the clipboard.")

    def ask_and_save_image(self, plots: Sequence[pg.PlotItem]) -> None:
        """Ask for a file, then write a picture."""
        if plots and (path := self._ask("Save picture", "PNG picture (*.png);;SVG drawing (*.svg)", ".png")):
            try:
                self.save_image(plots, path)
            except EngineError as error:
                self._notices.post_error(error)

    def ask_and_save_data(self, plots: Sequence[pg.PlotItem]) -> None:
        """Ask for a file, then write all samples."""
        if _lines(plots) and (path := self._ask("Save samples", "Table (*.csv)", ".csv")):
            self.save_data(plots, path)

    def save_image(self, plots: Sequence[pg.PlotItem], path: Path) -> None:
        """Write PNG, or SVG by the ending of the name; EngineError if that fails."""
        picture = Picture(plots, self._legend())
        if path.suffix.casefold() == ".svg":
            picture.save_svg(path)
        else:
            picture.save_png(path)
        self._notices.post(f"The picture is saved as {path.name}.", where=str(path.parent))

    def save_data(self, plots: Sequence[pg.PlotItem], path: Path) -> None:
        """Write all samples of the lines as CSV, in the background."""
        columns = columns_of(_lines(plots), float("-inf"), float("inf"))

        def write(task: Task) -> None:
            pieces = as_text(columns, ",", lambda done, total: task.report(done, total, path.name))
            write_whole(path, "".join(pieces))

        self.task = in_background(
            write,
            lambda _nothing: self._notices.post(
                f"The samples are saved as {path.name}.", where=str(path.parent)
            ),
            self._notices.post_error,
        )

    def _ask(self, title: str, kinds: str, ending: str) -> Path | None:
        folder = settings().value.last_folder or Path.home()
        name, kind = QFileDialog.getSaveFileName(self._parent, title, str(folder / f"traces{ending}"), kinds)
        if not name:
            return None
        path = Path(name)
        usual = ".svg" if "svg" in kind else ending
        return path if path.suffix else path.with_suffix(usual)


def _lines(plots: Sequence[pg.PlotItem]) -> list[Line]:
    return [line for plot in plots if isinstance(plot, TracePlot) for line in plot.lines]
