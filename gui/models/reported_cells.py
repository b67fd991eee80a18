"""The cells that the reports of a simulation are about, as a table that can be searched and sorted."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

if TYPE_CHECKING:
    from engine.experiment.finished import ReportedCell

Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
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
_KEYS: "Final[tuple[Callable[[ReportedCell], Any], ...]]" = (
    lambda each: (each.cell.population, each.cell.node_id),
    lambda each: each.type_name,
    lambda each: each.spikes,
    lambda each: each.report.name,
    lambda each: each.report.variable,
    lambda each: each.report.sections,
    lambda each: each.values,
)


class ReportedCellTable(QAbstractTableModel):
    """Shows what contains every word that is typed."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[ReportedCell, ...] = ()
        self._texts: list[str] = []
        self._rows: list[int] = []
        self._typed = ""
        self._order: tuple[int, bool] = (0, False)

    def put(self, cells: "tuple[ReportedCell, ...]") -> None:
        """Hold these."""
        self._all = cells
        self._texts = [" ".join(map(str, _texts(each))).lower() for each in cells]
        self._show()

    def search(self, typed: str) -> None:
        """Show only what fits."""
        self._typed = typed
        self._show()

    def cell_at(self, row: int) -> "ReportedCell":
        """What a row shows."""
        return self._all[self._rows[row]]

    @property
    def counts(self) -> tuple[int, int]:
        """How many are shown, of how many."""
        return len(self._rows), len(self._all)

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._order = max(column, 0), order == Qt.SortOrder.DescendingOrder
        self._show()

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(_TITLES)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section][0]
        return _TITLES[section][1] if role == Qt.ItemDataRole.ToolTipRole else None

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return str(_texts(self.cell_at(index.row()))[index.column()])
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _show(self) -> None:
        words = self._typed.lower().split()
        column, is_descending = self._order
        key = _KEYS[column]
        self.beginResetModel()
        fitting = [row for row, text in enumerate(self._texts) if all(word in text for word in words)]
        self._rows = sorted(fitting, key=lambda row: key(self._all[row]), reverse=is_descending)
        self.endResetModel()


def _texts(each: "ReportedCell") -> tuple[object, ...]:
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
