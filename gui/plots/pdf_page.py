"""A page of a PDF file that is just as large as what is drawn on it."""

from PySide6.QtCore import QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QPageSize, QPdfWriter
from PySide6.QtWidgets import QApplication


def pdf_page(device: QIODevice, points: QSizeF, title: str, dots_per_inch: int) -> QPdfWriter:
    """What to paint on; a unit of its painter is a dot."""
    writer = QPdfWriter(device)
    writer.setTitle(title)
    writer.setCreator("Somascope")
    writer.setResolution(dots_per_inch)
    exact = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(points, QPageSize.Unit.Point, "", exact))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    return writer


def page_of_pixels(device: QIODevice, pixels: QSizeF, title: str) -> QPdfWriter:
    """For what is painted as on the screen: its pixels, pens and letters keep their proportions."""
    per_inch = round(QApplication.primaryScreen().logicalDotsPerInch())
    return pdf_page(device, pixels * (72 / per_inch), title, per_inch)
