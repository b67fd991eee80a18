"""The window in which the values of one column are ticked, with how often each occurs."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.errors import EngineError
from gui import theme
from gui.background import Task, in_background
from gui.models.column_values import ColumnValues, values_of
from gui.models.node_table import heading
from gui.panels.circuit import filter_text

if TYPE_CHECKING:
    from engine.circuit.node_columns import Column
    from engine.circuit.nodes import NodePopulation

_VALUE = Qt.ItemDataRole.UserRole


class ValueFilter(QDialog):
    """Ticked values, or a range of numbers, become a condition in the words of the filter."""

    chosen = Signal(str, str)  # column, condition ("" for none)

    def __init__(self, nodes: "NodePopulation", column: "Column", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = column
        self.setWindowTitle(f"Filter by {column.name}")
        self._word = QLabel("Counting…", self)
        self._word.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(f"Values of {column.name}")
        self.list.setStyleSheet(  # empty boxes can hardly be seen on a dark list otherwise
            f"QListView::indicator:unchecked {{ border: 1px solid {theme.colours().muted_text}; }}"
        )
        self.list.hide()
        self.lowest, self.highest = QLineEdit(self), QLineEdit(self)
        self._range = QWidget(self)
        self._range.hide()
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel, self)
        self.buttons.button(buttons.Ok).setText("Filter")
        self.buttons.button(buttons.Ok).setEnabled(False)
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self._task: Task = in_background(
            lambda task: values_of(task, nodes, column.name), self._on_values, self._on_failed
        )
        self.finished.connect(lambda _result: self._task.cancel())

    @property
    def condition(self) -> str:
        """What is ticked or written, as a filter says it."""
        if not self._range.isHidden():
            return filter_text.of_range(
                self._column.name, self.lowest.text().strip(), self.highest.text().strip()
            )
        ticked = [
            str(item.data(_VALUE)) for item in self._items() if item.checkState() == Qt.CheckState.Checked
        ]
        everything = len(ticked) == self.list.count()
        return "" if not ticked or everything else filter_text.of_values(self._column.name, ticked)

    def _lay_out(self) -> None:
        form = QFormLayout(self._range)
        for title, field in (("From", self.lowest), ("To", self.highest)):
            field.setAccessibleName(f"{title}, {heading(self._column)}")
            form.addRow(f"{title}{f' ({self._column.unit})' if self._column.unit else ''}", field)
        whole = QVBoxLayout(self)
        for part in (self._word, self.list, self._range, self.buttons):
            whole.addWidget(part)
        self.resize(self.fontMetrics().averageCharWidth() * 44, self.fontMetrics().height() * 20)

    def _on_values(self, values: ColumnValues) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(True)
        if values.counts is not None:
            self._word.setText("Tick the values to show. Space ticks, Enter filters.")
            for value, count in values.counts.items():
                item = QListWidgetItem(f"{value or '(empty)'}   {count:,}", self.list)
                item.setData(_VALUE, value)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Unchecked)
            self.list.show()
            self.list.setCurrentRow(0)
            self.list.setFocus()
        elif self._column.kind in ("integer", "real"):
            self._word.setText(
                f"{heading(self._column)} lies between {values.lowest:.6g} and {values.highest:.6g}."
                " Leave a field empty for no limit."
            )
            self._range.show()
            self.lowest.setFocus()
        else:
            self._word.setText(
                "There are too many different values to list."
                f" Type in the filter, such as {self._column.name} ~ abc."
            )

    def _on_failed(self, error: EngineError) -> None:
        self._word.setText(str(error))

    def _on_accepted(self) -> None:
        for field in (self.lowest, self.highest):
            if field.text().strip() and not _is_number(field.text()):
                self._word.setText(f"{field.text()!r} is not a number. Write for instance 12.5.")
                field.setFocus()
                return
        self.chosen.emit(self._column.name, self.condition)
        self.accept()

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
