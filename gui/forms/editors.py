"""Editors: each shows one field of a model, or some that belong together, and says what the user wants."""

from typing import Any, Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget
from typing_extensions import override

from engine.experiment.base import metadata_of
from engine.units import Unit
from gui.forms.limits import limits_of
from gui.forms.number_field import NumberField
from gui.forms.number_text import short_text
from gui.forms.words import choice_in_words, empty_in_words

_NARROWEST: Final = 6  # letters of a combo box
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Editor(QWidget):
    """Promises: `show_model` never emits; after `edited`, `values` are what the user wants."""

    edited = Signal()
    complained = Signal(str)  # why what is typed does not count; "" when it does
    finished = Signal()  # the next edit is another step for undo

    def __init__(self, names: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names = names
        self.is_wide = False  # wants the whole width, below its label
        self.has_default = True  # a usual value to go back to, if the model has one
        self.title = ""  # in the place of the field's own, where there are several

    def show_model(self, model: BaseModel) -> None:
        """Display the fields of another model."""
        raise NotImplementedError

    def values(self) -> dict[str, object]:
        """The fields as the user wants them; validated by the model."""
        raise NotImplementedError

    def warning(self) -> str:
        """Why what is shown is surprising, "" if it is not."""
        return ""

    def in_words(self, value: Any) -> str:
        """Return a value of the field as a sentence would say it."""
        return str(value)

    def controls(self) -> tuple[QWidget, ...]:
        """What can have the focus, in the order of the tab key; the first one is the label's."""
        raise NotImplementedError

    def show_title(self, title: str, description: str) -> None:
        """Name the controls, for tooltips and for who does not see them."""
        for control in self.controls():
            control.setAccessibleName(title)
            control.setAccessibleDescription(description)
            control.setToolTip(description)

    def _put(self, control: QWidget) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(control)
        self.setFocusProxy(control)


class NumberEditor(Editor):
    """A number, or one that may be empty. Unit, step and limits come from the annotation of the field."""

    def __init__(
        self, name: str, field: FieldInfo, *, whole: bool, may_be_empty: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__((name,), parent)
        self._unit = metadata_of(field, Unit) or Unit("")
        self.field = NumberField(
            limits_of(field), step=self._unit.step, whole=whole, may_be_empty=may_be_empty, parent=self
        )
        self.field.show_unit(self._symbol(None))
        if may_be_empty:
            self.field.lineEdit().setPlaceholderText(empty_in_words(field))
        self.field.edited.connect(self.edited)
        self.field.complained.connect(self.complained)
        self.field.finished.connect(self.finished)
        self._put(self.field)

    @override
    def show_model(self, model: BaseModel) -> None:
        self.field.show_unit(self._symbol(model))
        self.field.show_value(getattr(model, self.names[0]))

    @override
    def values(self) -> dict[str, object]:
        return {self.names[0]: self.field.value}

    @override
    def warning(self) -> str:
        return self.field.warning

    @override
    def in_words(self, value: Any) -> str:
        if value is None:
            return self.field.lineEdit().placeholderText()
        return f"{short_text(value)} {self.field.symbol}".strip()

    @override
    def controls(self) -> tuple[QWidget, ...]:
        return (self.field,)

    def _symbol(self, model: BaseModel | None) -> str:
        """A number that is a current or a conductance is in the unit that the mode says."""
        current, _, conductance = self._unit.symbol.partition(" | ")
        return conductance if conductance and getattr(model, "mode", "") == "conductance" else current


class CheckEditor(Editor):
    """Yes or no."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__((name,), parent)
        self._box = QCheckBox(self)
        self._box.clicked.connect(self._on_clicked)
        self._put(self._box)

    @override
    def show_model(self, model: BaseModel) -> None:
        self._box.setChecked(getattr(model, self.names[0]))

    @override
    def values(self) -> dict[str, object]:
        return {self.names[0]: self._box.isChecked()}

    @override
    def in_words(self, value: Any) -> str:
        return "yes" if value else "no"

    @override
    def controls(self) -> tuple[QWidget, ...]:
        return (self._box,)

    def _on_clicked(self, _checked: bool = False) -> None:  # noqa: FBT001 - a slot
        self.edited.emit()
        self.finished.emit()


class ComboBox(QComboBox):
    """Does not take the wheel from who scrolls the form, nor widen it for a long entry."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @override
    def minimumSizeHint(self) -> QSize:
        height = super().minimumSizeHint().height()
        return QSize(self.fontMetrics().averageCharWidth() * _NARROWEST + height, height)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


class ChoiceEditor(Editor):
    """One of a few words; or none of them, where `empty` says what that means."""

    def __init__(
        self, name: str, choices: tuple[str, ...], parent: QWidget | None = None, *, empty: str = ""
    ) -> None:
        super().__init__((name,), parent)
        self._box = ComboBox(self)
        self._empty = empty
        self._choices: tuple[str | None, ...] = (None, *choices) if empty else choices
        for choice in self._choices:
            self._box.addItem(self.in_words(choice))
        self._box.activated.connect(self._on_activated)
        self._put(self._box)

    @override
    def show_model(self, model: BaseModel) -> None:
        self._box.setCurrentIndex(self._choices.index(getattr(model, self.names[0])))

    @override
    def values(self) -> dict[str, object]:
        return {self.names[0]: self._choices[self._box.currentIndex()]}

    @override
    def in_words(self, value: Any) -> str:
        return self._empty if value is None else choice_in_words(value)

    @override
    def controls(self) -> tuple[QWidget, ...]:
        return (self._box,)

    def _on_activated(self, _index: int) -> None:
        self.edited.emit()
        self.finished.emit()


class TextLine(QLineEdit):
    """A line that counts on Enter or when the focus leaves; Escape takes back what is typed."""

    committed = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""

    def show_text(self, text: str) -> None:
        """Display another text, and keep what is being typed over the same one."""
        if text != self._shown:
            self._shown = text
            position = self.cursorPosition()
            self.setText(text)
            self.setCursorPosition(position if self.hasFocus() else 0)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_undo = event.matches(QKeySequence.StandardKey.Undo) or event.matches(
                QKeySequence.StandardKey.Redo
            )
            if is_undo and self.text() == self._shown:
                event.ignore()  # nothing typed to take back: the window undoes the last edit
                return False
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.commit()
            event.accept()
        elif event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
            self.setText(self._shown)
            event.accept()
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()
            self.left.emit()

    def commit(self) -> None:
        """Let what is typed count."""
        if self.text() != self._shown:
            self._shown = self.text()
            self.committed.emit()


class TextEditor(Editor):
    """A line of text."""

    def __init__(
        self, name: str, field: FieldInfo, *, may_be_empty: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__((name,), parent)
        self._may_be_none = may_be_empty
        self._line = TextLine(self)
        if may_be_empty or "empty:" in (field.description or "").casefold():
            self._line.setPlaceholderText(empty_in_words(field))
        self._line.committed.connect(self.edited)
        self._line.left.connect(self.finished)
        self._put(self._line)

    @override
    def show_model(self, model: BaseModel) -> None:
        self._line.show_text(getattr(model, self.names[0]) or "")

    @override
    def values(self) -> dict[str, object]:
        text = self._line.text().strip()
        return {self.names[0]: None if self._may_be_none and not text else text}

    @override
    def in_words(self, value: Any) -> str:
        return str(value) if value else "nothing"

    @override
    def controls(self) -> tuple[QWidget, ...]:
        return (self._line,)
