"""A graph: nodes as dots in the colours of their groups, edges as arcs, the stronger the wider."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gui import theme
from gui.plots import look

_POINTS: Final = 13  # of an arc
_BEND: Final = 0.12  # of the length of an arc: both directions of a pair can be seen
_LOOP: Final = 0.11  # radius of an edge from a node to itself
_LEVELS: Final = ((1.0, 70), (1.6, 130), (2.6, 200))  # width in pixels and opacity, of weak to strong
_FEW: Final = 250  # edges: of more, broad and smooth lines take too long to draw
_DIM: Final = 25  # opacity of edges that are not of what is chosen
_REACH: Final = 1.25  # of what is shown, from the middle
_REACH_OF_NAMES: Final = 1.6  # where nodes have names
_REACH_PIXELS: Final = 7.0
_DOTS: Final = (9.0, 26.0)  # diameters in pixels, of a node of one cell and of many


@dataclass(frozen=True, eq=False)
class Shape:
    """What is drawn: places (nodes, 2), colours as "#rrggbb" (nodes,), cells in each, and edges (edges,).

    `strengths` of edges: 0 … 1.
    """

    places: NDArray[np.float64]
    colours: tuple[str, ...]
    names: tuple[str, ...]
    sizes: NDArray[np.int64]
    sources: NDArray[np.intp]
    targets: NDArray[np.intp]
    strengths: NDArray[np.float64]


class GraphPlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """The wheel zooms, a drag moves, F fits. With nodes chosen, only edges of theirs are in full colour."""

    hovered = Signal(object, object)  # node or None, edge or None
    clicked = Signal(object, bool)  # node or None, whether to add it to what is chosen
    menu_wanted = Signal(object)  # QPointF on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, enableMenu=False)
        self.shape: Shape | None = None
        self.chosen: frozenset[int] = frozenset()
        self._arcs: NDArray[np.float64] = np.empty((0, _POINTS, 2))
        self._curves: list[pg.PlotCurveItem] = []
        self._labels: list[pg.TextItem] = []
        self._told: tuple[int | None, int | None] = (None, None)
        self._dots, self._rings = pg.ScatterPlotItem(), pg.ScatterPlotItem(brush=None)
        for item, height in ((self._dots, 10), (self._rings, 11)):
            item.setZValue(height)
            self.addItem(item)
        self.hideAxis("left")
        self.hideAxis("bottom")
        self.hideButtons()
        self.setAspectLocked()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scene().sigMouseMoved.connect(self._on_moved)
        self.scene().sigMouseClicked.connect(self._on_clicked)
        self.dress()

    def dress(self) -> None:
        """Take the colours of the window."""
        self.setBackground(look.colour(theme.colours().background))
        self._draw()

    def show_shape(self, shape: Shape | None) -> None:
        """Draw another graph; None: nothing."""
        self.shape = shape
        self.chosen = frozenset()
        self._arcs = _arcs(shape) if shape is not None else np.empty((0, _POINTS, 2))
        self._draw()
        self.fit()

    def choose(self, nodes: frozenset[int]) -> None:
        """Ring these nodes, and dim all edges that are not theirs."""
        if nodes != self.chosen:
            self.chosen = nodes
            self._draw()

    def fit(self) -> None:
        """Show all."""
        has_names = self.shape is not None and bool((self.shape.sizes > 1).any())
        reach = _REACH_OF_NAMES if has_names else _REACH
        self.setRange(xRange=(-reach, reach), yRange=(-reach, reach), padding=0)

    def nearest(self, where: QPointF) -> tuple[int | None, int | None]:
        """The node at a point of the scene, else the edge; None for none."""
        if self.shape is None or not len(self.shape.places):
            return None, None
        view = self.getViewBox()
        point = view.mapSceneToView(where)
        pixel = self._pixel()
        apart = np.hypot(self.shape.places[:, 0] - point.x(), self.shape.places[:, 1] - point.y()) / pixel
        node = int(np.argmin(apart - self._diameters() / 2))
        if apart[node] <= self._diameters()[node] / 2 + _REACH_PIXELS / 2:
            return node, None
        if not len(self._arcs):
            return None, None
        far = _distances(self._arcs, np.array([point.x(), point.y()])) / pixel
        edge = int(np.argmin(far))
        return None, (edge if far[edge] <= _REACH_PIXELS else None)

    @override
    def keyPressEvent(self, ev: QKeyEvent) -> None:
        if ev.key() in (Qt.Key.Key_F, Qt.Key.Key_Home):
            self.fit()
        elif ev.key() == Qt.Key.Key_Escape:
            self.clicked.emit(None, False)
        else:
            super().keyPressEvent(ev)

    def _draw(self) -> None:
        for item in (*self._curves, *self._labels):
            self.removeItem(item)
        self._curves, self._labels = [], []
        shape = self.shape
        if shape is None:
            self._dots.clear()
            self._rings.clear()
            return
        self._draw_edges(shape)
        colours = [look.colour(each) for each in shape.colours]
        sizes = self._diameters()
        edge = look.line_pen(theme.colours().background)
        self._dots.setData(*shape.places.T, size=sizes, brush=colours, pen=edge)
        ringed = sorted(self.chosen)
        pen = look.line_pen(theme.colours().text, width=2)
        self._rings.setData(*shape.places[ringed].T, size=sizes[ringed] + 6, pen=pen)
        if (shape.sizes > 1).any():
            self._name(shape)

    def _draw_edges(self, shape: Shape) -> None:
        levels = np.minimum((shape.strengths * len(_LEVELS)).astype(int), len(_LEVELS) - 1)
        is_lit = np.ones(len(levels), dtype=np.bool_)
        if self.chosen:
            chosen = np.array(sorted(self.chosen))
            is_lit = np.isin(shape.sources, chosen) | np.isin(shape.targets, chosen)
        colours = np.array(shape.colours, dtype=object)[shape.sources]
        kinds = {*zip(colours.tolist(), levels.tolist(), is_lit.tolist(), strict=True)}
        are_few = int(is_lit.sum()) <= _FEW
        for colour, level, lit in sorted(kinds, key=lambda each: (each[2], each[1])):
            width, opacity = _LEVELS[level]
            mask = (colours == colour) & (levels == level) & (is_lit == lit)
            is_fine = lit and are_few
            pen = look.line_pen(look.as_rgba(colour, opacity if lit else _DIM), width=width if is_fine else 1)
            curve = pg.PlotCurveItem(*_joined(self._arcs[mask]), pen=pen, connect="finite", antialias=is_fine)
            self.addItem(curve)
            self._curves.append(curve)

    def _name(self, shape: Shape) -> None:
        for name, place in zip(shape.names, shape.places, strict=True):
            label = pg.TextItem(name, color=look.colour(theme.colours().text), anchor=(0.5, 1.9))
            label.setPos(*place)
            label.setZValue(12)
            self.addItem(label)
            self._labels.append(label)

    def _diameters(self) -> NDArray[np.float64]:
        assert self.shape is not None
        least, most = (each * theme.zoom() for each in _DOTS)
        many = np.sqrt(self.shape.sizes / max(int(self.shape.sizes.max(initial=1)), 1))
        return np.where(self.shape.sizes > 1, least + (most - least) * many, least)

    def _pixel(self) -> float:
        (left, right), _ = self.getViewBox().viewRange()
        return float(right - left) / max(float(self.getViewBox().width()), 16.0)

    def _on_moved(self, where: QPointF) -> None:
        found = self.nearest(where)
        if found != self._told:
            self._told = found
            self.hovered.emit(*found)

    def _on_clicked(self, ev: Any) -> None:
        if ev.button() == Qt.MouseButton.RightButton:
            self.menu_wanted.emit(QPointF(ev.screenPos()))
        elif ev.button() == Qt.MouseButton.LeftButton:
            node, _ = self.nearest(ev.scenePos())
            adds = bool(
                ev.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
            )
            self.clicked.emit(node, adds)


def strengths_of(values: Sequence[float] | NDArray[Any]) -> NDArray[np.float64]:
    """(n,) 0 … 1 on a logarithmic scale, of numbers above 0; 0 where there is no number."""
    found = np.asarray(values, dtype=np.float64)
    sound = np.isfinite(found) & (found > 0)
    if not sound.any():
        return np.zeros(len(found))
    logs = np.log(np.where(sound, found, 1.0))
    low, high = float(logs[sound].min()), float(logs[sound].max())
    return np.where(sound, (logs - low) / (high - low) if high > low else 0.5, 0.0)


def _arcs(shape: Shape) -> NDArray[np.float64]:
    """(edges, points, 2): bent to the left of the way they go; a circle for an edge to itself."""
    begin, end = shape.places[shape.sources], shape.places[shape.targets]
    along = np.linspace(0, 1, _POINTS)[None, :, None]
    way = end - begin
    aside = np.stack([-way[:, 1], way[:, 0]], axis=1)[:, None, :] * _BEND
    arcs = begin[:, None, :] + way[:, None, :] * along + aside * (4 * along * (1 - along))
    loops = shape.sources == shape.targets
    if loops.any():
        angles = np.linspace(0, 2 * np.pi, _POINTS) - np.pi / 2
        circle = np.column_stack([np.cos(angles), np.sin(angles) + 1]) * _LOOP
        outward = begin[loops] / np.maximum(np.hypot(*begin[loops].T), 1e-9)[:, None]
        turned = np.stack(
            [
                outward[:, None, 1] * circle[None, :, 0] + outward[:, None, 0] * circle[None, :, 1],
                -outward[:, None, 0] * circle[None, :, 0] + outward[:, None, 1] * circle[None, :, 1],
            ],
            axis=2,
        )
        arcs[loops] = begin[loops][:, None, :] + turned
    return np.asarray(arcs)


def _joined(arcs: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    gaps = np.full((len(arcs), 1, 2), np.nan)
    points = np.concatenate([arcs, gaps], axis=1).reshape(-1, 2)
    return points[:, 0], points[:, 1]


def _distances(arcs: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    """(edges,) how far each polyline is from a point."""
    begin, way = arcs[:, :-1], np.diff(arcs, axis=1)
    lengths = np.maximum((way**2).sum(axis=2), 1e-18)
    along = np.clip(((point - begin) * way).sum(axis=2) / lengths, 0, 1)
    apart = begin + way * along[:, :, None] - point
    return np.asarray(np.hypot(apart[..., 0], apart[..., 1]).min(axis=1))
