"""The cells of one population: filter, table and map, how many there are, and how far slow work is."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.errors import EngineError
from gui import theme
from gui.background import Task, in_background
from gui.models.circuit_tree import VIRTUAL_WORD
from gui.models.node_table import MOST_ROWS, NodeTableModel
from gui.models.node_view import Found, RowFinder, Wish
from gui.panels.circuit import filter_text
from gui.panels.circuit.cell_table import CellTable
from gui.panels.circuit.columns import Columns
from gui.panels.circuit.copying import csv_of
from gui.panels.circuit.filter_bar import FilterBar
from gui.panels.circuit.map_tab import MapTab
from gui.panels.circuit.value_filter import ValueFilter
from gui.session.session import Session

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit
    from engine.circuit.nodes import NodePopulation

ADD_CELLS: Final = "Add cells to experiment"
_PATIENCE_MS: Final = 250  # quicker work shows no bar


class CellsView(QWidget):
    """Shows what the filter keeps. A new filter or sort replaces one that is still being worked on."""

    add_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._circuit: Circuit | None = None
        self._extra: Mapping[str, Any] = {}
        self._sort: tuple[str, bool] | None = None
        self._work: Task | None = None  # for the cells: copying or adding them
        self._dialog: ValueFilter | None = None
        self.model = NodeTableModel(self)
        self.finder = RowFinder(self)
        self.filter = FilterBar(self)
        self.table = CellTable(self.model, session.selection, self)
        self.columns = Columns(self.table, self.model)
        self.map_tab = MapTab(self.model, session.selection, self)
        self.tabs = QTabWidget(self)
        self._note = _plain_label("About these cells", self)
        self.count = _plain_label("How many cells are shown", self)
        self._bar = QProgressBar(self)
        self._bar.setAccessibleName("How far the work is")
        self.add = QPushButton("Add", self)
        self.add.setAccessibleName(ADD_CELLS)
        self.add.setToolTip("Let the selected cells take part in the experiment, with their connections")
        self._cancel = QPushButton("Cancel", self)
        self._cancel.setAccessibleName("Cancel the work on the table")
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._lay_out()
        self._connect()

    def show_population(self, circuit: "Circuit | None", nodes: "NodePopulation | None") -> None:
        """All of its cells, without a filter."""
        self.columns.remember()
        self._give_up()
        self._session.selection.stop_choosing()  # of the population that is left
        self._circuit, self._sort = circuit, None
        self.filter.start_anew()
        self.model.show_population(nodes)
        if circuit is not None and nodes is not None:
            self.columns.restore(circuit, nodes.name)
        self.map_tab.population_changed()
        self.table.scrollToTop()
        self.show_node_type("")
        self._after_rows()

    def show_node_type(self, node_type: str) -> None:
        """Once it is known: virtual cells are not like others."""
        self._note.setVisible(node_type == "virtual")
        self._note.setText(VIRTUAL_WORD if node_type == "virtual" else "")

    def show_node_sets(self, extra: Mapping[str, Any]) -> None:
        """The node sets of the experiment are others."""
        if extra != self._extra:
            self._extra = extra
            if self.filter.node_set:
                self._find()

    def copy(self) -> None:
        """Put the selected cells on the clipboard, the columns as shown, in the order of the table."""
        nodes, selection = self.model.nodes, self._session.selection
        if nodes is None or selection.population != nodes.name or not selection.node_ids.size:
            return
        header = self.table.horizontalHeader()
        sections = [header.logicalIndex(place) for place in range(header.count())]
        columns = [self.model.columns[each] for each in sections if not self.table.isColumnHidden(each)]
        ids, rows = selection.node_ids, self.model.rows

        def work(task: Task) -> str:
            return csv_of(task, nodes, columns, _in_order(ids, rows))

        self.follow(in_background(work, self._on_copied, self._session.notices.post_error))

    def follow(self, task: Task) -> None:
        """Show how far some work with cells is, and let it be cancelled; it replaces other such work."""
        self._stop_working()
        self._work = task
        task.progressed.connect(self._on_progress)
        task.ended.connect(lambda: self._on_worked(task))
        self._show_busy()

    def filter_by_values(self, column: str) -> ValueFilter | None:
        """Open the window with the values of a column."""
        section = self.model.column_index(column)
        if self.model.nodes is None or section < 0:
            return None
        if self._dialog is not None:
            self._dialog.close()
        self._dialog = ValueFilter(self.model.nodes, self.model.columns[section], self)
        self._dialog.chosen.connect(self._on_values_chosen)
        self._dialog.open()
        return self._dialog

    def _lay_out(self) -> None:
        self.tabs.addTab(self.table, "Table")
        self.tabs.addTab(self.map_tab, "Map")
        self.tabs.setDocumentMode(True)
        lower = QHBoxLayout()
        lower.addWidget(self.count, 1)
        lower.addWidget(self.add)
        lower.addWidget(self._bar)
        lower.addWidget(self._cancel)
        self._bar.setMaximumWidth(self.fontMetrics().averageCharWidth() * 18)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.filter)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self._note)
        layout.addLayout(lower)
        for part in (self._note, self._bar, self._cancel):
            part.hide()
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _connect(self) -> None:
        self.filter.changed.connect(self._find)
        self.filter.left_downwards.connect(self._into_table)
        self.filter.accepted.connect(self._into_table)
        self.model.sort_wanted.connect(self._on_sort_wanted)
        self.model.column_failed.connect(self._on_column_failed)
        self.finder.found.connect(self._on_found)
        self.finder.failed.connect(self._on_filter_failed)
        self.finder.busy_changed.connect(lambda _busy: self._show_busy())
        self.finder.progressed.connect(self._on_progress)
        self.table.add_wanted.connect(self.add_wanted)
        self.map_tab.all_wanted.connect(self.table.select_all)
        self.table.typed.connect(self._on_typed)
        self.table.left_upwards.connect(self.filter.line.setFocus)
        self.table.customContextMenuRequested.connect(self._on_menu_wanted)
        self.columns.filter_wanted.connect(self.filter_by_values)
        self.add.clicked.connect(self.add_wanted)
        self._cancel.clicked.connect(self._on_cancel)
        self._patience.timeout.connect(self._on_patience)
        self._session.selection.cells_changed.connect(self._show_count)
        theme.notifier().changed.connect(self._on_theme)

    def _find(self) -> None:
        if self._circuit is not None and self.model.nodes is not None:
            wish = Wish(self.filter.text, self.filter.node_set, self._sort)
            self.finder.ask(self._circuit, self.model.nodes, wish, self._extra)

    def _on_found(self, found: Found) -> None:
        self.filter.show_error(None)
        self.model.show_rows(found.rows, ascending=found.ascending)
        self._after_rows()

    def _on_filter_failed(self, error: EngineError) -> None:
        self.filter.show_error(error)
        self._show_count()

    def _after_rows(self) -> None:
        self._show_count()
        self.map_tab.rows_changed()

    def _show_count(self) -> None:
        nodes, selection = self.model.nodes, self._session.selection
        self.add.setEnabled(nodes is not None and bool(selection.cells_of(nodes.name).size))
        if nodes is None:
            self.count.setText("")
            return
        shown = nodes.size if self.model.rows is None else len(self.model.rows)
        cells = "cell" if nodes.size == 1 else "cells"
        text = f"{nodes.size:,} {cells}" if shown == nodes.size else f"{shown:,} of {nodes.size:,} {cells}"
        if selection.population == nodes.name and selection.node_ids.size:
            text += f", {selection.node_ids.size:,} selected"
        if shown > MOST_ROWS:
            text += f"; the table shows the first {MOST_ROWS:,}"
        self.count.setText(text)

    def _into_table(self) -> None:
        self.tabs.setCurrentWidget(self.table)
        self.table.setFocus()
        if self.finder.is_busy:  # the first of what is about to be found
            self.finder.found.connect(self._select_first_found, Qt.ConnectionType.SingleShotConnection)
        else:
            self.table.select_first()

    def _select_first_found(self, _found: Found) -> None:
        self.table.select_first()

    def _on_sort_wanted(self, column: str, descending: bool) -> None:  # noqa: FBT001 - of a signal
        wanted = (column, descending) if column else None
        if wanted != self._sort:
            self._sort = wanted
            self._find()

    def _on_values_chosen(self, column: str, condition: str) -> None:
        self.filter.show_text(filter_text.with_condition(self.filter.text, column, condition))

    def _on_typed(self, letters: str) -> None:
        if letters.isprintable() and letters.strip():
            self.filter.line.setFocus()
            self.filter.line.setText(self.filter.line.text() + letters)

    def _on_column_failed(self, column: str, sentence: str) -> None:
        self._session.notices.post(f"The column {column} cannot be read. {sentence}", severity="error")

    def _on_menu_wanted(self, place: QPoint) -> None:
        menu = QMenu(self.table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, signal in (
            (ADD_CELLS, self.add_wanted.emit),
            ("Copy as CSV", self.copy),
            ("Save selection as node set…", self.save_wanted.emit),
        ):
            menu.addAction(text).triggered.connect(lambda _checked=False, signal=signal: signal())
        menu.setEnabled(bool(self._session.selection.node_ids.size))
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _on_copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        lines = text.count("\n") - 1
        self._session.notices.post(f"Copied {lines:,} {'cell' if lines == 1 else 'cells'} as CSV.")

    def _on_worked(self, task: Task) -> None:
        if self._work is task:
            self._work = None
            self._show_busy()

    def _show_busy(self) -> None:
        if not (self.finder.is_busy or self._work is not None):
            self._patience.stop()
            self._bar.hide()
            self._cancel.hide()
        elif not self._bar.isVisible() and not self._patience.isActive():
            self._bar.setRange(0, 0)
            self._patience.start()

    def _on_patience(self) -> None:
        self._bar.show()
        self._cancel.show()

    def _on_progress(self, done: int, total: int, text: str) -> None:
        self._bar.setRange(0, 1000 if total else 0)
        self._bar.setValue(1000 * done // total if total else 0)
        self._bar.setToolTip(text)

    def _on_cancel(self) -> None:
        """The rows stay as they are."""
        self.finder.cancel()
        self._stop_working()
        self._show_busy()

    def _give_up(self) -> None:
        self.finder.cancel()
        self._stop_working()
        self._show_busy()

    def _stop_working(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self._work = None

    def _on_theme(self) -> None:
        self.table.fit_rows()
        self._bar.setMaximumWidth(self.fontMetrics().averageCharWidth() * 18)


def _plain_label(name: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setAccessibleName(name)
    return label


def _in_order(ids: np.ndarray[Any, Any], rows: np.ndarray[Any, Any] | None) -> np.ndarray[Any, Any]:
    """Those that the table shows as it orders them, then the others."""
    if rows is None:
        return ids
    shown = rows[np.isin(rows, ids)].astype(np.int64)
    return np.concatenate([shown, np.setdiff1d(ids, shown, assume_unique=True)])
