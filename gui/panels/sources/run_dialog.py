"""Asks of which run the spikes are to arrive."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.session.run import Run


class RunDialog(QDialog):
    """Says that one was chosen with `accepted`: read `run` then."""

    def __init__(self, runs: Sequence[Run], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Spikes of an earlier run")
        self._runs = tuple(runs)
        self.list = QListWidget()
        self.list.setAccessibleName("Runs with spikes, the newest first")
        for run in self._runs:
            self.list.addItem(QListWidgetItem(_in_words(run)))
        self.list.setCurrentRow(0)
        self.list.itemDoubleClicked.connect(lambda _item: self.accept())
        about = QLabel("The spikes are copied into the experiment: they stay when the run is deleted.")
        about.setWordWrap(True)
        about.setTextFormat(Qt.TextFormat.PlainText)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self.list, about, buttons):
            column.addWidget(widget)

    @property
    def run(self) -> Run:
        """The chosen one."""
        return self._runs[self.list.currentRow()]


def spikes_in(run: Run) -> int:
    """How many a run has."""
    return sum(each.count for each in run.spikes.values())


def _in_words(run: Run) -> str:
    count = spikes_in(run)
    whose = ", ".join(name for name, each in run.spikes.items() if each.count)
    return f"{run.title}: {'1 spike' if count == 1 else f'{count:,} spikes'} of {whose}"
