"""What a browser shows, once it has been read."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QStandardItem
from pytestqt.qtbot import QtBot

from gui.models.circuit_tree import branch_of
from gui.models.node_table import NOT_YET
from gui.panels.circuit.panel import CircuitPanel


def text(qtbot: QtBot, panel: CircuitPanel, row: int, column: str) -> str:
    """What stands in a row of the table."""
    model = panel.cells.model
    index = model.index(row, model.column_index(column))
    qtbot.waitUntil(lambda: model.data(index) != NOT_YET)
    return str(model.data(index))


def ids(panel: CircuitPanel) -> list[int]:
    """The cells in the table."""
    model = panel.cells.model
    return list(range(model.rowCount())) if model.rows is None else [int(each) for each in model.rows]


def filtered(qtbot: QtBot, panel: CircuitPanel, words: str) -> None:
    """Type into the filter and wait for what comes of it."""
    finder = panel.cells.finder
    panel.cells.filter.line.clear()
    with qtbot.waitSignals([finder.busy_changed, finder.busy_changed], timeout=5000):
        qtbot.keyClicks(panel.cells.filter.line, words)
    qtbot.waitUntil(lambda: not finder.is_busy)


def sorted_by(qtbot: QtBot, panel: CircuitPanel, column: str, *, descending: bool = False) -> None:
    """Sort as a click on the header does."""
    order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
    with qtbot.waitSignal(panel.cells.finder.found):
        panel.cells.table.sortByColumn(panel.cells.model.column_index(column), order)


def place_of_row(panel: CircuitPanel, row: int) -> QPoint:
    """Where to click on a row."""
    table = panel.cells.table
    return table.visualRect(panel.cells.model.index(row, 0)).center()


def branch(panel: CircuitPanel, population: str, kind: str, name: str = "") -> QStandardItem:
    """A branch of a population in the tree."""
    model = panel.tree.model
    for row in range(model.rowCount()):
        item = model.item(row)
        for place in range(item.rowCount()):
            found = branch_of(item.child(place))
            if (found.population, found.kind) == (population, kind) and name in ("", found.name):
                return item.child(place)
    raise AssertionError((population, kind, name))


def children(item: QStandardItem) -> dict[str, str]:
    """The texts below an entry, with the numbers beside them."""
    return {item.child(row, 0).text(): item.child(row, 1).text() for row in range(item.rowCount())}
