"""Which cells a table shows, in which order. Found in the background: the newest wish wins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from gui.background import Task, in_background

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit
    from engine.circuit.nodes import NodePopulation

Rows = NDArray[Any]  # int32 or int64 node ids in the order of the table

_LARGEST_INT32: Final = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Wish:
    """A filter text, the name of a node set ("" for none), and a column to sort by with "descending"."""

    text: str = ""
    node_set: str = ""
    sort: tuple[str, bool] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a wish. `rows` None: all cells by their ids."""

    wish: Wish
    rows: Rows | None
    ascending: bool  # by id, so that a cell is found by bisection


class RowFinder(QObject):
    """Finds rows in a thread. Every wish ends with `found`, `failed`, or a newer wish."""

    found = Signal(object)  # Found
    failed = Signal(object)  # EngineError
    progressed = Signal(object, object, object)  # done, total (0: not known), text
    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: Task | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a wish is being worked on."""
        return self._task is not None

    def ask(self, circuit: "Circuit", nodes: "NodePopulation", wish: Wish, extra: Mapping[str, Any]) -> None:
        """Look for the rows; `extra` are the node sets of the experiment, over those of the circuit."""
        self._let_go()
        self._task = in_background(
            lambda task: find_rows(task, circuit, nodes, wish, extra), self._on_found, self._on_failed
        )
        self._task.progressed.connect(self.progressed)
        self.busy_changed.emit(True)

    def cancel(self) -> None:
        """Give the present wish up."""
        if self._let_go():
            self.busy_changed.emit(False)

    def _let_go(self) -> bool:
        task, self._task = self._task, None
        if task is None:
            return False
        task.cancel()
        task.progressed.disconnect(self.progressed)
        return True

    def _on_found(self, found: Found) -> None:
        self._task = None
        self.busy_changed.emit(False)
        self.found.emit(found)

    def _on_failed(self, error: EngineError) -> None:
        self._task = None
        self.busy_changed.emit(False)
        self.failed.emit(error)


def find_rows(
    task: Task, circuit: "Circuit", nodes: "NodePopulation", wish: Wish, extra: Mapping[str, Any]
) -> Found:
    """Filter, then sort; leaves as soon as the task is cancelled, but not within a sort."""
    rows = _filtered(task, nodes, wish.text)
    if wish.node_set:
        members = members_of(circuit, nodes, wish.node_set, extra)
        rows = members if rows is None else np.intersect1d(rows, members, assume_unique=True)
    if wish.sort is None or (wish.sort[0] == "node_id" and not wish.sort[1]):
        return Found(wish, None if rows is None else _small(rows, nodes.size), ascending=True)
    task.report(0, 0, f"Sorting by {wish.sort[0]}…")
    if wish.sort[0] == "node_id":
        ordered = np.arange(nodes.size - 1, -1, -1) if rows is None else rows[::-1]
    else:
        ordered = nodes.sort([wish.sort], rows)
    return Found(wish, _small(ordered, nodes.size), ascending=False)


def members_of(
    circuit: "Circuit", nodes: "NodePopulation", node_set: str, extra: Mapping[str, Any]
) -> NDArray[np.int64]:
    """The ids, ascending, that a node set has in one population; EngineError if the set is wrong."""
    sets = circuit.node_sets.merged_with(extra) if extra else circuit.node_sets
    selected = sets.select(node_set, {nodes.name: nodes})
    return selected.get(nodes.name, np.empty(0, dtype=np.int64))


def _filtered(task: Task, nodes: "NodePopulation", text: str) -> NDArray[np.int64] | None:
    """Rows that a text keeps, ascending; None: all. Looks at a piece at a time."""
    from engine.circuit import query

    if not text.strip():
        return None
    condition = query.condition(text, nodes)
    kept = [np.empty(0, dtype=np.int64)]
    for start, stop in nodes.chunks():
        task.report(start, nodes.size, "Filtering…")
        kept.append(np.flatnonzero(condition.holds(query.Chunk(nodes, start, stop))) + start)
    return np.concatenate(kept)


def _small(rows: Rows, size: int) -> Rows:
    """Half the memory where ids allow it."""
    return rows.astype(np.int32) if size <= _LARGEST_INT32 else rows
