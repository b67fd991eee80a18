"""What a view of rows asks of its model: which number stands for a row, whatever the rows are of."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, Qt, Signal
from typing_extensions import override

if TYPE_CHECKING:
    from engine.circuit.node_columns import Column

RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RowTableModel(QAbstractTableModel):
    """Each row stands for a number, the id of what it shows; a selection keeps those numbers."""

    sort_wanted = Signal(str, bool)  # column ("": by id), descending

    @property
    def columns(self) -> "tuple[Column, ...]":
        """In the order of the model; a view may show them in another."""
        raise NotImplementedError

    @property
    def owner(self) -> str:
        """Of what the ids are, as a selection calls it; "" of nothing."""
        raise NotImplementedError

    def node_id(self, row: int) -> int:
        """The id of what is in a row."""
        raise NotImplementedError

    def ids_between(self, first: int, last: int) -> Callable[[], NDArray[np.int64]]:
        """Makes, also in a thread, the ids in these rows: ascending, each once."""
        raise NotImplementedError

    def row_of(self, node_id: int) -> int:
        """The row in which an id is shown; -1 if it is not."""
        raise NotImplementedError

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Numbers stand to the right."""
        return RIGHT if self.columns[column].kind in ("integer", "real") else LEFT

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        name = self.columns[column].name if 0 <= column < len(self.columns) else ""
        self.sort_wanted.emit(name, order == Qt.SortOrder.DescendingOrder)
