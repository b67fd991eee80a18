"""All mechanisms of a section with their variables, values and units, as a table."""

import csv
import io
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from typing_extensions import override

from engine.messages.events import Description, SectionDescription, VariableKind
from gui import theme
from gui.models.titled_table import Index, TitledTable

_TITLES: Final = (
    ("Mechanism", "What is inserted in the section"),
    ("Variable", "The name by which a recording asks for it"),
    ("Value", "In the middle of the section, as the cell was built"),
    ("Unit", "Unit of the value"),
    ("Kind", "Parameters are given; states and computed variables have values only in a run"),
)
_VALUE: Final = 2
_KINDS: Final = {"parameter": "parameter", "state": "state", "assigned": "computed"}
_IN_A_RUN: Final = "It has a value only in a run: record it to see it."


@dataclass(frozen=True, slots=True)
class MechanismRow:
    """One variable. `value` is None where only a run gives it one; `variable`: as a recording asks for it."""

    mechanism: str
    variable: str
    value: float | None
    unit: str
    kind: str


def rows_of(description: Description, section: SectionDescription) -> tuple[MechanismRow, ...]:
    """Everything that is known of a section: its own numbers, then mechanism by mechanism."""
    own = (
        MechanismRow("section", "L", section.length, "µm", "parameter"),
        MechanismRow("section", "nseg", float(len(section.diameters)), "", "parameter"),
        MechanismRow("section", "diam", section.diameters[len(section.diameters) // 2], "µm", "parameter"),
        MechanismRow("section", "Ra", section.axial_resistance, "Ω cm", "parameter"),
    )
    kinds = {each.name: each.variables for each in description.mechanisms}
    found = [
        _row(inserted.name, variable, value)
        for inserted in section.mechanisms
        for variable, value in zip(kinds[inserted.name], inserted.values, strict=True)
    ]
    return (*own, *found)


def as_text(rows: tuple[MechanismRow, ...], separator: str) -> str:
    """A line of titles, and one for each row; numbers with every digit."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, lineterminator="\n")
    writer.writerow(title for title, _ in _TITLES)
    for row in rows:
        value = "" if row.value is None else repr(row.value)
        writer.writerow((row.mechanism, row.variable, value, row.unit, row.kind))
    return file.getvalue()


class MechanismTable(TitledTable):
    """Shows the rows of one section."""

    titles = _TITLES
    rows: tuple[MechanismRow, ...] = ()

    def show(self, rows: tuple[MechanismRow, ...]) -> None:
        """Show other ones."""
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    @override
    def count(self) -> int:
        return len(self.rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.mechanism, row.variable, _shown(row), row.unit, row.kind)[column]
        if role == Qt.ItemDataRole.TextAlignmentRole and column == _VALUE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return _IN_A_RUN if row.kind != _KINDS["parameter"] else None
        if row.value is None and role == Qt.ItemDataRole.ForegroundRole:
            return QColor(theme.colours().muted_text)
        return None


def _row(mechanism: str, variable: VariableKind, value: float | None) -> MechanismRow:
    """What is not a parameter holds whatever was there when the cell was built, which says nothing."""
    is_given = variable.role == "parameter"
    return MechanismRow(
        mechanism, variable.name, value if is_given else None, variable.unit, _KINDS[variable.role]
    )


def _shown(row: MechanismRow) -> str:
    if row.value is not None:
        return f"{row.value:.6g}"
    return "not a number" if row.kind == _KINDS["parameter"] else "in a run"
