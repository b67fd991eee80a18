"""Bands over the traces that stand for regions of time: dragged as a whole, or by their ends."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from typing_extensions import override

from gui import theme
from gui.plots import look
from gui.plots.trace_plot import TracePlot

Span = tuple[float, float]
_USUAL, _HOVERED = 34, 60  # of 255: how much of a band hides the traces
_OVER_GHOST: Final = 0.5  # z: under the traces, but over the plot, which would take the mouse


class _Band(pg.LinearRegionItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Leaves what is done with Ctrl to the plot: it zooms."""

    @override
    def hoverEvent(self, ev: Any) -> None:
        if not ev.isExit() and ev.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.setMouseHover(False)
        else:
            super().hoverEvent(ev)

    @override
    def mouseDragEvent(self, ev: Any) -> None:
        if ev.modifiers() & Qt.KeyboardModifier.ControlModifier:
            ev.ignore()
        else:
            super().mouseDragEvent(ev)


class RegionMarks(QObject):
    """The same bands in all plots; whoever moves one tells where it wants to be, and is told where it is."""

    dragged = Signal(str, float, float)  # name, begin and end in ms

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spans: dict[str, Span] = {}
        self._plots: tuple[TracePlot, ...] = ()
        self._bands: list[tuple[str, TracePlot, pg.LinearRegionItem]] = []
        self._is_showing = False

    def attach(self, plots: Sequence[TracePlot]) -> None:
        """Lie in these plots."""
        if tuple(plots) != self._plots:
            self._plots = tuple(plots)
            self._rebuild()

    def show(self, spans: Mapping[str, Span]) -> None:
        """Bands from one ms to another, by their names; others go."""
        names = list(self._spans)
        self._spans = dict(spans)
        if list(self._spans) != names:
            self._rebuild()
            return
        self._is_showing = True
        for name, _, band in self._bands:
            band.setRegion(self._spans[name])
        self._is_showing = False

    def bands(self, name: str) -> list[pg.LinearRegionItem]:
        """Those of a region, one in each plot."""
        return [band for each, _, band in self._bands if each == name]

    def dress(self) -> None:
        """Take the colours of the window."""
        self._rebuild()

    def _rebuild(self) -> None:
        for _, plot, band in self._bands:
            plot.removeItem(band)
        self._bands = []
        for name, span in self._spans.items():
            for plot in self._plots:
                band = self._band(name, span, is_first=plot is self._plots[0])
                plot.addItem(band, ignoreBounds=True)
                self._bands.append((name, plot, band))

    def _band(self, name: str, span: Span, *, is_first: bool) -> pg.LinearRegionItem:
        colour = colour_of(name)
        band = _Band(
            span,
            brush=look.as_rgba(colour, _USUAL),
            hoverBrush=look.as_rgba(colour, _HOVERED),
            pen=look.line_pen(colour),
            hoverPen=look.line_pen(colour, width=3),
        )
        band.setZValue(_OVER_GHOST)
        for line in band.lines:
            line.setToolTip(f"Region {name}: drag its end, or the whole of it")
        if is_first:
            self._name(band, name, colour)
        band.sigRegionChanged.connect(lambda moved, name=name: self._on_moved(name, moved))
        return band

    def _name(self, band: pg.LinearRegionItem, name: str, colour: str) -> None:
        label = pg.InfLineLabel(
            *(band.lines[0], name, False, 0.97),
            color=look.colour(colour),
            anchors=[(-0.2, 0.0), (-0.2, 0.0)],
        )
        label.setZValue(51)

    def _on_moved(self, name: str, band: Any) -> None:
        if not self._is_showing:
            begin, end = band.getRegion()
            self.dragged.emit(name, float(begin), float(end))


def colour_of(name: str) -> str:
    """Of a region, as "#rrggbb"."""
    return theme.colours().accent if name == "A" else theme.colours().success
