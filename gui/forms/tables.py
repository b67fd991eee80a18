"""Editors that are tables: tuples of numbers or models, and variables of mechanisms."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from engine.errors import EngineError
from engine.experiment.base import metadata_of
from engine.experiment.points import read_waveform_csv
from engine.units import Unit
from gui.background import Task, in_background
from gui.forms.editors import Editor
from gui.forms.grid import Column, GridModel, GridView, Row
from gui.forms.limits import limits_of
from gui.forms.number_text import exact_text, parsed
from gui.widgets.flow import FlowRow

_PASTE: Final = "Lines copied from a spreadsheet can be pasted: they replace the rows from the chosen one on"


class TableEditor(Editor):
    """Rows that can be changed, added, removed and pasted."""

    def __init__(
        self, names: tuple[str, ...], columns: tuple[Column, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(names, parent)
        self.is_wide = True
        self.grid = GridModel(columns, self)
        self.view = GridView(self.grid, self)
        self._add = self._button("Add", self._on_add)
        self._remove = self._button("Remove", self._on_remove)
        self._buttons = FlowRow(self._add, self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        layout.addWidget(self._buttons)
        self.grid.edited.connect(self._on_edited)
        self.grid.complained.connect(self.complained)
        self.setFocusProxy(self.view)

    def rows_of(self, model: BaseModel) -> list[Row]:
        """Return the rows that show a model."""
        raise NotImplementedError

    def next_row(self) -> Row:
        """Return a row to add."""
        raise NotImplementedError

    @override
    def show_model(self, model: BaseModel) -> None:
        self.grid.show_rows(self.rows_of(model))

    @override
    def in_words(self, value: Any) -> str:
        return f"{len(value)} rows" if value else "an empty table"

    @override
    def controls(self) -> tuple[QWidget, ...]:
        return self.view, self._add, self._remove

    @override
    def show_title(self, title: str, description: str) -> None:
        self.view.setAccessibleName(title)
        self.view.setAccessibleDescription(description)
        self.view.setToolTip(f"{description}. {_PASTE}")
        self._add.setAccessibleName(f"{title}: add a row")
        self._remove.setAccessibleName(f"{title}: remove rows")

    def _button(self, text: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(slot)
        return button

    def _on_edited(self) -> None:
        self.edited.emit()
        self.finished.emit()

    def _on_add(self) -> None:
        chosen = self.view.chosen()
        self.grid.show_rows([*self.grid.rows, self.next_row()])
        if not chosen or len(self.grid.rows) > 1:
            self.view.setCurrentIndex(self.grid.index(len(self.grid.rows) - 1, 0))
        self._on_edited()

    def _on_remove(self) -> None:
        chosen = self.view.chosen() or [len(self.grid.rows) - 1]
        self.grid.show_rows([row for number, row in enumerate(self.grid.rows) if number not in chosen])
        self._on_edited()


class ModelsEditor(TableEditor):
    """A tuple of small models, one a row."""

    def __init__(self, name: str, kind: type[BaseModel], first: Row, parent: QWidget | None = None) -> None:
        super().__init__((name,), tuple(_column(field) for field in kind.model_fields.values()), parent)
        self._kind = kind
        self._first = first

    @override
    def rows_of(self, model: BaseModel) -> list[Row]:
        return [tuple(dict(each).values()) for each in getattr(model, self.names[0])]

    @override
    def next_row(self) -> Row:
        return self.grid.rows[-1] if self.grid.rows else self._first

    @override
    def values(self) -> dict[str, object]:
        fields = tuple(self._kind.model_fields)
        return {self.names[0]: tuple(dict(zip(fields, row, strict=True)) for row in self.grid.rows)}


class PointsEditor(TableEditor):
    """Columns of numbers that belong together, such as times and amplitudes; may come from a file."""

    def __init__(self, fields: dict[str, FieldInfo], parent: QWidget | None = None) -> None:
        super().__init__(tuple(fields), tuple(_column(field) for field in fields.values()), parent)
        self.title = "Points"
        self._task: Task | None = None
        self._load = self._button("Load from file…", self._on_load)
        self._load.setToolTip("A text file of two columns, time and current; its first line may name units")
        self._buttons.add(self._load)

    @override
    def rows_of(self, model: BaseModel) -> list[Row]:
        return list(zip(*(getattr(model, name) for name in self.names), strict=True))

    @override
    def next_row(self) -> Row:
        if len(self.grid.rows) < 2:
            return self.grid.rows[-1] if self.grid.rows else (0.0,) * len(self.names)
        last, before = self.grid.rows[-1], self.grid.rows[-2]
        return last[0] + max(last[0] - before[0], 0.0), *last[1:]

    @override
    def values(self) -> dict[str, object]:
        columns = zip(*self.grid.rows, strict=True) if self.grid.rows else ((),) * len(self.names)
        return dict(zip(self.names, map(tuple, columns), strict=True))

    @override
    def controls(self) -> tuple[QWidget, ...]:
        return *super().controls(), self._load

    @override
    def show_title(self, title: str, description: str) -> None:
        super().show_title(title, description)
        self._load.setAccessibleName(f"{title}: load from a file")

    def load(self, path: Path) -> None:
        """Read the points of a file, in the background."""
        self._task = in_background(lambda _task: read_waveform_csv(path), self._on_read, self._on_refused)

    def _on_load(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, "Load a waveform", filter="Text (*.csv *.txt *.tsv *.dat);;All files (*)"
        )
        if name:
            self.load(Path(name))

    def _on_read(self, columns: tuple[tuple[float, ...], ...]) -> None:
        self.grid.show_rows(list(zip(*columns, strict=True)))
        self._on_edited()

    def _on_refused(self, error: EngineError) -> None:
        self.complained.emit(str(error))


class VariablesEditor(TableEditor):
    """Global variables of mechanisms: suffix, variable, value."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        columns = (
            Column("Mechanism", str, _text),
            Column("Variable", str, _text),
            Column("Value", _as_json, _from_json),
        )
        super().__init__((name,), columns, parent)

    @override
    def show_model(self, model: BaseModel) -> None:
        if self.rows_of(model) != [row for row in self.grid.rows if _is_complete(row)]:
            super().show_model(model)

    @override
    def rows_of(self, model: BaseModel) -> list[Row]:
        return [
            (suffix, variable, value)
            for suffix, variables in getattr(model, self.names[0]).items()
            for variable, value in variables.items()
        ]

    @override
    def next_row(self) -> Row:
        return "", "", 0.0

    @override
    def values(self) -> dict[str, object]:
        found: dict[str, dict[str, object]] = {}
        for suffix, variable, value in filter(_is_complete, self.grid.rows):
            found.setdefault(suffix, {})[variable] = value
        return {self.names[0]: found}


def _is_complete(row: Row) -> bool:
    return bool(row[0] and row[1])


def _column(field: FieldInfo) -> Column:
    """How the numbers, choices or words of a field are read; also of a tuple of them."""
    title = field.title or ""
    if choices := tuple(each for each in get_args(field.annotation) if isinstance(each, str)):
        return Column(title, str, _text, choices)
    unit = metadata_of(field, Unit)
    if field.annotation is str:
        return Column(title, str, _text)
    symbol = unit.symbol if unit else ""
    limits = limits_of(field)

    def read(text: str, present: Any) -> float:
        value = parsed(text, symbol, present)
        if refusal := limits.refusal(value, symbol):
            raise ValueError(refusal)
        return value

    return Column(f"{title} ({symbol})" if symbol else title, exact_text, read)


def _text(text: str, _present: object) -> str:
    return text.strip()


def _as_json(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value) if _from_json(value, None) != value else value
    return exact_text(value) if isinstance(value, float) else json.dumps(value)


def _from_json(text: str, _present: object) -> Any:
    try:
        value = json.loads(text, parse_constant=str)
    except ValueError:
        return text.strip()
    return value
