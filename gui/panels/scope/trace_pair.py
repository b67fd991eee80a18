"""Asks which two traces are compared."""

from collections.abc import Sequence
from typing import TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QWidget

from engine.messages.events import TraceHead
from gui.panels.scope.quantities import unit_of
from gui.session.run import Run

Choice: TypeAlias = tuple[Run, TraceHead]
_WIDTH_IN_LETTERS = 60


class TracePairDialog(QDialog):
    """Both lists hold every trace of every run; two of one unit, of different runs, can be compared."""

    chosen = Signal(object, object)  # Choice that is taken away, Choice from which

    def __init__(
        self, choices: Sequence[Choice], usual: tuple[Choice, Choice] | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare two traces")
        self._choices = choices
        self.first, self.second = QComboBox(), QComboBox()
        self.remark = QLabel(wordWrap=True)
        self.remark.setAccessibleName("Why these cannot be compared")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.compare_button = self.buttons.addButton("Compare", QDialogButtonBox.ButtonRole.AcceptRole)
        self.compare_button.setDefault(True)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        layout = QFormLayout(self)
        for box, title, tip in (
            (self.second, "Trace", "The trace that is looked at"),
            (self.first, "Compared with", "The trace that is taken away from it, such as a reference"),
        ):
            box.addItems([_text(each) for each in choices])
            box.setAccessibleName(title)
            box.setToolTip(tip)
            box.setMinimumContentsLength(_WIDTH_IN_LETTERS // 2)
            layout.addRow(title, box)
        layout.addRow(self.remark)
        layout.addRow(self.buttons)
        for place, box in enumerate((self.first, self.second)):
            if usual is not None and usual[place] in choices:
                box.setCurrentIndex(choices.index(usual[place]))
            box.currentIndexChanged.connect(self._update)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: self.chosen.emit(*self.pair()))
        self.resize(self.fontMetrics().averageCharWidth() * _WIDTH_IN_LETTERS, self.sizeHint().height())
        self._update()

    def pair(self) -> tuple[Choice, Choice]:
        """What is taken away, and from what."""
        return self._choices[self.first.currentIndex()], self._choices[self.second.currentIndex()]

    def _update(self, _index: int = 0) -> None:
        (first, head), (second, other) = self.pair()
        units = unit_of(head) or "mere numbers", unit_of(other) or "mere numbers"
        why = ""
        if first is second:
            why = "Choose traces of two different runs."
        elif units[0] != units[1]:
            why = f"One is in {units[1]}, the other in {units[0]}: choose traces of one unit."
        self.remark.setText(why)
        self.compare_button.setEnabled(not why)


def _text(choice: Choice) -> str:
    run, head = choice
    unit = f" ({unit_of(head)})" if head.unit else ""
    return f"{run.title}: {head.label}{unit}"
