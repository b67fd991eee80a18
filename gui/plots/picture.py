"""Pictures of plots as they are on the screen: for the clipboard, as PNG, SVG and PDF, with a legend."""

from collections.abc import Sequence
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPen
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from engine.user_files import write_whole
from gui import theme
from gui.plots import look
from gui.plots.pdf_page import page_of_pixels

LegendEntry = tuple[QPen, str]
_DOTS_PER_PIXEL = 2.0  # a picture is sharper than the screen


class Picture:
    """Some plots of a view, and a legend over them."""

    def __init__(self, plots: Sequence[pg.PlotItem], legend: Sequence[LegendEntry], title: str) -> None:
        self._title = title
        self._scene = plots[0].scene()
        self._source = QRectF()
        for plot in plots:
            self._source = self._source.united(plot.sceneBoundingRect())
        self._legend = _arranged(legend, self._source.width())
        lines = self._legend[-1][1] + 1 if self._legend else 0
        self._top = lines * 1.3 * look.em()

    def image(self) -> QImage:
        """As pixels."""
        size = self._size()
        image = QImage(size * _DOTS_PER_PIXEL, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_DOTS_PER_PIXEL)
        image.fill(look.colour(theme.colours().background))
        self._paint(QPainter(image))
        return image

    def save_png(self, path: Path) -> None:
        """Write the pixels, whole or not at all; EngineError if that fails."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self.image().save(buffer, "PNG")  # type: ignore[call-overload]  # takes bytes in the stubs, text in fact
        write_whole(path, bytes(buffer.data().data()))

    def save_svg(self, path: Path) -> None:
        """Write lines that can be edited, whole or not at all; EngineError if that fails."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(self._size())
        generator.setViewBox(QRectF(0, 0, self._size().width(), self._size().height()))
        generator.setResolution(round(QApplication.primaryScreen().logicalDotsPerInch()))
        generator.setTitle(self._title)
        painter = QPainter(generator)
        painter.fillRect(generator.viewBoxF(), look.colour(theme.colours().background))
        self._paint(painter)
        write_whole(path, bytes(buffer.data().data()))

    def save_pdf(self, path: Path) -> None:
        """Write a page of just this size, whole or not at all; EngineError if that fails."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        size = QSizeF(self._size())
        page = page_of_pixels(buffer, size, self._title)
        painter = QPainter(page)
        painter.fillRect(QRectF(QPointF(), size), look.colour(theme.colours().background))
        self._paint(painter)
        write_whole(path, bytes(buffer.data().data()))

    def save(self, path: Path) -> None:
        """Write PNG, SVG or PDF by the ending of the name; EngineError if that fails."""
        {".svg": self.save_svg, ".pdf": self.save_pdf}.get(path.suffix.casefold(), self.save_png)(path)

    def _size(self) -> QSize:
        return QSize(round(self._source.width()), round(self._source.height() + self._top))

    def _paint(self, painter: QPainter) -> None:
        painter.setFont(QApplication.font())
        for (pen, text), line, left in self._legend:
            middle = (line + 0.65) * 1.3 * look.em()
            painter.setPen(pen)
            painter.drawLine(round(left), round(middle), round(left + 1.5 * look.em()), round(middle))
            painter.setPen(look.colour(theme.colours().text))
            box = QRectF(left + 2 * look.em(), line * 1.3 * look.em(), 1e4, 1.3 * look.em())
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        target = QRectF(0, self._top, self._source.width(), self._source.height())
        self._scene.render(painter, target, self._source)
        painter.end()


def _arranged(legend: Sequence[LegendEntry], width: float) -> list[tuple[LegendEntry, int, float]]:
    """Each entry with its line and its left end."""
    placed: list[tuple[LegendEntry, int, float]] = []
    line, left = 0, 0.5 * look.em()
    for entry in legend:
        needed = look.text_width(entry[1]) + 3.5 * look.em()
        if left + needed > width and placed:
            line, left = line + 1, 0.5 * look.em()
        placed.append((entry, line, left))
        left += needed
    return placed
