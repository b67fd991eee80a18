"""A table whose columns have fixed titles and tips."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

Index = QModelIndex | QPersistentModelIndex
NOWHERE: Final = QModelIndex()
_OF_TIPS: Final = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


class TitledTable(QAbstractTableModel):
    """Whoever inherits says how many rows there are, and what is in them."""

    titles: Sequence[tuple[str, str]]  # of each column, and what it means

    def count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    @override
    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self.count()

    @override
    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.titles)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.titles):
            return None
        title, tip = self.titles[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        return tip if role in _OF_TIPS else None
