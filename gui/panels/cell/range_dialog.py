"""Asks from which value to which the colours go. What is typed holds at once."""

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.forms.number_field import NumberField
from gui.panels.cell.colouring import Colouring
from gui.panels.cell.ranges import Range, fitting, symmetric


class RangeDialog(QDialog):
    """Of what is chosen; remembered for each variable."""

    def __init__(self, colouring: Colouring, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colouring = colouring
        self.setWindowTitle("Range of the colours")
        self._title = QLabel()
        self.low, self.high = NumberField(), NumberField()
        form = QFormLayout()
        for name, field in (("From", self.low), ("To", self.high)):
            label = QLabel(name)
            label.setBuddy(field)
            form.addRow(label, field)
            field.setAccessibleName(f"{name}, for the colours")
            field.edited.connect(self._on_edited)
        self.problem = QLabel(wordWrap=True)
        self.problem.setAccessibleName("What is wrong with the range")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.fit = _button("Fit", "Round numbers around all values that are known")
        self.balance = _button("Symmetric", "As far below 0 as above it")
        self.usual = _button("Usual", "The range that nobody has chosen")
        self.fit.clicked.connect(lambda: self._choose(fitting(self._colouring.extent())))
        self.balance.clicked.connect(lambda: self._choose(symmetric(self._colouring.span)))
        self.usual.clicked.connect(lambda: self._choose(None))
        for button in (self.fit, self.balance, self.usual):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        column = QVBoxLayout(self)
        for part in (self._title, self.problem):
            column.addWidget(part)
        column.insertLayout(1, form)
        column.addWidget(buttons)
        colouring.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        choice, (low, high) = self._colouring.choice, self._colouring.span
        self._title.setText(choice.heading)
        for field, value in ((self.low, low), (self.high, high)):
            field.show_unit(choice.unit)
            field.show_value(value)
            field.setEnabled(choice.role != "type")
        self.problem.setText("")
        self.problem.hide()
        self.fit.setEnabled(self._colouring.extent() is not None)

    def _on_edited(self) -> None:
        low, high = self.low.value, self.high.value
        assert low is not None and high is not None
        if low < high:
            self._choose((low, high))
        else:
            self.problem.setText("The range must begin below its end: change one of the two numbers.")
            self.problem.show()

    def _choose(self, span: Range | None) -> None:
        self._colouring.choose_span(span)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
