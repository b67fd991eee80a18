"""The view of a table of cells or synapses. What is selected lives elsewhere, and is only painted here."""

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from gui.models.row_table import RowTableModel
from gui.session.selection import Selection

_LETTERS_WIDE: Final = {"integer": 8, "real": 10, "text": 16, "category": 16}
_KEYS_THAT_ADD: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CellTable(QTableView):
    """A click selects a row, Ctrl adds or takes away, Shift and dragging select a stretch, Ctrl+A all rows.

    Qt's own selection keeps a range for each stretch and walks over all of its rows: it is switched off.
    """

    add_wanted = Signal()  # Enter or a double click on a cell
    typed = Signal(str)  # a letter: the filter wants it
    left_upwards = Signal()  # Up in the first row

    def __init__(
        self, model: RowTableModel, selection: Selection, parent: QWidget | None = None, name: str = "cells"
    ) -> None:
        super().__init__(parent)
        self._cells = model
        self._selection = selection
        self._anchor = -1  # the row where a stretch begins
        self.setModel(model)
        self.setItemDelegate(_RowPainter(model, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(name.capitalize())
        self._set_up_headers()
        self.horizontalHeader().setAccessibleName(f"Columns of the table of {name}")
        selection.cells_changed.connect(self._on_selected)
        model.modelReset.connect(self._on_reset)

    def select_first(self) -> None:
        """Go to the current row; the first one if there is none."""
        if self._cells.rowCount():
            row = self.currentIndex().row()
            self._go_to(max(row, 0))
            if not self._selection.node_ids.size or row < 0:
                self._select_rows(max(row, 0), max(row, 0))

    def select_all(self) -> None:
        """Every row, also those that are out of sight."""
        last, present = self._cells.rowCount() - 1, max(self.currentIndex().row(), 0)
        if last >= 0:
            self._choose_rows(0, last, present)

    def shows_selected(self, row: int) -> bool:
        """Whether the cell in a row is selected."""
        return self._selection.holds(self._population(), self._cells.node_id(row))

    def size_columns(self) -> None:
        """Widths from what the columns hold and the size of the text."""
        letter = self.fontMetrics().averageCharWidth()
        for section, column in enumerate(self._cells.columns):
            title = len(str(self._cells.headerData(section, Qt.Orientation.Horizontal))) + 4
            self.setColumnWidth(section, letter * max(_LETTERS_WIDE[column.kind], title))

    def fit_rows(self) -> None:
        """Row height from the size of the text."""
        self.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 1.45))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.currentIndex().row()
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.key() in _KEYS_THAT_ADD:
            self.add_wanted.emit()
        elif event.key() == Qt.Key.Key_Up and before <= 0:
            self.left_upwards.emit()
        elif event.key() == Qt.Key.Key_Space:
            if before >= 0:
                self._select(before, event.modifiers() or Qt.KeyboardModifier.ControlModifier)
        else:
            super().keyPressEvent(event)
            after = self.currentIndex().row()
            if after not in (before, -1):
                self._follow_keys(after, event.modifiers())

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        row = self._row_at(event.position().toPoint())
        if row < 0:
            return
        if event.button() == Qt.MouseButton.LeftButton or not self.shows_selected(row):
            self._select(row, event.modifiers())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        row = self._row_at(event.position().toPoint())
        if event.buttons() & Qt.MouseButton.LeftButton and row >= 0 and self._anchor >= 0:
            self._select_rows(self._anchor, row)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.modifiers() or event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)  # two quick clicks, each of which selects
        elif self._row_at(event.position().toPoint()) >= 0:
            self.add_wanted.emit()

    @override
    def keyboardSearch(self, search: str) -> None:
        """Looking through all rows would take long: the filter does it better."""
        self.typed.emit(search)

    def _set_up_headers(self) -> None:
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.hide()
        self.fit_rows()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSortIndicatorClearable(True)
        header.setResizeContentsPrecision(0)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def _row_at(self, place: QPoint) -> int:
        return self.indexAt(place).row()

    def _follow_keys(self, row: int, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            return  # moves without selecting
        self._select(row, modifiers)

    def _select(self, row: int, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Qt.KeyboardModifier.ShiftModifier and self._anchor >= 0:
            self._select_rows(self._anchor, row)
            return
        self._anchor = row
        population, node_id = self._population(), self._cells.node_id(row)
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self._selection.toggle(population, node_id)
        else:
            self._selection.select_cells(population, [node_id])

    def _select_rows(self, anchor: int, row: int) -> None:
        if self._cells.rowCount():
            self._anchor = anchor
            self._choose_rows(min(anchor, row), max(anchor, row), row)

    def _choose_rows(self, first: int, last: int, current: int) -> None:
        ids, node_id = self._cells.ids_between(first, last), self._cells.node_id(current)
        self._selection.choose(self._population(), ids, node_id, size=last - first + 1)

    def _population(self) -> str:
        return self._cells.owner

    def _on_selected(self) -> None:
        """Somebody selected, perhaps this view."""
        current = self._selection.current
        if current is not None and current.population == self._cells.owner:
            self._show_current(current.node_id)
        self.viewport().update()

    def _show_current(self, node_id: int) -> None:
        before = self.currentIndex().row()
        if before >= 0 and self._cells.node_id(before) == node_id:
            return  # to look for it in a sorted table may take long
        row = self._cells.row_of(node_id)
        if row >= 0 and row != before:
            self._anchor = row
            self._go_to(row)

    def _on_reset(self) -> None:
        """Other rows, or another order: the current cell stays the current one."""
        self._anchor = -1
        self._on_selected()

    def _go_to(self, row: int) -> None:
        section = max(self.currentIndex().column(), self.horizontalHeader().logicalIndexAt(0), 0)
        index = self._cells.index(row, section)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.scrollTo(index)


class _RowPainter(QStyledItemDelegate):
    """Paints a row as selected if its cell is. Asks the model for the text only: that is quicker."""

    def __init__(self, model: RowTableModel, parent: CellTable) -> None:
        super().__init__(parent)
        self._cells = model
        self._view = parent

    @override
    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        option.text = str(self._cells.data(index))
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDisplay
        option.displayAlignment = self._cells.alignment(index.column())
        state = option.state & ~QStyle.StateFlag.State_HasFocus
        if self._view.shows_selected(index.row()):
            state |= QStyle.StateFlag.State_Selected
        elif index.row() == self._view.currentIndex().row() and self._view.hasFocus():
            state |= QStyle.StateFlag.State_HasFocus
        option.state = state
