"""The traces that a file offers, as a table that can be searched and sorted."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
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
_SAMPLES, _EVERY = 3, 4
_PARTS: Final = re.compile(r"(\d+)")


class ReferenceSeries(TitledTable):
    """Shows some of them, as the dialog finds them."""

    titles = _TITLES
    sort_wanted = Signal(int, bool)  # column, -1 for the order of the file; descending

    def __init__(self, contents: "Contents") -> None:
        super().__init__()
        self.all = contents.series
        self._shown: Sequence[int] = range(len(self.all))

    def show(self, rows: Sequence[int]) -> None:
        """Show these of the file's."""
        self.beginResetModel()
        self._shown = rows
        self.endResetModel()

    def series_at(self, row: int) -> "Series":
        """What a row shows."""
        return self.all[self._shown[row]]

    def empty_columns(self) -> tuple[int, ...]:
        """Of which a file says nothing; all series of one say the same things."""
        texts = _texts(self.all[0])
        return tuple(column for column, text in enumerate(texts) if not text)

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.sort_wanted.emit(column, order == Qt.SortOrder.DescendingOrder)

    @override
    def count(self) -> int:
        return len(self._shown)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _texts(self.series_at(index.row()))[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (_SAMPLES, _EVERY):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


def found(series: "Sequence[Series]", typed: str, column: int, *, descending: bool) -> list[int]:
    """Those that contain every word, in the order of a column; -1: of the file."""
    words = typed.lower().split()
    rows = [
        row
        for row, each in enumerate(series)
        if not words or _contains(f"{each.label} {each.group} {each.unit or ''}".lower(), words)
    ]
    if column >= 0:
        rows.sort(key=lambda row: _key(series[row], column), reverse=descending)
    return rows


def _contains(text: str, words: Sequence[str]) -> bool:
    return all(each in text for each in words)


def _texts(each: "Series") -> tuple[str, ...]:
    every = f"{each.interval:.6g} ms" if each.interval is not None else ""
    unit = "?" if each.unit is None else each.unit or "none"
    return each.label, unit, each.group, f"{each.samples:,}" if each.samples else "", every


def _key(each: "Series", column: int) -> Any:
    """What a row is ordered by: numbers as numbers, also within names."""
    if column == _SAMPLES:
        return each.samples
    if column == _EVERY:
        return each.interval or 0.0
    parts = _PARTS.split(_texts(each)[column].lower())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]
