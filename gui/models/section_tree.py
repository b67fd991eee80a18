"""The sections of a cell as a tree: their types, and under each its sections; searched and sorted."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont
from typing_extensions import override

from engine.messages.events import SectionDescription
from engine.messages.places_in_words import SECTION_TYPES, type_in_words
from gui import theme

Index = QModelIndex | QPersistentModelIndex
Rows = NDArray[np.intp]
_NOWHERE: Final = QModelIndex()
_FLAGS: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_FLAGS_OF_SECTION: Final = _FLAGS | Qt.ItemFlag.ItemNeverHasChildren
_MARK_OPACITY: Final = 70  # of 255: the text stays readable on it


class Column(IntEnum):
    """From left to right."""

    NAME = 0
    DISTANCE = 1
    LENGTH = 2
    DIAMETER = 3
    SEGMENTS = 4


_TITLES: Final = {
    Column.NAME: ("Section", "Its name, under the type of its kind"),
    Column.DISTANCE: ("From soma (µm)", "Along the path, from the middle of the soma to its near end"),
    Column.LENGTH: ("Length (µm)", "How long it is"),
    Column.DIAMETER: ("Diameter (µm)", "Mean of its segments"),
    Column.SEGMENTS: ("Segments", "Into how many pieces NEURON cuts it"),
}


@dataclass(frozen=True, eq=False)
class _Group:
    """A type: the numbers of its sections that the search leaves, in the order they are shown."""

    section_type: str
    all_rows: Rows
    rows: Rows


class _Cell:
    """Its sections, and what is known of them all when somebody asks: to ask for everything takes a while."""

    def __init__(self, sections: tuple[SectionDescription, ...]) -> None:
        self.sections = sections
        self._columns: dict[Column, NDArray[np.float64]] = {}

    @cached_property
    def places(self) -> dict[str, int]:
        """Of each section by its name: its number."""
        return {each.name: number for number, each in enumerate(self.sections)}

    @cached_property
    def texts(self) -> list[str]:
        """What is searched of each section."""
        return [f"{each.name} {type_in_words(each.section_type)}".lower() for each in self.sections]

    def column(self, column: Column) -> NDArray[np.float64]:
        """The numbers of all sections."""
        if column not in self._columns:
            self._columns[column] = np.array([_number(each, column) for each in self.sections])
        return self._columns[column]


class SectionTree(QAbstractItemModel):
    """Keeps numbers of sections only, so that a cell of thousands is searched and sorted at once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cell = _Cell(())
        self._groups: list[_Group] = []
        self._words: tuple[str, ...] = ()
        self._order = (Column.NAME, Qt.SortOrder.AscendingOrder)
        self._marked = ""

    @property
    def count(self) -> int:
        """How many sections are left by the search."""
        return sum(len(group.rows) for group in self._groups)

    def show(self, sections: tuple[SectionDescription, ...]) -> None:
        """Show the sections of another cell."""
        self.beginResetModel()
        self._cell = _Cell(sections)
        self._groups = _groups(sections)
        self._arrange()
        self.endResetModel()

    def search(self, text: str) -> None:
        """Show only sections whose name or type has all these words."""
        words = tuple(text.lower().split())
        if words != self._words:
            self.beginResetModel()
            self._words = words
            self._arrange()
            self.endResetModel()

    def mark(self, section: str) -> None:
        """Mark the row of a section, which the mouse is over somewhere; "": none."""
        if section != self._marked:
            old, self._marked = self._marked, section
            for name in filter(None, (old, section)):
                index = self.index_of(name)
                if index.isValid():
                    last = index.siblingAtColumn(Column.SEGMENTS)
                    self.dataChanged.emit(index, last, [Qt.ItemDataRole.BackgroundRole])

    def section(self, index: Index) -> SectionDescription | None:
        """The section of a row; None for a type."""
        if not index.isValid() or not index.internalId():
            return None
        number = int(self._groups[index.internalId() - 1].rows[index.row()])
        return self._cell.sections[number]

    def index_of(self, section: str) -> QModelIndex:
        """The row of a section; invalid if it is not shown."""
        places = self._cell.places
        number = places.get(section, places.get(f"{section}[0]"))
        if number is not None:
            for place, group in enumerate(self._groups):
                found = np.flatnonzero(group.rows == number)
                if len(found):
                    return self.index(int(found[0]), 0, self.index(place, 0))
        return QModelIndex()

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        names = [found.name if (found := self.section(each)) is not None else "" for each in kept]
        self._order = (Column(column), order)
        self._arrange()
        for index, name in zip(kept, names, strict=True):
            if name:
                self.changePersistentIndex(index, self.index_of(name).siblingAtColumn(index.column()))
        self.layoutChanged.emit()

    @override
    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    @override
    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]  # QObject.parent, too
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if not parent.isValid():
            return len(self._groups)
        if parent.internalId() or parent.column() > 0:
            return 0
        return len(self._groups[parent.row()].rows)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return len(Column)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        title, tip = _TITLES[Column(section)]
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.TextAlignmentRole and section != Column.NAME:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return tip if role == Qt.ItemDataRole.ToolTipRole else None

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _FLAGS_OF_SECTION if index.internalId() else _FLAGS

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = Column(index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and column != Column.NAME:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        section = self.section(index)
        if section is None:
            return self._of_group(self._groups[index.row()], column, role)
        return self._of_section(section, column, role)

    def _of_section(self, section: SectionDescription, column: Column, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return section.name if column is Column.NAME else _shown(section, column)
        if role == Qt.ItemDataRole.BackgroundRole and section.name == self._marked:
            colour = QColor(theme.colours().accent)
            colour.setAlpha(_MARK_OPACITY)
            return colour
        if role == Qt.ItemDataRole.AccessibleTextRole and column is not Column.NAME:
            return f"{_TITLES[column][0]}: {_shown(section, column)}"
        return None

    def _of_group(self, group: _Group, column: Column, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            if column is Column.NAME:
                return f"{type_in_words(group.section_type)} ({len(group.rows):,})"
            if column in (Column.LENGTH, Column.SEGMENTS):
                return f"{self._cell.column(column)[group.rows].sum():,.0f}"
        if role == Qt.ItemDataRole.ToolTipRole and column in (Column.LENGTH, Column.SEGMENTS):
            return "All of these together"
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _arrange(self) -> None:
        """Search and sort: a type that nothing is left of stays, and says 0."""
        column, order = self._order
        is_left = self._found()
        arranged = []
        for group in self._groups:
            rows = group.all_rows if is_left is None else group.all_rows[is_left[group.all_rows]]
            if column is not Column.NAME:
                rows = rows[np.argsort(self._cell.column(column)[rows], kind="stable")]
            if order == Qt.SortOrder.DescendingOrder:
                rows = rows[::-1]
            arranged.append(_Group(group.section_type, group.all_rows, rows))
        self._groups = arranged

    def _found(self) -> NDArray[np.bool_] | None:
        """Of each section, whether the search leaves it; None: all."""
        words = self._words
        if not words:
            return None
        return np.array([all(word in text for word in words) for text in self._cell.texts], dtype=bool)


def _number(section: SectionDescription, column: Column) -> float:
    match column:
        case Column.DISTANCE:
            return section.distance_from_soma
        case Column.LENGTH:
            return section.length
        case Column.DIAMETER:
            return sum(section.diameters) / len(section.diameters)
        case _:
            return len(section.diameters)


def _shown(section: SectionDescription, column: Column) -> str:
    value = _number(section, column)
    return {Column.SEGMENTS: f"{value:.0f}", Column.DIAMETER: f"{value:.2f}"}.get(column, f"{value:.1f}")


def _groups(sections: tuple[SectionDescription, ...]) -> list[_Group]:
    """The types in their usual order; sections in that of the cell."""
    by_type: dict[str, list[int]] = {name: [] for name in SECTION_TYPES}
    for number, section in enumerate(sections):
        by_type.setdefault(section.section_type, []).append(number)
    rows = {name: np.array(numbers, dtype=np.intp) for name, numbers in by_type.items() if numbers}
    return [_Group(name, numbers, numbers) for name, numbers in rows.items()]
