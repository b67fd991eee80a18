"""Which values a column has and how often, or between which numbers they lie. Works in a thread."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from gui.background import Task

if TYPE_CHECKING:
    from engine.circuit.nodes import NodePopulation

_MOST_VALUES: Final = 500  # more are not ticked off in a list


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """`counts`: value to number of cells, None where there are too many values; then `lowest`, `highest`."""

    counts: dict[str, int] | None
    lowest: float = np.nan
    highest: float = np.nan


def values_of(task: Task, nodes: "NodePopulation", column: str) -> ColumnValues:
    """Look at all cells; leaves when the task is cancelled."""
    kind = nodes.columns[column].kind
    if kind in ("integer", "real"):
        return _numbers(task, nodes, column, may_list=kind == "integer" and column != "node_id")
    return ColumnValues(_texts(task, nodes, column))


def _texts(task: Task, nodes: "NodePopulation", column: str) -> dict[str, int] | None:
    library = nodes.library(column)
    counts: dict[str, int] = {}
    for start, stop in nodes.chunks():
        task.report(start, nodes.size, "Counting…")
        values = nodes.raw(column, start, stop)
        if library is None:
            texts, numbers = np.unique(values.astype(str), return_counts=True)
        else:
            every = np.bincount(values, minlength=len(library))
            texts, numbers = library[every > 0], every[every > 0]
        for text, number in zip(texts.tolist(), numbers.tolist(), strict=True):
            counts[text] = counts.get(text, 0) + number
        if len(counts) > _MOST_VALUES:
            return None
    return dict(sorted(counts.items(), key=lambda item: (item[0].casefold(), item[0])))


def _numbers(task: Task, nodes: "NodePopulation", column: str, *, may_list: bool) -> ColumnValues:
    lowest, highest = np.inf, -np.inf
    counts: dict[int, int] | None = {} if may_list else None
    for start, stop in nodes.chunks():
        task.report(start, nodes.size, "Looking at the values…")
        values = nodes.raw(column, start, stop)
        finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
        if finite.size:
            lowest, highest = min(lowest, float(finite.min())), max(highest, float(finite.max()))
        if counts is not None:
            present, numbers = np.unique(values, return_counts=True)
            if len(present) + len(counts) > _MOST_VALUES:
                counts = None
                continue
            for value, number in zip(present.tolist(), numbers.tolist(), strict=True):
                counts[value] = counts.get(value, 0) + number
    listed = None if counts is None else {str(value): counts[value] for value in sorted(counts)}
    return ColumnValues(listed, lowest, highest)
