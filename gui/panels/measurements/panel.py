"""Measurements: numbers of the traces, and plots that are made of them."""

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget
from typing_extensions import override

from gui import theme
from gui.actions import Action
from gui.panels.measurements.commands import actions_of
from gui.panels.measurements.currents_tab import CurrentsTab
from gui.panels.measurements.interval_tab import IntervalTab
from gui.panels.measurements.phase_tab import PhaseTab
from gui.panels.measurements.plot_tab import Page
from gui.panels.measurements.table_tab import TableTab
from gui.session.session import Session
from gui.widgets.docks import bring_forward
from gui.widgets.help_button import HelpButton

_TABS: Final = (
    ("Table", "Features of each trace, and of regions of it"),
    ("Phase plane", "How fast voltages change, against what they are"),
    ("Intervals", "How often which interval between spikes occurs"),
    ("Currents", "Which share of the current each channel carries"),
)


class MeasurementsPanel(QWidget):
    """Computes only what is seen."""

    cursor_text = Signal(str)  # what is under the mouse, "" for nothing
    actions_changed = Signal()  # what can be done is another

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = TableTab(session)
        self.phase = PhaseTab(session, self.cursor_text.emit)
        self.intervals = IntervalTab(session, self.cursor_text.emit)
        self.currents = CurrentsTab(session, self.cursor_text.emit)
        self._all = (self.table, self.phase, self.intervals, self.currents)
        self.tabs = QTabBar()
        self._pages = QStackedWidget()
        self._lay_out()
        self.tabs.currentChanged.connect(self._on_tab)
        for page in self._all:
            page.changed.connect(self.actions_changed)
        theme.notifier().changed.connect(self._dress)
        self._dress()

    @property
    def front(self) -> Page | None:
        """The plot that is seen; None: the table is."""
        page = self._pages.currentWidget()
        return page if isinstance(page, Page) else None

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # of ours, not those of QWidget
        """What the window's menus offer of this panel."""
        return actions_of(self)

    def show_table(self) -> None:
        """Bring the table to where it is seen."""
        self._show_page(self.table)

    def show_phase_plane(self, head_id: str = "") -> None:
        """Draw the phase plane of a recording, "" for all that are shown."""
        self.phase.choose(head_id)
        self._show_page(self.phase)

    def show_intervals(self) -> None:
        """Count the intervals between spikes."""
        self._show_page(self.intervals)

    def show_currents(self) -> None:
        """Draw which share of the current each channel carries."""
        self._show_page(self.currents)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look_soon()

    def _show_page(self, page: TableTab | Page) -> None:
        self.tabs.setCurrentIndex(self._pages.indexOf(page))
        bring_forward(self)

    def _on_tab(self, index: int) -> None:
        self._pages.setCurrentIndex(index)
        self._look_soon()
        self.actions_changed.emit()

    def _look_soon(self) -> None:
        """What is in the panel is seen a turn later."""
        QTimer.singleShot(0, self, self._look)

    def _look(self) -> None:
        (self.front or self.table).look()

    def _dress(self) -> None:
        for page in self._all:
            page.dress()

    def _lay_out(self) -> None:
        for title, tip in _TABS:
            self.tabs.setTabToolTip(self.tabs.addTab(title), tip)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("What is measured")
        for page in self._all:
            self._pages.addWidget(page)
        head = QHBoxLayout()
        head.addWidget(self.tabs, 1)
        head.addWidget(HelpButton("measuring"), 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)
