"""Plots over each other with one axis of time."""

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from typing_extensions import override

from gui import theme
from gui.plots import look
from gui.plots.raster_plot import RasterPlot
from gui.plots.trace_plot import Reading, TracePlot

_FRAME_MS = 16
_LEAST_LINES = 5.0  # height of a plot that shares what is left


class PlotStack(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Rows of plots whose left edges and times agree. At most 60 frames a second, when something changed.

    A row with a `fixed_height` (in lines of text) keeps it; the others share what is left.
    """

    drawing = Signal()  # a frame is due: whoever puts things into the rows brings them up to date now
    range_changed = Signal(object, object)  # first and last ms that are shown
    hovered = Signal(object)  # Reading, or None
    menu_wanted = Signal(object, object)  # plot, QPointF on the screen
    stepped = Signal(int, bool)  # an arrow key: -1 or 1; ten times as far
    time_clicked = Signal(float)  # ms, in any of the plots
    escaped = Signal()  # the Esc key

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[pg.PlotItem, ...] = ()
        self.whole = (0.0, 1.0)
        self._shown = self.whole  # ms
        self.follows_time = True
        self.frames = 0
        self._is_moving = False
        self._known: list[pg.PlotItem] = []  # connected once, and kept
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(_FRAME_MS)
        self._frame.timeout.connect(self.draw)
        self.ci.layout.setContentsMargins(0, 2, round(1.5 * look.em()), 0)
        self.ci.layout.setVerticalSpacing(2)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scene().sigMouseMoved.connect(self._on_mouse)
        self.dress()

    def touch(self) -> None:
        """Say that there is more to draw. Cheap: call it for every chunk."""
        if not self._frame.isActive():
            self._frame.start()

    def draw(self) -> None:
        """Draw now."""
        self._frame.stop()
        self.drawing.emit()
        for plot in self.rows:
            if isinstance(plot, TracePlot):
                plot.redraw()
        self.frames += 1

    def show_rows(self, rows: Sequence[pg.PlotItem], heights: Sequence[float | None]) -> None:
        """Put plots over each other; only the last one names the times."""
        for plot in self.rows:
            self.removeItem(plot)
        self.rows = tuple(rows)
        layout = self.ci.layout
        for row, (plot, height) in enumerate(zip(rows, heights, strict=True)):
            self.addItem(plot, row=row, col=0)
            self._adopt(plot)
            is_last = row == len(rows) - 1
            axis = plot.getAxis("bottom")
            axis.setStyle(showValues=is_last)
            axis.setHeight(None if is_last else 2)
            plot.setLabel("bottom", "Time (ms)" if is_last else None)
            axis.showLabel(is_last)
            extra = 2.6 * look.em() if is_last else 0.0
            layout.setRowStretchFactor(row, 0 if height else 1)
            layout.setRowMinimumHeight(row, (height or _LEAST_LINES) * look.em() + extra)
            layout.setRowMaximumHeight(row, height * look.em() + extra if height else 1e6)
        for row in range(len(rows), layout.rowCount()):
            layout.setRowMinimumHeight(row, 0)
            layout.setRowMaximumHeight(row, 0)
            layout.setRowStretchFactor(row, 0)
        lines = sum(height or _LEAST_LINES for height in heights) + 3
        self.setMinimumHeight(round(lines * look.em()) + 2 * len(rows))
        self._show_time(self.whole if self.follows_time else self._shown)
        self.touch()

    def show_whole(self, first_ms: float, last_ms: float) -> None:
        """Say how long the run is; it is shown as a whole unless the user looks at a part."""
        self.whole = (first_ms, last_ms)
        if self.follows_time:
            self._show_time(self.whole)

    def show_span(self, span: tuple[float, float] | None) -> None:
        """Look at a part of the run, in ms; None: at the whole again, and follow it."""
        self.follows_time = span is None
        wanted = self.whole if span is None else span
        if wanted != self._shown:
            self._show_time(wanted)

    @property
    def shown(self) -> tuple[float, float]:
        """The first and the last ms that are seen."""
        return self._shown

    def home(self) -> None:
        """Show the whole run and all values, and follow them again."""
        self.follows_time = True
        self._show_time(self.whole)
        for plot in self.rows:
            if isinstance(plot, TracePlot | RasterPlot):
                plot.fit()
        self.touch()

    def reading_at(self, where: QPointF) -> Reading | None:
        """The sample nearest to a point of the scene."""
        for plot in self.rows:
            if isinstance(plot, TracePlot) and plot.vb.sceneBoundingRect().contains(where):
                return plot.nearest(where)
        return None

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        self.setBackground(look.colour(theme.colours().background))
        for plot in self._known:
            plot.dress()

    @override
    def keyPressEvent(self, ev: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
        if ev.key() == Qt.Key.Key_Home:
            self.home()
        elif ev.key() in steps:
            is_fast = bool(ev.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.stepped.emit(steps[Qt.Key(ev.key())], is_fast)
        elif ev.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            ev.ignore()
            return
        ev.accept()

    @override
    def leaveEvent(self, ev: QEvent) -> None:
        super().leaveEvent(ev)
        self._show_reading(None)

    @override
    def resizeEvent(self, ev: QResizeEvent) -> None:
        super().resizeEvent(ev)
        if hasattr(self, "_frame"):  # pyqtgraph resizes while it is made
            self.touch()

    def _adopt(self, plot: Any) -> None:
        if plot in self._known:
            return
        self._known.append(plot)
        plot.vb.sigXRangeChanged.connect(self._on_range)
        plot.vb.moved_by_user.connect(self._on_moved)
        plot.vb.clicked.connect(lambda time, _value: self.time_clicked.emit(time))
        plot.vb.menu_wanted.connect(lambda where, plot=plot: self.menu_wanted.emit(plot, where))

    def _show_time(self, shown: tuple[float, float]) -> None:
        self._is_moving = True
        self._shown = shown
        for plot in self.rows:
            plot.vb.setXRange(*shown, padding=0)
        self._is_moving = False
        self.range_changed.emit(*shown)
        self.touch()

    def _on_range(self, _view: object, shown: tuple[float, float]) -> None:
        if not self._is_moving:
            self._show_time((float(shown[0]), float(shown[1])))

    def _on_moved(self, time: bool, _values: bool) -> None:  # noqa: FBT001 - a slot
        if time and self.follows_time:
            self.follows_time = False
            self.range_changed.emit(*self._shown)

    def _on_mouse(self, where: QPointF) -> None:
        self._show_reading(self.reading_at(where))

    def _show_reading(self, reading: Reading | None) -> None:
        for plot in self.rows:
            if isinstance(plot, TracePlot):
                is_its = reading is not None and reading.line in plot.lines
                plot.show_reading(reading if is_its else None)
        self.hovered.emit(reading)
