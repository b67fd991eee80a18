"""The selected cell: what its files say of it, what is wrong with it, and what to do with it."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import EngineError
from engine.experiment.experiment import ListedCells
from engine.experiment.targets import CellReference
from gui import theme
from gui.background import Task, in_background
from gui.panels.experiment.cell_facts import CellSheet, Trouble, read_cell
from gui.session.session import Session
from gui.widgets.flow import FlowRow

_ROWS_SHOWN: Final = 10


class CellCard(QWidget):
    """Shows one cell; its files are read in the background."""

    add_cell_wanted = Signal(object)  # CellReference
    stimulate_wanted = Signal(object)  # CellReference

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._cell: CellReference | None = None
        self._task: Task | None = None
        self._state = QLabel(self)
        self._state.setWordWrap(True)
        self._facts = QFormLayout()
        self._facts.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._troubles = QLabel(self)
        self._troubles.setWordWrap(True)
        self._troubles.setAccessibleName("Problems of this cell")
        self._troubles.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._stimulate = self._button("Stimulate soma", "Add a step at the soma that makes it fire")
        self._stimulate.clicked.connect(self._on_stimulate)
        self._add = self._button("Add to experiment", "Let this cell take part in the run")
        self._add.clicked.connect(self._on_add)
        self._more = self._more_button()
        self._table = self._attribute_table()
        self._lay_out()
        session.circuit_opened.connect(self._on_circuit)
        session.rig.described.connect(self._on_described)
        session.rig.building.connect(self._on_building)
        session.document.experiment_changed.connect(self._on_experiment_changed)
        theme.notifier().changed.connect(self._show_colours)

    @property
    def cell(self) -> CellReference | None:
        """The cell that is shown."""
        return self._cell

    def offer(self, *, to_add: bool, to_stimulate: bool) -> None:
        """Show the buttons that somebody answers to."""
        self._add.setVisible(to_add)
        self._stimulate.setVisible(to_stimulate)

    def show_cell(self, cell: CellReference | None) -> None:
        """Read and show another cell."""
        if cell == self._cell:
            return
        self._cell = cell
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._show_sheet(CellSheet((), (), ()))
        self._show_state()
        circuit = self._session.circuit
        if cell is not None and circuit is not None:
            self._task = in_background(
                lambda _task: read_cell(circuit, cell), self._show_sheet, self._on_unreadable
            )

    def _show_sheet(self, sheet: CellSheet) -> None:
        while self._facts.rowCount():
            self._facts.removeRow(0)
        for title, text in sheet.facts:
            value = QLabel(text, self)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setWordWrap(True)
            value.setAccessibleName(title)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._facts.addRow(f"{title}:", value)
        self._show_troubles(sheet.troubles)
        self._table.setRowCount(len(sheet.attributes))
        for row, (name, text) in enumerate(sheet.attributes):
            self._table.setItem(row, 0, QTableWidgetItem(name))
            self._table.setItem(row, 1, QTableWidgetItem(text))
        self._more.setVisible(bool(sheet.attributes))
        self._more.setText(f"All attributes ({len(sheet.attributes)})")

    def _show_troubles(self, troubles: tuple[Trouble, ...]) -> None:
        self._troubles.setTextFormat(Qt.TextFormat.PlainText)
        self._troubles.setText("\n".join(f"⚠ {each.what} {each.hint}".strip() for each in troubles))
        self._troubles.setVisible(bool(troubles))
        self._show_colours()

    def _on_unreadable(self, error: EngineError) -> None:
        self._show_troubles((Trouble(error.what, error.hint),))

    def _show_state(self, building: str = "") -> None:
        text = ""
        if self._cell is not None:
            description = self._session.rig.description(self._cell)
            text = f"{building}…".replace("……", "…") if building else "not built yet"
            if description is not None:
                count = len(description.sections)
                text = f"built: {count} section{'s' if count > 1 else ''}"
        self._state.setText(text)
        experiment = self._session.document.experiment
        is_listed = experiment is not None and isinstance(experiment.cells, ListedCells)
        is_in = is_listed and experiment is not None and self._cell in getattr(experiment.cells, "cells", ())
        self._add.setEnabled(is_listed and not is_in)
        self._add.setText("In the experiment" if is_in else "Add to experiment")
        self._stimulate.setEnabled(experiment is not None)

    def _on_circuit(self, _circuit: object) -> None:
        self.show_cell(None)  # a cell of the same name may be another one now

    def _on_described(self, _cell: CellReference) -> None:
        self._show_state()

    def _on_building(self, text: str, _done: int, _total: int) -> None:
        self._show_state(text)

    def _on_experiment_changed(self, _old: object, _new: object) -> None:
        self._show_state()

    def _on_add(self) -> None:
        self.add_cell_wanted.emit(self._cell)

    def _on_stimulate(self) -> None:
        self.stimulate_wanted.emit(self._cell)

    def _on_more(self, is_open: bool) -> None:  # noqa: FBT001 - a slot
        self._table.setVisible(is_open)
        self._more.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)

    def _show_colours(self) -> None:
        self._troubles.setStyleSheet(f"color: {theme.colours().warning};")
        self._state.setStyleSheet(f"color: {theme.colours().muted_text};")

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        return button

    def _more_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName("All attributes of the cell")
        button.setToolTip("Everything that the circuit's files say of this cell")
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setArrowType(Qt.ArrowType.RightArrow)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.toggled.connect(self._on_more)
        return button

    def _attribute_table(self) -> QTableWidget:
        table = QTableWidget(0, 2, self)
        table.setAccessibleName("Attributes of the cell")
        table.setHorizontalHeaderLabels(["Attribute", "Value"])
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(round(table.fontMetrics().height() * 1.5))
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.setTabKeyNavigation(False)
        table.setMinimumHeight(table.verticalHeader().defaultSectionSize() * _ROWS_SHOWN)
        table.hide()
        return table

    def _lay_out(self) -> None:
        buttons = FlowRow(self._stimulate, self._add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._state)
        layout.addWidget(buttons)
        layout.addWidget(self._troubles)
        layout.addLayout(self._facts)
        layout.addWidget(self._more)
        layout.addWidget(self._table)
        layout.addStretch(1)
        self._show_colours()
