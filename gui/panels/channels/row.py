"""One parameter of the channel table: what it was, and what it is made."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from engine.experiment.cell_changes import Change
from engine.messages.parameters import Parameter
from gui import theme
from gui.forms.limits import Limits
from gui.forms.number_field import NumberField
from gui.panels.channels import words
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.factor_slider import FactorSlider
from gui.widgets.flow import FlowRow

_FACTORS: Final = Limits(0.0, 1000.0)
_NOT_NEGATIVE: Final = Limits(0.0)
_POSITIVE: Final = Limits(0.0, low_is_open=True)
_ANY: Final = Limits()
_MARK: Final = "●"


class ParameterRow(QWidget):
    """Shows a parameter and says what the user would rather have."""

    multiplied = Signal(object, float)  # Parameter, factor
    given = Signal(object, float)  # Parameter, value
    revert_wanted = Signal(object)  # Parameter
    finished = Signal(object)  # Parameter: the next edit is another step for undo

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter: Parameter | None = None
        self._change: Change | None = None
        self._shown: object = None
        self.mark = QLabel(_MARK, self)
        self.title = ElidedLabel(self)
        self.original = ElidedLabel(self)
        self.revert = QToolButton(self)
        self.slider = FactorSlider(self)
        self.times, self.equals = QLabel("×", self), QLabel("=", self)
        self.factor = NumberField(_FACTORS, step=0.1, may_be_empty=True, parent=self)
        self.value = NumberField(_ANY, may_be_empty=True, parent=self)
        self.note = QLabel(self, wordWrap=True)
        self._refusal = ""
        self._note = ""
        self._lay_out()
        self._connect()
        self.show_colours()

    def show_parameter(self, parameter: Parameter, change: Change | None, note: str) -> None:
        """Display a parameter, the table's change of it, and what else changes it. Never emits."""
        wanted = parameter, change, note
        if wanted == self._shown:
            return
        if parameter is not self.parameter:
            self._refusal = ""
            self._name(parameter)
        self._shown, self.parameter, self._change, self._note = wanted, parameter, change, note
        factor, value = _factor_and_value(parameter, change)
        self.slider.show_factor(1.0 if factor is None else factor)
        self.factor.show_value(factor)
        self.value.show_value(value)
        self._show_mark()
        self._show_note()

    def controls(self) -> tuple[QWidget, ...]:
        """What the tab key goes to, in its order."""
        return self.revert, self.slider, self.factor, self.value

    def show_colours(self) -> None:
        """After the theme or the zoom has changed."""
        colours = theme.colours()
        self.mark.setStyleSheet(f"color: {colours.accent};")
        self.original.setStyleSheet(f"color: {colours.muted_text};")
        side = round(self.fontMetrics().height() * 0.8)
        self.revert.setIconSize(QSize(side, side))
        for label in (self.times, self.equals):
            label.setStyleSheet(f"color: {colours.muted_text};")
        letter = self.fontMetrics().averageCharWidth()
        self.factor.setMaximumWidth(letter * 9)
        self.value.setMinimumWidth(letter * 17)
        self._show_mark()
        self._show_note()

    def _name(self, parameter: Parameter) -> None:
        """What belongs to the parameter, whatever it is made."""
        title = words.title(parameter)
        self.title.setText(title)
        self.title.setToolTip(f"{title}: {parameter.variable}")
        self.original.setText(words.in_range(list(parameter.values.values()), parameter.unit))
        self.original.setToolTip(_told(parameter))
        has_factor = parameter.is_conductance or parameter.variable in ("cm", "Ra")
        for widget in (self.slider, self.times, self.factor):
            widget.setVisible(has_factor)
        self.value.show_unit(parameter.unit)
        self.value.show_limits(_limits(parameter))
        self.value.lineEdit().setPlaceholderText("varies")
        unit = f" in {parameter.unit}" if parameter.unit else ""
        named = (
            (self.slider, "factor", "Of what the cell was built with, 0 to 3; the middle is 1"),
            (self.factor, "factor, as a number", "Of what the cell was built with; 1 is the original"),
            (self.value, f"value{unit}", f"The same everywhere in these sections{unit}"),
            (self.original, "original", self.original.text()),
        )
        for control, name, tip in named:
            control.setAccessibleName(f"{title}: {name}")
            control.setToolTip(f"{parameter.variable}. {tip}")

    def _show_mark(self) -> None:
        if self.parameter is None:
            return
        title, is_changed = words.title(self.parameter), self._change is not None and self._change.enabled
        self.mark.setVisible(is_changed)
        self.mark.setToolTip("Differs from what the cell was built with")
        self.mark.setAccessibleName(f"{title} is changed")
        self.revert.setEnabled(self._change is not None)
        self.revert.setIcon(theme.icon("revert") if self._change is not None else QIcon())
        name = (
            f"Revert {title} to {self.original.text()}"
            if self._change is not None
            else f"{title} is original"
        )
        self.revert.setAccessibleName(name)
        self.revert.setToolTip(name if self._change is not None else "")

    def _show_note(self) -> None:
        text, colours = self._refusal or self._note, theme.colours()
        self.note.setText(text)
        self.note.setAccessibleName(text)
        self.note.setStyleSheet(f"color: {colours.error if self._refusal else colours.muted_text};")
        self.note.setVisible(bool(text))

    def _lay_out(self) -> None:
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.revert.setAutoRaise(True)
        side = self.fontMetrics().height()
        self.revert.setMinimumSize(side, side)
        policy = self.mark.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # titles begin at the same place
        self.mark.setSizePolicy(policy)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.mark)
        head.addWidget(self.title, 1)
        head.addWidget(self.original)
        head.addWidget(self.revert)
        fields = FlowRow()
        for widget, shares in (
            (self.slider, 4), (self.times, 0), (self.factor, 1), (self.equals, 0), (self.value, 1),
        ):  # fmt: skip
            fields.add(widget, grows=shares)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 4)
        layout.setSpacing(1)
        layout.addLayout(head)
        layout.addWidget(fields)
        layout.addWidget(self.note)

    def _connect(self) -> None:
        self.slider.moved.connect(self._on_slid)
        self.factor.edited.connect(self._on_factor)
        self.value.edited.connect(self._on_value)
        self.revert.clicked.connect(self._on_revert)
        for control in (self.slider, self.factor, self.value):
            control.finished.connect(self._on_finished)
        for field in (self.factor, self.value):
            field.complained.connect(self._on_complained)

    def _on_slid(self) -> None:
        self.multiplied.emit(self.parameter, self.slider.factor)

    def _on_factor(self) -> None:
        if self.factor.value is None:
            self._on_revert()
        else:
            self.multiplied.emit(self.parameter, self.factor.value)

    def _on_value(self) -> None:
        if self.value.value is None:
            self._on_revert()
        else:
            self.given.emit(self.parameter, self.value.value)

    def _on_revert(self) -> None:
        self.revert_wanted.emit(self.parameter)

    def _on_finished(self) -> None:
        if self.parameter is not None:
            self.finished.emit(self.parameter)

    def _on_complained(self, sentence: str) -> None:
        self._refusal = sentence
        self._show_note()


def _factor_and_value(parameter: Parameter, change: Change | None) -> tuple[float | None, float | None]:
    """What the two fields show; None where there is not one number for all sections."""
    built = parameter.low if parameter.is_uniform else None
    if change is None or not change.enabled:
        return 1.0, built
    assignment = change.assignments[0]
    if assignment.operator == "*=":
        return assignment.value, None if built is None else built * assignment.value
    return assignment.value / built if built else None, assignment.value


def _limits(parameter: Parameter) -> Limits:
    if parameter.is_conductance:
        return _NOT_NEGATIVE
    return _POSITIVE if parameter.variable in ("cm", "Ra") else _ANY


def _told(parameter: Parameter) -> str:
    count = len(parameter.values)
    return f"As the cell was built, in {count} section{'s' if count > 1 else ''}"
