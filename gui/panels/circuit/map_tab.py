"""The tab with the map of somata: plane, colours, legend, and the link with the selection."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
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
from gui.plots.soma_layers import PLANES, STEPS, Colouring, Places, colouring_of, inside, places_of
from gui.plots.soma_map import SomaMap
from gui.session.selection import Selection

if TYPE_CHECKING:
    from engine.circuit.nodes import NodePopulation

_NOT_A_COLOUR = ("x", "y", "z", "node_id")


class MapTab(QWidget):
    """Reads positions when it is first looked at, in the background."""

    def __init__(self, model: NodeTableModel, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._selection = selection
        self._drawn: NodePopulation | None = None
        self._places: Places | None = None
        self._colouring: Colouring | None = None
        self._reading: Task | None = None
        self._colour_reading: Task | None = None
        self._picking: Task | None = None
        self._asking: Task | None = None
        self._asked: int | None = None
        self._is_stale = False  # the table has other rows since the map was seen last
        self.map = SomaMap(self)
        self.plane = QComboBox(self)
        self.plane.setAccessibleName("Plane of the map")
        self.plane.addItems([f"{right}–{up}" for right, up in PLANES])
        self.colour = QComboBox(self)
        self.colour.setAccessibleName("What the cells are coloured by")
        self.colour.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.colour.setMinimumContentsLength(8)
        self.word = _label("About the map", self)
        self.word.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.legend = _label("Legend of the map", self)
        self._lay_out()
        self.plane.currentIndexChanged.connect(lambda _index: self._read_places())
        self.colour.currentIndexChanged.connect(lambda _index: self._read_colours())
        self.map.box_drawn.connect(self._on_box)
        self.map.clicked.connect(self._on_clicked)
        self.map.drawn_anew.connect(self._show_legend)
        self.map.hovered.connect(self._on_hovered)
        selection.cells_changed.connect(self._show_selected)
        theme.notifier().changed.connect(self._show_legend)

    @property
    def is_reading(self) -> bool:
        """Whether positions or colours are still to come."""
        return self._reading is not None or self._colour_reading is not None

    def population_changed(self) -> None:
        """The table shows another population."""
        self._drawn, self._places, self._colouring = None, None, None
        for task in (self._reading, self._colour_reading, self._picking, self._asking):
            if task is not None:
                task.cancel()
        self._reading = self._colour_reading = self._picking = self._asking = None
        self.map.show_colouring(None)
        self.map.show_places(None, ("", ""))
        self._offer_colours()
        if self.isVisible():
            self._read_all()

    def rows_changed(self) -> None:
        """The table shows other cells."""
        places, rows = self._places, self._model.rows
        self._is_stale = not self.isVisible()
        if places is None or self._model.nodes is None or self._is_stale:
            return
        if rows is None:
            self.map.show_bright(None)
            return
        kept = np.zeros(self._model.nodes.size, dtype=np.bool_)
        kept[rows] = True
        self.map.show_bright(kept[places.ids])

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._drawn is not self._model.nodes:
            self._read_all()
        elif self._is_stale:
            self.rows_changed()

    def _lay_out(self) -> None:
        upper = QHBoxLayout()
        upper.addWidget(self.plane)
        upper.addWidget(self.colour, 1)
        fit = QToolButton(self)
        fit.setText("Fit")
        fit.setToolTip("Show all cells (F). Drag selects, Shift adds, the wheel zooms, middle drag moves.")
        fit.setAccessibleName("Show all cells in the map")
        fit.clicked.connect(self.map.fit)
        upper.addWidget(fit)
        middle = QWidget(self)
        self._stack = QStackedLayout(middle)
        self._stack.addWidget(self.word)
        self._stack.addWidget(self.map)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(upper)
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
        self._show_selected()

    def _read_colours(self) -> None:
        nodes, column = self._drawn, self.colour.currentData()
        if nodes is None or column is None:
            return
        if self._colour_reading is not None:
            self._colour_reading.cancel()
        self._colour_reading = in_background(
            lambda task: colouring_of(task, nodes, column), self._on_colouring, self._on_failed
        )

    def _on_colouring(self, colouring: Colouring) -> None:
        self._colour_reading = None
        self._colouring = colouring
        self.map.show_colouring(colouring)
        self._show_legend()

    def _show_legend(self) -> None:
        colouring = self._colouring
        if self.map.is_density:
            self.legend.setText(
                "Stronger colour: more cells, on a logarithmic scale. Zoom in to see single cells."
            )
            return
        if colouring is None:
            self.legend.setText("")
            return
        if colouring.kind == "numbers":
            marks = "".join(self._mark(colouring, step) for step in range(STEPS))
            column = self._model.columns[self._model.column_index(self.colour.currentData())]
            lowest, highest = colouring.names
            text = f"{lowest} {marks} {highest} {column.unit}"
        else:
            each = (
                f"{self._mark(colouring, index)}&nbsp;{_escaped(name)}"
                for index, name in enumerate(colouring.names)
            )
            text = " &nbsp; ".join(each)
        self.legend.setText(text)

    def _mark(self, colouring: Colouring, each: int) -> str:
        return f'<span style="color:{self.map.colour_of(colouring, each)}">■</span>'

    def _on_box(self, view: tuple[float, float, float, float], adds: bool) -> None:  # noqa: FBT001 - of a signal
        places, rows, nodes = self._places, self._model.rows, self._model.nodes
        if places is None or nodes is None:
            return
        before = self._own_ids() if adds else None

        def work(_task: Task) -> NDArray[np.int64]:
            found = places.ids[inside(places, view)]
            if rows is not None:
                found = found[np.isin(found, rows)]
            return found if before is None else np.union1d(before, found)

        if self._picking is not None:
            self._picking.cancel()
        self._picking = in_background(
            work, lambda ids: self._selection.select_cells(nodes.name, ids), self._on_failed
        )

    def _on_clicked(self, node_id: int | None, adds: bool) -> None:  # noqa: FBT001 - of a signal
        nodes = self._model.nodes
        if nodes is None or node_id is None:
            if not adds and nodes is not None and node_id is None:
                self._selection.select_cells("", [])
            return
        before = self._own_ids() if adds else np.empty(0, dtype=np.int64)
        if adds and np.isin(node_id, before):
            self._selection.select_cells(nodes.name, before[before != node_id])
        else:
            self._selection.select_cells(nodes.name, np.append(before, node_id), node_id)

    def _own_ids(self) -> NDArray[np.int64]:
        nodes = self._model.nodes
        is_ours = nodes is not None and self._selection.population == nodes.name
        return self._selection.node_ids if is_ours else np.empty(0, dtype=np.int64)

    def _show_selected(self) -> None:
        self.map.show_selected(self._own_ids())

    def _on_hovered(self, node_id: int | None, place: QPoint | None) -> None:
        if node_id == self._asked:
            return
        self._asked = node_id
        nodes, column = self._model.nodes, self.colour.currentData()
        if node_id is None or place is None or nodes is None:
            QToolTip.hideText()
            return
        if self._asking is not None:
            self._asking.cancel()

        def work(_task: Task) -> str:
            value: Any = nodes.read_rows(column, [node_id])[0] if column is not None else ""
            return f"Cell {node_id}: {value}" if column is not None else f"Cell {node_id}"

        self._asking = in_background(
            work, lambda text: QToolTip.showText(place, text, self.map), lambda _error: None
        )

    def _on_failed(self, error: EngineError) -> None:
        self._reading = self._colour_reading = self._picking = None
        self.word.setText(str(error))
        self._stack.setCurrentWidget(self.word)


def _label(name: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setAccessibleName(name)
    return label


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
