"""What a circuit consists of, as a tree: populations, their node sets and types, connections, problems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QStandardItem, QStandardItemModel
from typing_extensions import override

from engine.errors import EngineError
from gui import theme
from gui.background import Task, in_background
from gui.models.column_values import values_of
from gui.models.node_view import members_of

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit
    from engine.circuit.nodes import NodePopulation
    from engine.circuit.problems import Problem

Kind = Literal[
    "circuit", "population", "sets", "set", "column", "value", "edges", "edge", "problems", "problem", ""
]
Index = QModelIndex | QPersistentModelIndex
Counts = Sequence[tuple[str, int | None]]  # None: wrong, so it cannot be counted

BRANCH: Final = Qt.ItemDataRole.UserRole + 1
TYPE_COLUMNS: Final = (
    *("mtype", "etype", "layer", "synapse_class", "ei", "region", "pop_name", "model_name"),
    *("model_type", "model_template"),
)
VIRTUAL_WORD: Final = "Virtual cells send spikes; they cannot be stimulated."
_MOST_VALUES: Final = 200


@dataclass(frozen=True, slots=True)
class Branch:
    """What an entry of the tree stands for."""

    kind: Kind
    population: str = ""
    name: str = ""  # node set, column, edge population
    value: str = ""  # of the column
    countable: bool = False  # its children are counted when it is opened


class CircuitTreeModel(QStandardItemModel):
    """Children of node sets and types are counted in the background when their branch is opened."""

    types_known = Signal(object)  # node population to its type, such as "virtual"

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._circuit: Circuit | None = None
        self._extra: Mapping[str, Any] = {}
        self._tasks: dict[tuple[str, str], Task] = {}
        self._types: Task | None = None
        self.problems_item: QStandardItem | None = None

    @property
    def is_counting(self) -> bool:
        """Whether anything is still to come."""
        return self._types is not None or bool(self._tasks)

    def show(self, circuit: "Circuit | None", extra: Mapping[str, Any]) -> None:
        """Show a circuit; `extra` are the node sets of the experiment."""
        self._give_up()
        self.clear()
        self.setHorizontalHeaderLabels(["Circuit", "Cells"])
        self._circuit, self._extra, self.problems_item = circuit, extra, None
        if circuit is None:
            return
        for nodes in circuit.node_populations.values():
            self.appendRow(self._population_row(nodes))
        if circuit.edge_populations:
            self.appendRow(self._edges_row(circuit))
        if problems := circuit.problems:
            self.appendRow(self._problems_row(problems))
        self._types = in_background(lambda _task: _node_types(circuit), self._on_types, self._on_types_failed)

    def show_node_sets(self, extra: Mapping[str, Any]) -> None:
        """Other node sets of the experiment: branches that show node sets are counted again."""
        if extra == self._extra:
            return
        self._extra = extra
        for row in range(self.rowCount()):
            population = self.item(row)
            for place in range(population.rowCount()):
                branch_item = population.child(place)
                if branch_of(branch_item).kind == "sets" and not self._is_untouched(branch_item):
                    self._count(branch_item)

    def open_branch(self, index: QModelIndex) -> None:
        """Count the children of a branch that was opened, once."""
        item = self.itemFromIndex(index.siblingAtColumn(0))
        if branch_of(item).countable and self._is_untouched(item):
            self._count(item)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) & ~Qt.ItemFlag.ItemIsEditable

    def _population_row(self, nodes: "NodePopulation") -> list[QStandardItem]:
        item = _item(nodes.name, Branch("population", nodes.name))
        names = self._set_names()
        if names:
            item.appendRow(self._countable("Node sets", Branch("sets", nodes.name, countable=True)))
        for column in TYPE_COLUMNS:
            if column in nodes.columns:
                item.appendRow(self._countable(column, Branch("column", nodes.name, column, countable=True)))
        return [item, _number(nodes.size)]

    def _countable(self, text: str, branch: Branch) -> list[QStandardItem]:
        item = _item(text, branch)
        item.appendRow([_item("Counting…", Branch("")), QStandardItem()])
        return [item, QStandardItem()]

    def _edges_row(self, circuit: "Circuit") -> list[QStandardItem]:
        item = _item("Connections", Branch("edges"))
        for edges in circuit.edge_populations.values():
            child = _item(f"{edges.source} → {edges.target}", Branch("edge", name=edges.name))
            child.setToolTip(
                f"{edges.name}: {edges.size:,} connections from {edges.source} to {edges.target}"
            )
            item.appendRow([child, _number(edges.size)])
        return [item, QStandardItem()]

    def _problems_row(self, problems: "Sequence[Problem]") -> list[QStandardItem]:
        item = _item(f"Problems ({len(problems)})", Branch("problems"))
        worst = (
            theme.colours().error if any(p.severity == "error" for p in problems) else theme.colours().warning
        )
        item.setForeground(QBrush(QColor(worst)))
        for problem in problems:
            child = _item(problem.what, Branch("problem", name=str(problem)))
            child.setToolTip(str(problem))
            item.appendRow([child, QStandardItem()])
        self.problems_item = item
        return [item, QStandardItem()]

    def _set_names(self) -> tuple[str, ...]:
        assert self._circuit is not None
        return tuple(dict.fromkeys((*self._extra, *self._circuit.node_sets.names)))

    def _is_untouched(self, item: QStandardItem) -> bool:
        branch = branch_of(item)
        return (branch.population, branch.name) not in self._tasks and (
            item.rowCount() == 1 and branch_of(item.child(0)).kind == ""
        )

    def _count(self, item: QStandardItem) -> None:
        circuit, branch, extra, names = self._circuit, branch_of(item), self._extra, self._set_names()
        assert circuit is not None
        nodes = circuit.node_populations[branch.population]
        key = (branch.population, branch.name)
        if (old := self._tasks.pop(key, None)) is not None:
            old.cancel()

        def work(task: Task) -> Counts:
            if branch.kind == "column":
                found = values_of(task, nodes, branch.name).counts
                return [] if found is None else list(found.items())
            return [(name, _size(task, circuit, nodes, name, extra)) for name in names]

        self._tasks[key] = in_background(
            work, lambda counts: self._on_counts(item, counts), lambda error: self._on_failed(item, error)
        )

    def _on_counts(self, item: QStandardItem, counts: Counts) -> None:
        branch = branch_of(item)
        self._tasks.pop((branch.population, branch.name), None)
        item.removeRows(0, item.rowCount())
        kind: Kind = "set" if branch.kind == "sets" else "value"
        for text, count in counts[:_MOST_VALUES]:
            child = _item(text or "(empty)", _child_branch(kind, branch, text))
            if not count:
                child.setForeground(QBrush(QColor(theme.colours().disabled_text)))
                word = "is wrong; see Problems" if count is None else "has no cells in this population"
                child.setToolTip(f"The node set {text} {word}.")
            item.appendRow([child, _number(count)])
        if len(counts) > _MOST_VALUES:
            more = f"{len(counts) - _MOST_VALUES:,} more: use the filter"
            item.appendRow([_item(more, Branch("")), QStandardItem()])
        if not counts:
            item.appendRow([_item("too many to list: use the filter", Branch("")), QStandardItem()])

    def _on_failed(self, item: QStandardItem, error: EngineError) -> None:
        branch = branch_of(item)
        self._tasks.pop((branch.population, branch.name), None)
        item.removeRows(0, item.rowCount())
        child = _item(error.what, Branch("problem", name=str(error)))
        child.setToolTip(str(error))
        item.appendRow([child, QStandardItem()])

    def _on_types(self, types: Mapping[str, str]) -> None:
        self._types = None
        for row in range(self.rowCount()):
            item = self.item(row)
            branch = branch_of(item)
            node_type = types.get(branch.population)
            if branch.kind == "population" and node_type is not None:
                item.setText(branch.population + (" (virtual)" if node_type == "virtual" else ""))
                item.setToolTip(VIRTUAL_WORD if node_type == "virtual" else f"Cells of type {node_type}")
        self.types_known.emit(types)

    def _on_types_failed(self, _error: EngineError) -> None:
        """Reading the cells themselves will say what is wrong."""
        self._types = None

    def _give_up(self) -> None:
        for task in (*self._tasks.values(), self._types):
            if task is not None:
                task.cancel()
        self._tasks.clear()
        self._types = None


def branch_of(item: QStandardItem) -> Branch:
    """What an entry stands for."""
    branch = item.data(BRANCH)
    return branch if isinstance(branch, Branch) else Branch("")


def _child_branch(kind: Kind, parent: Branch, text: str) -> Branch:
    if kind == "set":
        return Branch("set", parent.population, text)
    return Branch("value", parent.population, parent.name, text)


def _item(text: str, branch: Branch) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(branch, BRANCH)
    item.setEditable(False)
    return item


def _number(count: int | None) -> QStandardItem:
    item = QStandardItem("!" if count is None else f"{count:,}")
    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    item.setEditable(False)
    return item


def _size(
    task: Task, circuit: "Circuit", nodes: "NodePopulation", name: str, extra: Mapping[str, Any]
) -> int | None:
    task.report(0, 0, f"Counting {name}…")
    try:
        return len(members_of(circuit, nodes, name, extra))
    except EngineError:
        return None


def _node_types(circuit: "Circuit") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, nodes in circuit.node_populations.items():
        try:
            found[name] = nodes.node_type
        except EngineError:
            found[name] = ""
    return found
