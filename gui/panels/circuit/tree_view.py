"""The view of the circuit's tree, and the sentence about the problem that is chosen."""

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QLabel, QMenu, QSizePolicy, QTreeView, QVBoxLayout, QWidget

from gui.models.circuit_tree import Branch, CircuitTreeModel, branch_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.circuit.circuit import Circuit

_WITH_CELLS: Final = ("population", "set", "value")


class CircuitTree(QWidget):
    """A click, or Enter, on a population, node set or type says so; on a problem, shows how to mend it."""

    chosen = Signal(object)  # Branch of kind population, set or value
    add_wanted = Signal(object)  # Branch, too: its cells shall take part in the experiment

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = CircuitTreeModel(self)
        self.view = QTreeView(self)
        self.view.setModel(self.model)
        self.view.setAccessibleName("Parts of the circuit")
        self.view.setUniformRowHeights(True)
        self.view.setHeaderHidden(True)
        self.view.setAllColumnsShowFocus(True)
        self.view.setExpandsOnDoubleClick(False)
        self.view.expanded.connect(self.model.open_branch)
        self.view.clicked.connect(self._on_clicked)
        self.view.activated.connect(self._on_clicked)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_menu_wanted)
        self.detail = QLabel(self)
        self.detail.setWordWrap(True)
        self.detail.setTextFormat(Qt.TextFormat.PlainText)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.detail.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.detail.setAccessibleName("The problem and what to do about it")
        self.detail.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.detail)
        self.view.selectionModel().currentChanged.connect(self._on_current)

    def show_circuit(self, circuit: "Circuit | None", extra: "Mapping[str, Any]") -> None:
        """Show a circuit with the node sets of the experiment."""
        self.model.show(circuit, extra)
        self.detail.hide()
        header = self.view.header()
        if self.model.columnCount() == 2:
            header.setStretchLastSection(False)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        if (problems := self.model.problems_item) is not None:
            for row in range(problems.rowCount()):
                self.view.setFirstColumnSpanned(row, problems.index(), True)
        if self.model.rowCount():
            self.view.expand(self.model.index(0, 0))

    def show_problems(self) -> None:
        """Open the list of problems and go to the first."""
        item = self.model.problems_item
        if item is not None:
            self.view.expand(item.index())
            self.view.setCurrentIndex(item.child(0).index())
            self.view.setFocus()

    def open_sets(self, population: str) -> None:
        """Open the node sets of a population, where a new one can be seen."""
        for row in range(self.model.rowCount()):
            item = self.model.item(row)
            if branch_of(item).population == population and item.rowCount():
                self.view.expand(item.index())
                self.view.expand(item.child(0).index())

    def _on_current(self, index: QModelIndex, _old: QModelIndex) -> None:
        branch = self._branch(index)
        self.detail.setVisible(branch.kind == "problem")
        if branch.kind == "problem":
            self.detail.setText(branch.name)

    def _on_clicked(self, index: QModelIndex) -> None:
        branch = self._branch(index)
        if branch.kind in _WITH_CELLS:
            self.chosen.emit(branch)
        elif self.model.hasChildren(index.siblingAtColumn(0)):
            first = index.siblingAtColumn(0)
            self.view.setExpanded(first, not self.view.isExpanded(first))

    def menu_of(self, branch: Branch) -> QMenu | None:
        """What can be done with an entry; None: nothing."""
        if branch.kind not in _WITH_CELLS:
            return None
        menu = QMenu(self.view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Show its cells").triggered.connect(lambda: self.chosen.emit(branch))
        menu.addAction("Add its cells to experiment").triggered.connect(lambda: self.add_wanted.emit(branch))
        return menu

    def _on_menu_wanted(self, place: QPoint) -> None:
        menu = self.menu_of(self._branch(self.view.indexAt(place)))
        if menu is not None:
            menu.popup(self.view.viewport().mapToGlobal(place))

    def _branch(self, index: QModelIndex) -> Branch:
        item = self.model.itemFromIndex(index.siblingAtColumn(0)) if index.isValid() else None
        return Branch("") if item is None else branch_of(item)
