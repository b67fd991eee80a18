"""A form for one model: a row for each field that has a title."""

from typing import Final

from pydantic import ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFormLayout, QToolButton, QVBoxLayout, QWidget

from engine.experiment.base import Frozen, changed
from gui import theme
from gui.forms.making import editors_for
from gui.forms.problems import in_plain_words
from gui.forms.row import Row
from gui.forms.surroundings import Surroundings
from gui.forms.words import applies, is_rare

_MANY: Final = 6  # fields: a form with fewer has nothing to fold away


class Form(QWidget):
    """Shows a model and says which one the user would rather have. Has no state but the model it shows."""

    edited = Signal(object, str)  # the new, validated model and the name of the field
    finished = Signal()  # the next edit is another step for undo
    entered = Signal(str, str)  # title and description of the field that has the focus

    def __init__(
        self, model_type: type[Frozen], surroundings: Surroundings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model: Frozen | None = None
        self._usual = _form_layout()
        self._folded = QWidget(self)
        self._rare = _form_layout()
        self._folded.setLayout(self._rare)
        self._folded.hide()
        self._more = self._more_button()
        self.rows = {
            editor.names[0]: Row(field, editor, model_type, self)
            for field, editor in editors_for(model_type, surroundings, self)
        }
        for name, row in self.rows.items():
            self._add(name, row)
        self._lay_out()
        theme.notifier().changed.connect(self._on_theme_changed)

    @property
    def model(self) -> Frozen | None:
        """The model that is shown."""
        return self._model

    def show_model(self, model: Frozen) -> None:
        """Display another model of the same type. Never emits `edited`."""
        if model is self._model:
            return
        is_another = getattr(model, "id", "") != getattr(self._model, "id", "")
        self._model = model
        for name, row in self.rows.items():
            if is_another:
                row.show_refusal("")
            row.show_model(model)
            layout = self._rare if self._is_folded(name) else self._usual
            layout.setRowVisible(row.box, applies(name, model))
            if row.editor.is_wide:
                layout.setRowVisible(row.label, applies(name, model))
        self._show_more()

    def focus_first(self) -> None:
        """Put the focus into the first field."""
        next(iter(self.rows.values())).editor.controls()[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, name: str, row: Row) -> None:
        layout = self._rare if self._is_folded(name) else self._usual
        if row.editor.is_wide:
            layout.addRow(row.label)
            layout.addRow(row.box)
        else:
            layout.addRow(row.label, row.box)
        row.editor.edited.connect(lambda row=row: self._on_edited(row))
        row.editor.finished.connect(lambda row=row: self._on_finished(row))
        row.revert_wanted.connect(lambda values, row=row: self._change(row, values))
        row.entered.connect(self.entered)

    def _is_folded(self, name: str) -> bool:
        return is_rare(name) and len(self.rows) >= _MANY

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._usual)
        layout.addWidget(self._more)
        layout.addWidget(self._folded)
        layout.addStretch(1)
        self._more.setVisible(self._rare.rowCount() > 0)

    def _more_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setText("More")
        button.setAccessibleName("More fields")
        button.setToolTip("Fields that are rarely needed")
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setArrowType(Qt.ArrowType.RightArrow)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.toggled.connect(self._on_more)
        return button

    def _on_more(self, is_open: bool) -> None:  # noqa: FBT001 - a slot
        self._folded.setVisible(is_open)
        self._more.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)

    def _show_more(self) -> None:
        count = sum(not row.is_default for name, row in self.rows.items() if self._is_folded(name))
        self._more.setText(f"More ({count} changed)" if count else "More")

    def _on_edited(self, row: Row) -> None:
        self._change(row, row.editor.values())

    def _change(self, row: Row, values: dict[str, object]) -> None:
        if self._model is None:
            return
        try:
            model = changed(self._model, **values)
        except ValidationError as error:
            row.show_refusal(in_plain_words(error, row.title))
            return
        for each in self.rows.values():
            each.show_refusal("")
        if model == self._model:
            row.show_model(model)
            return
        self.edited.emit(model, row.editor.names[0])
        if self._model != model:
            self.show_model(model)  # nobody has answered yet

    def _on_finished(self, row: Row) -> None:
        focus = QApplication.focusWidget()
        is_left = focus is None or not row.editor.isAncestorOf(focus)
        if row.refusal and is_left and self._model is not None:
            row.show_model(self._model)
        self.finished.emit()

    def _on_theme_changed(self) -> None:
        for row in self.rows.values():
            row.show_colours()


def _form_layout() -> QFormLayout:
    layout = QFormLayout()
    layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    layout.setContentsMargins(0, 0, 0, 0)
    return layout
