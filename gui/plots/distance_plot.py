"""A plot of values against the distance along a cell, with what all such plots do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gui import theme
from gui.plots import look
from gui.plots.value_range import Range, extent, fitted, grown
from gui.plots.view_box import ScopeViewBox

Floats = NDArray[np.float64]

DISTANCE = "Path distance (µm)"
_REACH_PX = 40.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the plot that can be read off: the number of its point, and where it is drawn."""

    point: int
    distance: float  # µm
    value: float


class DistancePlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """The wheel zooms distances, with Ctrl values; drag moves; Home or F shows all, and follows it again."""

    hovered = Signal(object)  # Spot, or None
    clicked = Signal(object)  # Spot
    menu_wanted = Signal(object)  # QPointF on the screen
    escaped = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        self.view = ScopeViewBox()
        super().__init__(parent, viewBox=self.view, enableMenu=False)
        self.title = ""
        self.follows = True
        self._spots: tuple[Floats, NDArray[np.floating[Any]]] = (np.empty(0), np.empty(0))
        self._shown: Range | None = None
        self._marked: int | None = None
        self._mark = pg.ScatterPlotItem(size=9)
        self._mark.setZValue(60)
        self._mark.hide()
        self.addItem(self._mark, ignoreBounds=True)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hideButtons()
        self.getPlotItem().setLabel("bottom", DISTANCE)
        self.view.moved_by_user.connect(self._on_moved)
        self.view.menu_wanted.connect(self.menu_wanted)
        self.view.clicked.connect(self._on_clicked)
        self.scene().sigMouseMoved.connect(self._on_mouse)
        self.dress()

    def name_values(self, title: str) -> None:
        """What the axis of values is called, with the unit."""
        if title != self.title:
            self.title = title
            look.caption(self.getPlotItem(), title)

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        self.setBackground(look.colour(theme.colours().background))
        look.dress(self.getPlotItem())
        self.getPlotItem().layout.setContentsMargins(0, 2, round(1.2 * look.em()), 0)
        self.getPlotItem().getAxis("bottom").setTickDensity(1 / theme.zoom())
        look.caption(self.getPlotItem(), self.title)
        self._mark.setPen(look.line_pen(theme.colours().text, width=2))
        self._mark.setBrush(look.colour(theme.colours().background))

    def offer(self, distances: Floats, values: NDArray[np.floating[Any]]) -> None:
        """The points that can be read off: (n,) µm and (n,) values."""
        self._spots = distances, values
        self.mark(self._marked)

    def mark(self, point: int | None) -> None:
        """A ring around a point; None: no ring."""
        self._marked = point
        distances, values = self._spots
        is_there = point is not None and point < len(distances) and bool(np.isfinite(values[point]))
        self._mark.setVisible(is_there)
        if is_there:
            self._mark.setData([distances[point]], [values[point]])

    def show_ranges(self, distances: Range, values: Sequence[Range]) -> None:
        """Follow what is drawn, unless the user looks at a part: the axis of values only grows."""
        if not self.follows:
            return
        self.view.setXRange(*distances, padding=0.02)
        if (data := extent(values)) is not None:
            self._shown = grown(self._shown, data)
            self.view.setYRange(*self._shown, padding=0)

    def fit(self, distances: Range, values: Sequence[Range]) -> None:
        """Show all of it, on axes that fit, and follow it again."""
        self.follows, self._shown = True, None
        data = extent(values)
        self._shown = fitted(data) if data is not None else None
        self.show_ranges(distances, values)

    def home(self) -> None:
        """Show all; whoever draws says how much that is."""
        raise NotImplementedError

    def spot_at(self, where: QPointF) -> Spot | None:
        """The nearest point within reach of a place of the scene."""
        distances, values = self._spots
        if not self.view.sceneBoundingRect().contains(where) or not distances.size:
            return None
        at = self.view.mapSceneToView(where)
        width, height = self.view.viewPixelSize()
        apart = np.hypot((distances - at.x()) / width, (values - at.y()) / height * self._weight_of_values)
        if not np.isfinite(apart).any():
            return None
        best = int(np.nanargmin(apart))
        return Spot(best, float(distances[best]), float(values[best])) if apart[best] <= _REACH_PX else None

    _weight_of_values = 1.0  # 0: the point below or above the mouse, however far

    @override
    def keyPressEvent(self, ev: QKeyEvent) -> None:
        if ev.key() in (Qt.Key.Key_Home, Qt.Key.Key_F) and not ev.modifiers():
            self.home()
        elif ev.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            ev.ignore()
            return
        ev.accept()

    @override
    def leaveEvent(self, ev: QEvent) -> None:
        super().leaveEvent(ev)
        self.hovered.emit(None)

    def _on_mouse(self, where: QPointF) -> None:
        self.hovered.emit(self.spot_at(where))

    def _on_clicked(self, distance: float, value: float) -> None:
        where = self.view.mapViewToScene(QPointF(distance, value))
        if (spot := self.spot_at(where)) is not None:
            self.clicked.emit(spot)

    def _on_moved(self, _distances: bool, _values: bool) -> None:  # noqa: FBT001 - a slot
        self.follows = False
