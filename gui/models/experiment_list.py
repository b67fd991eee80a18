"""The experiment as a tree of two levels: groups, and in each of them its cells or elements."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont
from typing_extensions import override

from engine.experiment.conditions import Conditions
from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.edits import Element, ListName
from engine.experiment.edits import elements as list_of
from engine.experiment.experiment import Experiment, ListedCells, NodeSetOfCells
from engine.experiment.recordings import Report, StimulusRecording
from engine.experiment.spike_sources import GeneratedSource
from engine.experiment.stimulus_base import StimulusBase
from engine.experiment.summaries import name_of, summary, summary_of_conditions, title_and_details
from engine.experiment.targets import CellReference
from gui import theme
from gui.session.selection import CONDITIONS

Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
_MIME: Final = "application/x-somascope-element"
_ELEMENTS: Final[dict[str, ListName]] = {"Stimuli": "stimuli", "Recordings": "recordings"}
_RARE: Final[dict[str, ListName]] = {
    "Manipulations": "manipulations",
    "Spike sources": "replays",
    "Connection overrides": "overrides",
}
_FIELDS: Final = _ELEMENTS | _RARE
_FLAG: Final = Qt.ItemFlag
_FLAGS_OF_GROUP: Final = _FLAG.ItemIsEnabled | _FLAG.ItemIsDropEnabled
_FLAGS_OF_ROW: Final = _FLAG.ItemIsEnabled | _FLAG.ItemIsSelectable | _FLAG.ItemNeverHasChildren
_FLAGS_OF_ELEMENT: Final = (
    _FLAGS_OF_ROW | _FLAG.ItemIsUserCheckable | _FLAG.ItemIsEditable | _FLAG.ItemIsDragEnabled
)
GROUPS: Final = ("Cells", *_FIELDS, "Run conditions")

DETAILS_ROLE: Final = Qt.ItemDataRole.UserRole + 1  # what a second line says; "" for rows of one line
TITLE_ROLE: Final = Qt.ItemDataRole.UserRole + 2  # what the first line says
IS_DOUBLE_ROLE: Final = Qt.ItemDataRole.UserRole + 3  # whether there are two lines
CELLS_OF_NODE_SET: Final = "node set"


@dataclass(frozen=True, slots=True)
class _Group:
    """`keys` name the rows; `items` are what they show."""

    keys: tuple[str, ...] = ()
    items: tuple[Any, ...] = field(default=(), compare=False)


class ExperimentTree(QAbstractItemModel):
    """Shows an experiment; what the user wants to change of it is only said, by signals."""

    toggled = Signal(str, bool)  # id of an element, whether it shall be enabled
    renamed = Signal(str, str)  # id, name
    moved = Signal(str, int)  # id, its new position in its list

    def __init__(self, type_name: Callable[[CellReference], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._type_name = type_name
        self._experiment: Experiment | None = None
        self._traces: tuple[int | None, ...] = ()  # of each recording, the number of its trace
        self._groups: list[_Group] = [_Group()] * len(GROUPS)
        theme.notifier().changed.connect(self.refresh)

    def show_experiment(self, experiment: Experiment | None) -> None:
        """Change only the rows that differ, so that selection, focus and a name being typed stay."""
        self._traces = (*self._traces, *_numbers_of_traces(experiment))  # enough while rows come and go
        old, self._experiment = self._groups.copy(), experiment
        for number, new in enumerate(_groups_of(experiment)):
            self._change_group(number, new)
        self._traces = _numbers_of_traces(experiment)
        is_other = [before.items != now.items for before, now in zip(old, self._groups, strict=True)]
        for number, group in enumerate(self._groups):
            if is_other[0]:  # places name cells
                self._tell_of(number)
            elif is_other[number] or (GROUPS[number] == "Recordings" and is_other[1]):
                before = {id(item) for item in old[number].items}
                self._tell_of(number, [row for row, item in enumerate(group.items) if _differs(item, before)])

    def refresh(self) -> None:
        """Colours may be others."""
        for number in range(len(GROUPS)):
            self._tell_of(number)

    def refresh_cells(self) -> None:
        """More may be known of the types of cells."""
        self._tell_of(0)

    def key(self, index: Index) -> str:
        """The id of an element, `CONDITIONS`, a cell as text; "" for a group."""
        return self._groups[index.internalId() - 1].keys[index.row()] if self._is_row(index) else ""

    def element(self, index: Index) -> Element | None:
        """The stimulus, recording, manipulation, spike source or connection override of a row."""
        is_element = self._is_row(index) and GROUPS[index.internalId() - 1] in _FIELDS
        element: Element | None = (
            self._groups[index.internalId() - 1].items[index.row()] if is_element else None
        )
        return element

    def cell(self, index: Index) -> CellReference | None:
        """The cell of a row."""
        item = self._groups[0].items[index.row()] if self._is_row(index) and index.internalId() == 1 else None
        return item if isinstance(item, CellReference) else None

    def index_of(self, key: str) -> QModelIndex:
        """The row of this key; invalid if there is none."""
        for number, group in enumerate(self._groups):
            if key in group.keys:
                return self.index(group.keys.index(key), 0, self.index(number, 0))
        return QModelIndex()

    def is_superfluous(self, number: int) -> bool:
        """Whether a group need not be seen: few experiments have such things."""
        return GROUPS[number] in _RARE and not self._groups[number].keys

    @override
    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    @override
    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]  # QObject.parent, too
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if not parent.isValid():
            return len(GROUPS)
        return len(self._groups[parent.row()].keys) if not parent.internalId() else 0

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 1

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        return self._of_row(index, role) if index.internalId() else self._of_group(index.row(), role)

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        element = self.element(index)
        if element is None:
            return False
        if role == Qt.ItemDataRole.CheckStateRole:
            self.toggled.emit(element.id, Qt.CheckState(value) == Qt.CheckState.Checked)
        elif role == Qt.ItemDataRole.EditRole:
            self.renamed.emit(element.id, str(value).strip())
        return True

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if not index.internalId():
            return _FLAGS_OF_GROUP
        return _FLAGS_OF_ROW if self.element(index) is None else _FLAGS_OF_ELEMENT

    @override
    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    @override
    def mimeTypes(self) -> list[str]:
        return [_MIME]

    @override
    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(_MIME, ",".join(self.key(index) for index in indexes).encode())
        return data

    @override
    def canDropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        source = self._dragged(data)
        return source.isValid() and parent.isValid() and self._group_number(parent) == source.internalId() - 1

    @override
    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        if not self.canDropMimeData(data, action, row, column, parent):
            return False
        source = self._dragged(data)
        if row < 0:  # onto something: a row, or the group itself
            row = parent.row() if parent.internalId() else self.rowCount(parent)
        position = row - 1 if row > source.row() else row
        self.moved.emit(self.key(source), position)
        return True

    def _is_row(self, index: Index) -> bool:
        return index.isValid() and index.internalId() > 0

    def _group_number(self, index: Index) -> int:
        return index.internalId() - 1 if index.internalId() else index.row()

    def _dragged(self, data: QMimeData) -> QModelIndex:
        key = bytes(data.data(_MIME).data()).decode(errors="replace") if data.hasFormat(_MIME) else ""
        index = self.index_of(key)
        return index if self.element(index) is not None else QModelIndex()

    def _of_group(self, number: int, role: int) -> Any:
        count = len(self._groups[number].keys)
        if role == Qt.ItemDataRole.DisplayRole:
            return GROUPS[number] if count or self._experiment is None else f"{GROUPS[number]}: none yet"
        if role == Qt.ItemDataRole.FontRole and count:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and not count:
            return QColor(theme.colours().muted_text)
        return None

    def _of_row(self, index: Index, role: int) -> Any:
        element = self.element(index)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return ": ".join(filter(None, self._texts(index)))
        if role in (TITLE_ROLE, DETAILS_ROLE):
            return self._texts(index)[role == DETAILS_ROLE]
        if element is None:
            return None
        return self._of_element(index, element, role)

    def _of_element(self, index: Index, element: Element, role: int) -> Any:
        if role == Qt.ItemDataRole.EditRole:
            return name_of(element)
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if element.enabled else Qt.CheckState.Unchecked
        if role == IS_DOUBLE_ROLE:
            is_double = isinstance(element, StimulusBase | GeneratedSource | ConnectionOverride)
            return is_double or bool(name_of(element))
        return self._colour(index, element, role)

    def _colour(self, index: Index, element: Element, role: int) -> QColor | None:
        if role == Qt.ItemDataRole.ForegroundRole and not element.enabled:
            return QColor(theme.colours().disabled_text)
        if role == Qt.ItemDataRole.DecorationRole and GROUPS[index.internalId() - 1] == "Recordings":
            return self._chip(index.row())
        return None

    def _chip(self, row: int) -> QColor:
        """The colour of the trace: they are coloured in the order of what is really recorded."""
        number = self._traces[row]
        return QColor(Qt.GlobalColor.transparent if number is None else theme.trace_colour(number))

    def _texts(self, index: Index) -> tuple[str, str]:
        """What is said in one line, or in two."""
        item = self._groups[index.internalId() - 1].items[index.row()]
        experiment = self._experiment
        if experiment is None:
            return "", ""
        if isinstance(item, CellReference):
            return ", ".join(filter(None, (str(item), self._type_name(item)))), ""
        if isinstance(item, NodeSetOfCells):
            return f"All cells of {item.node_set or 'the circuit'}", ""
        if isinstance(item, Conditions):
            return summary_of_conditions(item), ""
        if name := name_of(item):
            return name, summary(experiment, item)
        return title_and_details(experiment, item)

    def _tell_of(self, number: int, rows: Sequence[int] | None = None) -> None:
        """Texts of a group and of these rows (None: all) may be others."""
        group = self.index(number, 0)
        self.dataChanged.emit(group, group)
        shown = range(len(self._groups[number].keys)) if rows is None else rows
        if shown:
            self.dataChanged.emit(self.index(shown[0], 0, group), self.index(shown[-1], 0, group))

    def _change_group(self, number: int, new: _Group) -> None:
        """Take out the rows between the ones that stay at both ends, and put the new ones there."""
        old = self._groups[number]
        head = 0
        while head < min(len(old.keys), len(new.keys)) and old.keys[head] == new.keys[head]:
            head += 1
        tail = 0
        most = min(len(old.keys), len(new.keys)) - head
        while tail < most and old.keys[-1 - tail] == new.keys[-1 - tail]:
            tail += 1
        parent = self.index(number, 0)
        old_stop, new_stop = len(old.keys) - tail, len(new.keys) - tail
        if old_stop > head:
            self.beginRemoveRows(parent, head, old_stop - 1)
            self._groups[number] = _Group(
                old.keys[:head] + old.keys[old_stop:], old.items[:head] + old.items[old_stop:]
            )
            self.endRemoveRows()
        if new_stop > head:
            self.beginInsertRows(parent, head, new_stop - 1)
            self._groups[number] = new
            self.endInsertRows()
        self._groups[number] = new


def _differs(item: Any, before: set[int]) -> bool:
    """Whether a row may say something else; a recording of a stimulus says its name."""
    return id(item) not in before or isinstance(item, StimulusRecording)


def _numbers_of_traces(experiment: Experiment | None) -> tuple[int | None, ...]:
    recordings = experiment.recordings if experiment is not None else ()
    makes_trace = [each.enabled and not isinstance(each, Report) for each in recordings]
    counted = itertools.accumulate(makes_trace, initial=0)
    return tuple(number if makes else None for makes, number in zip(makes_trace, counted, strict=False))


def _groups_of(experiment: Experiment | None) -> list[_Group]:
    if experiment is None:
        return [_Group()] * len(GROUPS)
    cells = experiment.cells
    if isinstance(cells, ListedCells):
        of_cells = _Group(tuple(map(str, cells.cells)), cells.cells)
    else:
        of_cells = _Group((CELLS_OF_NODE_SET,), (cells,))
    lists = [list_of(experiment, name) for name in _FIELDS.values()]
    elements = [_Group(tuple(each.id for each in found), found) for found in lists]
    return [of_cells, *elements, _Group((CONDITIONS,), (experiment.conditions,))]
