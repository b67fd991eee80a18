"""Many cells at once: who fires when, and how they are connected."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget
from typing_extensions import override

from gui import theme
from gui.actions import Action
from gui.panels.network import words
from gui.panels.network.commands import actions_of
from gui.panels.network.graph_tab import GraphTab
from gui.panels.network.raster_tab import RasterTab
from gui.session.link_reader import LinkReader
from gui.session.members import Members, Membership
from gui.session.session import Session
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.flow import FlowRow
from gui.widgets.help_button import HelpButton


class NetworkPanel(QWidget):
    """What the experiment's cells are together, and what they do in the newest run.

    Who takes part, and their connections, are read only while the panel is seen.
    """

    cursor_text = Signal(str)  # what is under the mouse, "" for nothing
    actions_changed = Signal()  # what can be done is another

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.membership = Membership(self)  # of the experiment as it is now
        self.links = LinkReader(self)
        self.raster = RasterTab(session, self)
        self.graph = GraphTab(session, self)
        self.tabs = QTabBar()
        self.plan = ElidedLabel()
        self.plan.setAccessibleName("What a run builds and records")
        self._lay_out()
        self._connect()

    @property
    def members(self) -> Members:
        """The cells of the experiment."""
        return self.membership.members

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # of ours, not those of QWidget
        """What the window's menus offer of this panel."""
        return actions_of(self)

    def show_graph(self) -> None:
        """Show who is connected with whom."""
        self.tabs.setCurrentIndex(1)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()
        self.raster.stack.touch()

    def _lay_out(self) -> None:
        for name, tip in (("Spikes", "Who fires when"), ("Graph", "Who is connected with whom")):
            self.tabs.setTabToolTip(self.tabs.addTab(name), tip)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setAccessibleName("What is shown of the network")
        own = (self.raster.order, self.raster.bin, self.graph.shows, self.graph.width_by)
        controls = FlowRow(self.tabs, *own)
        self._pages = QStackedWidget()
        for page in (self.raster, self.graph):
            self._pages.addWidget(page)
        self._show_tab()
        head = QHBoxLayout()
        head.addWidget(controls, 1)
        head.addWidget(HelpButton("network"), 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.plan)
        layout.addWidget(self._pages, 1)

    def _connect(self) -> None:
        session = self._session
        session.circuit_opened.connect(self._look)
        session.document.experiment_changed.connect(self._look)
        self.membership.changed.connect(self._on_members)
        self.links.changed.connect(self._on_links)
        self.links.progressed.connect(self.graph.show_progress)
        self.graph.cancelled.connect(self.links.cancel)
        self.graph.hovered_text.connect(self.cursor_text)
        self.tabs.currentChanged.connect(self._show_tab)
        self.raster.order.activated.connect(self._on_order)
        self.links.failed.connect(session.notices.post_error)
        self.raster.hovered_text.connect(self.cursor_text)
        session.runs.added.connect(self._on_run)
        session.runs.removed.connect(self._on_run)
        theme.notifier().changed.connect(self._on_theme)

    def _look(self, *_what: object) -> None:
        if not self.isVisible():
            return
        self.membership.show(self._session.circuit, self._session.document.experiment)
        self._read_links()
        self._show_plan()

    def _on_members(self) -> None:
        self._read_links()
        self._show_plan()
        self.graph.show_links(self.members, self.links.links)
        self.actions_changed.emit()

    def _read_links(self) -> None:
        if not self.membership.is_reading:
            self.links.show(self._session.circuit, self.members, self._session.document.experiment)

    def _show_plan(self) -> None:
        self.plan.setText(words.plan(self.members, self._session.document.experiment, self.links.links))

    def _on_links(self) -> None:
        self._show_plan()
        self.graph.show_links(self.members, self.links.links)
        self.actions_changed.emit()

    def _show_tab(self) -> None:
        is_graph = self.tabs.currentIndex() == 1
        self._pages.setCurrentWidget(self.graph if is_graph else self.raster)
        self.raster.bin.setVisible(not is_graph)
        for each in (self.graph.shows, self.graph.width_by):
            each.setVisible(is_graph)
        if is_graph:
            self.graph.arrange()
        self.actions_changed.emit()

    def _on_order(self) -> None:
        """Colours of the graph are those of the raster."""
        self.membership.by = self.raster.order.currentData()
        self._look()

    def _on_theme(self) -> None:
        self.raster.dress()
        self.graph.dress()

    def _on_run(self, _run: object) -> None:
        self.actions_changed.emit()
