"""One row of a form: label, editor, a button that goes back to the default, and what is wrong."""

from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from gui import theme
from gui.forms.editors import Editor
from gui.widgets.elided_label import ElidedLabel


class Row(QObject):
    """Owns the widgets of a field; the form lays them out."""

    revert_wanted = Signal(object)  # names and values of the defaults
    entered = Signal(str, str)  # title and description: one of its controls has the focus

    def __init__(
        self, field: FieldInfo, editor: Editor, model_type: type[BaseModel], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self.title = editor.title or field.title or ""
        self.description = field.description or ""
        self._defaults = _defaults(model_type, editor.names) if editor.has_default else None
        self._refusal = ""
        self._warning = ""
        self.label = ElidedLabel(parent)
        self.label.setText(self.title)
        self.label.setToolTip(self.description)
        self.label.setBuddy(editor.controls()[0])
        self.message = _message(parent)
        self._revert = _revert_button(parent)
        self._revert.clicked.connect(self._on_revert)
        policy = self._revert.sizePolicy()
        policy.setRetainSizeWhenHidden(not editor.is_wide)  # editors of one form end at the same place
        self._revert.setSizePolicy(policy)
        self._revert.setVisible(self._defaults is not None)
        self.box = self._boxed(parent)
        editor.show_title(self.title, self.description)
        editor.complained.connect(self.show_refusal)
        for control in editor.controls():
            control.installEventFilter(self)
        self.show_colours()

    @property
    def is_default(self) -> bool:
        """Whether the revert button has nothing to do."""
        return not self._revert.isEnabled()

    @property
    def refusal(self) -> str:
        """What is wrong with what was typed."""
        return self._refusal

    def show_model(self, model: BaseModel) -> None:
        """Display the field of another model."""
        self.editor.show_model(model)
        self._warning = self.editor.warning()
        self._show_message()
        differs = self._defaults is not None and any(
            getattr(model, name) != value for name, value in self._defaults.items()
        )
        self._revert.setEnabled(differs)
        self._revert.setIcon(theme.icon("revert") if differs else QIcon())
        name = (
            f"Revert {self.title} to {self._default_in_words()}" if differs else f"{self.title} is as usual"
        )
        self._revert.setAccessibleName(name)
        self._revert.setToolTip(name if differs else "")

    def show_refusal(self, sentence: str) -> None:
        """Say why what was typed does not count; "" for nothing."""
        self._refusal = sentence
        self._show_message()

    def show_colours(self) -> None:
        """After the theme has changed."""
        colours = theme.colours()
        colour = colours.error if self._refusal else colours.warning
        self.message.setStyleSheet(f"color: {colour};")
        if not self.is_default:
            self._revert.setIcon(theme.icon("revert"))
        side = round(self._revert.fontMetrics().height() * 0.8)  # no higher than the field beside it
        self._revert.setIconSize(QSize(side, side))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit(self.title, self.description)
        return super().eventFilter(watched, event)

    def _show_message(self) -> None:
        text = self._refusal or self._warning
        self.message.setText(text)
        self.message.setAccessibleName(f"{self.title}: {text}" if text else "")
        self.message.setVisible(bool(text))
        self.show_colours()

    def _boxed(self, parent: QWidget) -> QWidget:
        box = QWidget(parent)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        line.addWidget(self.editor, 1)
        line.addWidget(self._revert, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self.message)
        return box

    def _default_in_words(self) -> str:
        assert self._defaults is not None
        return self.editor.in_words(self._defaults[self.editor.names[0]])

    def _on_revert(self) -> None:
        self.show_refusal("")
        self.revert_wanted.emit(self._defaults)


def _defaults(model_type: type[BaseModel], names: tuple[str, ...]) -> dict[str, Any] | None:
    """What the fields are in a new model; None if one has to be given."""
    found = {name: model_type.model_fields[name].get_default(call_default_factory=True) for name in names}
    return None if any(value is PydanticUndefined for value in found.values()) else found


def _message(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    label.hide()
    return label


def _revert_button(parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setAutoRaise(True)
    side = button.fontMetrics().height()
    button.setMinimumSize(side, side)
    return button
