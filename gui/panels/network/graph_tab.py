"""Who is connected with whom: the experiment's cells as a graph, or their groups where there are many."""

from typing import TYPE_CHECKING, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from gui import theme
from gui.background import Task, in_background
from gui.panels.network import graph as graphs
from gui.panels.network import words
from gui.panels.network.graph import Graph
from gui.plots import look
from gui.plots.graph_layout import layout
from gui.plots.graph_plot import GraphPlot, Shape, strengths_of
from gui.plots.one_plot import OnePlot
from gui.plots.picture import LegendEntry
from gui.plots.saving import PlotSaving
from gui.plots.table import Column
from gui.session.members import NOBODY, Members
from gui.session.session import Session

if TYPE_CHECKING:
    from engine.circuit.links import Links

_SHOWS: Final = (("", "As fits"), ("cells", "Each cell"), ("groups", "Groups of cells"))
_WIDTHS: Final = (("weights", "By total weight"), ("synapses", "By synapses"))


class GraphTab(OnePlot):
    """Arranged in the background; a click on a node selects its cells, and selected cells are ringed."""

    show_all_key = "F"
    hovered_text = Signal(str)
    cancelled = Signal()  # the user does not want to wait for the connections

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.graph: Graph | None = None
        self._members: Members = NOBODY
        self._links: tuple[Links, ...] | None = None
        self._task: Task | None = None
        self._is_stale = False
        self.plot = GraphPlot()
        self.shows, self.width_by = QComboBox(), QComboBox()
        self.legend = QLabel()
        self.words, self.bar, self.stop = QLabel(), QProgressBar(), QPushButton("Cancel")
        self.saving = PlotSaving(
            self, session.notices, self._legend, numbers="connections", file_name="connections"
        )
        self._set_up()
        self._lay_out()
        self._connect()
        self.show_links(NOBODY, ())

    @property
    def is_arranging(self) -> bool:
        """Whether another graph is still to come."""
        return self._task is not None

    def show_links(self, members: Members, links: "tuple[Links, ...] | None") -> None:
        """Draw the connections of these cells; None: they are being read."""
        self._members, self._links = members, links
        self._is_stale = True
        if self.isVisible():
            self.arrange()

    def arrange(self) -> None:
        """Make the graph of what there is, if that is another."""
        if not self._is_stale:
            return
        self._is_stale = False
        self._give_up()
        members, links = self._members, self._links
        if links is None or not any(len(each.sources) for each in links):
            self._say(members)
            return
        shows, by = self.shows.currentData(), self.width_by.currentData()
        as_groups = graphs.is_for_groups(members, links) if shows == "" else shows == "groups"

        def work(task: Task) -> tuple[Graph, Shape]:
            graph = (graphs.of_groups if as_groups else graphs.of_cells)(members, links)
            weights = graph.weights if by == "weights" else graph.synapses
            strengths = strengths_of(weights if np.isfinite(weights).any() else graph.synapses)
            places = layout(task, len(graph.names), graph.sources, graph.targets, strengths)
            sizes = np.array([len(each) for each in graph.cells], dtype=np.int64)
            colours = tuple(theme.trace_colour(group) for group in graph.groups.tolist())
            ends = graph.sources, graph.targets
            return graph, Shape(places, colours, graph.names, sizes, *ends, strengths)

        self._task = in_background(work, self._take, self._session.notices.post_error)
        self._show_waiting("Arranging the graph…")

    def show_progress(self, done: int, total: int, text: str) -> None:
        """How far the reading of the connections is."""
        self._show_waiting(text)
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def dress(self) -> None:
        """Take the colours of the window."""
        self.plot.dress()
        self._is_stale = True
        if self.isVisible():
            self.arrange()

    @override
    def drawing(self) -> pg.PlotWidget:
        return self.plot

    @override
    def show_all(self) -> None:
        self.plot.fit()

    @override
    def columns(self) -> list[Column]:
        graph = self.graph
        if graph is None:
            return []
        names = np.array(graph.names, dtype=object)
        unit = f" ({graph.unit})" if graph.unit else ""
        return [
            ("from", names[graph.sources]),
            ("to", names[graph.targets]),
            ("synapses", graph.synapses),
            ("gap junctions", graph.junctions),
            ("pairs", graph.pairs),
            (f"total weight{unit}", graph.weights),
            ("mean delay (ms)", graph.delays),
        ]

    def _set_up(self) -> None:
        self.plot.setAccessibleName("Graph of the connections between cells")
        for box, choices, name, tip in (
            (self.shows, _SHOWS, "What a node is", "Cells as nodes, or groups of them where there are many"),
            (self.width_by, _WIDTHS, "What the width of an edge is", "Strong connections are drawn wider"),
        ):
            for value, text in choices:
                box.addItem(text, value)
            box.setAccessibleName(name)
            box.setToolTip(tip)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(13)
        self.words.setAccessibleName("About the connections")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.legend.setAccessibleName("What the colours are")
        self.legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.bar.setAccessibleName("How far the connections are read")
        self.stop.setAccessibleName("Do not wait for the connections")
        self.stop.setToolTip("Do not wait for the connections")

    def _lay_out(self) -> None:
        waiting = QHBoxLayout()
        waiting.addStretch(1)
        waiting.addWidget(self.bar)
        waiting.addWidget(self.stop)
        waiting.addStretch(1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(self.words, 1)
        column.addLayout(waiting)
        self._page = page
        self._pages = QStackedWidget()
        drawn = QWidget()
        upper = QVBoxLayout(drawn)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(2)
        upper.addWidget(self.legend)
        upper.addWidget(self.plot, 1)
        self._drawn = drawn
        self._pages.addWidget(page)
        self._pages.addWidget(drawn)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._pages)
        self.plot.setMinimumHeight(round(6 * look.em()))

    def _connect(self) -> None:
        self._session.selection.cells_changed.connect(self._show_selected)
        self.plot.clicked.connect(self._on_clicked)
        self.plot.hovered.connect(self._on_hovered)
        self.plot.menu_wanted.connect(self.open_menu)
        self.stop.clicked.connect(self._on_stop)
        for box in (self.shows, self.width_by):
            box.activated.connect(self._on_choice)

    def _take(self, found: tuple[Graph, Shape]) -> None:
        self._task = None
        self.graph, shape = found
        self.plot.show_shape(shape)
        names = self._members.names
        self.legend.setText(
            words.legend((name, theme.trace_colour(group)) for group, name in enumerate(names))
        )
        self._pages.setCurrentWidget(self._drawn)
        self._show_selected()

    def _say(self, members: Members) -> None:
        self.graph = None
        self.plot.show_shape(None)
        if self._links is None:
            self._show_waiting("Reading connections…")
            return
        experiment = self._session.document.experiment
        if not members.cells:
            self.words.setText("The experiment has no cells yet: add some in the circuit.")
        elif experiment is not None and not experiment.connections.enabled:
            self.words.setText("Connections are off: these cells are not connected in runs.")
        else:
            self.words.setText("No edge of the circuit connects these cells.")
        self._show_waiting("")

    def _show_waiting(self, text: str) -> None:
        if text:
            self.words.setText(text)
            self.bar.setRange(0, 0)
        self.bar.setVisible(bool(text))
        self.stop.setVisible(bool(text))
        self._pages.setCurrentWidget(self._page)

    def _give_up(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _on_stop(self) -> None:
        self._give_up()
        self.cancelled.emit()
        self.words.setText("The connections were not read. Show this panel again to read them.")
        self._show_waiting("")

    def _on_choice(self) -> None:
        self._is_stale = True
        self.arrange()

    def _show_selected(self) -> None:
        """Ring the nodes of which cells are selected."""
        graph, selection = self.graph, self._session.selection
        if graph is None:
            return
        ringed = {
            node
            for node, cells in enumerate(graph.cells)
            if any(selection.holds(each.population, each.node_id) for each in cells)
        }
        self.plot.choose(frozenset(ringed) if len(ringed) < len(graph.cells) else frozenset())

    def _on_clicked(self, node: int | None, adds: bool) -> None:  # noqa: FBT001 - a slot
        selection = self._session.selection
        if self.graph is None:
            return
        if node is None:
            selection.select_cells("", [])
            return
        cells = self.graph.cells[node]
        population = cells[0].population
        ids = [each.node_id for each in cells if each.population == population]
        if adds and len(cells) == 1:
            selection.toggle(population, ids[0])
        else:
            selection.select_cells(population, ids)

    def _on_hovered(self, node: int | None, edge: int | None) -> None:
        graph, text = self.graph, ""
        if graph is not None and node is not None:
            text = graph.node_text(node, self._members)
        elif graph is not None and edge is not None:
            text = graph.edge_text(edge)
        self.hovered_text.emit(text)
        self.plot.setToolTip(text)
        if not text:
            QToolTip.hideText()

    def _legend(self) -> list[LegendEntry]:
        return [
            (look.line_pen(theme.trace_colour(group), width=3.0), name)
            for group, name in enumerate(self._members.names)
        ]
