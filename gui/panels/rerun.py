"""Asks which cell of a finished simulation is to be run again."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from engine.errors import EngineError
from gui.background import Task, in_background
from gui.models.reported_cells import ReportedCellTable, Rows, SearchableCells
from gui.session.session import Session
from gui.widgets.help_button import HelpButton
from gui.widgets.row_table import RowTable
from gui.widgets.search_line import SearchLine

if TYPE_CHECKING:
    from engine.experiment.finished import ReportedCell

HELP_PAGE: Final = "run-again"
_AT_ONCE: Final = 5_000  # cells that are searched quicker than a thread begins
_WIDTH_IN_LETTERS, _HEIGHT_IN_LINES = 90, 26
_WORDS: Final = (
    "Only this cell is built. It gets what reached it in the simulation: the spikes of its neighbours, the "
    "stimuli and the random numbers. Its trace is compared with the report."
)


class RerunDialog(QDialog):
    """Shows the cells that the reports are about; `chosen` says which is wanted."""

    chosen = Signal(object)  # ReportedCell

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Re-run a cell of this simulation")
        self.table_model = ReportedCellTable()
        self.field = SearchLine()
        self.field.setPlaceholderText("Search, such as PC soma")
        self.field.setAccessibleName("Search the cells")
        self.table = self._made_table()
        self.count = QLabel("Reading the reports …")
        self.count.setAccessibleName("How many cells are shown")
        self.help = HelpButton(HELP_PAGE)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.run_button = self.buttons.addButton("Re-run", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        self.run_button.setDefault(True)
        self._lay_out()
        self._order = 0, False
        self._searching: Task | None = None
        self.field.textChanged.connect(lambda _typed: self._search())
        self.table_model.sort_wanted.connect(self._sort)
        self.field.down.connect(self.table.setFocus)
        self.table.activated.connect(lambda _index: self.accept())
        self.table.selectionModel().selectionChanged.connect(lambda _new, _old: self._update())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.accepted.connect(self._tell)
        self.table_model.modelReset.connect(self._choose_first)
        self._update()
        self._task = session.rerunning.read_cells(self._put, self._refuse)
        self.finished.connect(self._give_up)
        self.field.setFocus()

    def selected(self) -> "ReportedCell | None":
        """The cell that is chosen."""
        rows = self.table.selectionModel().selectedRows()
        return self.table_model.cell_at(rows[0].row()) if rows else None

    def _made_table(self) -> RowTable:
        table = RowTable(self.table_model, "Cells that the reports are about")
        table.setSortingEnabled(True)
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        return table

    def _lay_out(self) -> None:
        words = QLabel(_WORDS)
        words.setWordWrap(True)
        last = QHBoxLayout()
        last.addWidget(self.help)
        last.addWidget(self.buttons, 1)
        column = QVBoxLayout(self)
        column.addWidget(words)
        column.addWidget(self.field)
        column.addWidget(self.table, 1)
        column.addWidget(self.count)
        column.addLayout(last)
        metrics = self.fontMetrics()
        self.resize(metrics.averageCharWidth() * _WIDTH_IN_LETTERS, metrics.lineSpacing() * _HEIGHT_IN_LINES)

    def _put(self, cells: "tuple[ReportedCell, ...]") -> None:
        self._searching = in_background(lambda _task: SearchableCells.of(cells), self._begin, self._refuse)

    def _begin(self, searchable: SearchableCells) -> None:
        self.table_model.searchable = searchable
        self._search()

    def _sort(self, column: int, descending: bool) -> None:  # noqa: FBT001 - a slot
        self._order = column, descending
        self._search()

    def _search(self) -> None:
        """The newest wish wins."""
        if self._searching is not None:
            self._searching.cancel()
        searchable, typed, (column, descending) = self.table_model.searchable, self.field.text(), self._order

        def found() -> Rows:
            return searchable.found(typed, column, descending=descending)

        if len(searchable.cells) <= _AT_ONCE:
            self.table_model.show(found())
        else:
            self._searching = in_background(lambda _task: found(), self.table_model.show, self._refuse)

    def _give_up(self) -> None:
        for task in (self._task, self._searching):
            if task is not None:
                task.cancel()

    def _choose_first(self) -> None:
        self.table.selectRow(0)
        shown, of = self.table_model.counts
        self.count.setText(f"{shown:,} of {of:,}" if shown < of else f"{of:,} in all")
        self._update()

    def _update(self) -> None:
        self.run_button.setEnabled(self.selected() is not None)

    def _refuse(self, error: EngineError) -> None:
        self.count.setText(str(error))

    def _tell(self) -> None:
        if (cell := self.selected()) is not None:
            self.chosen.emit(cell)
