"""The runs of the session as a table, newest first."""

from datetime import datetime
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QObject, Qt
from typing_extensions import override

from gui.models.live_changes import in_words
from gui.models.titled_table import NOWHERE, Index, TitledTable
from gui.session.run import Run
from gui.session.run_list import RunList

_SAME_DAY: Final = "%H:%M:%S"
_OTHER_DAY: Final = "%d %b %H:%M"
_TO_COMPARE: Final = (
    "Press Compare to see how the newest run differs from it; later runs follow until you stop."
)


class Column(IntEnum):
    """From left to right."""

    SHOWN = 0
    COLOUR = 1
    PINNED = 2
    NAME = 3
    STATE = 4
    LENGTH = 5
    BEGAN = 6


_TITLES: Final = {
    Column.SHOWN: ("", "Whether the run is drawn"),
    Column.COLOUR: ("", "Colour of its traces"),
    Column.PINNED: ("", "Pinned runs cannot be deleted"),
    Column.NAME: ("Run", "Its name: F2 or a double click renames it"),
    Column.STATE: ("State", "How it is going, or how it ended"),
    Column.LENGTH: ("Length", "Model time that was computed"),
    Column.BEGAN: ("Begun", "When it was started"),
}


class RunTable(TitledTable):
    """Reads the list of runs and follows it. Names can be edited; the rest is changed by the panel."""

    titles = tuple(_TITLES[column] for column in Column)

    def __init__(self, runs: RunList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._list = runs
        self._runs = list(reversed(list(runs)))
        self._shown: dict[str, tuple[str, str, int]] = {}  # by run: what was told last
        runs.added.connect(self._on_added)
        runs.removed.connect(self._on_removed)
        runs.changed.connect(self._on_changed)
        runs.advanced.connect(self._on_advanced)
        runs.ended.connect(self._on_changed)

    def run_at(self, row: int) -> Run:
        """The run of a row."""
        return self._runs[row]

    def row_of(self, run: Run) -> int:
        """Where a run is."""
        return self._runs.index(run)

    def before(self, run: Run) -> Run | None:
        """The run that was made just before this one."""
        row = self.row_of(run) + 1
        return self._runs[row] if row < len(self._runs) else None

    @override
    def count(self) -> int:
        return len(self._runs)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == Column.NAME else flags

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        run, column = self._runs[index.row()], Column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return _text(run, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _spoken(run, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(run, column)
        return None

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() != Column.NAME:
            return False
        run = self._runs[index.row()]
        name = str(value).strip()
        self._list.change(run, name="" if name == run.usual_title else name)
        return True

    def _on_added(self, run: Run) -> None:
        self.beginInsertRows(NOWHERE, 0, 0)
        self._runs.insert(0, run)
        self.endInsertRows()

    def _on_removed(self, run: Run) -> None:
        row = self.row_of(run)
        self.beginRemoveRows(NOWHERE, row, row)
        del self._runs[row]
        self._shown.pop(run.id, None)
        self.endRemoveRows()

    def _on_changed(self, run: Run) -> None:
        row = self.row_of(run)
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))

    def _on_advanced(self, run: Run) -> None:
        """Forty times a second: say so only when the words have changed."""
        words = state_in_words(run), length(run), len(run.settings)
        if self._shown.get(run.id) != words:
            self._shown[run.id] = words
            row = self.row_of(run)
            self.dataChanged.emit(self.index(row, Column.STATE), self.index(row, Column.LENGTH))


def state_in_words(run: Run) -> str:
    """How it is going, such as "running 43 %", or how it ended."""
    if run.reference:
        return "reference"
    match run.state:
        case "running" if run.tstop > 0:
            return f"running {min(run.time / run.tstop, 1):.0%}".replace("%", " %")
        case "paused" | "stopped":
            return f"{run.state} at {milliseconds(run.time)}"
        case "failed":
            return f"failed: {run.problem.what}" if run.problem is not None else "failed"
    return run.state


def length(run: Run) -> str:
    """Model time that there is, or will be if all goes well."""
    return milliseconds(run.time if run.is_over else run.tstop or run.experiment.conditions.tstop)


def milliseconds(time: float) -> str:
    """A model time for people."""
    return f"{round(time, 3):.12g} ms"


def summary(run: Run) -> str:
    """All that is known of a run, a line each."""
    lines = [run.title, f"{state_in_words(run)}; {length(run)}, begun {_began(run)}"]
    if run.is_loaded:
        lines[1:] = [f"{length(run)}, from {run.reference}", _TO_COMPARE, *_traces(run)]
        return "\n".join(lines)
    if run.reference:
        lines[1:] = [f"{length(run)}, from {run.reference}", "Runs are compared with it until you stop that."]
    lines += [f"Experiment: {run.experiment.title}"] if run.experiment.title else []
    if run.problem is not None:
        lines += [each for each in (run.problem.where, run.problem.hint) if each]
    if run.spikes:
        lines.append(
            "Spikes: " + ", ".join(f"{spikes.count} in {name}" for name, spikes in run.spikes.items())
        )
    if run.settings:
        lines += [
            "Changed while it ran:",
            *(f"  {in_words(each, run.experiment, run.settings)}" for each in run.settings),
        ]
    return "\n".join(lines)


def _traces(run: Run) -> list[str]:
    """What a reference holds, and how fine it is."""
    names = ", ".join(f"{each.label} ({each.unit or 'no unit'})" for each in run.heads)
    return [f"Traces: {names}; a sample every {run.traces.interval:.6g} ms"]


def _text(run: Run, column: Column) -> str:
    match column:
        case Column.NAME:
            return run.title
        case Column.STATE:
            return state_in_words(run)
        case Column.LENGTH:
            return length(run)
        case Column.BEGAN:
            return _began(run)
    return ""


def _spoken(run: Run, column: Column) -> str:
    match column:
        case Column.SHOWN:
            return "shown" if run.is_visible else "hidden"
        case Column.COLOUR:
            return f"colour {run.colour}" if run.colour else "coloured by its traces"
        case Column.PINNED:
            return "pinned" if run.is_pinned else "not pinned"
    return _text(run, column)


def _tip(run: Run, column: Column) -> str:
    match column:
        case Column.SHOWN:
            return "It is drawn: click to hide it." if run.is_visible else "It is hidden: click to draw it."
        case Column.COLOUR:
            return "Click to choose a colour for all traces of this run."
        case Column.PINNED:
            return (
                "Pinned: it cannot be deleted."
                if run.is_pinned
                else "Click to pin: protects it from deletion."
            )
    return summary(run)


def _began(run: Run) -> str:
    now = datetime.now(run.began_at.tzinfo)
    return f"{run.began_at:{_SAME_DAY if run.began_at.date() == now.date() else _OTHER_DAY}}"
