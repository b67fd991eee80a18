"""Copying and saving what the scope shows."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from gui.plots.picture import LegendEntry
from gui.plots.saving import PlotSaving
from gui.plots.table import columns_of
from gui.plots.trace_plot import Line, TracePlot
from gui.session.notices import Notices


class Saving(PlotSaving):
    """Pictures and samples of some plots."""

    def __init__(self, parent: QWidget, notices: Notices, legend: Callable[[], list[LegendEntry]]) -> None:
        super().__init__(parent, notices, legend, numbers="samples", file_name="traces")

    def copy_data(self, plots: Sequence[pg.PlotItem]) -> None:
        """Samples in view to the clipboard, tab-separated."""
        if lines := _lines(plots):
            self.copy_columns(columns_of(lines, *plots[0].vb.viewRange()[0]))

    def ask_and_save_data(self, plots: Sequence[pg.PlotItem]) -> None:
        """Ask for a file, then write all samples."""
        if lines := _lines(plots):
            self.ask_and_save_columns(columns_of(lines, float("-inf"), float("inf")))

    def save_data(self, plots: Sequence[pg.PlotItem], path: Path) -> None:
        """Write all samples of the lines as CSV, in the background."""
        self.save_columns(columns_of(_lines(plots), float("-inf"), float("inf")), path)


def _lines(plots: Sequence[pg.PlotItem]) -> list[Line]:
    return [line for plot in plots if isinstance(plot, TracePlot) for line in plot.lines]
