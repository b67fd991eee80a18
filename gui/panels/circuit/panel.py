"""The circuit browser: what is open, its tree, and the cells of the population that was chosen."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from engine.experiment.base import changed
from engine.experiment.experiment import Experiment
from gui.actions import Action
from gui.models.circuit_tree import Branch
from gui.panels.circuit import filter_text
from gui.panels.circuit.adding import Adding
from gui.panels.circuit.cells import ADD_CELLS, CellsView
from gui.panels.circuit.saving import NameNodeSet
from gui.panels.circuit.tree_view import CircuitTree
from gui.session.session import Session
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.help_button import HelpButton

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit

_MOST_LISTED: Final = 100_000  # cells of a node set: each is written into the experiment
_NOTHING_OPEN: Final = "No circuit is open."


class CircuitPanel(QWidget):
    """Browses `session.circuit`; shows and changes which of its cells are selected."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._population = ""
        self._chosen_by_user = False
        self._types: dict[str, str] = {}
        self.title = ElidedLabel(self)  # one that wraps would give the panel the height that it likes to have
        self.title.setText(_NOTHING_OPEN)
        self.title.setAccessibleName("The circuit that is open")
        self.tree = CircuitTree(self)
        self.cells = CellsView(session, self)
        self._naming: NameNodeSet | None = None
        self._adding = Adding(session, self.cells.follow)
        self._lay_out()
        self.tree.chosen.connect(self._on_chosen)
        self.tree.add_wanted.connect(self._adding.of_branch)
        self.tree.model.types_known.connect(self._on_types)
        self.cells.add_wanted.connect(self.add_cells)
        self.cells.save_wanted.connect(self.save_node_set)
        session.circuit_opened.connect(self._on_circuit)
        session.selection.cells_changed.connect(self._on_selected)
        session.document.experiment_changed.connect(self._on_experiment)
        if session.circuit is not None:
            self._on_circuit(session.circuit)

    def focus_filter(self) -> None:
        """Go to the filter and mark what it holds."""
        self.cells.filter.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.cells.filter.line.selectAll()

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # not QActions: the window makes those
        """What can be done here."""
        return (
            self._action(
                "filter", "Filter cells", "Go to the filter of cells.", self.focus_filter, shortcut="Ctrl+F"
            ),
            self._action(
                "add_cell",
                lambda: ADD_CELLS if self._session.selection.node_ids.size > 1 else "Add cell to experiment",
                "Let the selected cells take part in the experiment, several of them with their connections.",
                self.add_cells,
                enabled=self._has_selection,
            ),
            self._action(
                "copy",
                "Copy cells as CSV",
                "Copy the selected cells, the columns as shown.",
                self.cells.copy,
                enabled=self._has_selection,
            ),
            self._action(
                "save_node_set",
                "Save selection as node set…",
                "Keep the selected cells under a name in the experiment.",
                self.save_node_set,
                enabled=lambda: self._has_selection() and self._session.document.experiment is not None,
            ),
            self._action(
                "columns", "Choose columns…", "Choose the columns of the table of cells.", self.choose_columns
            ),
            self._action("map", "Map of the somata", "Show where the cells lie.", self.show_map),
            self._action(
                "lasso",
                "Select with a lasso",
                "Draw around cells in the map, instead of a rectangle.",
                self.switch_lasso,
                checked=lambda: self.cells.map_tab.map.is_lasso,
            ),
            self._action(
                "problems",
                "Problems of the circuit",
                "Show what is wrong with the circuit and how to mend it.",
                self.tree.show_problems,
                enabled=lambda: self.tree.model.problems_item is not None,
            ),
        )

    def choose_columns(self) -> None:
        """Open the menu of columns at the header of the table."""
        header = self.cells.table.horizontalHeader()
        menu = self.cells.columns.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(header.mapToGlobal(header.rect().bottomLeft()))

    def show_map(self) -> None:
        """Show the map instead of the table."""
        self.cells.tabs.setCurrentWidget(self.cells.map_tab)
        self.cells.map_tab.map.setFocus()

    def switch_lasso(self) -> None:
        """Show the map with the lasso at hand, or lay it down."""
        self.show_map()
        self.cells.map_tab.switch_lasso()

    def add_cells(self) -> None:
        """Let the selected cells take part in the experiment, several of them connected."""
        self._adding.selected(self._types.get(self._session.selection.population, ""))

    def save_node_set(self) -> None:
        """Ask for a name, and keep the selected cells under it."""
        experiment, circuit = self._session.document.experiment, self._session.circuit
        selection = self._session.selection
        if experiment is None or circuit is None or not self._has_selection():
            return
        ids, nodes = selection.node_ids, circuit.node_populations[selection.population]
        if _MOST_LISTED < ids.size < nodes.size:
            what = f"{ids.size:,} cells are selected; at most {_MOST_LISTED:,} can be kept as a node set."
            self._session.notices.post(what, hint="Select fewer cells, or all.", severity="warning")
            return
        taken = (*circuit.node_sets.names, *circuit.node_populations, "all")
        self._naming = NameNodeSet(ids.size, taken, experiment.node_sets, self)
        self._naming.accepted.connect(self._on_named)
        self._naming.open()

    def _on_named(self) -> None:
        experiment, selection = self._session.document.experiment, self._session.selection
        if self._naming is None or experiment is None:
            return
        rule = self._rule_of_selection()
        sets = {**experiment.node_sets, self._naming.chosen: rule}
        self._session.document.change(changed(experiment, node_sets=sets), "Save node set")
        self.tree.open_sets(selection.population)

    def _rule_of_selection(self) -> dict[str, Any]:
        """As SONATA says it; a whole population needs no list."""
        circuit, selection = self._session.circuit, self._session.selection
        assert circuit is not None
        nodes = circuit.node_populations[selection.population]
        if selection.node_ids.size == nodes.size:
            return {"population": nodes.name}
        return {"population": nodes.name, "node_id": selection.node_ids.tolist()}

    def _action(
        self, name: str, text: str | Callable[[], str], tip: str, run: Callable[[], object], **more: Any
    ) -> Action:
        is_open = {"enabled": lambda: self._session.circuit is not None}
        return Action(
            id=f"circuit.{name}", text=text, tip=tip, run=run, menu="Circuit", **{**is_open, **more}
        )

    def _lay_out(self) -> None:
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.tree)
        splitter.addWidget(self.cells)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 5)
        splitter.setSizes([2000, 5000])  # shares of what there is
        heading = QHBoxLayout()
        heading.addWidget(self.title, 1)
        heading.addWidget(HelpButton("browsing"))
        layout = QVBoxLayout(self)
        layout.addLayout(heading)
        layout.addWidget(splitter, 1)

    def _has_selection(self) -> bool:
        return bool(self._session.selection.node_ids.size)

    def _node_sets(self) -> dict[str, Any]:
        experiment = self._session.document.experiment
        return {} if experiment is None else dict(experiment.node_sets)

    def _on_circuit(self, circuit: "Circuit | None") -> None:
        self._chosen_by_user = False
        self._types = {}
        self.tree.show_circuit(circuit, self._node_sets())
        self.title.setText(_NOTHING_OPEN if circuit is None else _title(circuit))
        if circuit is not None:
            self.title.setToolTip(f"{self.title.text()}\n{circuit.config_path}")
        first = next(iter(circuit.node_populations), "") if circuit is not None else ""
        self._show_population(first)

    def _show_population(self, name: str) -> None:
        circuit = self._session.circuit
        self._population = name
        self.cells.show_population(circuit, circuit.node_populations[name] if circuit and name else None)
        self.cells.show_node_type(self._types.get(name, ""))

    def _on_types(self, types: dict[str, str]) -> None:
        """What kinds of cells there are is known: begin with some that can be stimulated."""
        self._types = types
        real = next((name for name, kind in types.items() if kind != "virtual"), self._population)
        if (
            not self._chosen_by_user
            and types.get(self._population) == "virtual"
            and not self.cells.filter.text
        ):
            self._show_population(real)
        self.cells.show_node_type(types.get(self._population, ""))

    def _on_chosen(self, branch: Branch) -> None:
        self._chosen_by_user = True
        if branch.population != self._population:
            self._show_population(branch.population)
        bar = self.cells.filter
        text = filter_text.of_values(branch.name, [branch.value]) if branch.kind == "value" else ""
        bar.show_filter(text, branch.name if branch.kind == "set" else "")

    def _on_selected(self) -> None:
        """Somebody selected a cell of another population: show that."""
        circuit, wanted = self._session.circuit, self._session.selection.population
        if circuit is not None and wanted in circuit.node_populations and wanted != self._population:
            self._chosen_by_user = True
            self._show_population(wanted)

    def _on_experiment(self, _old: Experiment | None, _new: Experiment | None) -> None:
        sets = self._node_sets()
        if self._session.circuit is not None:
            self.tree.model.show_node_sets(sets)
            self.cells.show_node_sets(sets)


def _title(circuit: "Circuit") -> str:
    """One line on what is open."""
    cells = sum(nodes.size for nodes in circuit.node_populations.values())
    links = sum(edges.size for edges in circuit.edge_populations.values())
    parts = [f"{cells:,} {'cell' if cells == 1 else 'cells'}"]
    if links:
        parts.append(f"{links:,} connections")
    return f"{circuit.config_path.parent.name}: {', '.join(parts)}"
