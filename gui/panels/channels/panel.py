"""The channels of the chosen cell: drugs, temperature, and a table of all that can be changed in it."""

import itertools
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from engine.experiment import cell_changes
from engine.experiment.conditions import Conditions
from engine.experiment.drugs import DRUGS, KnownDrug
from engine.experiment.experiment import Experiment
from engine.messages.events import Description
from engine.messages.parameters import Group, Parameter, blocked_by, parameters_of
from gui import theme
from gui.actions import Action
from gui.forms.editors import ComboBox
from gui.forms.limits import limits_of
from gui.forms.number_field import NumberField
from gui.panels.channels import words
from gui.panels.channels.commands import actions_of
from gui.panels.channels.drug_row import DrugRow
from gui.panels.channels.editing import CellEditing
from gui.panels.channels.row import ParameterRow
from gui.session.session import Session
from gui.session.shown_cell import shown_cell
from gui.widgets.docks import bring_forward
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.folding import Folding
from gui.widgets.help_button import HelpButton

_TITLES: Final[dict[Group, str]] = {
    "channels": "Channel conductances",
    "passive": "Passive properties",
    "potentials": "Reversal potentials",
    "others": "Other parameters",
}
_NO_CELL: Final = "Choose a cell in the circuit: its channels are listed here."
_BUILDING: Final = "The cell is not built yet."
_POINT: Final = "This cell is a point: it has no channels."
_OF_SETS: Final = "Changes of whole node sets, in the list of the experiment, are not counted here."
_USUAL_DRUGS: Final = 4  # the first of them are always in sight
_CHOSEN: Final = "chosen"  # in the list of sections: the one that the session has chosen


class ChannelsPanel(QWidget):
    """Shows what the experiment makes of the chosen cell; all edits can be undone.

    Rows are made when they are wanted, one in a turn of the event loop, and kept for the next cell.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.editing = CellEditing(session)
        self._description: Description | None = None
        self._parameters: tuple[Parameter, ...] = ()
        self._conductances: tuple[Parameter, ...] = ()  # of the whole cell
        self._is_stale, self._are_in_order = True, False
        self.hint = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.cell_name = ElidedLabel()
        self.sections = ComboBox()
        self.revert_all = QPushButton("Revert all")
        self._help = HelpButton("channels")
        self.drugs: dict[str, DrugRow] = {}
        self.celsius = NumberField(limits_of(Conditions.model_fields["celsius"]), step=0.5)
        self.groups = {group: Folding(title, is_open=group != "others") for group, title in _TITLES.items()}
        self.rows: dict[Group, list[ParameterRow]] = {group: [] for group in _TITLES}
        self._usual_drugs = Folding("Drugs")
        self._more_drugs = Folding("More drugs", is_open=False)
        self._of_sets = QLabel(_OF_SETS, wordWrap=True)
        self._filled = QWidget()
        self._making = QTimer(self)
        self._making.setSingleShot(True)
        self._making.setInterval(0)
        self._actions = actions_of(self)
        self._lay_out()
        self._connect()
        self._show_colours()
        self._look()

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # of ours, not those of QWidget
        """What the user can do here, for menus and palette."""
        return self._actions

    @property
    def is_filled(self) -> bool:
        """Whether all rows of the cell are there."""
        return not self._is_stale and self._are_in_order and self._missing() is None

    def come_forward(self) -> None:
        """Show the dock of the panel."""
        bring_forward(self)

    def blocks(self, known: KnownDrug) -> tuple[str, ...]:
        """What a drug would block in the cell."""
        self._take_cell()
        return blocked_by(known, self._conductances)

    def can_toggle(self, known: KnownDrug) -> bool:
        """Whether a drug has something to block, or is there already."""
        self._take_cell()
        return bool(blocked_by(known, self._conductances)) or self.editing.drug(known) is not None

    def toggle(self, known: KnownDrug) -> None:
        """Put a drug on the cell, or take it away."""
        if self.can_toggle(known):
            self.editing.toggle_drug(known, self.blocks(known))

    def row(self, variable: str) -> ParameterRow:
        """The row of a parameter that is shown."""
        return next(
            row
            for rows in self.rows.values()
            for row in rows
            if row.parameter is not None and row.parameter.variable == variable
        )

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._fill()

    def _look(self, *_what: object) -> None:
        """Something may be another; what nobody sees waits."""
        self._take_cell()
        if self.isVisible():
            self._fill()
        else:
            self._is_stale = True

    def _take_cell(self) -> None:
        """Which cell, and which of its sections, edits are about."""
        cell = shown_cell(self._session)
        description = self._session.rig.description(cell) if cell is not None else None
        if description is not None and not description.sections:
            description = None
        if cell == self.editing.cell and description is self._description:
            return
        self._leave_field()
        self.editing.cell, self._description = cell, description
        found = parameters_of(description) if description is not None else ()
        self._conductances = tuple(each for each in found if each.is_conductance)
        self._is_stale = True
        self._parameters = ()

    def _fill(self) -> None:
        """Show the cell as it is now."""
        self._is_stale = False
        self._show_hint()
        if self._description is None:
            return
        self._show_sections()
        self._make_rows()

    def _show_hint(self) -> None:
        cell = self.editing.cell
        if cell is None:
            self.hint.setText(_NO_CELL)
        else:
            is_known = self._session.rig.description(cell) is not None
            self.hint.setText(_POINT if is_known else self._session.rig.reason or _BUILDING)
        self.hint.setVisible(self._description is None)
        self._filled.setVisible(self._description is not None)

    def _show_sections(self) -> None:
        """Offer the lists that have sections, and the chosen one; show what is in those that are picked."""
        assert self._description is not None
        lists = self._description.section_lists
        offered = {name: text for name, text in words.SECTIONS.items() if lists.get(name)}
        site = self._session.selection.site
        if site is not None and site.cell == self.editing.cell:
            offered[_CHOSEN] = f"Chosen section: {site.section}"
        picked = self.sections.currentData()
        if list(offered.items()) != [
            (self.sections.itemData(each), self.sections.itemText(each))
            for each in range(self.sections.count())
        ]:
            self.sections.clear()
            for name, text in offered.items():
                self.sections.addItem(text, name)
            self.sections.setCurrentIndex(max(self.sections.findData(picked), 0))
        chosen = site.section if site is not None and self.sections.currentData() == _CHOSEN else ""
        self._take_sections(chosen or self.sections.currentData())

    def _take_sections(self, sections: str) -> None:
        if sections == self.editing.sections and self._parameters:
            return
        self._leave_field()
        assert self._description is not None
        self.editing.sections = sections
        self._parameters = parameters_of(self._description, sections)

    def _show_drugs(self) -> None:
        channels = {each.variable: f"{words.title(each)} ({each.variable})" for each in self._conductances}
        for row in self.drugs.values():
            blocks = blocked_by(row.known, self._conductances)
            row.show_drug(self.editing.drug(row.known), blocks, channels)
        if any(self.editing.percent(known) > 0 for known in DRUGS[_USUAL_DRUGS:]):
            self._more_drugs.open()
        experiment = self.editing.experiment
        self.celsius.show_value(experiment.conditions.celsius if experiment is not None else None)

    def _make_rows(self) -> None:
        """One row that is missing now, the next one in another turn of the event loop; then show all."""
        group = self._missing()
        if len(self.drugs) < len(DRUGS):
            self._make_drug(DRUGS[len(self.drugs)])
        elif group is not None:
            self._make_row(group)
        else:
            self._order_tabs()
            self._show_drugs()
            self._show_rows()
            return
        self._are_in_order = False
        self._making.start()

    def _order_tabs(self) -> None:
        """From top to bottom: rows come when they are wanted, not in the order of the panel."""
        if self._are_in_order:
            return
        self._are_in_order = True
        drugs = [row.controls() for row in self.drugs.values()]
        order: list[QWidget] = [self.revert_all, self._help, self._usual_drugs.head]
        order += itertools.chain(*drugs[:_USUAL_DRUGS], [self._more_drugs.head], *drugs[_USUAL_DRUGS:])
        order += [self.celsius, self.sections]
        for group, folding in self.groups.items():
            order += itertools.chain([folding.head], *(row.controls() for row in self.rows[group]))
        for one, other in itertools.pairwise(order):
            QWidget.setTabOrder(one, other)

    def _make_drug(self, known: KnownDrug) -> None:
        row = DrugRow(known)
        row.toggled.connect(self.toggle)
        row.changed.connect(self._on_drug)
        row.finished.connect(self.editing.finish)
        if len(self.drugs) < _USUAL_DRUGS:
            self._usual_drugs.content.insertWidget(len(self.drugs), row)
        else:
            self._more_drugs.content.addWidget(row)
        self.drugs[known.name] = row

    def _make_row(self, group: Group) -> None:
        row = ParameterRow()
        row.hide()
        row.multiplied.connect(self.editing.multiply)
        row.given.connect(self.editing.give)
        row.revert_wanted.connect(self.editing.revert)
        row.finished.connect(self.editing.settle)
        self.rows[group].append(row)
        self.groups[group].content.addWidget(row)

    def _missing(self) -> Group | None:
        """A group that has fewer rows than parameters."""
        wanted = [each.group for each in self._parameters]
        return next((group for group in _TITLES if len(self.rows[group]) < wanted.count(group)), None)

    def _show_rows(self) -> None:
        experiment, cell, description = self.editing.experiment, self.editing.cell, self._description
        if experiment is None or cell is None or description is None:
            return
        for group, rows in self.rows.items():
            parameters = [each for each in self._parameters if each.group == group]
            for row, parameter in zip(rows, parameters, strict=False):
                self._show_row(row, parameter, experiment, description)
            for row in rows[len(parameters) :]:
                row.hide()
            self.groups[group].setVisible(bool(parameters))
        self.cell_name.setText(f"Cell {cell.node_id} of {cell.population}")
        self.revert_all.setEnabled(self.editing.has_changes())
        self._of_sets.setVisible(any(each.enabled and _is_of_many(each) for each in experiment.manipulations))

    def _show_row(
        self, row: ParameterRow, parameter: Parameter, experiment: Experiment, description: Description
    ) -> None:
        assert self.editing.cell is not None
        lists = description.section_lists
        change = self.editing.change_of(parameter)
        changing = cell_changes.changing(
            experiment, self.editing.cell, parameter.variable, parameter.values, lists
        )
        row.show_parameter(parameter, change, words.with_others(parameter, change, changing, lists))
        row.show()

    def _leave_field(self) -> None:
        """What is typed there counts for the cell that was shown until now."""
        focus = QApplication.focusWidget()
        if focus is not None and self._filled.isAncestorOf(focus) and focus is not self.sections:
            focus.clearFocus()

    def _on_sections(self, _index: int) -> None:
        self._fill()

    def _on_drug(self, known: KnownDrug, fields: dict[str, object]) -> None:
        self.editing.change_drug(known, self.blocks(known), **fields)

    def _on_celsius(self) -> None:
        if self.celsius.value is not None:
            self.editing.warm(self.celsius.value)

    def _show_colours(self) -> None:
        colours = theme.colours()
        for label in (self.hint, self._of_sets):
            label.setStyleSheet(f"color: {colours.muted_text};")
        for row in self.drugs.values():
            row.show_colours()
        for rows in self.rows.values():
            for each in rows:
                each.show_colours()

    def _lay_out(self) -> None:
        self._name()
        head = QHBoxLayout()
        head.addWidget(self.cell_name, 1)
        head.addWidget(self.revert_all)
        head.addWidget(self._help)
        bath = QHBoxLayout()
        label = QLabel("Temperature")
        label.setBuddy(self.celsius)
        bath.addWidget(label)
        bath.addWidget(self.celsius, 1)
        where = QHBoxLayout()
        label = QLabel("Sections")
        label.setBuddy(self.sections)
        where.addWidget(label)
        where.addWidget(self.sections, 1)
        self._usual_drugs.content.addWidget(self._more_drugs)
        filled = QVBoxLayout(self._filled)
        filled.setContentsMargins(0, 0, 0, 0)
        filled.addLayout(head)
        filled.addWidget(self._usual_drugs)
        filled.addLayout(bath)
        filled.addWidget(_line())
        filled.addLayout(where)
        for group in self.groups.values():
            filled.addWidget(group)
        filled.addWidget(self._of_sets)
        filled.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addWidget(self.hint, 1)
        layout.addWidget(self._filled, 1)

    def _name(self) -> None:
        self.hint.setAccessibleName("What to do next")
        self.hint.setMargin(self.fontMetrics().height())
        self.cell_name.setAccessibleName("The cell whose channels are listed")
        self.sections.setAccessibleName("Sections")
        self.sections.setToolTip("In which sections of the cell the table changes something")
        self.revert_all.setAccessibleName("Revert all changes of the cell")
        self.revert_all.setToolTip("Take all changes of this cell back, drugs too")
        self.celsius.show_unit("°C")
        self.celsius.setAccessibleName("Temperature")
        self.celsius.setToolTip("Of the whole run. Channels whose rates follow it change their speed")

    def _connect(self) -> None:
        session = self._session
        session.selection.cells_changed.connect(self._look)
        session.selection.site_changed.connect(self._look)
        session.document.experiment_changed.connect(self._look)
        session.rig.described.connect(self._look)
        session.rig.state_changed.connect(self._look)
        theme.notifier().changed.connect(self._show_colours)
        self._making.timeout.connect(self._make_rows)
        self.sections.activated.connect(self._on_sections)
        self.revert_all.clicked.connect(self.editing.revert_all)
        self.celsius.edited.connect(self._on_celsius)
        self.celsius.finished.connect(self.editing.finish)


def _is_of_many(manipulation: object) -> bool:
    return getattr(manipulation, "cell", None) is None


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line
