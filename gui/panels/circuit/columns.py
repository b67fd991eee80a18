"""Which columns of the table are shown, in which order; remembered for each circuit."""

import base64
import hashlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu

from gui.models.node_table import NodeTableModel, heading, is_seldom_wanted
from gui.panels.circuit.cell_table import CellTable
from gui.session.column_memory import read_memory, write_memory

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit

_MOST_REMEMBERED = 50


class Columns(QObject):
    """The header's menu and memory."""

    filter_wanted = Signal(str)  # column: choose among its values

    def __init__(self, view: CellTable, model: NodeTableModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._key = ""
        header = view.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_menu_wanted)

    def restore(self, circuit: "Circuit", population: str) -> None:
        """After the model shows another population: the columns as they were left, else the usual ones."""
        self._key = hashlib.sha256(f"{circuit.config_path}\n{population}".encode()).hexdigest()[:16]
        self._show_usual()
        kept = read_memory().get(self._key)
        names = [column.name for column in self._model.columns]
        if isinstance(kept, dict) and kept.get("columns") == names:
            state = QByteArray(base64.b64decode(str(kept.get("state", ""))))
            self._view.setSortingEnabled(False)  # the state names a sort, which is not wanted
            self._view.horizontalHeader().restoreState(state)
        self._view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._view.setSortingEnabled(True)

    def remember(self) -> None:
        """Keep the present columns for the next time."""
        if not self._key or not self._model.columns:
            return
        before = read_memory()
        all_kept = {key: value for key, value in before.items() if key != self._key}
        for oldest in list(all_kept)[: max(len(all_kept) - _MOST_REMEMBERED + 1, 0)]:
            del all_kept[oldest]
        state = bytes(self._view.horizontalHeader().saveState().data())
        names = [column.name for column in self._model.columns]
        all_kept[self._key] = {"columns": names, "state": base64.b64encode(state).decode("ascii")}
        if all_kept != before:
            write_memory(all_kept)

    def menu(self, section: int = -1) -> QMenu:
        """For a column (-1: for none in particular)."""
        menu = QMenu(self._view)
        if 0 <= section < len(self._model.columns):
            self._add_of_column(menu, section)
        for each, column in enumerate(self._model.columns):
            entry = menu.addAction(heading(column))
            entry.setCheckable(True)
            entry.setChecked(not self._view.isColumnHidden(each))
            entry.setEnabled(column.name != "node_id")
            entry.toggled.connect(lambda shown, each=each: self.show_column(each, shown=shown))
        menu.addSeparator()
        menu.addAction("Usual columns").triggered.connect(self._on_usual)
        return menu

    def show_column(self, section: int, *, shown: bool) -> None:
        """Show a column or hide it."""
        self._view.setColumnHidden(section, not shown)
        self.remember()

    def _add_of_column(self, menu: QMenu, section: int) -> None:
        column = self._model.columns[section]
        order = Qt.SortOrder
        for text, direction in (
            ("Sort, smallest first", order.AscendingOrder),
            ("Sort, largest first", order.DescendingOrder),
        ):
            menu.addAction(text).triggered.connect(
                lambda _checked=False, direction=direction: self._view.sortByColumn(section, direction)
            )
        filtering = menu.addAction(f"Filter by values of {column.name}…")
        filtering.triggered.connect(lambda: self.filter_wanted.emit(column.name))
        hiding = menu.addAction(f"Hide {column.name}")
        hiding.setEnabled(column.name != "node_id")
        hiding.triggered.connect(lambda: self.show_column(section, shown=False))
        menu.addSection("Columns")

    def _on_menu_wanted(self, place: QPoint) -> None:
        header = self._view.horizontalHeader()
        menu = self.menu(header.logicalIndexAt(place))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(header.mapToGlobal(place))

    def _on_usual(self) -> None:
        self._show_usual()
        self.remember()

    def _show_usual(self) -> None:
        header = self._view.horizontalHeader()
        for section, column in enumerate(self._model.columns):
            header.moveSection(header.visualIndex(section), section)
            self._view.setColumnHidden(section, is_seldom_wanted(column.name))
        self._view.size_columns()
