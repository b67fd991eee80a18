"""Small tables in forms: points of a waveform, levels of a clamp, changes of variables."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from gui.forms.words import choice_in_words

Index = QModelIndex | QPersistentModelIndex
Row = tuple[Any, ...]
_NOWHERE: Final = QModelIndex()
_ROWS_SHOWN: Final = 5


@dataclass(frozen=True)
class Column:
    """How one column is read and written. `read` raises ValueError with a sentence."""

    title: str
    write: Callable[[Any], str]
    read: Callable[[str, Any], Any]  # the text, and the present value
    choices: tuple[str, ...] = ()


class GridModel(QAbstractTableModel):
    """Rows of values; a text that cannot be read changes nothing and is complained about."""

    edited = Signal()
    complained = Signal(str)

    def __init__(self, columns: tuple[Column, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = columns
        self.rows: list[Row] = []

    def show_rows(self, rows: list[Row]) -> None:
        """Display other rows. Never emits `edited`."""
        if rows == self.rows:
            return
        if len(rows) == len(self.rows):
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return None
        column = self.columns[index.column()]
        text = column.write(self.rows[index.row()][index.column()])
        return choice_in_words(text) if column.choices and role == Qt.ItemDataRole.DisplayRole else text

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.columns[section].title if orientation == Qt.Orientation.Horizontal else str(section + 1)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        row = self.rows[index.row()]
        try:
            read = self.columns[index.column()].read(str(value), row[index.column()])
        except ValueError as error:
            self.complained.emit(f"Row {index.row() + 1}, {self.columns[index.column()].title}: {error}")
            return False
        if read != row[index.column()]:
            rows = list(self.rows)
            rows[index.row()] = (*row[: index.column()], read, *row[index.column() + 1 :])
            self.show_rows(rows)
            self.edited.emit()
        return True

    def paste(self, text: str, first: int) -> None:
        """Put lines of a spreadsheet in the place of all rows from `first` on."""
        pasted: list[Row] = []
        for number, line in enumerate(filter(str.strip, text.splitlines()), start=1):
            cells = _cells(line)
            if len(cells) != len(self.columns):
                self.complained.emit(
                    f"Line {number} of what was pasted has {len(cells)} columns, not {len(self.columns)}."
                )
                return
            try:
                pasted.append(
                    tuple(column.read(cell, None) for column, cell in zip(self.columns, cells, strict=True))
                )
            except ValueError as error:
                self.complained.emit(f"Line {number} of what was pasted: {error}")
                return
        if pasted:
            self.show_rows([*self.rows[:first], *pasted])
            self.edited.emit()


class GridView(QTableView):
    """A table a few rows high that copies to and pastes from spreadsheets."""

    def __init__(self, model: GridModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._grid = model
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 1.6))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        height = self.verticalHeader().defaultSectionSize()
        self.setMinimumHeight(height * (_ROWS_SHOWN + 1))
        self.setMaximumHeight(height * (_ROWS_SHOWN + 1))
        self.setItemDelegate(_Delegate(self))

    def chosen(self) -> list[int]:
        """The numbers of the rows that are selected."""
        return sorted({index.row() for index in self.selectionModel().selectedIndexes()})

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self._grid.paste(QGuiApplication.clipboard().text(), max(self.currentIndex().row(), 0))
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._as_text())
        else:
            super().keyPressEvent(event)

    def _as_text(self) -> str:
        rows = [self._grid.rows[number] for number in self.chosen()]
        written = [
            [column.write(value) for column, value in zip(self._grid.columns, row, strict=True)]
            for row in rows
        ]
        return "\n".join("\t".join(cells) for cells in written)


class _Delegate(QStyledItemDelegate):
    """Offers the choices of a column that has some."""

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        choices = _columns(index)[index.column()].choices
        if not choices:
            return super().createEditor(parent, option, index)
        box = QComboBox(parent)
        for choice in choices:
            box.addItem(choice_in_words(choice), choice)
        return box

    @override
    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))
        else:
            super().setEditorData(editor, index)

    @override
    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData(), Qt.ItemDataRole.EditRole)
        else:
            super().setModelData(editor, model, index)


def _columns(index: Index) -> tuple[Column, ...]:
    model = index.model()
    assert isinstance(model, GridModel)
    return model.columns


def _cells(line: str) -> list[str]:
    """Cut a line at tabs, or semicolons, or commas, or spaces: the first of them that it has."""
    separator = next((each for each in "\t;," if each in line), None)
    return [cell.strip() for cell in line.split(separator)]
