"""The cell itself: in space, flat or as a tree, as NEURON has built it."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QLabel,
    QStackedLayout,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from gui.actions import Action
from gui.panels.cell import words
from gui.panels.cell.colouring import Colouring
from gui.panels.cell.commands import actions_of
from gui.panels.cell.company import Company
from gui.panels.cell.drawing import Drawing
from gui.panels.cell.electrodes import Electrodes
from gui.panels.cell.filming import Filming
from gui.panels.cell.head import Head
from gui.panels.cell.linking import Linking
from gui.panels.cell.placing import Placing
from gui.panels.cell.player import PlayerBar
from gui.panels.cell.range_dialog import RangeDialog
from gui.panels.cell.saving import Saving
from gui.panels.cell.shown import ShownCell
from gui.panels.cell.synapse_dots import SynapseDots
from gui.plots.cell.outlook import Mode
from gui.plots.cell.picking import Pick
from gui.plots.cell.shapes import Shape
from gui.plots.cell.view import CellView
from gui.session.session import Session
from gui.widgets.elided_label import ElidedLabel

_LINES_FOR_READOUT = 13  # the height from which on a line is left for it; there are tool tips, too


class CellPanel(QWidget):
    """Shows the selected cell, and says what the mouse is over."""

    actions_changed = Signal()  # what can be done is another
    place_wanted = Signal(str, object)  # Placement, tuple of Sites

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.shown = ShownCell(session, self)
        self.company = Company(session, self)
        self._drawn: tuple[Shape, ...] = ()
        self.view = CellView()
        self.drawing = Drawing(self.view, session.notices, self)
        self.saving = Saving(self.view, session.notices)
        self.filming = Filming(session, self.view)
        self.player = PlayerBar(session)
        self.words = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.words.setAccessibleName("About the drawing of the cell")
        self.readout = ElidedLabel()
        self.readout.setAccessibleName("What the mouse is over")
        self.head = Head(self)
        self._lay_out()
        self.shown.changed.connect(self._show)
        self.company.changed.connect(self._show)
        self.view.other_clicked.connect(self._on_other)
        self.view.hovered.connect(self._on_hovered)
        self.view.tip_wanted.connect(self._show_tip)
        self.view.looked.connect(self._on_looked)
        self.player.actions_changed.connect(self.actions_changed)
        self._show()
        self.colouring = Colouring(session, self.shown, self.view, self)
        self.colouring.changed.connect(self._on_colouring)
        self._on_colouring()
        self.placing = Placing(session, self.shown, self.view)
        self.placing.wanted.connect(self.place_wanted)
        self.placing.changed.connect(self.actions_changed)
        self.electrodes = Electrodes(session, self.shown, self.view, self.placing)
        self.linking = Linking(session, self.shown, self.view, self.placing, self.electrodes)
        self.synapse_dots = SynapseDots(session, self.shown, self.view)

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # of ours, not those of QWidget
        """What the window's menus offer of this panel."""
        return (*actions_of(self), *self.placing.actions(), *self.player.actions())

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.colouring.touch()  # it rests while nobody sees it

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.readout.setVisible(self.height() >= _LINES_FOR_READOUT * self.fontMetrics().height())

    def show_mode(self, mode: Mode) -> None:
        """In space, flat, or as a tree."""
        self.drawing.choose(mode)

    def has_shape(self) -> bool:
        """Whether there is something to look at."""
        return bool(self.view.shapes)

    def has_sides(self) -> bool:
        """Whether it can be looked at from several sides."""
        return self.has_shape() and self.view.mode != "dendrogram"

    def ask_for_range(self) -> None:
        """Let the user say from which value to which the colours go."""
        dialog = RangeDialog(self.colouring, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def has_range(self) -> bool:
        """Whether colours show values."""
        return self.has_shape() and self.view.scene.scale is not None

    def toggle_perspective(self) -> None:
        """Let what is nearer look larger, or not."""
        self.view.show_perspective(has_perspective=not self.view.camera.has_perspective)

    def _lay_out(self) -> None:
        middle = QWidget()
        self._stack = QStackedLayout(middle)
        self._stack.addWidget(self.words)
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(middle, 1)
        column.addWidget(self.player)
        column.addWidget(self.readout)

    def _on_colouring(self) -> None:
        self.head.show_colours()
        self.head.update_all()
        self.actions_changed.emit()

    def _show(self) -> None:
        shape = self.shown.shape if not self.shown.words else None
        shapes = () if shape is None else (shape, *self.company.of(shape.cell))
        if [each.anatomy for each in shapes] != [each.anatomy for each in self._drawn]:
            self._drawn = shapes
            self.view.show_shapes(shapes)
        self.words.setText(self.shown.words)
        self._stack.setCurrentWidget(self.words if self.shown.words else self.view)
        self._on_hovered(None)
        self._on_looked()

    def _on_looked(self) -> None:
        self.head.update_all()
        self.actions_changed.emit()

    def _on_hovered(self, pick: Pick | None) -> None:
        shapes = self.view.shapes
        if pick is not None and shapes:
            value = self.colouring.text_of(pick.segment)
            self.readout.setText(words.spot(pick, shapes[0].anatomy, value))
        else:
            others = len(self._drawn) - 1
            text = words.whole(shapes[0].cell, shapes[0].anatomy, others) if shapes else ""
            self.readout.setText(text)

    def _on_other(self, pick: Pick) -> None:
        """Another of the selected cells is to be the one that is shown in full."""
        selection = self._session.selection
        selection.select_cells(selection.population, selection.node_ids, pick.cell.node_id)

    def _show_tip(self, pick: Pick, where: QPoint) -> None:
        if pick.cell != self.view.shapes[0].cell:
            QToolTip.showText(where, f"{pick.cell}: click to look at this one", self.view)
            return
        value = self.colouring.text_of(pick.segment)
        text = words.spot_in_lines(pick, self.view.shapes[0].anatomy, value)
        QToolTip.showText(where, text, self.view)
