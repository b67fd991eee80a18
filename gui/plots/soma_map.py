"""Draws somata in a plane: single ones while they are few, else how dense they lie."""

import dataclasses
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from engine.errors import EngineError
from gui import theme
from gui.background import Task, in_background
from gui.plots import soma_density
from gui.plots.selecting_box import SelectingBox
from gui.plots.soma_density import MOST_POINTS, Colour, Look, Near, Scene
from gui.plots.soma_layers import NO_CLASS, STEPS, Colouring, Places, View
from gui.plots.soma_regions import Members, nearest

_BIN_PIXELS: Final = 3
_REACH_PIXELS: Final = 9
_SETTLE_MS: Final = 60
_LARGE_DOTS: Final = 5_000  # cells: fewer are drawn larger
_ALL: Final = Members(None)
_NONE: Final = Members(np.empty(0, dtype=np.int64))


class SomaMap(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Left drag selects a rectangle or with the lasso, Shift adds, the wheel zooms, middle drag moves.

    F fits, L takes the lasso or lays it down, Ctrl+A selects all. Whatever has to look at more than
    `MOST_POINTS` cells does so in a thread.
    """

    area_drawn = Signal(object, bool)  # Region, whether to add
    clicked = Signal(object, bool)  # node id or None, whether to add
    drawn_anew = Signal()  # perhaps as densities and not as single cells, or the other way round
    hovered = Signal(object, object)  # node id or None, QPoint on the screen
    crowd_hovered = Signal(object, object)  # View of a piece of the density, QPoint on the screen
    all_wanted = Signal()
    lasso_switched = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._box = SelectingBox()
        super().__init__(parent, viewBox=self._box)
        self._places: Places | None = None
        self._near: Near | None = None  # what is drawn cell by cell
        self._kept, self._selected = _ALL, _NONE
        self._colouring: Colouring | None = None
        self._seeing: Task | None = None
        self._picking: Task | None = None
        self._points: list[pg.ScatterPlotItem] = []
        self._image = pg.ImageItem()
        self._rings = _Points(pxMode=True)
        self._image.setZValue(-1)
        self._rings.setZValue(10)
        for item in (self._image, self._rings):
            self._box.addItem(item, ignoreBounds=True)
        self._box.setAspectLocked(lock=True)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setAccessibleName("Map of the somata")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(self._look_again)
        self._box.drawn.connect(self.area_drawn)
        self._box.pressed.connect(self._on_pressed)
        self._box.sigRangeChanged.connect(lambda *_: self._is_large and self._settled.start())
        self.scene().sigMouseMoved.connect(self._on_moved)
        theme.notifier().changed.connect(self.redraw)
        self.redraw()

    @property
    def is_density(self) -> bool:
        """Whether densities are drawn, and not single cells."""
        return self._image.isVisible() and self._image.image is not None

    @property
    def is_seeing(self) -> bool:
        """Whether what is drawn is still being worked out."""
        return self._seeing is not None or self._settled.isActive()

    @property
    def is_lasso(self) -> bool:
        """Whether a drag draws freely, and not a rectangle."""
        return self._box.is_lasso

    @property
    def _is_large(self) -> bool:
        return self._places is not None and len(self._places.ids) > MOST_POINTS

    def use_lasso(self, on: bool) -> None:  # noqa: FBT001 - of a button
        """Let a drag draw freely, or a rectangle."""
        if on != self.is_lasso:
            self._box.is_lasso = on
            self.lasso_switched.emit(on)

    def show_places(self, places: Places | None, titles: tuple[str, str]) -> None:
        """Draw other cells, or the same in another plane."""
        self._places, self._near, self._kept = places, None, _ALL
        self._colouring = self._colouring if places is not None else None
        self.setLabel("bottom", titles[0])
        self.setLabel("left", titles[1])
        self.fit()
        self.redraw()

    def show_colouring(self, colouring: Colouring | None) -> None:
        """Colour single cells by their class."""
        self._colouring = colouring
        self.redraw()

    def show_kept(self, ids: NDArray[Any] | None) -> None:
        """The cells that the filter keeps (None: all); the others are dimmed."""
        self._kept = Members(ids)
        self._look_again()

    def show_selected(self, ids: NDArray[np.int64]) -> None:
        """Put rings around these cells; where densities are drawn, a colour of their own."""
        if ids is not self._selected.ids:
            self._selected = Members(ids)
            if self._is_large or self._near is None:
                self._look_again()
            else:
                self._near = dataclasses.replace(self._near, selected=self._selected.among(self._near.places))
                self._draw_rings()

    def fit(self) -> None:
        """Show all."""
        places = self._places
        if places is None or not places.ids.size:
            return
        left, end, bottom, top = places.bounds
        margin = max(end - left, top - bottom, 1.0) * 0.04
        area = QRectF(left - margin, bottom - margin, end - left + 2 * margin, top - bottom + 2 * margin)
        self._box.setRange(area, padding=0)

    def redraw(self) -> None:
        """All of it, in the colours of the theme."""
        colours = theme.colours()
        self.setBackground(colours.background)
        for side in ("bottom", "left"):
            self.getAxis(side).setPen(colours.border)
            self.getAxis(side).setTextPen(colours.text)
        self._box.show_colours()
        self._look_again()

    def colour_of(self, colouring: Colouring, each: int) -> str:
        """Of a class."""
        if each == NO_CLASS or (colouring.has_others and each == len(colouring.names) - 1):
            return theme.colours().ghost
        if colouring.kind == "numbers":
            scale = pg.colormap.get("CET-L20" if theme.is_dark() else "viridis")
            return str(scale.map((each + 0.5) / STEPS, mode="qcolor").name())
        return theme.trace_colour(each)

    @override
    def keyPressEvent(self, ev: QKeyEvent) -> None:
        if ev.matches(QKeySequence.StandardKey.SelectAll):
            self.all_wanted.emit()
        elif ev.key() == Qt.Key.Key_F and not ev.modifiers():
            self.fit()
        elif ev.key() == Qt.Key.Key_L and not ev.modifiers():
            self.use_lasso(not self.is_lasso)
        else:
            super().keyPressEvent(ev)

    def _look_again(self) -> None:
        """What is in view, in which colours: at once if there are few cells, else worked out in a thread."""
        self._settled.stop()
        if self._seeing is not None:
            self._seeing.cancel()
            self._seeing = None
        scene = None if self._places is None else Scene(self._places, self._kept, self._selected)
        if scene is None or not self._is_large:
            self._image.setVisible(False)
            self._near = None if scene is None else soma_density.near(scene)
            self._draw_cells()
            return
        (left, end), (bottom, top) = self._box.viewRange()
        view = (left, end, bottom, top)
        bins = (
            max(int(self._box.width()) // _BIN_PIXELS, 8),
            max(int(self._box.height()) // _BIN_PIXELS, 8),
        )
        shades = [_shade(QColor(name)) for name in layer_colours()]

        def work(task: Task) -> Look:
            return soma_density.look(task, scene, view, bins, shades)

        self._seeing = in_background(work, self._on_looked, _raised)

    def _on_looked(self, look: Look) -> None:
        self._seeing = None
        self._near = look.near
        self._image.setVisible(look.picture is not None)
        if look.picture is not None:
            left, end, bottom, top = look.view
            self._image.setImage(look.picture, levels=None)
            self._image.setRect(QRectF(left, bottom, end - left, top - bottom))
        self._draw_cells()
        self.drawn_anew.emit()

    def _draw_cells(self) -> None:
        """Single cells, in one item for each colour, and rings around the selected ones."""
        for item in self._points:
            self._box.removeItem(item)
        self._points = []
        self._draw_rings()
        near = self._near
        if near is None:
            return
        self._add_points(near.places, ~near.kept, theme.colours().grid)
        if self._colouring is None:
            self._add_points(near.places, near.kept, theme.colours().accent)
        else:
            classes = self._colouring.classes[near.places.ids]
            for each in np.flatnonzero(np.bincount(classes[near.kept])).tolist():
                shade = self.colour_of(self._colouring, each)
                self._add_points(near.places, near.kept & (classes == each), shade)

    def _draw_rings(self) -> None:
        near = self._near
        if near is None:
            self._rings.clear()
            return
        self._rings.setData(
            x=near.places.right[near.selected],
            y=near.places.up[near.selected],
            size=round(12 * theme.zoom()),
            pen=pg.mkPen(theme.colours().text, width=2),
            brush=None,
        )

    def _add_points(self, places: Places, which: NDArray[np.bool_], colour: str) -> None:
        if which.any():
            item = _Points(pxMode=True)
            item.setData(
                x=places.right[which],
                y=places.up[which],
                size=round(7 * theme.zoom()) if len(which) < _LARGE_DOTS else 4,
                pen=None,
                brush=pg.mkBrush(colour),
            )
            self._box.addItem(item, ignoreBounds=True)
            self._points.append(item)

    def _on_pressed(self, place: QPointF, adds: bool) -> None:  # noqa: FBT001 - of a signal
        places = self._near.places if self._near is not None else self._places
        if places is None or len(places.ids) <= MOST_POINTS:
            self.clicked.emit(self._cell_at(place), adds)
            return
        if self._picking is not None:
            self._picking.cancel()
        right, up, reach = place.x(), place.y(), self._reach()
        self._picking = in_background(
            lambda _task: nearest(places, right, up, reach),
            lambda node_id: self.clicked.emit(node_id, adds),
            _raised,
        )

    def _on_moved(self, place: QPointF) -> None:
        at, on_screen = self._box.mapSceneToView(place), self.mapToGlobal(self.mapFromScene(place))
        if not self.is_density:
            self.hovered.emit(self._cell_at(at), on_screen)
            return
        piece = self._piece_at(at)
        if piece is None:
            self.hovered.emit(None, on_screen)
        else:
            self.crowd_hovered.emit(piece, on_screen)

    def _piece_at(self, place: QPointF) -> View | None:
        """The piece of the density, as it was counted, under a point."""
        area = self._image.mapRectToParent(self._image.boundingRect())
        columns, rows = self._image.image.shape[:2]
        if not area.contains(place):
            return None
        width, height = area.width() / columns, area.height() / rows
        left = area.left() + int((place.x() - area.left()) / width) * width
        bottom = area.top() + int((place.y() - area.top()) / height) * height
        return (left, left + width, bottom, bottom + height)

    def _cell_at(self, place: QPointF) -> int | None:
        near = self._near
        return None if near is None else nearest(near.places, place.x(), place.y(), self._reach())

    def _reach(self) -> float:
        return _REACH_PIXELS * float(self._box.viewPixelSize()[0])


class _Points(pg.ScatterPlotItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Leaves clicks to the box behind."""

    @override
    def mouseClickEvent(self, ev: Any) -> None:
        ev.ignore()


def layer_colours() -> tuple[str, str, str]:
    """Of the layers of a density: selected, kept by the filter, dimmed."""
    colours = theme.colours()
    return colours.text, colours.accent, colours.ghost


def _shade(colour: QColor) -> Colour:
    return colour.red(), colour.green(), colour.blue()


def _raised(error: EngineError) -> None:
    raise error
