"""The cells that the reports of a simulation are about, as a table that can be searched and sorted."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from typing_extensions import override

from gui.models.titled_table import Index, TitledTable

if TYPE_CHECKING:
    from engine.experiment.finished import ReportedCell

Rows = NDArray[np.int64]
_TITLES: Final = (
    ("Cell", "Population and node id"),
    ("Type", "What the circuit calls its kind"),
    ("Spikes", "How often it fired in the simulation"),
    ("Report", "The name of the report"),
    ("Variable", "What the report has; that of the soma is compared"),
    ("Sections", "Of which sections the report is"),
    ("Values", "How many places of the cell the report has"),
)
_NUMBERS: Final = frozenset({2, 6})


@dataclass(frozen=True, eq=False)
class SearchableCells:
    """Cells, what is written of each, and their order by each column. Made, and searched, in a thread."""

    cells: "tuple[ReportedCell, ...]"
    texts: tuple[str, ...]
    orders: tuple[Rows, ...]

    @classmethod
    def of(cls, cells: "tuple[ReportedCell, ...]") -> "SearchableCells":
        """Write and order them."""
        texts = tuple(" ".join(map(str, texts_of(each))).lower() for each in cells)
        keys = [[_key(each, column) for each in cells] for column in range(len(_TITLES))]
        ranks = range(len(cells))
        orders = (np.array(sorted(ranks, key=column.__getitem__), dtype=np.int64) for column in keys)
        return cls(cells, texts, tuple(orders))

    def found(self, typed: str, column: int, *, descending: bool) -> Rows:
        """The cells that contain every word, in the order of a column."""
        words = typed.lower().split()
        fits = np.array([all(word in text for word in words) for text in self.texts], dtype=np.bool_)
        order = self.orders[column]
        rows = order[fits[order]] if len(order) else order
        return rows[::-1] if descending else rows


class ReportedCellTable(TitledTable):
    """Shows some of the cells, as the dialog finds them."""

    titles = _TITLES
    sort_wanted = Signal(int, bool)  # column, descending

    def __init__(self) -> None:
        super().__init__()
        self.searchable = SearchableCells.of(())
        self._rows: Rows = np.empty(0, dtype=np.int64)

    def show(self, rows: Rows) -> None:
        """Show these of `searchable`."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def cell_at(self, row: int) -> "ReportedCell":
        """What a row shows."""
        return self.searchable.cells[int(self._rows[row])]

    @property
    def counts(self) -> tuple[int, int]:
        """How many are shown, of how many."""
        return len(self._rows), len(self.searchable.cells)

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.sort_wanted.emit(max(column, 0), order == Qt.SortOrder.DescendingOrder)

    @override
    def count(self) -> int:
        return len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return str(texts_of(self.cell_at(index.row()))[index.column()])
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


def texts_of(each: "ReportedCell") -> tuple[object, ...]:
    """What is written of a cell, column by column."""
    report = each.report
    return (
        each.cell,
        each.type_name,
        each.spikes,
        report.name,
        report.variable,
        report.sections,
        each.values,
    )


def _key(each: "ReportedCell", column: int) -> Any:
    """What a cell is ordered by: node ids and numbers as numbers."""
    return (each.cell.population, each.cell.node_id) if column == 0 else texts_of(each)[column]
