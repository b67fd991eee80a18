"""The table of what a protocol found."""

import math
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

if TYPE_CHECKING:
    from engine.protocols.sweeps import Result

_NOWHERE: Final = QModelIndex()
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex


class ResultTable(QAbstractTableModel):
    """One row for each sweep, or for what was measured otherwise; the numbers sort as numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._result: Result | None = None
        self._order: list[int] = []
        self._sorted = -1, Qt.SortOrder.AscendingOrder

    @property
    def result(self) -> "Result | None":
        """What is shown."""
        return self._result

    def show(self, result: "Result | None") -> None:
        """Another result; one that has only grown stays in the order that was asked for."""
        has_grown = _names(result) == _names(self._result)
        self.beginResetModel()
        self._result = result
        rows = len(result.columns[0].values) if result is not None and result.columns else 0
        self._order = list(range(rows))
        self.endResetModel()
        if has_grown:
            self.sort(*self._sorted)

    @override
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._order)

    @override
    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() or self._result is None else len(self._result.columns)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._result is None or not index.isValid():
            return None
        value = self._result.columns[index.column()].values[self._order[index.row()]]
        if isinstance(value, str):
            return value if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return "–" if math.isnan(value) else f"{value:.5g}".replace("-", "−")
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT
            case Qt.ItemDataRole.ToolTipRole if math.isnan(value):
                return "There is no such number of this sweep."
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or self._result is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(self._order[section] + 1)
        column = self._result.columns[section]
        return f"{column.name}\n{column.unit}" if column.unit else column.name

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted = column, order
        if self._result is None or not 0 <= column < self.columnCount():
            return
        values = self._result.columns[column].values
        self.layoutAboutToBeChanged.emit()
        self._order.sort(key=lambda row: _rank(values[row]), reverse=order == Qt.SortOrder.DescendingOrder)
        self.layoutChanged.emit()


def _rank(value: float | str) -> tuple[bool, float | str]:
    return (False, value.casefold()) if isinstance(value, str) else (math.isnan(value), value)


def _names(result: "Result | None") -> list[str]:
    return [each.name for each in result.columns] if result is not None else []
