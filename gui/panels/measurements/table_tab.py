"""The table: which traces, which regions, which numbers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from gui import theme
from gui.forms.editors import ComboBox
from gui.models.measured_table import MeasuredRow, MeasuredTable
from gui.panels.measurements.region_row import RegionRow
from gui.panels.measurements.rows import Rows
from gui.panels.measurements.subjects import Subject, of_sweeps, of_traces
from gui.plots.saving import PlotSaving
from gui.plots.table import Column
from gui.session.regions import REGIONS
from gui.session.session import Session
from gui.settings import settings
from gui.widgets.choices_button import ChoicesButton
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.flow import FlowRow
from gui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from engine.analysis.measures import Measure

_USUAL: Final = (
    *("mean", "minimum", "maximum", "peak_to_peak", "rest", "spikes", "rate", "latency", "interval"),
    *("adaptation", "threshold", "peak", "half_width", "rise", "ahp", "sag", "resistance", "time_constant"),
)
_ROWS_THAT_FIT: Final = 20  # by which columns get their widths
_TRACES, _SWEEPS = "traces", "sweeps"
_NO_TRACE: Final = "Run the experiment (F5): the voltages that the scope shows are measured here."
_GOES_ON: Final = "The run is measured when it has ended."
_MEASURING: Final = "Measuring…"
_NO_SWEEP: Final = "Run a protocol (F6): its sweeps are measured here."


class TableTab(QWidget):
    """Follows what is shown while it is seen itself."""

    changed = Signal()  # what can be done is another

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.rows = Rows(session.features, self)
        self.model = MeasuredTable()
        self.view = RowTable(self.model, "Measurements", several=True)
        self.source = ComboBox()
        self.columns_button = ChoicesButton()
        self.regions = [RegionRow(name, session.regions, self) for name in REGIONS]
        self.state = ElidedLabel()
        self.hint = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.saving = PlotSaving(
            self, session.notices, list, numbers="measurements", file_name="measurements"
        )
        self._is_stale = True
        self._set_up()
        self._lay_out()
        self._connect()
        self.dress()

    def chosen(self) -> "tuple[Measure, ...]":
        """The numbers that the user wants to see."""
        from engine.analysis.measures import MEASURES

        wanted = settings().value.measures
        keys = _USUAL if wanted is None else wanted
        return tuple(each for each in MEASURES if each.key in keys)

    def has_rows(self) -> bool:
        """Whether there is something to copy."""
        return bool(self.rows.rows)

    def columns(self) -> list[Column]:
        """The table as it is sorted, every digit."""
        rows, measures = self.model.rows, self.model.measures
        names = [[each.run for each in rows], [each.name for each in rows], [each.region for each in rows]]
        cells = [np.array(each, dtype=object) for each in names]
        cells += [np.array([row.values[each.key] for row in rows]) for each in measures]
        return list(zip(self.model.titles(), cells, strict=True))

    def copy(self) -> None:
        """The table to the clipboard, for a spreadsheet."""
        if self.has_rows():
            self.saving.copy_columns(self.columns())

    def ask_and_save(self) -> None:
        """Ask for a file, then write the table."""
        self.saving.ask_and_save_columns(self.columns())

    def measure(self, *_what: object) -> None:
        """Measure what is shown now; soon, if nobody looks."""
        if not self.isVisible():
            self._is_stale = True
            return
        self._is_stale = False
        keys = [each.key for each in self.chosen()]
        self.rows.want(self._subjects(), self._session.regions.spans, keys)
        self.hint.setText(self._hint())

    def dress(self) -> None:
        """Take the colours and the font of the window."""
        for row in self.regions:
            row.dress()
        self.state.setStyleSheet(f"color: {theme.colours().muted_text};")
        self.view.verticalHeader().setDefaultSectionSize(self.fontMetrics().lineSpacing() * 5 // 4)
        self._fit()

    def look(self) -> None:
        """Somebody looks: bring it up to date."""
        if self._is_stale:
            self.measure()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+C in the table copies all of it."""
        is_key = watched is self.view and event.type() == QEvent.Type.KeyPress
        if is_key and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            event.accept()
            self.copy()
            return True
        return super().eventFilter(watched, event)

    def _subjects(self) -> list[Subject]:
        if self.source.currentData() == _SWEEPS:
            return of_sweeps(self._session.measuring.current)
        return of_traces(self._session.shown_traces.voltages)

    def _hint(self) -> str:
        if self.rows.later.is_computing:
            return _MEASURING
        if self.source.currentData() == _SWEEPS:
            return _NO_SWEEP
        return _GOES_ON if self._session.shown_traces.voltages else _NO_TRACE

    def _on_rows(self) -> None:
        from engine.analysis.measures import BY_KEY

        had = self.model.measures, _names(self.model.rows)
        self.model.show(self.rows.rows, [BY_KEY[key] for key in self.rows.keys])
        self.state.setText(self.rows.text)
        is_there = self.has_rows()
        self._pages.setCurrentIndex(1 if is_there else 0)
        self.hint.setText(self._hint())
        if had != (self.model.measures, _names(self.model.rows)):
            self._fit()
        self.changed.emit()

    def _on_chosen(self, keys: tuple[str, ...]) -> None:
        settings().change(measures=keys)

    def _show_choices(self) -> None:
        from engine.analysis.measures import MEASURES

        names = {each.key: f"{each.name} ({each.unit})" if each.unit else each.name for each in MEASURES}
        self.columns_button.show_choices(names, [each.key for each in self.chosen()])

    def _on_settings(self) -> None:
        self._show_choices()
        self.measure()

    def _on_sweeps(self, *_what: object) -> None:
        if self.source.currentData() == _SWEEPS:
            self.measure()

    def _on_run(self, run: object) -> None:
        if any(each.run is run for each in self._session.shown_traces.voltages):
            self.measure()

    def _show_buttons(self) -> None:
        for button in self._buttons:
            button.setEnabled(self.has_rows())

    def _fit(self) -> None:
        """Columns as wide as what is in them; asking Qt for that takes 4 ms for each."""
        metrics, rows = self.fontMetrics(), range(min(self.model.rowCount(), _ROWS_THAT_FIT))
        for column in range(self.model.columnCount()):
            texts = str(self.model.headerData(column, Qt.Orientation.Horizontal)).split("\n")
            texts += [str(self.model.index(row, column).data()) for row in rows]
            width = max(map(metrics.horizontalAdvance, texts))
            self.view.setColumnWidth(column, width + 2 * metrics.averageCharWidth())

    def _set_up(self) -> None:
        self.source.addItem("Traces", _TRACES)
        self.source.addItem("Sweeps", _SWEEPS)
        self.source.setAccessibleName("What is measured")
        self.source.setToolTip("Measure voltages that the scope shows, or the sweeps of the last protocol")
        self.columns_button.setText("Features")
        self.columns_button.setAccessibleName("Which features are measured")
        self.columns_button.setToolTip("Choose the columns of the table")
        self.state.setAccessibleName("How far the measurement is")
        self.hint.setAccessibleName("What to do")
        self.view.let_sort()
        self.view.installEventFilter(self)
        self._show_choices()

    def _button(self, text: str, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(name)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        copy = self._button("Copy", "Copy the measurements", "Copy the table for a spreadsheet (Ctrl+C)")
        save = self._button("CSV…", "Save the measurements", "Write the whole table as CSV, with units")
        copy.clicked.connect(self.copy)
        save.clicked.connect(self.ask_and_save)
        self._buttons = (copy, save)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.hint)
        self._pages.addWidget(self.view)
        controls = FlowRow(self.source, self.columns_button, *self.regions, copy, save)
        controls.add(self.state, grows=1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(controls)
        layout.addWidget(self._pages, 1)
        self._on_rows()

    def _connect(self) -> None:
        session = self._session
        self.rows.changed.connect(self._on_rows)
        self.rows.use_circuit(session.circuit)
        self.changed.connect(self._show_buttons)
        self.columns_button.chosen.connect(self._on_chosen)
        self.source.activated.connect(self.measure)
        session.circuit_opened.connect(self.rows.use_circuit)
        session.regions.changed.connect(self.measure)
        session.shown_traces.changed.connect(self.measure)
        session.runs.ended.connect(self._on_run)
        session.runs.changed.connect(self._on_run)
        session.measuring.swept.connect(self._on_sweeps)
        session.measuring.changed.connect(self._on_sweeps)
        settings().changed.connect(self._on_settings)
        self.changed.emit()


def _names(rows: Sequence[MeasuredRow]) -> list[tuple[str, str, str]]:
    return [(each.run, each.name, each.region) for each in rows]
