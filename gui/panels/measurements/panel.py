"""Measurements: numbers of the traces, and plots that are made of them."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from gui import theme
from gui.actions import Action
from gui.panels.measurements.commands import actions_of
from gui.panels.measurements.table_tab import TableTab
from gui.session.session import Session
from gui.widgets.docks import bring_forward


class MeasurementsPanel(QWidget):
    """Computes only what is seen."""

    cursor_text = Signal(str)  # what is under the mouse, "" for nothing
    actions_changed = Signal()  # what can be done is another

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = TableTab(session, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 0)
        layout.addWidget(self.table)
        self.table.changed.connect(self.actions_changed)
        theme.notifier().changed.connect(self.table.dress)

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # of ours, not those of QWidget
        """What the window's menus offer of this panel."""
        return actions_of(self)

    def show_table(self) -> None:
        """Bring the table to where it is seen."""
        bring_forward(self)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.table.look)  # what is in it is seen a turn later
