"""The cell itself: in space, flat or as a tree, as NEURON has built it."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedLayout,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from gui import theme
from gui.actions import Action
from gui.panels.cell import words
from gui.panels.cell.colouring import Colouring
from gui.panels.cell.commands import MODES, SIDES, actions_of
from gui.panels.cell.drawing import Drawing
from gui.panels.cell.electrodes import Electrodes
from gui.panels.cell.filming import Filming
from gui.panels.cell.linking import Linking
from gui.panels.cell.placing import Placing
from gui.panels.cell.player import PlayerBar
from gui.panels.cell.range_dialog import RangeDialog
from gui.panels.cell.saving import Saving
from gui.panels.cell.shown import ShownCell
from gui.plots.cell.picking import Pick
from gui.plots.cell.view import CellView, Mode
from gui.session.session import Session
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.help_button import HelpButton


class CellPanel(QWidget):
    """Shows the selected cell, and says what the mouse is over."""

    actions_changed = Signal()  # what can be done is another
    place_wanted = Signal(str, object)  # Placement, tuple of Sites

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.shown = ShownCell(session, self)
        self.view = CellView()
        self.drawing = Drawing(self.view, session.notices, self)
        self.saving = Saving(self.view, session.notices)
        self.filming = Filming(session, self.view)
        self.player = PlayerBar(session)
        self.words = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.words.setAccessibleName("About the drawing of the cell")
        self.readout = ElidedLabel()
        self.readout.setAccessibleName("What the mouse is over")
        self._modes: dict[Mode, QToolButton] = {}
        self._lay_out()
        self.shown.changed.connect(self._show)
        self.view.hovered.connect(self._on_hovered)
        self.view.tip_wanted.connect(self._show_tip)
        self.view.looked.connect(self._on_looked)
        self.player.actions_changed.connect(self.actions_changed)
        theme.notifier().changed.connect(self._dress)
        self._dress()
        self._show()
        self.colouring = Colouring(session, self.shown, self.view, self)
        self.colouring.changed.connect(self._on_colouring)
        self._on_colouring()
        self.placing = Placing(session, self.shown, self.view)
        self.placing.wanted.connect(self.place_wanted)
        self.placing.changed.connect(self.actions_changed)
        self.electrodes = Electrodes(session, self.shown, self.view, self.placing)
        self.linking = Linking(session, self.shown, self.view, self.placing, self.electrodes)

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # of ours, not those of QWidget
        """What the window's menus offer of this panel."""
        return (*actions_of(self), *self.placing.actions(), *self.player.actions())

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.colouring.touch()  # it rests while nobody sees it

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
        self.head = QHBoxLayout()
        self.head.setSpacing(2)
        group = QButtonGroup(self)
        for mode, text, tip in MODES:
            button = self._modes[mode] = _button(text, tip)
            button.setCheckable(True)
            button.clicked.connect(partial(self._on_mode, mode))
            group.addButton(button)
            self.head.addWidget(button)
        self.head.addStretch(1)
        self.colours = QComboBox()
        self.colours.setAccessibleName("What the colours show")
        self.colours.setToolTip("What the colours show: types, or values at the moment of the playhead")
        self.colours.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.colours.setMinimumContentsLength(11)
        self.colours.setMaxVisibleItems(20)
        self.colours.activated.connect(self._on_colours)
        self._range = _button("Range…", "From which value to which the colours go", "Range of the colours")
        self._range.clicked.connect(self.ask_for_range)
        for widget in (self.colours, self._range):
            self.head.addWidget(widget)
        self._sides = _button("View", "Standard views, perspective")
        self._sides.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._sides.setMenu(self._menu_of_sides())
        self._fit = _button("", "Show all of the cell (F in the drawing)", "Show all of the cell")
        self._fit.clicked.connect(self.view.fit)
        self._image = _button("", "Copy or save a picture of the cell", "Picture of the cell")
        self._image.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._image.setMenu(self._menu_of_pictures())
        for widget in (self._sides, self._fit, self._image, HelpButton("cell")):
            self.head.addWidget(widget)
        middle = QWidget()
        self._stack = QStackedLayout(middle)
        self._stack.addWidget(self.words)
        self._stack.addWidget(self.view)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addLayout(self.head)
        self.column.addWidget(middle, 1)
        self.column.addWidget(self.player)
        self.column.addWidget(self.readout)

    def _on_colours(self, number: int) -> None:
        self.colouring.choose(self.colours.itemData(number))

    def _on_colouring(self) -> None:
        choices = self.colouring.choices
        if [self.colours.itemData(number) for number in range(self.colours.count())] != [
            each.key for each in choices
        ]:
            self.colours.clear()
            for each in choices:
                self.colours.addItem(each.heading, each.key)
        self.colours.setCurrentIndex(self.colours.findData(self.colouring.choice.key))
        self._range.setEnabled(self.has_range())
        self.actions_changed.emit()

    def _on_mode(self, mode: Mode, _checked: bool = False) -> None:  # noqa: FBT001 - a slot
        self.show_mode(mode)

    def _menu_of_sides(self) -> QMenu:
        menu = QMenu(self)
        for number, (side, text, tip) in enumerate(SIDES, start=1):
            action = menu.addAction(f"{text}\t{number}", partial(self.view.look_from, side))
            action.setStatusTip(tip)
        menu.addSeparator()
        self._perspective = menu.addAction("Perspective", self.toggle_perspective)
        self._perspective.setCheckable(True)
        return menu

    def _menu_of_pictures(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Copy image", self.saving.copy)
        menu.addAction("Save image (PNG, SVG)…", self.saving.ask_and_save)
        self._film = menu.addAction("Save animation (GIF)…", self.filming.ask)
        menu.aboutToShow.connect(lambda: self._film.setEnabled(self.filming.can_film()))
        return menu

    def _dress(self) -> None:
        self._fit.setIcon(theme.icon("home"))
        self._image.setIcon(theme.icon("image"))

    def _show(self) -> None:
        shape = self.shown.shape if not self.shown.words else None
        if shape is not None and (not self.view.shapes or shape.anatomy is not self.view.shapes[0].anatomy):
            self.view.show_shapes([shape])
        elif shape is None and self.view.shapes:
            self.view.show_shapes([])
        self.words.setText(self.shown.words)
        self._stack.setCurrentWidget(self.words if self.shown.words else self.view)
        self._on_hovered(None)
        self._on_looked()

    def _on_looked(self) -> None:
        self._modes[self.view.mode].setChecked(True)
        self._sides.setEnabled(self.has_sides())
        self._perspective.setEnabled(self.view.mode == "3d")
        self._perspective.setChecked(self.view.camera.has_perspective)
        self.colours.setEnabled(self.has_shape())
        self._range.setEnabled(self.has_range())
        for button in (self._fit, self._image):
            button.setEnabled(self.has_shape())
        self.actions_changed.emit()

    def _on_hovered(self, pick: Pick | None) -> None:
        shapes = self.view.shapes
        if pick is not None and shapes:
            value = self.colouring.text_of(pick.segment)
            self.readout.setText(words.spot(pick, shapes[0].anatomy, value))
        else:
            self.readout.setText(words.whole(shapes[0].cell, shapes[0].anatomy) if shapes else "")

    def _show_tip(self, pick: Pick, where: QPoint) -> None:
        value = self.colouring.text_of(pick.segment)
        text = words.spot_in_lines(pick, self.view.shapes[0].anatomy, value)
        QToolTip.showText(where, text, self.view)


def _button(text: str, tip: str, name: str = "") -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(name or text)
    button.setAutoRaise(True)
    return button
