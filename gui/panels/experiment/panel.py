"""The experiment as a list: its cells, what is done to them, what is recorded, and the conditions."""

from collections import Counter

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from engine.experiment.advice import Advice, advice, needed_property, remedied
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.placing import Placement
from engine.experiment.presets import PRESETS, Preset
from engine.experiment.stimulus_base import StimulusBase
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import CellProperties
from gui import theme
from gui.actions import Action
from gui.models.experiment_list import ExperimentTree
from gui.panels.experiment.advice_list import AdviceList
from gui.panels.experiment.commands import actions_of
from gui.panels.experiment.editing import Editing
from gui.panels.experiment.view import ExperimentView
from gui.panels.sources import commands as source_commands
from gui.panels.sources.adding import SourceAdding
from gui.session.connecting import Connecting
from gui.session.experimenting import KnownCells
from gui.session.selection import CONDITIONS
from gui.session.session import Session
from gui.widgets.flow import FlowRow
from gui.widgets.help_button import HelpButton

_CONTEXT = (
    *("element.duplicate", "element.rename", "element.toggle", "element.move_up", "element.move_down"),
    *("recording.add.current", "override.add", "element.delete", "cell.remove"),
)


class ExperimentPanel(QWidget):
    """Shows the document's experiment and says what is missing; all edits can be undone."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._known = KnownCells(session)
        self.editing = Editing(session, self._known)
        self.connecting = Connecting(session)
        self._model = ExperimentTree(self._type_name, self)
        self._view = ExperimentView(self._model)
        self._advice = AdviceList()
        self.sources = SourceAdding(session, self)
        self._hint = QLabel(wordWrap=True)
        self._actions = actions_of(self)
        self._lay_out()
        self._connect()
        self._show_experiment()

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # not the QActions of a widget
        """What the user can do here, for menus and palette."""
        return self._actions

    @property
    def chosen_cell(self) -> CellReference | None:
        """The cell whose row has the focus: the one that Delete means."""
        return self._model.cell(self._view.currentIndex()) if self._view.hasFocus() else None

    @property
    def member(self) -> CellReference | None:
        """The selected cell, if it is one of the list of the experiment's cells."""
        experiment, current = self.editing.experiment, self._session.selection.current
        if experiment is None or not isinstance(experiment.cells, ListedCells):
            return None
        return current if current in experiment.cells.cells else None

    def stimulate(self, cell: CellReference) -> None:
        """Add a step that makes this cell fire, record its soma, and select the step."""
        self.editing.stimulate(cell)

    def place(self, placement: Placement, sites: tuple[Site, ...]) -> None:
        """Inject, record, clamp or put a synapse at places of a cell, and select what is new."""
        self.editing.place(placement, sites)

    def add_cell(self, cell: CellReference) -> None:
        """Let this cell take part."""
        self.editing.add_cell(cell)

    def stimulate_current(self) -> None:
        """Stimulate the soma of the chosen cell."""
        if (cell := self.editing.cell) is not None:
            self.editing.stimulate(cell)

    def add_preset(self, preset: Preset) -> None:
        """Add a stimulus to the chosen cell."""
        if (cell := self.editing.cell) is not None:
            self.editing.add_preset(preset, cell)

    def record_current_cell(self) -> None:
        """Add a recording of the chosen cell's voltage."""
        if (cell := self.editing.cell) is not None:
            self.editing.record(cell)

    def record_stimulus(self) -> None:
        """Add a recording of the selected stimulus's current."""
        if isinstance(chosen := self.editing.selected, StimulusBase):
            self.editing.record_current(chosen)

    def duplicate(self) -> None:
        """Duplicate the selected element."""
        if (chosen := self.editing.selected) is not None:
            self.editing.duplicate(chosen)

    def delete(self) -> None:
        """Delete the selected element, or the cell whose row has the focus."""
        if (cell := self.chosen_cell) is not None:
            self.editing.remove_cell(cell)
        elif (chosen := self.editing.selected) is not None:
            self.editing.delete(chosen)

    def begin_renaming(self) -> None:
        """Let the user type a name in the place of the row."""
        index = self._model.index_of(self._session.selection.element)
        if index.isValid():
            self._view.setFocus()
            self._view.edit(index)

    def toggle(self) -> None:
        """Switch the selected element on or off."""
        if (chosen := self.editing.selected) is not None:
            self.editing.switch(chosen.id, not chosen.enabled)

    def shift(self, by: int) -> None:
        """Move the selected element up (-1) or down (1)."""
        if (chosen := self.editing.selected) is not None:
            self.editing.shift(chosen, by)

    def remove_current_cell(self) -> None:
        """Take the selected cell out of the experiment."""
        if (cell := self.member) is not None:
            self.editing.remove_cell(cell)

    def select_conditions(self) -> None:
        """Show the conditions of the run in the inspector."""
        self._session.selection.select_element(CONDITIONS)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._advice.limit(self.height() * 2 // 5)

    def _lay_out(self) -> None:
        self._soma_button = QPushButton("Stimulate soma")
        self._soma_button.clicked.connect(self.stimulate_current)
        self._stimulus_button = QPushButton("Add stimulus")
        self._stimulus_button.setMenu(self._menu_of_presets())
        self._recording_button = QPushButton("Add recording")
        self._recording_button.setMenu(self._menu_of_recordings())
        tips = (
            (
                self._soma_button,
                "Add a current step that makes the chosen cell fire, and record its soma (I)",
            ),
            (self._stimulus_button, "Choose a stimulus for the chosen cell"),
            (self._recording_button, "Choose what to record"),
        )
        for button, tip in tips:
            button.setToolTip(tip)
            button.setAccessibleName(button.text())
        self._show_icons()
        self._hint.setAccessibleName("What to do next")
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        first, second = QHBoxLayout(), FlowRow()
        first.addWidget(self._soma_button, 1)
        first.addWidget(HelpButton("stimuli"))
        for button in (self._stimulus_button, self._recording_button):
            second.add(button, grows=1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addLayout(first)
        layout.addWidget(second)
        for widget, stretch in ((self._hint, 0), (self._view, 1), (self._advice, 0)):
            layout.addWidget(widget, stretch)

    def _show_icons(self) -> None:
        side = self.fontMetrics().height()
        self._soma_button.setIconSize(QSize(side, side))
        self._soma_button.setIcon(theme.icon("electrode"))

    def _connect(self) -> None:
        document, selection = self._session.document, self._session.selection
        document.experiment_changed.connect(self._show_experiment)
        selection.element_changed.connect(self._show_selection)
        selection.cells_changed.connect(self._show_selection)
        theme.notifier().changed.connect(self._show_icons)
        self._known.learnt.connect(self._show_facts)
        self._view.chosen.connect(self._on_chosen)
        self._view.menu_wanted.connect(self._show_menu)
        self._model.toggled.connect(self.editing.switch)
        self._model.renamed.connect(self.editing.rename)
        self._model.moved.connect(self.editing.move)
        self._advice.wanted.connect(self._remedy)

    def _show_experiment(self, *_versions: object) -> None:
        experiment = self.editing.experiment
        self._view.show_experiment(experiment)
        if self._session.selection.element not in ("", CONDITIONS) and self.editing.selected is None:
            self._session.selection.select_element("")  # undone, or deleted elsewhere
        if experiment is not None:
            self._known.want(_cells_to_know(experiment))
        self._show_selection()
        self._show_facts()

    def _show_selection(self, *_element: object) -> None:
        cell = self._session.selection.current
        self._view.show_key(self._session.selection.element or (str(cell) if cell is not None else ""))
        experiment, is_possible = self.editing.experiment, self.editing.cell is not None
        for button in (self._soma_button, self._stimulus_button, self._recording_button):
            button.setEnabled(experiment is not None and is_possible)
        hint = _hint(experiment, is_possible=is_possible)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))

    def _show_facts(self) -> None:
        experiment = self.editing.experiment
        self._model.refresh_cells()
        self._advice.show_advice(() if experiment is None else advice(experiment, self._properties))

    def _on_chosen(self, index: QModelIndex) -> None:
        selection = self._session.selection
        cell = self._model.cell(index)
        if cell is not None:
            selection.select_element("")
            if selection.current != cell:
                selection.select_cell(cell)
        elif self._model.element(index) is not None or self._model.key(index) == CONDITIONS:
            selection.select_element(self._model.key(index))

    def _remedy(self, given: Advice) -> None:
        experiment = self.editing.experiment
        if experiment is not None:
            self._session.document.change(remedied(experiment, given, self._properties), given.remedy_text)

    def _type_name(self, cell: CellReference) -> str:
        facts = self._known.facts(cell)
        return facts.type_name if facts is not None else ""

    def _properties(self, cell: CellReference) -> CellProperties | None:
        facts = self._known.facts(cell)
        return facts.properties if facts is not None else None

    def _menu_of_presets(self) -> QMenu:
        """The first group is there at once, the others open from it; one that is alone needs no menu."""
        menu = QMenu(self)
        groups = Counter(preset.group for preset in PRESETS)
        menus = {group: menu for group in groups if groups[group] == 1 or group == PRESETS[0].group}
        self._add_sources(menu)
        for preset in PRESETS:
            if preset.group not in menus:
                menus[preset.group] = menu.addMenu(preset.group)
            item = menus[preset.group].addAction(f"{preset.title} – {preset.purpose}")
            item.triggered.connect(lambda _checked=False, preset=preset: self.add_preset(preset))
        return menu

    def _add_sources(self, menu: QMenu) -> None:
        """Spikes from other cells, with a sentence for each."""
        submenu = menu.addMenu(source_commands.SUBMENU)
        submenu.aboutToShow.connect(lambda: self._fill(submenu, source_commands.IDS, with_tips=True))

    def _menu_of_recordings(self) -> QMenu:
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self._fill(menu, ("recording.add", "recording.add.current")))
        return menu

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu, _CONTEXT)
        menu.popup(at)

    def _fill(self, menu: QMenu, ids: tuple[str, ...], *, with_tips: bool = False) -> None:
        """Show those of the actions that make sense now."""
        menu.clear()
        by_id = {action.id: action for action in self._actions}
        for action in (by_id[each] for each in ids):
            keys = QKeySequence(action.shortcut or "").toString(QKeySequence.SequenceFormat.NativeText)
            text = f"{action.text} – {action.tip}" if with_tips else str(action.text)
            item = menu.addAction("\t".join(filter(None, (text, keys))))
            item.setToolTip(action.tip)
            if action.icon:
                item.setIcon(theme.icon(action.icon))
            item.setEnabled(action.enabled())
            if action.checked is not None:
                item.setCheckable(True)
                item.setChecked(action.checked())
            item.triggered.connect(lambda _checked=False, run=action.run: run())


def _cells_to_know(experiment: Experiment) -> tuple[CellReference, ...]:
    """The listed ones, for their types; those under stimuli that depend on the cell."""
    listed = experiment.cells.cells if isinstance(experiment.cells, ListedCells) else ()
    stimulated = [
        each.target.cell
        for each in experiment.stimuli
        if isinstance(each.target, Site) and needed_property(each) is not None
    ]
    return tuple(dict.fromkeys((*stimulated, *listed)))


def _hint(experiment: Experiment | None, *, is_possible: bool) -> str:
    if experiment is None:
        return "Nothing is open: open a circuit or an example first."
    is_empty = isinstance(experiment.cells, ListedCells) and not experiment.cells.cells
    if is_empty and not is_possible:
        return "No cell yet: choose one in the circuit and press Stimulate soma (I)."
    if is_empty:
        return "Press Stimulate soma (I) to begin with the chosen cell."
    if not experiment.stimuli and not experiment.replays:
        return "No stimulus yet: choose a cell and press Stimulate soma (I), or add one from the menu."
    return ""
