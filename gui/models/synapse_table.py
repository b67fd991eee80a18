"""A table of the synapses onto one cell; everything is in memory."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

from gui.models.node_table import described, heading
from gui.models.row_table import RowTableModel
from gui.session.afferent import Afferent

if TYPE_CHECKING:
    from engine.circuit.node_columns import Column

Index = QModelIndex | QPersistentModelIndex

ACTIVE: Final = "active"
TICK: Final = "✓"
USUAL: Final = (
    *(ACTIVE, "source", "source_id", "kind", "section", "x", "placement"),
    *("distance", "conductance", "delay", "decay"),
    *("U", "D", "F", "vesicles"),
)
_NOWHERE: Final = QModelIndex()
_MEANINGS: Final = {
    ACTIVE: "Whether runs build it",
    "edges": "Edge population",
    "edge": "Place of the edge in the file of its population",
    "source": "Population of the cell that it comes from",
    "source_id": "Node id of the cell that it comes from",
    "kind": "Excitatory or inhibitory, by its type or its reversal potential",
    "section": "Section of the built cell",
    "x": "Place in the section, 0 to 1",
    "placement": "Whether the file gives the place, or it is unknown and was drawn at random",
    "distance": "Path distance from the soma",
    "conductance": "What one spike opens",
    "delay": "From the spike to its arrival",
    "decay": "Time constant of the fall of its conductance",
    "U": "Share of its resources that a spike uses",
    "D": "Time constant of recovery from depression",
    "F": "Time constant of facilitation",
    "vesicles": "Vesicles that are ready for release",
    "synapse_id": "Place among the edges of its population onto the cell, which its random streams count",
    "section_number": "Number of the section in SONATA",
}


class SynapseTableModel(RowTableModel):
    """The rows that the filter keeps. An id is a row of `afferent.table`."""

    def __init__(self, afferent: Afferent) -> None:
        super().__init__(afferent)
        self._afferent = afferent
        self._columns: tuple[Column, ...] = ()
        self._rows = afferent.rows
        self._values: dict[str, NDArray[Any]] = {}  # decoded, of the present table
        self._shown: object = None
        afferent.rows_changed.connect(self._on_rows)
        afferent.active_changed.connect(self._on_active)
        self._on_rows()

    @property
    @override
    def columns(self) -> "tuple[Column, ...]":
        return self._columns

    @property
    @override
    def owner(self) -> str:
        return self._afferent.table.name if self._afferent.table is not None else ""

    @override
    def node_id(self, row: int) -> int:
        return int(self._rows[row])

    @override
    def ids_between(self, first: int, last: int) -> Callable[[], NDArray[np.int64]]:
        rows = self._rows
        return lambda: np.sort(rows[first : last + 1])

    @override
    def row_of(self, node_id: int) -> int:
        places = np.flatnonzero(self._rows == node_id)
        return int(places[0]) if places.size else -1

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        table = self._afferent.table
        if table is None or not index.isValid() or index.row() >= len(self._rows):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        name, row = self._columns[index.column()].name, self._rows[index.row()]
        if name == ACTIVE:
            is_active = bool(self._afferent.active[row])
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return "active" if is_active else "not active"
            return (TICK if is_active else "") if role == Qt.ItemDataRole.DisplayRole else None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if name not in self._values:
            self._values[name] = table.values(name)
        return text_of(self._values[name][row])

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
            meaning = _MEANINGS.get(column.name)
            if column.name == ACTIVE:
                return f"{meaning}."
            told = f"{meaning}. " if meaning else ""
            return f"{told}{described(column)}. Click to sort, right-click for more."
        return None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if not 0 <= column < len(self._columns) or self._columns[column].name != ACTIVE:
            super().sort(column, order)

    def _on_rows(self) -> None:
        from engine.circuit.node_columns import Column

        self.beginResetModel()
        table = self._afferent.table
        self._rows = self._afferent.rows
        if table is not self._shown:
            self._values, self._shown = {}, table
        own = () if table is None else (Column(ACTIVE, "text", "", "file"), *table.columns.values())
        self._columns = own
        self.endResetModel()

    def _on_active(self) -> None:
        if len(self._rows) and self._columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))


def text_of(value: Any) -> str:
    """As the table shows it; what is missing is empty."""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else f"{value:.6g}"
    return str(value)


def csv_of(afferent: Afferent, columns: "Sequence[Column]", rows: NDArray[np.int64]) -> str:
    """A line of titles with units, then a line for each synapse; numbers in full."""
    assert afferent.table is not None, "there is no table"
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([heading(column) for column in columns])
    texts = [_in_full(afferent, column.name, rows) for column in columns]
    writer.writerows(zip(*texts, strict=True))
    return file.getvalue()


def _in_full(afferent: Afferent, name: str, rows: NDArray[np.int64]) -> list[str]:
    assert afferent.table is not None, "there is no table"
    values = (
        afferent.active.astype(np.int64)[rows] if name == ACTIVE else afferent.table.read_rows(name, rows)
    )
    if values.dtype.kind == "f":
        return ["" if np.isnan(each) else repr(float(each)) for each in values]
    return [str(each) for each in values.tolist()]
