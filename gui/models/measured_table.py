"""The table of measurements: a row for each trace and region, a column for each number."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, Qt
from typing_extensions import override

from gui.models.titled_table import NOWHERE, Index

if TYPE_CHECKING:
    from engine.analysis.measures import Measure

_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NAMES: Final = (
    ("Run", "The run, or the protocol, that the trace is of"),
    ("Trace", "The recording, or the sweep"),
    ("Region", "The stretch of time that is measured"),
)
_NO_NUMBER: Final = "The trace has no such number here."


@dataclass(frozen=True, eq=False)
class MeasuredRow:
    """One row of the table; NaN: the trace has no such number."""

    run: str
    name: str
    region: str
    values: Mapping[str, float]  # by the keys of the measures


class MeasuredTable(QAbstractTableModel):
    """Sorted by a column, or in the order in which things were measured; numbers sort as numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.measures: tuple[Measure, ...] = ()
        self._measured: tuple[MeasuredRow, ...] = ()
        self._order: list[int] = []
        self._sorted: tuple[int, bool] = (-1, False)

    @property
    def rows(self) -> tuple[MeasuredRow, ...]:
        """In the order in which they are shown."""
        return tuple(self._measured[row] for row in self._order)

    def show(self, rows: Sequence[MeasuredRow], measures: "Sequence[Measure]") -> None:
        """Other numbers, in the order that the user chose."""
        is_alike = tuple(measures) == self.measures and len(rows) == len(self._measured)
        if is_alike:
            self._measured = tuple(rows)
            self._arrange()
            last = self.index(len(rows) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._measured, self.measures = tuple(rows), tuple(measures)
        self._arrange()
        self.endResetModel()

    def titles(self) -> list[str]:
        """Of the columns in a file: with the unit, and what eFEL calls it."""
        return [name for name, _ in _NAMES] + [_title_in_file(each) for each in self.measures]

    @override
    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._order)

    @override
    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(_NAMES) + len(self.measures)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        value = self._value(self._measured[self._order[index.row()]], index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return value if isinstance(value, str) else _shown(value)
            case Qt.ItemDataRole.TextAlignmentRole if not isinstance(value, str):
                return _RIGHT
            case Qt.ItemDataRole.ToolTipRole:
                return value if isinstance(value, str) else _NO_NUMBER if math.isnan(value) else repr(value)
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical or not 0 <= section < self.columnCount():
            return str(section + 1) if role == Qt.ItemDataRole.DisplayRole else None
        if section < len(_NAMES):
            title, tip = _NAMES[section]
        else:
            measure = self.measures[section - len(_NAMES)]
            title = f"{measure.name}\n{measure.unit}" if measure.unit else measure.name
            tip = f"{measure.meaning} In eFEL: {measure.efel}." if measure.efel else measure.meaning
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        return tip if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole) else None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted = column, order == Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        self._arrange()
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        """What has no number comes last, whichever way the others are sorted."""
        column, is_falling = self._sorted
        self._order = list(range(len(self._measured)))
        if not 0 <= column < self.columnCount():
            return
        values = [self._value(row, column) for row in self._measured]
        missing = [
            row for row, value in enumerate(values) if not isinstance(value, str) and math.isnan(value)
        ]
        there = [row for row in self._order if row not in set(missing)]
        self._order = sorted(there, key=values.__getitem__, reverse=is_falling) + missing

    def _value(self, row: MeasuredRow, column: int) -> Any:
        if column < len(_NAMES):
            return (row.run, row.name, row.region)[column]
        return row.values[self.measures[column - len(_NAMES)].key]


def _title_in_file(measure: "Measure") -> str:
    name = f"{measure.name} [{measure.efel}]" if measure.efel else measure.name
    return f"{name} ({measure.unit})" if measure.unit else name


def _is_missing(value: str | float) -> bool:
    return not isinstance(value, str) and math.isnan(value)


def _shown(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.5g}".replace("-", "−")
