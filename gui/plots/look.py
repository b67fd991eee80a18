"""The colours and fonts of plots, from the theme of the window."""

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QPen
from PySide6.QtWidgets import QApplication

from gui import theme


def colour(value: Any) -> QColor:
    """A QColor from what the theme says."""
    return QColor(value)


def line_pen(value: Any, dash: Sequence[float] | None = None, width: float = 1.0) -> QPen:
    """A pen whose width counts in pixels: anything wider than 1 takes several times as long to draw."""
    pen = QPen(colour(value), width)
    pen.setCosmetic(True)
    if dash:
        pen.setDashPattern(list(dash))
    return pen


def dashed_pen(value: Any) -> QPen:
    """For marks that are not data."""
    return line_pen(value, (4, 4))


def em() -> float:
    """The height of a line of text in pixels, at the present zoom."""
    return QFontMetricsF(QApplication.font()).height()


def text_width(text: str) -> float:
    """The width of a text in pixels, at the present zoom."""
    return QFontMetricsF(QApplication.font()).horizontalAdvance(text)


def dress(plot: pg.PlotItem) -> None:
    """Give the axes of a plot the colours and the font of the window."""
    colours = theme.colours()
    font = QApplication.font()
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(line_pen(colours.grid))
        axis.setTextPen(line_pen(colours.text))
        axis.setTickFont(font)
        axis.label.setFont(font)
        axis.label.setDefaultTextColor(colour(colours.text))
        axis.setSIPrefixEnableRanges([])  # numbers are in the unit that the title says
        axis.setStyle(
            tickTextOffset=2, tickLength=4, autoReduceTextSpace=False, hideOverlappingLabels=round(em())
        )
    plot.getAxis("left").setWidth(round(text_width("−0.00000") + 0.8 * em()))


def caption(plot: pg.PlotItem, text: str) -> None:
    """Say over a plot, on the left, what it shows: a label beside the axis needs a high plot."""
    height = round(1.1 * em())
    size = f"{QFontInfo(QApplication.font()).pointSizeF():g}pt"
    plot.setTitle(text, justify="left", size=size, color=colour(theme.colours().text))
    plot.titleLabel.setMaximumHeight(height)
    plot.titleLabel.setMinimumWidth(0)  # a long title must not make the plot wider than its view
    plot.layout.setRowFixedHeight(0, height)
    axis = plot.getAxis("left")
    axis.setLabel(text)
    axis.showLabel(False)


def as_rgba(value: Any, alpha: int) -> QColor:
    """A colour through which something is seen."""
    shaded = colour(value)
    shaded.setAlpha(alpha)
    return shaded
