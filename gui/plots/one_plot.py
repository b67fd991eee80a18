"""A widget around one plot, which can be copied and saved."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QMenu, QWidget

from gui.plots.saving import PlotSaving
from gui.plots.table import Column


class OnePlot(QWidget):
    """Whoever inherits has the plot, and says what is in it."""

    saving: PlotSaving
    show_all_key = "Home"

    def drawing(self) -> pg.PlotWidget:
        """The plot."""
        raise NotImplementedError

    def columns(self) -> Sequence[Column]:
        """What is drawn, as a table with units."""
        raise NotImplementedError

    def plots(self) -> Sequence[pg.PlotItem]:
        """What a picture shows."""
        return [self.drawing().getPlotItem()]

    def show_all(self) -> None:
        """Let all that is drawn be in sight."""
        self.drawing().home()

    def copy_image(self) -> None:
        """A picture to the clipboard."""
        self.saving.copy_image(self.plots())

    def ask_and_save_image(self) -> None:
        """Ask for a file, then write a picture."""
        self.saving.ask_and_save_image(self.plots())

    def copy_data(self) -> None:
        """The table to the clipboard."""
        self.saving.copy_columns(self.columns())

    def ask_and_save_data(self) -> None:
        """Ask for a file, then write the table."""
        self.saving.ask_and_save_columns(self.columns())

    def menu(self) -> QMenu:
        """What can be done with the plot."""
        menu = QMenu(self)
        menu.addAction(f"Show all\t{self.show_all_key}", self.show_all)
        menu.addSeparator()
        menu.addAction("Copy image", self.copy_image)
        menu.addAction("Save image (PNG, SVG, PDF)…", self.ask_and_save_image)
        menu.addAction(f"Copy {self.saving.numbers}", self.copy_data)
        menu.addAction(f"Save {self.saving.numbers} (CSV)…", self.ask_and_save_data)
        return menu

    def open_menu(self, where: QPointF) -> None:
        """Open it at a place of the screen, and let go of it."""
        menu = self.menu()
        menu.exec(where.toPoint())
        menu.deleteLater()
