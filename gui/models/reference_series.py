"""The traces that a file offers, as a table that can be searched and sorted."""

import re
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from typing_extensions import override

from gui.models.titled_table import Index, TitledTable

if TYPE_CHECKING:
    from engine.reference.trace import Contents, Series

_TITLES: Final = (
    ("Trace", "What the file calls it"),
    ("Unit", "In which its numbers are shown; “?”: the file does not say it"),
    ("Sweep", "Traces of one sweep are shown as one run"),
    ("Samples", "How many the file has"),
    ("Every", "How far samples are apart"),
)
_NUMBERS: Final = frozenset({3, 4})


class ReferenceSeries(TitledTable):
    """All, or those that contain every word that was typed."""

    titles = _TITLES

    def __init__(self, contents: "Contents") -> None:
        super().__init__()
        self._all = contents.series
        self._words = [f"{each.label} {each.group} {each.unit or ''}".lower() for each in self._all]
        self._shown = list(range(len(self._all)))

    def find(self, typed: str) -> None:
        """Show what contains every word."""
        words = typed.lower().split()
        self.beginResetModel()
        self._shown = [row for row, text in enumerate(self._words) if all(each in text for each in words)]
        self.endResetModel()

    def series_at(self, row: int) -> "Series":
        """What a row shows."""
        return self._all[self._shown[row]]

    def empty_columns(self) -> tuple[int, ...]:
        """Of which the file says nothing."""
        texts = [_texts(each) for each in self._all]
        return tuple(column for column in range(len(_TITLES)) if not any(row[column] for row in texts))

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        if not 0 <= column < len(_TITLES):
            self._shown.sort()
            self.layoutChanged.emit()
            return
        is_descending = order == Qt.SortOrder.DescendingOrder
        self._shown.sort(key=lambda row: _key(self._all[row], column), reverse=is_descending)
        self.layoutChanged.emit()

    @override
    def count(self) -> int:
        return len(self._shown)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _texts(self.series_at(index.row()))[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


def _texts(each: "Series") -> tuple[str, ...]:
    every = f"{each.interval:.6g} ms" if each.interval is not None else ""
    unit = "?" if each.unit is None else each.unit or "none"
    return each.label, unit, each.group, f"{each.samples:,}" if each.samples else "", every


def _key(each: "Series", column: int) -> Any:
    if column == 3:
        return each.samples
    if column == 4:
        return each.interval or 0.0
    parts = re.split(r"(\d+)", _texts(each)[column].lower())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]
