"""Boxes to pick a name from a list, or to type it, and the editors made of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QCompleter, QWidget
from typing_extensions import override

from gui.forms.editors import ComboBox, Editor, TextLine
from gui.forms.surroundings import Surroundings
from gui.forms.words import empty_in_words

_NAME: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Choice:
    """`name` is what counts, `label` what the list shows; a choice without a name is a heading."""

    name: str
    label: str = ""


class PickBox(ComboBox):
    """A line with a list below it; typing finds entries by any part of their name."""

    committed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.line = TextLine(self)
        self.setLineEdit(self.line)
        self._choices: tuple[Choice, ...] = ()
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        completer = QCompleter(self._items, self)
        completer.setCompletionRole(_NAME)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        self.activated.connect(self._on_activated)
        self.line.committed.connect(self.committed)
        self.setCurrentIndex(-1)

    @property
    def text(self) -> str:
        """The name that is typed or picked."""
        return self.line.text().strip()

    @property
    def names(self) -> tuple[str, ...]:
        """What can be picked."""
        return tuple(choice.name for choice in self._choices if choice.name)

    def show_text(self, text: str) -> None:
        """Display another name. Never emits."""
        self.line.show_text(text)

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Offer another list; what is typed stays."""
        if tuple(choices) == self._choices:
            return
        self._choices = tuple(choices)
        text, position = self.line.text(), self.line.cursorPosition()
        self._items.clear()
        for choice in choices:
            item = QStandardItem(choice.label or choice.name)
            item.setData(choice.name, _NAME)
            if not choice.name:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self._items.appendRow(item)
        self.setCurrentIndex(-1)
        self.line.setText(text)
        self.line.setCursorPosition(position)

    def _on_activated(self, index: int) -> None:
        self.line.setText(str(self.itemData(index, _NAME)))
        self.line.commit()


class NameEditor(Editor):
    """A name of something in the circuit or the experiment."""

    def __init__(
        self,
        name: str,
        field: FieldInfo,
        choices: Callable[[], Sequence[Choice]],
        surroundings: Surroundings,
        parent: QWidget,
    ) -> None:
        super().__init__((name,), parent)
        self._choices = choices
        self._may_be_empty = type(None) in get_args(field.annotation)
        self.box = PickBox(self)
        if self._may_be_empty:
            self.box.line.setPlaceholderText(empty_in_words(field))
        self.box.committed.connect(self.edited)
        self.box.left.connect(self.finished)
        self._put(self.box)
        surroundings.changed.connect(self._on_changed)
        self._on_changed()

    @override
    def show_model(self, model: BaseModel) -> None:
        self.box.show_text(getattr(model, self.names[0]) or "")

    @override
    def values(self) -> dict[str, object]:
        return {self.names[0]: None if self._may_be_empty and not self.box.text else self.box.text}

    @override
    def in_words(self, value: Any) -> str:
        return str(value) if value else self.box.line.placeholderText()

    @override
    def warning(self) -> str:
        text, known = self.box.text, self.box.names
        return f"There is no “{text}” here." if text and known and text not in known else ""

    @override
    def controls(self) -> tuple[QWidget, ...]:
        return (self.box,)

    def _on_changed(self) -> None:
        self.box.show_choices(self._choices())


class StimulusEditor(Editor):
    """One of the stimuli of the experiment, by its id."""

    def __init__(self, name: str, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__((name,), parent)
        self._surroundings = surroundings
        self._shown = ""
        self._box = ComboBox(self)
        self._box.activated.connect(self._on_activated)
        self._put(self._box)
        surroundings.changed.connect(self._show)

    @override
    def show_model(self, model: BaseModel) -> None:
        self._shown = getattr(model, self.names[0])
        self._show()

    @override
    def values(self) -> dict[str, object]:
        return {self.names[0]: self._box.currentData()}

    @override
    def controls(self) -> tuple[QWidget, ...]:
        return (self._box,)

    def _show(self) -> None:
        self._box.clear()
        for stimulus, title in self._surroundings.stimuli():
            self._box.addItem(title, stimulus)
        self._box.setCurrentIndex(self._box.findData(self._shown))

    def _on_activated(self, _index: int) -> None:
        self.edited.emit()
        self.finished.emit()
