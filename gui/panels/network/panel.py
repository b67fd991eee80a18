"""Many cells at once: who fires when, and how they are connected."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from gui import theme
from gui.actions import Action
from gui.panels.network import words
from gui.panels.network.commands import actions_of
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

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()
        self.raster.stack.touch()

    def _lay_out(self) -> None:
        controls = FlowRow(self.raster.order, self.raster.bin)
        controls.add(self.plan, grows=1)
        head = QHBoxLayout()
        head.addWidget(controls, 1)
        head.addWidget(HelpButton("network"), 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.raster, 1)

    def _connect(self) -> None:
        session = self._session
        session.circuit_opened.connect(self._look)
        session.document.experiment_changed.connect(self._look)
        self.membership.changed.connect(self._on_members)
        self.links.changed.connect(self._show_plan)
        self.links.failed.connect(session.notices.post_error)
        self.raster.hovered_text.connect(self.cursor_text)
        session.runs.added.connect(self._on_run)
        session.runs.removed.connect(self._on_run)
        theme.notifier().changed.connect(self.raster.dress)

    def _look(self, *_what: object) -> None:
        if not self.isVisible():
            return
        self.membership.show(self._session.circuit, self._session.document.experiment)
        self._read_links()
        self._show_plan()

    def _on_members(self) -> None:
        self._read_links()
        self._show_plan()
        self.actions_changed.emit()

    def _read_links(self) -> None:
        if not self.membership.is_reading:
            self.links.show(self._session.circuit, self.members, self._session.document.experiment)

    def _show_plan(self) -> None:
        self.plan.setText(words.plan(self.members, self._session.document.experiment, self.links.links))

    def _on_run(self, _run: object) -> None:
        self.actions_changed.emit()
