"""Two cursors for times and two for values, to measure between."""

import math
from collections.abc import Sequence
from typing import Any, Literal

import pyqtgraph as pg
from PySide6.QtCore import QObject, Signal

from gui import theme
from gui.plots import look
from gui.plots.trace_plot import TracePlot

Which = Literal["time 1", "time 2", "value 1", "value 2"]
CURSORS: tuple[Which, ...] = ("time 1", "time 2", "value 1", "value 2")


class Cursors(QObject):
    """Where the cursors are. Times (ms) go through all plots, values belong to one of them."""

    changed = Signal()  # a place, or what is shown

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_shown = False
        self.places: dict[Which, float] = dict.fromkeys(CURSORS, math.nan)
        self.plot: TracePlot | None = None  # that the values belong to
        self.selected: Which = "time 1"
        self._plots: tuple[TracePlot, ...] = ()
        self._lines: list[tuple[Which, TracePlot, pg.InfiniteLine]] = []

    def show(self, *, shown: bool) -> None:
        """Show or hide all four; those that have no place yet, or are out of sight, come into sight."""
        self.is_shown = shown and bool(self._plots)
        if self.is_shown:
            self._bring_into_sight()
        self._rebuild()

    def attach(self, plots: Sequence[TracePlot]) -> None:
        """Go through these plots."""
        if tuple(plots) == self._plots:
            return
        self._plots = tuple(plots)
        if self.plot not in self._plots:
            self.plot = self._plots[0] if self._plots else None
            self.places["value 1"] = self.places["value 2"] = math.nan
        if self.is_shown:
            self.show(shown=bool(self._plots))

    def measure_in(self, plot: TracePlot) -> None:
        """Let the value cursors belong to another plot."""
        self.plot = plot
        self.places["value 1"] = self.places["value 2"] = math.nan
        self.show(shown=True)

    def move(self, which: Which, place: float) -> None:
        """Put a cursor somewhere, in ms or in the unit of its plot."""
        if self.places[which] == place:
            return
        self.places[which] = place
        self.selected = which
        for name, _, line in self._lines:
            if name == which:
                line.setValue(place)
        self.changed.emit()

    def step(self, direction: int, *, fast: bool = False) -> None:
        """Move the selected cursor by one pixel, or ten."""
        if self.plot is None or not self.is_shown:
            return
        width, height = self.plot.view.viewPixelSize()
        pixel = width if self.selected.startswith("time") else height
        self.move(self.selected, self.places[self.selected] + direction * pixel * (10 if fast else 1))

    def dress(self) -> None:
        """Take the colours of the window."""
        if self.is_shown:
            self._rebuild()

    def _bring_into_sight(self) -> None:
        assert self.plot is not None, "there are plots"
        times, values = self.plot.view.viewRange()
        for name, (low, high) in (("time", times), ("value", values)):
            for number, share in ((1, 1 / 3), (2, 2 / 3)):
                which: Which = f"{name} {number}"  # type: ignore[assignment]  # one of the four
                if not low <= self.places[which] <= high:
                    self.places[which] = low + share * (high - low)

    def _rebuild(self) -> None:
        for _, plot, line in self._lines:
            plot.removeItem(line)
        self._lines = []
        if self.is_shown:
            for which in CURSORS:
                is_time = which.startswith("time")
                for plot in self._plots:
                    if is_time or plot is self.plot:
                        self._add(which, plot)
        self.changed.emit()

    def _add(self, which: Which, plot: TracePlot) -> None:
        colours = theme.colours()
        is_time = which.startswith("time")
        line = pg.InfiniteLine(
            pos=self.places[which],
            angle=90 if is_time else 0,
            movable=True,
            pen=look.line_pen(colours.warning, (6, 3) if which.endswith("2") else None),
            hoverPen=look.line_pen(colours.accent, width=3),
        )
        line.setZValue(50)
        if plot is self.plot or (is_time and plot is self._plots[0]):
            self._name(line, which, colours.warning)
        line.setToolTip("Drag, or press an arrow key to move it by one pixel (with Shift by ten)")
        line.sigDragged.connect(lambda moved, which=which: self.move(which, float(moved.value())))
        line.sigClicked.connect(lambda _line, click, which=which: self._select(which, click))
        plot.addItem(line, ignoreBounds=True)
        self._lines.append((which, plot, line))

    def _select(self, which: Which, click: Any) -> None:
        click.accept()  # it is meant for the cursor, not for the plot behind
        self.selected = which

    def _name(self, line: pg.InfiniteLine, which: Which, colour: object) -> None:
        text = which[-1] if which.startswith("time") else "ab"[int(which[-1]) - 1]
        position = 0.92 if which.startswith("time") else 0.02
        anchors = [(0, 0), (0, 0)] if which.startswith("time") else [(0, 1), (0, 1)]
        label = pg.InfLineLabel(
            line, text=text, position=position, color=look.colour(colour), movable=False, anchors=anchors
        )
        label.setZValue(51)
