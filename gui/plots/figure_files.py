"""Figures for print as PNG, SVG and PDF. None of this needs the window's thread."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from engine.user_files import write_whole
from gui.plots.figure import MM_PER_POINT, Figure, Style
from gui.plots.figure_painting import height_points, paint
from gui.plots.pdf_page import pdf_page

Form = Literal["png", "svg", "pdf"]
_INCH_POINTS: Final = 72.0
_METRE_INCHES: Final = 1 / 0.0254
_FINEST: Final = 1200  # dots per inch of a page: what coordinates are rounded to
_FINE: Final = 10  # an SVG's size is a whole number of tenths of a point


def save(figure: Figure, style: Style, path: Path) -> None:
    """Write it by the ending of the name, whole or not at all; EngineError if that fails."""
    write_whole(path, drawn(figure, style, form_of(path)))


def form_of(path: Path) -> Form:
    """What the ending of a name means; PNG if it means nothing."""
    ending = path.suffix.casefold().lstrip(".")
    return "svg" if ending == "svg" else "pdf" if ending == "pdf" else "png"


def drawn(figure: Figure, style: Style, form: Form) -> bytes:
    """The content of a file."""
    makers: dict[Form, Callable[[Figure, Style], bytes]] = {"png": _png, "svg": _svg, "pdf": _pdf}
    return makers[form](figure, style)


def image(figure: Figure, style: Style, dots_per_inch: float) -> QImage:
    """As pixels."""
    scale = dots_per_inch / _INCH_POINTS
    width, height = _size(figure, style)
    picture = QImage(QSize(round(width * scale), round(height * scale)), QImage.Format.Format_RGB32)
    picture.setDotsPerMeterX(round(dots_per_inch * _METRE_INCHES))
    picture.setDotsPerMeterY(round(dots_per_inch * _METRE_INCHES))
    picture.fill(QColor("white"))
    painter = QPainter(picture)
    painter.scale(scale, scale)
    paint(figure, style, painter)
    painter.end()
    return picture


def _png(figure: Figure, style: Style) -> bytes:
    buffer = _buffer()
    picture = image(figure, style, style.dots_per_inch)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]  # takes bytes in the stubs, text in fact
    return bytes(buffer.data().data())


def _svg(figure: Figure, style: Style) -> bytes:
    buffer = _buffer()
    width, height = _size(figure, style)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(round(_INCH_POINTS) * _FINE)
    generator.setSize(QSize(round(width * _FINE), round(height * _FINE)))
    generator.setViewBox(QRectF(0, 0, width, height))
    generator.setTitle(figure.title)
    painter = QPainter(generator)
    painter.fillRect(generator.viewBoxF(), QColor("white"))
    paint(figure, style, painter)
    painter.end()
    return bytes(buffer.data().data())


def _pdf(figure: Figure, style: Style) -> bytes:
    buffer = _buffer()
    width, height = _size(figure, style)
    writer = pdf_page(buffer, QSizeF(width, height), figure.title, _FINEST)
    painter = QPainter(writer)
    scale = writer.resolution() / _INCH_POINTS
    painter.scale(scale, scale)
    paint(figure, style, painter)
    painter.end()
    return bytes(buffer.data().data())


def _size(figure: Figure, style: Style) -> tuple[float, float]:
    """Width and height in points."""
    return style.width_mm / MM_PER_POINT, height_points(figure, style)


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
