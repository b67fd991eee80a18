"""The editor of a family of numbers: a range, a list, or a formula, as text."""

from typing import Any, Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from engine.protocols.series import as_typed, typed
from gui.forms.editors import Editor, TextLine
from gui.forms.words import empty_in_words

_HOW: Final = "FIRST:LAST:COUNT, or numbers with commas, or a formula such as -0.1+0.02*i x 11"


class SeriesEditor(Editor):
    """What is typed counts when it is left; the model says what is wrong with it."""

    def __init__(
        self, name: str, field: FieldInfo, *, may_be_empty: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__((name,), parent)
        self._may_be_empty = may_be_empty
        self._line = TextLine(self)
        self._line.setPlaceholderText(empty_in_words(field) if may_be_empty else _HOW)
        self._line.committed.connect(self.edited)
        self._line.left.connect(self.finished)
        self._put(self._line)

    @override
    def show_model(self, model: BaseModel) -> None:
        series = getattr(model, self.names[0])
        self._line.show_text("" if series is None else as_typed(series))

    @override
    def values(self) -> dict[str, object]:
        text = self._line.text().strip()
        return {self.names[0]: None if self._may_be_empty and not text else typed(text)}

    @override
    def in_words(self, value: Any) -> str:
        return as_typed(value) if value is not None else self._line.placeholderText()

    @override
    def controls(self) -> tuple[QWidget, ...]:
        return (self._line,)

    @override
    def show_title(self, title: str, description: str) -> None:
        super().show_title(title, f"{description}. {_HOW}" if description else _HOW)
