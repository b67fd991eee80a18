"""The preferences: a form made from the fields of the settings that have a title. Choices hold at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.settings import ZOOM_STEP, Settings, SettingsStore

_LARGEST: Final = 1_000_000_000
_WORDS: Final = {"3d": "3-D", "2d": "2-D"}
_STEPS: Final = {"zoom_percent": ZOOM_STEP, "memory_limit_mib": 256, "patience_s": 10}


@dataclass(frozen=True, slots=True)
class _Editor:
    """A control, and how to show a value in it without telling that it was edited."""

    widget: QWidget
    show: Callable[[Any], None]


class PreferencesDialog(QDialog):
    """Changes the settings as they are edited; there is nothing to accept."""

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self._store = store
        self._editors: dict[str, _Editor] = {}
        form = QWidget()
        column = QVBoxLayout(form)
        column.setSpacing(self.fontMetrics().height() // 2)
        self._notes: list[QLabel] = []
        for name, field in Settings.model_fields.items():
            if field.title:
                column.addLayout(self._made_row(name, field))
        column.addStretch()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(form)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._revert = QPushButton("Revert to defaults")
        self._revert.setToolTip("Set all preferences to what they were at first")
        self._revert.clicked.connect(self.revert)
        buttons.addButton(self._revert, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(scroll)
        layout.addWidget(buttons)
        store.changed.connect(self._show)
        theme.notifier().changed.connect(self._colour_notes)
        self._colour_notes()
        self._show()
        self._fit(column)

    def revert(self) -> None:
        """Give every field that is shown here its default."""
        defaults = Settings()
        self._store.change(**{name: getattr(defaults, name) for name in self._editors})

    def _made_row(self, name: str, field: FieldInfo) -> QVBoxLayout:
        """Title and control side by side, the sentence under them."""
        editor = self._editors[name] = self._made_editor(name, field)
        row, line = QVBoxLayout(), QHBoxLayout()
        row.setSpacing(0)
        if not isinstance(editor.widget, QCheckBox):
            title = QLabel(f"{field.title}")
            title.setBuddy(editor.widget)
            line.addWidget(title)
            line.addStretch()
        line.addWidget(editor.widget)
        row.addLayout(line)
        if field.description:
            note = QLabel(field.description, wordWrap=True)
            self._notes.append(note)
            row.addWidget(note)
        editor.widget.setAccessibleName(f"{field.title}")
        editor.widget.setAccessibleDescription(field.description or "")
        editor.widget.setToolTip(field.description or "")
        return row

    def _made_editor(self, name: str, field: FieldInfo) -> _Editor:
        if get_origin(field.annotation) is Literal:
            return self._choice(name, get_args(field.annotation))
        if field.annotation is bool:
            return self._tick(name, field.title or "")
        if field.annotation is int:
            return self._number(name, field)
        assert field.annotation == int | None, f"no control for the setting {name}"
        return self._limit(name, field)

    def _choice(self, name: str, values: tuple[str, ...]) -> _Editor:
        box = QComboBox()
        for value in values:
            box.addItem(_WORDS.get(value, value.capitalize()), value)
        box.activated.connect(lambda _index: self._store.change(**{name: box.currentData()}))
        return _Editor(box, lambda value: box.setCurrentIndex(box.findData(value)))

    def _tick(self, name: str, title: str) -> _Editor:
        box = QCheckBox(title)
        box.clicked.connect(lambda checked: self._store.change(**{name: checked}))
        return _Editor(box, box.setChecked)

    def _number(self, name: str, field: FieldInfo) -> _Editor:
        box = _spin_box(name, field)
        box.valueChanged.connect(lambda value: self._store.change(**{name: value}))
        return _Editor(box, box.setValue)

    def _limit(self, name: str, field: FieldInfo) -> _Editor:
        """A number that may be missing: the lowest place of the box, below all limits, says so."""
        box = _spin_box(name, field)
        nothing = box.minimum() - box.singleStep()
        box.setMinimum(nothing)
        box.setSpecialValueText("No limit")
        lowest = nothing + box.singleStep()

        def on_changed(value: int) -> None:
            self._store.change(**{name: None if value == nothing else max(value, lowest)})

        box.valueChanged.connect(on_changed)
        return _Editor(box, lambda value: box.setValue(nothing if value is None else value))

    def _show(self) -> None:
        for name, editor in self._editors.items():
            with QSignalBlocker(editor.widget):
                editor.show(getattr(self._store.value, name))
        defaults = Settings()
        self._revert.setEnabled(
            any(getattr(self._store.value, name) != getattr(defaults, name) for name in self._editors)
        )

    def _colour_notes(self) -> None:
        for note in self._notes:
            palette = note.palette()
            palette.setColor(palette.ColorRole.WindowText, theme.colours().muted_text)
            note.setPalette(palette)

    def _fit(self, form: QVBoxLayout) -> None:
        """Wide enough to read; as high as the form, if the screen is."""
        metrics, room = self.fontMetrics(), self.screen().availableSize()
        width = min(metrics.averageCharWidth() * 64, room.width())
        height = form.heightForWidth(width) + metrics.height() * 5
        self.resize(width, min(height, room.height() * 9 // 10))


def _spin_box(name: str, field: FieldInfo) -> QSpinBox:
    box = QSpinBox()
    box.setKeyboardTracking(False)  # one change for a number, not for each digit
    box.setRange(0, _LARGEST)
    for limit in field.metadata:
        if isinstance(limit, annotated_types.Ge):
            box.setMinimum(int(str(limit.ge)))
        elif isinstance(limit, annotated_types.Le):
            box.setMaximum(int(str(limit.le)))
    box.setSingleStep(_STEPS.get(name, 1))
    return box
