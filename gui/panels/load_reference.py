"""Asks which traces of a file are wanted, and what the file leaves open: units, times."""

from typing import Final

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from engine.errors import EngineError
from engine.reference.trace import Contents, Series, TimeAxis
from engine.reference.units import OFFERED, TIMES, milliseconds_in, split_title
from gui.background import Task, in_background
from gui.models.reference_series import ReferenceSeries, found
from gui.session.references import References, Wish
from gui.widgets.help_button import HelpButton
from gui.widgets.row_table import RowTable
from gui.widgets.search_line import SearchLine

HELP_PAGE: Final = "comparing"
_WIDTH_IN_LETTERS, _HEIGHT_IN_LINES = 84, 26
_AT_ONCE: Final = 1_000  # traces that are searched quicker than a thread begins
_MANY: Final = 12  # traces: with fewer nobody searches
_USUAL_INTERVAL_MS: Final = 0.1
_NO_TIMES: Final = "None: samples are evenly spaced"


class LoadReferenceDialog(QDialog):
    """Stays open until what is wanted has been read; a refusal is said in it."""

    def __init__(self, references: References, contents: Contents, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Load reference: {contents.path.name}")
        self._references, self._contents = references, contents
        self._task: Task | None = None
        self.series = ReferenceSeries(contents)
        self._order = -1, False
        self._searching: Task | None = None
        self.field = SearchLine()
        self.field.setPlaceholderText("Search, such as sweep 3")
        self.field.setAccessibleName("Search the traces")
        self.field.setVisible(len(contents.series) > _MANY)
        self.table = self._made_table()
        self.unit = _choice("Unit of the values", ("Choose …", *OFFERED))
        self.unit.setToolTip("Of the selected traces of which the file does not say it; “1” is a mere number")
        self.time_column = _choice("Column of the times", (*contents.columns, _NO_TIMES))
        self.time_unit = _choice("Unit of the times", ("Choose …", *TIMES))
        self.interval = QDoubleSpinBox()
        self.interval.setRange(1e-6, 1e6)
        self.interval.setDecimals(6)
        self.interval.setSuffix(" ms")
        self.interval.setValue(_USUAL_INTERVAL_MS)
        self.interval.setAccessibleName("Sampling interval")
        self.interval.setToolTip("How far samples are apart")
        self.progress = QProgressBar()
        self.progress.setAccessibleName("How much is read")
        self.progress.hide()
        self.remark = QLabel(wordWrap=True)
        self.remark.setAccessibleName("What is missing or wrong")
        self.help = HelpButton(HELP_PAGE)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.load_button = self.buttons.addButton("Load", QDialogButtonBox.ButtonRole.AcceptRole)
        self.load_button.setDefault(True)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        self._form = QFormLayout()
        self._lay_out()
        self._connect()
        self._show_times(contents.times)
        self.table.selectRow(0)
        self._update()
        self.table.setFocus()

    def selected(self) -> tuple[Series, ...]:
        """What is wanted, in the order of the table; the times are no trace."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        times = self._times()
        column = str(times.column) if times is not None else ""
        chosen = map(self.series.series_at, rows)
        return tuple(each for each in chosen if times is None or each.id != column)

    def load(self) -> None:
        """Read what is selected."""
        chosen = self.selected()
        units = {each.id: self.unit.currentText() for each in chosen if each.unit is None}
        wish = Wish(self._contents, tuple(each.id for each in chosen), units, self._times())
        self._task = self._references.load(wish, self.accept, self._refuse)
        if self._task is not None:
            self._task.progressed.connect(self._on_progress)
        self._update()

    @override
    def reject(self) -> None:
        """Cancel: what is being read is given up."""
        for task in (self._task, self._searching):
            if task is not None:
                task.cancel()
        self._task = None
        super().reject()

    def _on_progress(self, done: int, total: int, _text: str) -> None:
        self.progress.setRange(0, 1000)  # bytes do not fit into Qt's numbers
        self.progress.setValue(1000 * done // max(total, 1))

    def _refuse(self, error: EngineError) -> None:
        self._task = None
        self._update()
        self.remark.setText(str(error))

    def _times(self) -> TimeAxis | None:
        if self._contents.times is None:
            return None
        column = self.time_column.currentIndex()
        if column == len(self._contents.columns):
            return TimeAxis(interval=self.interval.value())
        unit = split_title(self._contents.columns[column])[1]
        known = milliseconds_in(unit) if unit is not None else None
        return TimeAxis(column, known or milliseconds_in(self.time_unit.currentText()))

    def _show_times(self, times: TimeAxis | None) -> None:
        if times is not None:
            none = len(self._contents.columns)
            self.time_column.setCurrentIndex(none if times.column is None else times.column)

    def _update(self, *_what: object) -> None:
        """Show what is to be answered, and say what is missing."""
        times, chosen = self._times(), self.selected()
        needs_unit = any(each.unit is None for each in chosen)
        needs_time_unit = times is not None and times.column is not None and not self._says_unit(times.column)
        is_busy = self._task is not None
        self._form.setRowVisible(self.unit, needs_unit)
        self._form.setRowVisible(self.time_column, times is not None)
        self._form.setRowVisible(self.time_unit, needs_time_unit)
        self._form.setRowVisible(self.interval, times is not None and times.column is None)
        missing = self._what_is_missing(chosen, times, needs_unit=needs_unit)
        self.remark.setText(missing)
        self.load_button.setEnabled(not missing and not is_busy)
        self.progress.setVisible(is_busy)

    def _says_unit(self, column: int) -> bool:
        unit = split_title(self._contents.columns[column])[1]
        return unit is not None and milliseconds_in(unit) is not None

    def _what_is_missing(
        self, chosen: tuple[Series, ...], times: TimeAxis | None, *, needs_unit: bool
    ) -> str:
        if not chosen:
            return "Select at least one trace."
        if needs_unit and self.unit.currentIndex() == 0:
            names = ", ".join(each.label for each in chosen if each.unit is None)
            return f"The file does not say the unit of {names}: choose it."
        if times is not None and not times.is_known:
            return "The file does not say the unit of the times: choose it."
        return ""

    def _connect(self) -> None:
        self.field.textChanged.connect(self._search)
        self.series.sort_wanted.connect(self._sort)
        self.field.down.connect(self.table.setFocus)
        self.table.activated.connect(lambda _index: self.load_button.click())
        self.table.selectionModel().selectionChanged.connect(self._update)
        for each in (self.unit, self.time_column, self.time_unit):
            each.currentIndexChanged.connect(self._update)
        self.buttons.accepted.connect(self.load)
        self.buttons.rejected.connect(self.reject)

    def _sort(self, column: int, descending: bool) -> None:  # noqa: FBT001 - a slot
        self._order = column, descending
        self._search()

    def _search(self, _typed: str = "") -> None:
        """Show what was typed in the order that is wanted; the newest wish wins."""
        if self._searching is not None:
            self._searching.cancel()
        everything, typed, (column, descending) = self.series.all, self.field.text(), self._order

        def rows() -> list[int]:
            return found(everything, typed, column, descending=descending)

        if len(everything) <= _AT_ONCE:
            self._put(rows())
        else:
            self._searching = in_background(lambda _task: rows(), self._put, self._refuse)

    def _put(self, rows: list[int]) -> None:
        self.series.show(rows)
        self.table.selectRow(0)
        self._update()

    def _made_table(self) -> RowTable:
        table = RowTable(self.series, "Traces in the file", several=True)
        table.let_sort()
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in self.series.empty_columns():
            table.hideColumn(column)
        return table

    def _lay_out(self) -> None:
        words = QLabel(
            f"Select which traces of the {self._contents.kind} are to be shown beside the runs; several at"
            " once with Ctrl or Shift.",
            wordWrap=True,
        )
        self._form.addRow("Unit of the values", self.unit)
        self._form.addRow("Times", self.time_column)
        self._form.addRow("Unit of the times", self.time_unit)
        self._form.addRow("Sampling interval", self.interval)
        last = QHBoxLayout()
        last.addWidget(self.help)
        last.addWidget(self.buttons, 1)
        column = QVBoxLayout(self)
        column.addWidget(words)
        column.addWidget(self.field)
        column.addWidget(self.table, 1)
        column.addLayout(self._form)
        column.addWidget(self.remark)
        column.addWidget(self.progress)
        column.addLayout(last)
        metrics = self.fontMetrics()
        self.resize(metrics.averageCharWidth() * _WIDTH_IN_LETTERS, metrics.lineSpacing() * _HEIGHT_IN_LINES)


def _choice(name: str, texts: tuple[str, ...]) -> QComboBox:
    box = QComboBox()
    box.addItems(texts)
    box.setAccessibleName(name)
    return box
