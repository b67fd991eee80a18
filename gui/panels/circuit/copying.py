"""Cells as CSV for the clipboard."""

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from gui.background import Task
from gui.models.node_blocks import texts_of
from gui.models.node_table import heading

if TYPE_CHECKING:
    from engine.circuit.node_columns import Column
    from engine.circuit.nodes import NodePopulation

_ROWS_AT_ONCE: Final = 20_000


def csv_of(task: Task, nodes: "NodePopulation", columns: "Sequence[Column]", ids: NDArray[np.int64]) -> str:
    """A line of titles with units, then a line for each cell; numbers in full."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([heading(column) for column in columns])
    for start in range(0, len(ids), _ROWS_AT_ONCE):
        task.report(start, len(ids), "Copying…")
        part = ids[start : start + _ROWS_AT_ONCE]
        texts = [_in_full(nodes.read_rows(column.name, part)) for column in columns]
        writer.writerows(zip(*texts, strict=True))
    return file.getvalue()


def _in_full(values: NDArray[Any]) -> list[str]:
    """float32 as the shortest text that reads back as the same number."""
    if values.dtype.kind == "f":
        return ["" if np.isnan(each) else str(each) for each in values]
    return texts_of(values)
