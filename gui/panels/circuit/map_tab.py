"""The tab with the map of somata: plane, colours, legend, and the link with the selection."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from engine.errors import EngineError
from gui import theme
from gui.background import Task, in_background
from gui.models.circuit_tree import TYPE_COLUMNS
from gui.models.node_table import NodeTableModel, heading
from gui.panels.circuit.map_words import crowd_text, density_legend, legend_text
from gui.plots.soma_density import Scene, crowd
from gui.plots.soma_layers import PLANES, Colouring, Places, View, colouring_of, places_of
from gui.plots.soma_map import SomaMap, layer_colours
from gui.plots.soma_regions import Members, Region
from gui.session.selection import Selection
from gui.widgets.flow import FlowRow

if TYPE_CHECKING:
    from engine.circuit.node_columns import Column
    from engine.circuit.nodes import NodePopulation

_NOT_A_COLOUR = ("x", "y", "z", "node_id")


class MapTab(QWidget):
    """Reads positions when it is first looked at, in the background."""

    all_wanted = Signal()  # every cell that the filter keeps

    def __init__(self, model: NodeTableModel, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._selection = selection
        self._drawn: NodePopulation | None = None
        self._places: Places | None = None
        self._colouring: Colouring | None = None
        self._coloured_by: Column | None = None
        self._reading: Task | None = None
        self._colour_reading: Task | None = None
        self._asking: Task | None = None
        self._asked: object = None  # the cell, or the piece of the map, under the mouse
        self._is_stale = False  # the table has other rows since the map was seen last
        self.map = SomaMap(self)
        self.plane = QComboBox(self)
        self.plane.setAccessibleName("Plane of the map")
        self.plane.addItems([f"{right}–{up}" for right, up in PLANES])
        self.colour = QComboBox(self)
        self.colour.setAccessibleName("What the cells are coloured by")
        self.colour.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.colour.setMinimumContentsLength(8)
        self.lasso = QToolButton(self)
        self.lasso.setText("Lasso")
        self.lasso.setCheckable(True)
        self.lasso.setToolTip("Draw around cells to select them, instead of a rectangle (L). Shift adds.")
        self.lasso.setAccessibleName("Select with a lasso in the map")
        self.word = _label("About the map", self)
        self.word.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.legend = _label("Legend of the map", self)
        self._lay_out()
        self.plane.currentIndexChanged.connect(lambda _index: self._read_places())
        self.colour.currentIndexChanged.connect(lambda _index: self._read_colours())
        self.lasso.toggled.connect(self.map.use_lasso)
        self.map.lasso_switched.connect(self.lasso.setChecked)
        self.map.area_drawn.connect(self._on_area)
        self.map.clicked.connect(self._on_clicked)
        self.map.drawn_anew.connect(self._show_legend)
        self.map.hovered.connect(self._on_hovered)
        self.map.crowd_hovered.connect(self._on_crowd_hovered)
        self.map.all_wanted.connect(self.all_wanted)
        selection.cells_changed.connect(self._on_selected)
        theme.notifier().changed.connect(self._show_legend)

    @property
    def is_reading(self) -> bool:
        """Whether positions or colours are still to come."""
        return self._reading is not None or self._colour_reading is not None

    def switch_lasso(self) -> None:
        """Take the lasso, or lay it down."""
        self.map.use_lasso(not self.map.is_lasso)

    def population_changed(self) -> None:
        """The table shows another population."""
        self._drawn, self._places, self._colouring = None, None, None
        for task in (self._reading, self._colour_reading, self._asking):
            if task is not None:
                task.cancel()
        self._reading = self._colour_reading = self._asking = None
        self.map.show_colouring(None)
        self.map.show_places(None, ("", ""))
        self._offer_colours()
        if self.isVisible():
            self._read_all()

    def rows_changed(self) -> None:
        """The table shows other cells."""
        self._is_stale = not self.isVisible()
        if self._places is not None and not self._is_stale:
            self.map.show_kept(self._model.rows)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._drawn is not self._model.nodes:
            self._read_all()
        elif self._is_stale:
            self.rows_changed()
            self.map.show_selected(self._own_ids())

    def _lay_out(self) -> None:
        upper = FlowRow(self.plane)
        upper.add(self.colour, grows=1)
        upper.add(self.lasso)
        fit = QToolButton(self)
        fit.setText("Fit")
        fit.setToolTip("Show all cells (F). Drag selects, Shift adds, the wheel zooms, middle drag moves.")
        fit.setAccessibleName("Show all cells in the map")
        fit.clicked.connect(self.map.fit)
        upper.add(fit)
        middle = QWidget(self)
        self._stack = QStackedLayout(middle)
        self._stack.addWidget(self.word)
        self._stack.addWidget(self.map)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(upper)
        layout.addWidget(middle, 1)
        layout.addWidget(self.legend)

    def _offer_colours(self) -> None:
        self.colour.blockSignals(True)
        self.colour.clear()
        for column in self._model.columns:
            if column.name not in _NOT_A_COLOUR:
                self.colour.addItem(heading(column), column.name)
        usual = next(
            (self.colour.findData(name) for name in TYPE_COLUMNS if self.colour.findData(name) >= 0), 0
        )
        self.colour.setCurrentIndex(usual if self.colour.count() else -1)
        self.colour.blockSignals(False)

    def _read_all(self) -> None:
        self._drawn = self._model.nodes
        self._read_places()
        self._read_colours()

    def _read_places(self) -> None:
        nodes = self._drawn
        plane = PLANES[self.plane.currentIndex()]
        self._stack.setCurrentWidget(self.word)
        if nodes is None:
            self.word.setText("")
            return
        if missing := [axis for axis in plane if axis not in nodes.columns]:
            lacking = " and ".join(missing)
            self.word.setText(f"The circuit gives no positions ({lacking}) for the cells of {nodes.name}.")
            return
        self.word.setText("Reading positions…")
        if self._reading is not None:
            self._reading.cancel()
        self._reading = in_background(
            lambda task: places_of(task, nodes, plane), self._on_places, self._on_failed
        )

    def _on_places(self, places: Places) -> None:
        self._reading = None
        self._places = places
        right, up = PLANES[self.plane.currentIndex()]
        if not places.ids.size:
            self.word.setText("None of these cells has a position.")
            return
        self._stack.setCurrentWidget(self.map)
        self.map.show_places(places, (f"{right} (µm)", f"{up} (µm)"))
        self.rows_changed()
        self.map.show_selected(self._own_ids())

    def _read_colours(self) -> None:
        nodes, name = self._drawn, self.colour.currentData()
        if nodes is None or name is None:
            return
        column = nodes.columns[name]
        if self._colour_reading is not None:
            self._colour_reading.cancel()
        self._colour_reading = in_background(
            lambda task: colouring_of(task, nodes, name),
            functools.partial(self._on_colouring, column),
            self._on_failed,
        )

    def _on_colouring(self, column: "Column", colouring: Colouring) -> None:
        self._colour_reading = None
        self._colouring, self._coloured_by = colouring, column
        self.map.show_colouring(colouring)
        self._show_legend()

    def _show_legend(self) -> None:
        if self.map.is_density:
            self.legend.setText(density_legend(layer_colours()[0]))
        elif self._colouring is None:
            self.legend.setText("")
        else:
            unit = "" if self._coloured_by is None else self._coloured_by.unit
            self.legend.setText(legend_text(self._colouring, unit, self.map.colour_of))

    def _on_area(self, region: Region, adds: bool) -> None:  # noqa: FBT001 - of a signal
        places, nodes = self._places, self._model.nodes
        if places is None or nodes is None:
            return
        kept, before = Members(self._model.rows), self._own_ids()

        def ids_of() -> NDArray[np.int64]:
            found = places.ids[region(places) & kept.among(places)]
            return np.union1d(before, found) if adds else found

        self._selection.choose(nodes.name, ids_of, size=max(len(places.ids), before.size))

    def _on_clicked(self, node_id: int | None, adds: bool) -> None:  # noqa: FBT001 - of a signal
        nodes = self._model.nodes
        if nodes is None:
            return
        if node_id is None:
            if not adds:
                self._selection.select_cells("", [])
        elif adds:
            self._selection.toggle(nodes.name, node_id)
        else:
            self._selection.select_cells(nodes.name, [node_id])

    def _own_ids(self) -> NDArray[np.int64]:
        nodes = self._model.nodes
        return self._selection.cells_of(nodes.name if nodes is not None else "")

    def _on_selected(self) -> None:
        if self.isVisible() and self._places is not None:
            self.map.show_selected(self._own_ids())
        else:
            self._is_stale = True

    def _on_hovered(self, node_id: int | None, place: QPoint) -> None:
        nodes, column = self._model.nodes, self.colour.currentData()
        if node_id is None or nodes is None:
            self._ask(None, place, _nothing)
            return

        def work(_task: Task) -> str:
            value: Any = nodes.read_rows(column, [node_id])[0] if column is not None else ""
            return f"Cell {node_id}: {value}" if column is not None else f"Cell {node_id}"

        self._ask(node_id, place, work)

    def _on_crowd_hovered(self, piece: View, place: QPoint) -> None:
        places, colouring = self._places, self._colouring
        if places is None:
            return
        scene, column = Scene(places, Members(self._model.rows), Members(None)), self._coloured_by

        def work(task: Task) -> str:
            found = crowd(task, scene, colouring, piece)
            return crowd_text(found, colouring, column)

        self._ask(piece, place, work)

    def _ask(self, about: object, place: QPoint, work: Callable[[Task], str]) -> None:
        """Show a word on what is under the mouse, once it is known; the last question wins."""
        if about == self._asked:
            return
        self._asked = about
        if self._asking is not None:
            self._asking.cancel()
        if about is None:
            QToolTip.hideText()
            return
        self._asking = in_background(work, functools.partial(self._show_word, place), _raised)

    def _show_word(self, place: QPoint, text: str) -> None:
        self._asking = None
        QToolTip.showText(place, text, self.map)

    def _on_failed(self, error: EngineError) -> None:
        self._reading = self._colour_reading = None
        self.word.setText(str(error))
        self._stack.setCurrentWidget(self.word)


def _label(name: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setAccessibleName(name)
    return label


def _nothing(_task: Task) -> str:
    return ""


def _raised(error: EngineError) -> None:
    raise error
