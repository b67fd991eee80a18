"""Draws somata in a plane: single ones while they are few, else how dense they lie."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gui import theme
from gui.background import Task, in_background
from gui.plots.soma_layers import NO_CLASS, STEPS, Colouring, Places, View, density, inside, nearest

MOST_POINTS: Final = 50_000
_BIN_PIXELS: Final = 3
_REACH_PIXELS: Final = 9
_SETTLE_MS: Final = 60


class SomaMap(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Left drag selects a rectangle, Shift adds to it, the wheel zooms, middle drag moves, F fits."""

    box_drawn = Signal(object, bool)  # View, whether to add
    clicked = Signal(object, bool)  # node id or None, whether to add
    drawn_anew = Signal()  # perhaps as densities and not as single cells, or the other way round
    hovered = Signal(object, object)  # node id or None, QPoint on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        self._box = _SelectingBox()
        super().__init__(parent, viewBox=self._box)
        self._places: Places | None = None
        self._bright: NDArray[np.bool_] | None = None  # by place; None: all
        self._colouring: Colouring | None = None
        self._selected: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._task: Task | None = None
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
        self._box.drawn.connect(self.box_drawn)
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
    def _is_large(self) -> bool:
        return self._places is not None and len(self._places.ids) > MOST_POINTS

    def show_places(self, places: Places | None, titles: tuple[str, str]) -> None:
        """Draw other cells, or the same in another plane."""
        self._places, self._bright = places, None
        self._colouring = self._colouring if places is not None else None
        self.setLabel("bottom", titles[0])
        self.setLabel("left", titles[1])
        self.fit()
        self.redraw()

    def show_colouring(self, colouring: Colouring | None) -> None:
        """Colour single cells by their class."""
        self._colouring = colouring
        self.redraw()

    def show_bright(self, bright: NDArray[np.bool_] | None) -> None:
        """The cells, by place, that the filter keeps (None: all); the others are dimmed."""
        self._bright = bright
        self.redraw()

    def show_selected(self, ids: NDArray[np.int64]) -> None:
        """Put rings around these cells."""
        self._selected = ids
        self._draw_rings()

    def fit(self) -> None:
        """Show all."""
        places = self._places
        if places is None or not places.ids.size:
            return
        left, end = float(places.right.min()), float(places.right.max())
        bottom, top = float(places.up.min()), float(places.up.max())
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
        if self._is_large:
            self._look_again()
        else:
            self._image.setVisible(False)
            self._draw_points(None)
        self._draw_rings()

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
        if ev.key() == Qt.Key.Key_F and not ev.modifiers():
            self.fit()
        else:
            super().keyPressEvent(ev)

    def _draw_points(self, chosen: NDArray[np.intp] | None) -> None:
        """Single cells: those at these places (None: all), in one item for each colour."""
        for item in self._points:
            self._box.removeItem(item)
        self._points = []
        places = self._places
        if places is None:
            return
        everything = np.arange(len(places.ids)) if chosen is None else chosen
        bright = np.ones(len(everything), np.bool_) if self._bright is None else self._bright[everything]
        self._add_points(everything[~bright], theme.colours().grid)
        shown = everything[bright]
        if self._colouring is None:
            self._add_points(shown, theme.colours().accent)
            return
        classes = self._colouring.classes[places.ids[shown]]
        for each in np.unique(classes).tolist():
            self._add_points(shown[classes == each], self.colour_of(self._colouring, each))

    def _add_points(self, which: NDArray[np.intp], colour: str) -> None:
        if which.size and self._places is not None:
            item = _Points(pxMode=True)
            item.setData(
                x=self._places.right[which],
                y=self._places.up[which],
                size=round(7 * theme.zoom()) if len(self._places.ids) < 5000 else 4,
                pen=None,
                brush=pg.mkBrush(colour),
            )
            self._box.addItem(item, ignoreBounds=True)
            self._points.append(item)

    def _draw_rings(self) -> None:
        places = self._places
        if places is None or not self._selected.size or self._selected.size > MOST_POINTS:
            self._rings.clear()
            return
        at = np.searchsorted(places.ids, self._selected)
        at = at[at < len(places.ids)]
        at = at[np.isin(places.ids[at], self._selected)]
        self._rings.setData(
            x=places.right[at],
            y=places.up[at],
            size=round(12 * theme.zoom()),
            pen=pg.mkPen(theme.colours().text, width=2),
            brush=None,
        )

    def _look_again(self) -> None:
        """For many cells: single ones if few are in view, else densities, worked out in the background."""
        places, bright = self._places, self._bright
        if places is None:
            return
        if self._task is not None:
            self._task.cancel()
        (left, end), (bottom, top) = self._box.viewRange()
        view = (left, end, bottom, top)
        bins = (
            max(int(self._box.width()) // _BIN_PIXELS, 8),
            max(int(self._box.height()) // _BIN_PIXELS, 8),
        )

        def work(task: Task) -> tuple[View, NDArray[Any] | None, Sequence[NDArray[Any]]]:
            seen = inside(places, view)
            task.report()
            if int(seen.sum()) <= MOST_POINTS:
                return view, np.flatnonzero(seen), ()
            images = [density(places, None if bright is None else bright, view, bins)]
            task.report()
            if bright is not None:
                images.append(density(places, ~bright, view, bins))
            return view, None, images

        self._task = in_background(work, lambda result: self._on_looked(*result), lambda _error: None)

    def _on_looked(
        self, view: View, chosen: NDArray[Any] | None, images: Sequence[NDArray[np.float32]]
    ) -> None:
        self._task = None
        self._image.setVisible(chosen is None)
        if chosen is not None:
            self._draw_points(chosen)
            self.drawn_anew.emit()
            return
        self._draw_points(np.empty(0, dtype=np.intp))
        self._image.setImage(_painted(images), levels=None)
        left, end, bottom, top = view
        self._image.setRect(QRectF(left, bottom, end - left, top - bottom))
        self.drawn_anew.emit()

    def _on_pressed(self, place: QPointF, adds: bool) -> None:  # noqa: FBT001 - of a signal
        self.clicked.emit(self._cell_at(place), adds)

    def _on_moved(self, place: QPointF) -> None:
        if self._places is None or (self._is_large and self.is_density):
            self.hovered.emit(None, None)
            return
        at = self._box.mapSceneToView(place)
        self.hovered.emit(self._cell_at(at), self.mapToGlobal(self.mapFromScene(place)))

    def _cell_at(self, place: QPointF) -> int | None:
        if self._places is None:
            return None
        reach = _REACH_PIXELS * float(self._box.viewPixelSize()[0])
        found = nearest(self._places, place.x(), place.y(), reach)
        return None if found < 0 else int(self._places.ids[found])


class _Points(pg.ScatterPlotItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Leaves clicks to the box behind."""

    @override
    def mouseClickEvent(self, ev: Any) -> None:
        ev.ignore()


class _SelectingBox(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """Left drag draws a rectangle, which is told instead of zoomed to."""

    drawn = Signal(object, bool)
    pressed = Signal(object, bool)

    @override
    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        if ev.button() != Qt.MouseButton.LeftButton:
            super().mouseDragEvent(ev, axis)
            return
        ev.accept()
        if not ev.isFinish():
            self.updateScaleBox(ev.buttonDownPos(), ev.pos())
            return
        self.rbScaleBox.hide()
        one, other = self.mapToView(ev.buttonDownPos()), self.mapToView(ev.pos())
        left, end = sorted((one.x(), other.x()))
        bottom, top = sorted((one.y(), other.y()))
        self.drawn.emit((left, end, bottom, top), _adds(ev))

    @override
    def mouseClickEvent(self, ev: Any) -> None:
        if ev.button() == Qt.MouseButton.LeftButton:
            ev.accept()
            self.pressed.emit(self.mapToView(ev.pos()), _adds(ev))


def _adds(event: Any) -> bool:
    more = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
    return bool(event.modifiers() & more)


def _painted(images: Sequence[NDArray[np.float32]]) -> NDArray[np.uint8]:
    """(right, up, 4) colours: the kept cells over the dimmed ones, both on a logarithmic scale."""
    painted = np.zeros((*images[0].shape, 4), dtype=np.float32)
    for image, colour in reversed(
        tuple(zip(images, (theme.colours().accent, theme.colours().ghost), strict=False))
    ):
        strength = image / max(float(image.max()), 1e-9)
        strength = np.where(image > 0, 0.15 + 0.85 * strength, 0)[..., None]
        paint = QColor(colour)
        full = np.array([paint.red(), paint.green(), paint.blue(), 255], dtype=np.float32)
        painted = painted * (1 - strength) + full * strength
    opacity = painted[..., 3:] / 255
    painted[..., :3] = np.where(opacity > 0, painted[..., :3] / np.maximum(opacity, 1e-6), 0)
    return np.clip(painted, 0, 255).astype(np.uint8)
