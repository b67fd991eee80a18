"""A table over any number of cells: the rows are numbers, the texts come in blocks."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from gui.models.node_blocks import NodeBlocks
from gui.models.row_table import RowTableModel

if TYPE_CHECKING:
    from engine.circuit.node_columns import Column
    from engine.circuit.nodes import NodePopulation

Index = QModelIndex | QPersistentModelIndex
NodeIds = NDArray[np.int64]

NOT_YET: Final = "…"
MOST_ROWS: Final = 40_000_000  # the height of more does not fit into the 32 bits of a scroll bar

_NOWHERE: Final = QModelIndex()
_FIRST_COLUMNS: Final = (
    *("node_id", "mtype", "etype", "layer", "pop_name", "model_name", "ei", "synapse_class", "region"),
    *("model_type", "model_template", "morphology", "x", "y", "z"),
)
_SELDOM_WANTED: Final = ("orientation_", "rotation_angle_", "model_processing", "morph_class", "node_type_id")


class NodeTableModel(RowTableModel):
    """The cells of one population, or some of them, in any order. A row knows its node id at once."""

    column_failed = Signal(str, str)  # a column that cannot be read, and why

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.nodes: NodePopulation | None = None
        self.rows: NDArray[Any] | None = None
        self._ascending = True
        self._columns: tuple[Column, ...] = ()
        self._blocks = NodeBlocks(self)
        self._blocks.arrived.connect(self._on_arrived)
        self._blocks.failed.connect(self.column_failed)

    @property
    @override
    def columns(self) -> "tuple[Column, ...]":
        return self._columns

    @property
    @override
    def owner(self) -> str:
        return self.nodes.name if self.nodes is not None else ""

    def show_population(self, nodes: "NodePopulation | None") -> None:
        """Show all cells of a population (None: of none)."""
        self.beginResetModel()
        self.nodes, self.rows, self._ascending = nodes, None, True
        self._columns = () if nodes is None else _in_useful_order(nodes)
        self._blocks.show(nodes, None)
        self.endResetModel()

    def show_rows(self, rows: NDArray[Any] | None, *, ascending: bool) -> None:
        """Show these cells of the population in this order (None: all, by id)."""
        self.beginResetModel()
        self.rows, self._ascending = rows, ascending
        self._blocks.show(self.nodes, rows)
        self.endResetModel()

    @override
    def node_id(self, row: int) -> int:
        return row if self.rows is None else int(self.rows[row])

    @override
    def ids_between(self, first: int, last: int) -> Callable[[], NodeIds]:
        rows, is_ascending = self.rows, self._ascending

        def ids() -> NodeIds:
            if rows is None:
                return np.arange(first, last + 1, dtype=np.int64)
            found = rows[first : last + 1].astype(np.int64)
            return found if is_ascending else np.sort(found)

        return ids

    @override
    def row_of(self, node_id: int) -> int:
        if self.rows is None:
            return node_id if node_id < self.rowCount() else -1
        if self._ascending:
            place = int(np.searchsorted(self.rows, node_id))
            return place if place < len(self.rows) and self.rows[place] == node_id else -1
        places = np.flatnonzero(self.rows == node_id)
        return int(places[0]) if places.size else -1

    def column_index(self, name: str) -> int:
        """The number of a column; -1 if there is none of that name."""
        return next((index for index, column in enumerate(self._columns) if column.name == name), -1)

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if parent.isValid() or self.nodes is None:
            return 0
        return min(self.nodes.size if self.rows is None else len(self.rows), MOST_ROWS)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not self._is_inside(index):
            return None
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if column.name == "node_id":
            return str(self.node_id(index.row()))
        text = self._blocks.text(column.name, index.row())
        return NOT_YET if text is None else text

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return heading(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{described(column)}. Click to sort, right-click for more."
        return None

    def _is_inside(self, index: Index) -> bool:
        return index.row() < self.rowCount() and index.column() < len(self._columns)

    def _on_arrived(self, column: str, first: int, last: int) -> None:
        section = self.column_index(column)
        self.dataChanged.emit(self.index(first, section), self.index(last, section))


def heading(column: "Column") -> str:
    """A short title with the unit."""
    name = column.name.rpartition("/")[2]
    return f"{name} ({column.unit})" if column.unit else name


def described(column: "Column") -> str:
    """What a column holds, and its name in a filter."""
    kind = {"integer": "Whole numbers", "real": "Numbers", "text": "Text", "category": "Text"}[column.kind]
    unit = f" in {column.unit}" if column.unit else ""
    return f"{kind}{unit}; in a filter: {column.name}"


def is_seldom_wanted(column: str) -> bool:
    """Whether a column is hidden until somebody asks for it."""
    return column.startswith(_SELDOM_WANTED)


def _in_useful_order(nodes: "NodePopulation") -> "tuple[Column, ...]":
    rank = {name: place for place, name in enumerate(_FIRST_COLUMNS)}
    return tuple(sorted(nodes.columns.values(), key=lambda column: rank.get(column.name, len(rank))))
