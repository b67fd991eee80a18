"""The row over the drawing: how it is drawn, what its colours show, and menus for the rest."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QMenu, QToolButton, QWidget
from typing_extensions import override

from gui import theme
from gui.panels.cell.commands import MODES, SIDES
from gui.plots.cell.outlook import Mode
from gui.widgets.help_button import HelpButton

if TYPE_CHECKING:
    from gui.panels.cell.panel import CellPanel

_SPACING = 2  # pixels
_NEEDED_LETTERS = 6  # of the list of colours, where there is little room


class Head(QWidget):
    """What does not fit into the row is left out: the menu has all of it."""

    def __init__(self, panel: "CellPanel") -> None:
        super().__init__(panel)
        self._panel = panel
        self.modes: dict[Mode, QToolButton] = {}
        self.colours = QComboBox()
        self.colours.setAccessibleName("What the colours show")
        self.colours.setToolTip("What the colours show: types, or values at the moment of the playhead")
        self.colours.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.colours.setMinimumContentsLength(_NEEDED_LETTERS)
        self.colours.setMaxVisibleItems(20)
        self.colours.activated.connect(self._on_colours)
        self.range = _button("Range…", "From which value to which the colours go", "Range of the colours")
        self.fit = _button("", "Show all of the cell (F in the drawing)", "Show all of the cell")
        self.picture = _button("", "Copy or save what is drawn", "Picture of the cell")
        self.more = _button("View", "Standard views, perspective, range of the colours, pictures")
        self._controls: tuple[QWidget, ...] = ()
        self._optional = (self.range, self.fit, self.picture)  # the first is left out first
        self.range.clicked.connect(panel.ask_for_range)
        self.fit.clicked.connect(panel.view.fit)
        self._make_menus()
        self._lay_out()
        theme.notifier().changed.connect(self._dress)
        self._dress()

    def update_all(self) -> None:
        """What can be done, and how it looks, is another."""
        panel = self._panel
        has_shape = panel.has_shape()
        self.modes[panel.view.mode].setChecked(True)
        for widget in (self.colours, self.more, self.fit, self.picture):
            widget.setEnabled(has_shape)
        self.range.setEnabled(panel.has_range())
        self._range_action.setEnabled(panel.has_range())
        for action in self._sides:
            action.setEnabled(panel.has_sides())
        self._perspective.setEnabled(panel.view.mode == "3d")
        self._perspective.setChecked(panel.view.camera.has_perspective)

    def show_colours(self) -> None:
        """What can be chosen, and what is."""
        colouring = self._panel.colouring
        keys = [self.colours.itemData(number) for number in range(self.colours.count())]
        if keys != [each.key for each in colouring.choices]:
            self.colours.clear()
            for each in colouring.choices:
                self.colours.addItem(each.heading, each.key)
        self.colours.setCurrentIndex(self.colours.findData(colouring.choice.key))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._width_without(self._optional), super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._leave_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACING)
        group = QButtonGroup(self)
        for mode, text, tip in MODES:
            button = self.modes[mode] = _button(text, tip)
            button.setCheckable(True)
            button.clicked.connect(partial(self._on_mode, mode))
            group.addButton(button)
        others = (self.range, self.more, self.fit, self.picture, HelpButton("cell"))
        self._controls = (*self.modes.values(), self.colours, *others)
        for control in self._controls:
            row.addWidget(control)
        row.insertStretch(len(self.modes), 3)
        row.setStretchFactor(self.colours, 2)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)

    def _make_menus(self) -> None:
        panel = self._panel
        pictures = (
            self._action("Copy image", panel.saving.copy),
            self._action("Save image (PNG, SVG, PDF)…", panel.saving.ask_and_save),
            self._action("Save animation (GIF)…", panel.filming.ask),
        )
        self._sides = [
            self._action(f"{text}\t{number}", partial(panel.view.look_from, side))
            for number, (side, text, _tip) in enumerate(SIDES, start=1)
        ]
        self._perspective = self._action("Perspective", panel.toggle_perspective)
        self._perspective.setCheckable(True)
        self._range_action = self._action("Range of the colours…", panel.ask_for_range)
        fit = self._action("All of the cell\tF", panel.view.fit)
        parts = ([*self._sides, self._perspective], [fit, self._range_action], pictures)
        for button, shown in ((self.more, parts), (self.picture, (pictures,))):
            menu = QMenu(button)
            for part in shown:
                menu.addActions(list(part))
                menu.addSeparator()
            menu.aboutToShow.connect(lambda: pictures[2].setEnabled(panel.filming.can_film()))
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setMenu(menu)

    def _action(self, text: str, run: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(lambda _checked=False: run())
        return action

    def _leave_out(self) -> None:
        out = list(self._optional)
        while out and self._width_without(out[:-1]) <= self.width():
            out.pop()
        for widget in self._optional:
            widget.setVisible(widget not in out)

    def _width_without(self, out: "list[QToolButton] | tuple[QToolButton, ...]") -> int:
        shown = [each for each in self._controls if each not in out]
        return sum(each.minimumSizeHint().width() + _SPACING for each in shown)

    def _on_colours(self, number: int) -> None:
        self._panel.colouring.choose(self.colours.itemData(number))

    def _on_mode(self, mode: Mode, _checked: bool = False) -> None:  # noqa: FBT001 - a slot
        self._panel.show_mode(mode)

    def _dress(self) -> None:
        self.fit.setIcon(theme.icon("home"))
        self.picture.setIcon(theme.icon("image"))
        self.updateGeometry()
        self._leave_out()


def _button(text: str, tip: str, name: str = "") -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(name or text)
    button.setAutoRaise(True)
    return button
