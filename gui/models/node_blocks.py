"""The texts of a table, read a block at a time in a thread and kept while there is room."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import EngineError
from gui.background import Task, in_background

if TYPE_CHECKING:
    from engine.circuit.nodes import NodePopulation

BlockKey = tuple[str, int]  # column, number of the block
_Read = list[tuple[BlockKey, list[str], str]]

_ROWS_IN_ORDER: Final = 256  # one stretch of the file
_ROWS_SCATTERED: Final = 64  # each row is a place of its own in the file
_KEPT: Final = 768  # blocks
_BREATH_S: Final = 0.001  # between blocks, for the window's thread
_MOST_WAITING: Final = 48  # what was scrolled past longer ago is not read


class NodeBlocks(QObject):
    """Never reads in the window's thread: HDF5 lets in one thread at a time, so a short read may wait."""

    arrived = Signal(str, object, object)  # column, first and last row of the table
    failed = Signal(str, str)  # column, what is wrong with it; once for each

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: NodePopulation | None = None
        self._rows: NDArray[Any] | None = None
        self._count = 0
        self._block_rows = _ROWS_IN_ORDER
        self._kept: OrderedDict[BlockKey, list[str]] = OrderedDict()
        self._waiting: OrderedDict[BlockKey, None] = OrderedDict()
        self._task: Task | None = None
        self._wrong: set[str] = set()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._read_next)

    def show(self, nodes: "NodePopulation | None", rows: NDArray[Any] | None) -> None:
        """Read these rows of a population from now on (None: all)."""
        self._give_up()
        if nodes is not self._nodes:
            self._wrong.clear()
        self._nodes, self._rows = nodes, rows
        self._count = 0 if nodes is None else nodes.size if rows is None else len(rows)
        self._block_rows = _ROWS_IN_ORDER if rows is None else _ROWS_SCATTERED
        self._kept.clear()

    def text(self, column: str, row: int) -> str | None:
        """What stands there; None if it is yet to be read: `arrived` tells when."""
        block, place = divmod(row, self._block_rows)
        key = (column, block)
        texts = self._kept.get(key)
        if texts is None:
            self._wait_for([key])
            return None
        self._kept.move_to_end(key)
        return texts[place] if place < len(texts) else ""

    def _wait_for(self, keys: Iterable[BlockKey]) -> None:
        for key in keys:
            self._waiting[key] = None
            self._waiting.move_to_end(key)
        while len(self._waiting) > _MOST_WAITING:
            self._waiting.popitem(last=False)
        if self._task is None and not self._soon.isActive():
            self._soon.start(0)

    def _read_next(self) -> None:
        if self._nodes is None or self._task is not None or not self._waiting:
            return
        keys = list(reversed(self._waiting))
        self._waiting.clear()
        self._read(keys, then_neighbours=True)

    def _read(self, keys: list[BlockKey], *, then_neighbours: bool) -> None:
        nodes = self._nodes
        assert nodes is not None
        work = _reading(nodes, self._rows, self._count, self._block_rows, keys)
        self._task = in_background(
            work, lambda read: self._on_read(read, then_neighbours=then_neighbours), self._on_failed
        )

    def _on_read(self, read: _Read, *, then_neighbours: bool) -> None:
        self._task = None
        for (column, block), texts, wrong in read:
            self._kept[column, block] = texts
            if wrong and column not in self._wrong:
                self._wrong.add(column)
                self.failed.emit(column, wrong)
            first = block * self._block_rows
            self.arrived.emit(column, first, first + len(texts) - 1)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        if self._waiting:
            self._read_next()
        elif then_neighbours and (near := self._neighbours(key for key, _, _ in read)):
            self._read(near, then_neighbours=False)

    def _on_failed(self, error: EngineError) -> None:
        """The work collects its errors."""
        self._task = None
        self.failed.emit("", str(error))

    def _neighbours(self, keys: Iterable[BlockKey]) -> list[BlockKey]:
        """The blocks before and after: who scrolls on finds them there."""
        last = (self._count - 1) // self._block_rows
        near = [(column, block + step) for column, block in keys for step in (1, -1)]
        return [key for key in dict.fromkeys(near) if 0 <= key[1] <= last and key not in self._kept][
            :_MOST_WAITING
        ]

    def _give_up(self) -> None:
        self._waiting.clear()
        self._soon.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None


def texts_of(values: NDArray[Any]) -> list[str]:
    """As the table shows them; what is missing is empty."""
    if values.dtype.kind == "f":
        return ["" if each != each else f"{each:.6g}" for each in values.tolist()]  # noqa: PLR0124 - NaN
    return [str(each) for each in values.tolist()]


def _reading(
    nodes: "NodePopulation", rows: NDArray[Any] | None, count: int, block_rows: int, keys: list[BlockKey]
) -> Callable[[Task], _Read]:
    def work(task: Task) -> _Read:
        read: _Read = []
        for column, block in keys:
            task.report()
            time.sleep(_BREATH_S)
            start = block * block_rows
            stop = min(start + block_rows, count)
            try:
                if rows is None:
                    values = nodes.read(column, start, stop)
                else:
                    values = nodes.read_rows(column, rows[start:stop].astype(np.int64))
            except EngineError as error:
                read.append(((column, block), ["?"] * (stop - start), str(error)))
            else:
                read.append(((column, block), texts_of(values), ""))
        return read

    return work
