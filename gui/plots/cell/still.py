"""What a view shows, to be painted apart from it: in any size, as a drawing, with other values."""

from dataclasses import replace
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.plots import look
from gui.plots.cell.camera import Camera
from gui.plots.cell.colours import ColourScale
from gui.plots.cell.markers import placed
from gui.plots.cell.painting import Frame, paint, paint_over, tip_of
from gui.plots.cell.software import SoftwareDrawer
from gui.plots.cell.vector import paint_pieces
from gui.plots.pdf_page import page_of_pixels


class Still:
    """Owns its scene; may be painted in a thread, by one at a time."""

    def __init__(self, frame: Frame, *, is_fitted: bool = False) -> None:
        self._frame, self._is_fitted = frame, is_fitted
        self._drawer = SoftwareDrawer()

    @property
    def size(self) -> QSize:
        """Of the view, in its pixels."""
        return QSize(*self._frame.size)

    def in_size(self, size: QSize) -> "Still":
        """The same on a screen of another size: what can be seen here can be seen there.

        Where all of the cell is seen, it is made as large as can be.
        """
        frame, wanted = self._frame, (size.width(), size.height())
        projection, scene = frame.projection, frame.scene.copy()
        if isinstance(projection, Camera) and not self._is_fitted:
            factor = min(new / old for new, old in zip(wanted, frame.size, strict=True))
            projection = replace(projection, scale=projection.scale * factor)
        elif scene.pieces is not None:
            projection = projection.fitted(scene.pieces, wanted)
        there = [each.marker for each in frame.markers]
        tips = [tip_of(scene, projection, wanted, each.segment, each.x) for each in there]
        markers = placed(there, [tip for tip in tips if tip is not None])
        resized = replace(frame, scene=scene, projection=projection, size=wanted, markers=markers)
        return Still(resized, is_fitted=self._is_fitted)

    def show_values(self, values: NDArray[Any] | None, colours: ColourScale | None) -> None:
        """Colour the segments of the first shape by values (segments,)."""
        self._frame.scene.show_values(values, colours)

    def image(self, width: int, caption: str = "") -> QImage:
        """All of it, letters as well, made so many pixels wide; `caption` is written into its corner."""
        size = self.size
        ratio = width / size.width()
        image = QImage(width, max(round(size.height() * ratio), 1), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(look.colour(theme.colours().background))
        painter = QPainter(image)
        paint(painter, self._frame, ratio, self._drawer)
        _write(painter, caption)
        painter.end()
        return image

    def svg(self, caption: str = "") -> bytes:
        """A drawing of shapes and letters that can be edited."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(self.size)
        generator.setViewBox(QRectF(0, 0, *self._frame.size))
        generator.setResolution(round(QApplication.primaryScreen().logicalDotsPerInch()))
        generator.setTitle("Somascope: cell")
        self._draw(QPainter(generator), caption)
        return bytes(buffer.data().data())

    def pdf(self, caption: str = "") -> bytes:
        """The same on a page of its size."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        page = page_of_pixels(buffer, QSizeF(*self._frame.size), "Somascope: cell")
        self._draw(QPainter(page), caption)
        return bytes(buffer.data().data())

    def _draw(self, painter: QPainter, caption: str) -> None:
        """As shapes and letters."""
        painter.fillRect(QRectF(0, 0, *self._frame.size), look.colour(theme.colours().background))
        if self._frame.scene.pieces is not None:
            paint_pieces(painter, self._frame)
            paint_over(painter, self._frame)
        _write(painter, caption)
        painter.end()


def _write(painter: QPainter, caption: str) -> None:
    em = look.em()
    painter.setFont(QApplication.font())
    painter.setPen(look.colour(theme.colours().text))
    box = QRectF(0.6 * em, 0.4 * em, look.text_width(caption) + em, 1.3 * em)
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, caption)
