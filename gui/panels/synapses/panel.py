"""The synapses onto the chosen cell: from where, to where, which are active, what drives them."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from engine.errors import EngineError
from engine.experiment.source_presets import SOURCE_KINDS
from gui import theme
from gui.actions import Action
from gui.models.synapse_table import SynapseTableModel, csv_of
from gui.panels.circuit.cell_table import CellTable
from gui.panels.circuit.filter_bar import FilterBar
from gui.panels.sources.adding import SourceAdding
from gui.panels.synapses import words
from gui.panels.synapses.activating import Activating
from gui.panels.synapses.columns import SynapseColumns
from gui.panels.synapses.commands import actions_of
from gui.panels.synapses.random_dialog import RandomDialog
from gui.session.connecting import Connecting
from gui.session.session import Session
from gui.widgets.docks import dock_of
from gui.widgets.flow import FlowRow
from gui.widgets.help_button import HelpButton

_RELEASE: Final = "Spontaneous release as the circuit says"
_COLOURS: Final = (("source", "By source"), ("kind", "By kind"), ("", "No dots"))
_SEEDS: Final = (
    ("neurodamus", "Random streams as neurodamus"),
    ("bluecellulab", "Random streams as BlueCelluLab"),
)
_SEEDS_HELP: Final = (
    "<p>Both number the streams of synapses by populations, cell and synapse. neurodamus counts cells from 1 "
    "and raises their ids so that no two cells of a run share a number; BlueCelluLab counts from 0, and "
    "takes ids as they are for minis.</p>"
    "<p>So minis, rise times of GABA-A and plastic synapses differ between the two; release does not.</p>"
)
_FILTER_HELP: Final = (
    "<p>Words search all text: <b>thalamus</b></p>"
    "<p>Conditions on columns: <b>distance &gt; 100</b>, <b>kind == excitatory</b>, "
    "<b>section ~ apic</b> (pattern), <b>source_id in [3, 5]</b></p>"
    "<p>Join them with <b>&amp;</b> (and), <b>|</b> (or), <b>!</b> (not) and brackets.</p>"
)


class SynapsesPanel(QWidget):
    """Reads the synapses of the chosen cell while it is seen; while it is, they are dots on the cell too."""

    actions_changed = Signal()  # what can be done is another

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._afferent = session.afferent
        self._dock: QDockWidget | None = None  # that tells when it is in front of others
        self.activating = Activating(session, self)
        self.sources = SourceAdding(session, self)
        self.connecting = Connecting(session)
        self.model = SynapseTableModel(session.afferent)
        self.table = CellTable(self.model, session.afferent.selection, self, "synapses")
        self.columns = SynapseColumns(self.table, self.model)
        self.filter = FilterBar(self)
        self.count = _label("How many synapses there are")
        self.hint = _label("What to do next")
        self.about = _label("The selected synapse")
        self.problems = _label("What is wrong with some synapses")
        self.activate = QPushButton("Activate")
        self.drive = QPushButton("Drive with spikes…")
        self.dots = QComboBox()
        self.seeds = QComboBox()
        self._set_up()
        self._lay_out()
        self._connect()
        self._show()

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # of ours, not those of QWidget
        """What the window's menus offer of this panel."""
        return actions_of(self)

    def copy(self) -> None:
        """The selected rows, or all that are shown, with the columns as shown."""
        rows, selected = self._afferent.rows, self._afferent.selected
        if self._afferent.table is None:
            return
        wanted = rows[np.isin(rows, selected)] if selected.size else rows
        header = self.table.horizontalHeader()
        sections = [header.logicalIndex(place) for place in range(header.count())]
        columns = [self.model.columns[each] for each in sections if not self.table.isColumnHidden(each)]
        QGuiApplication.clipboard().setText(csv_of(self._afferent, columns, wanted))
        self._session.notices.post(f"Copied {words.synapses(len(wanted))} as CSV.")

    def override_connections(self) -> None:
        """Add a connection override; of the selected synapses' edge population, if that is one."""
        table, selected = self._afferent.table, self._afferent.selected
        names = set() if table is None else set(table.values("edges")[selected].tolist())
        self.connecting.add_override(names.pop() if len(names) == 1 else None)

    def ask_for_number(self) -> RandomDialog | None:
        """Let the user say how many are active, chosen at random."""
        if self._afferent.table is None:
            return None
        dialog = RandomDialog(self._afferent.table.size, self.filter.text, len(self._afferent.rows), self)
        dialog.accepted.connect(lambda: self.activating.at_random(dialog.number, dialog.seed, dialog.text))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        dock = dock_of(self)
        if dock is not None and dock is not self._dock:
            self._dock = dock
            dock.visibilityChanged.connect(self._on_seen)
        # Qt keeps docks that are behind another one shown, outside of the window
        self._on_seen(dock is None or (dock.geometry().right() >= 0 and dock.geometry().bottom() >= 0))

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._afferent.watch(is_watched=False)

    def _on_seen(self, is_seen: bool) -> None:  # noqa: FBT001 - a slot
        self._afferent.watch(is_watched=is_seen)

    def _set_up(self) -> None:
        self.filter.line.setPlaceholderText("Filter: distance > 100 & kind == excitatory")
        self.filter.line.setAccessibleName("Filter of synapses")
        self.filter.line.setToolTip(_FILTER_HELP)
        for value, text in _COLOURS:
            self.dots.addItem(text, value)
        for value, text in _SEEDS:
            self.seeds.addItem(text, value)
        self.seeds.setAccessibleName("Whose random streams synapses draw from")
        self.seeds.setToolTip(_SEEDS_HELP)
        self.dots.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.dots.setMinimumContentsLength(6)
        self.dots.setAccessibleName("What the dots on the cell show")
        self.dots.setToolTip(
            "Synapses are dots on the cell while this list is seen; a click on one selects it"
        )
        self.activate.setToolTip("Choose which synapses runs build")
        self.drive.setToolTip(
            "Let spikes arrive at the active synapses, of a file, of a run or made up, and record the soma"
        )
        for button, fill in ((self.activate, self._fill_activate), (self.drive, self._fill_drive)):
            menu = QMenu(button)
            menu.aboutToShow.connect(lambda menu=menu, fill=fill: fill(menu))
            button.setMenu(menu)
        copying = QShortcut(QKeySequence.StandardKey.Copy, self.table)
        copying.setContext(Qt.ShortcutContext.WidgetShortcut)
        copying.activated.connect(self.copy)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.count, 1)
        head.addWidget(HelpButton("synapses"), 0, Qt.AlignmentFlag.AlignTop)
        lower = FlowRow(self.activate, self.drive)
        lower.add(self.dots, grows=1)
        filled = QWidget()
        column = QVBoxLayout(filled)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.filter)
        column.addWidget(self.table, 1)
        column.addWidget(self.about)
        column.addWidget(self.seeds)
        column.addWidget(self.problems)
        column.addWidget(lower)
        self._stack = QStackedWidget()
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self.hint)
        self._stack.addWidget(filled)
        self._filled = filled
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)

    def _connect(self) -> None:
        afferent = self._afferent
        afferent.changed.connect(self._show)
        afferent.rows_changed.connect(self._show_count)
        afferent.active_changed.connect(self._on_active)
        afferent.filter_failed.connect(self._on_filter_failed)
        afferent.selection.cells_changed.connect(self._on_selected)
        self.filter.changed.connect(lambda: afferent.keep(self.filter.text))
        self.filter.left_downwards.connect(self._into_table)
        self.filter.accepted.connect(self._into_table)
        self.table.left_upwards.connect(self.filter.line.setFocus)
        self.table.typed.connect(self._on_typed)
        self.model.sort_wanted.connect(
            lambda column, descending: afferent.sort(column, descending=descending)
        )
        self.dots.activated.connect(lambda number: afferent.colour(self.dots.itemData(number)))
        self.seeds.activated.connect(lambda number: self.connecting.use_seeds(self.seeds.itemData(number)))
        theme.notifier().changed.connect(self._on_theme)
        self._on_theme()

    def _show(self) -> None:
        table = self._afferent.table
        has_rows = table is not None and bool(table.size)
        self._stack.setCurrentWidget(self._filled if has_rows else self.hint)
        self.hint.setText(self._afferent.words)
        told = "\n".join(f"{each.what} {each.hint}".strip() for each in table.problems) if table else ""
        self.problems.setText(told)
        self.problems.setVisible(bool(told))
        self._on_active()

    def _on_active(self) -> None:
        self._show_count()
        self._show_about()
        self.actions_changed.emit()

    def _on_selected(self) -> None:
        self._on_active()

    def _show_count(self) -> None:
        self.count.setText(words.count(self._afferent) if self._afferent.table is not None else "")

    def _show_about(self) -> None:
        afferent, current = self._afferent, self._afferent.selection.current
        table = afferent.table
        is_of_it = table is not None and current is not None and current.population == table.name
        draws = False
        if is_of_it and current is not None:
            self.about.setText(words.about(afferent, current.node_id))
            self.about.setToolTip(self.about.text())
            draws = bool(words.of_streams(afferent, current.node_id))
        self.about.setVisible(is_of_it)
        self.seeds.setVisible(draws)
        if afferent.streams is not None:
            self.seeds.setCurrentIndex(self.seeds.findData(afferent.streams.conditions.seed_convention))

    def _on_filter_failed(self, error: EngineError | None) -> None:
        self.filter.show_error(error)

    def _into_table(self) -> None:
        self.table.setFocus()
        self.table.select_first()

    def _on_typed(self, letters: str) -> None:
        if letters.isprintable() and letters.strip():
            self.filter.line.setFocus()
            self.filter.line.setText(self.filter.line.text() + letters)

    def _fill_activate(self, menu: QMenu) -> None:
        menu.clear()
        afferent, doing = self._afferent, self.activating
        if afferent.table is None:
            return
        shown, chosen, has_filter = len(afferent.rows), afferent.selected.size, bool(self.filter.text)
        menu.addAction(f"All {afferent.table.size:,}", doing.all)
        menu.addAction(f"The {shown:,} shown by the filter", doing.of_filter).setEnabled(has_filter)
        menu.addAction(f"The {chosen:,} selected", doing.selected).setEnabled(bool(chosen))
        menu.addAction("All active ones but the selected", doing.without_selected).setEnabled(bool(chosen))
        menu.addSection("From one population")
        for name in afferent.table.populations:
            menu.addAction(name, partial(doing.of_population, name))
        menu.addSeparator()
        menu.addAction("At random…", self.ask_for_number)
        menu.addAction("None: connections off", doing.none)
        menu.addSeparator()
        menu.addAction("Add connection override", self.override_connections)
        self._add_switch(menu, _RELEASE, self.connecting.releases, self.connecting.switch_release)

    def _add_switch(self, menu: QMenu, text: str, is_on: bool, run: Callable[[], None]) -> None:  # noqa: FBT001
        entry = menu.addAction(text, run)
        entry.setCheckable(True)
        entry.setChecked(is_on)

    def _fill_drive(self, menu: QMenu) -> None:
        menu.clear()
        sources = self.sources
        for path in self._afferent.spike_files:
            menu.addAction(f"{path.name} ({path.parent.name})", partial(sources.file, path))
        menu.addAction("Choose a spike file…", sources.ask_for_file)
        menu.addAction("Spikes of an earlier run…", sources.ask_for_run).setEnabled(sources.can_replay_run())
        for kind, model in SOURCE_KINDS.items():
            menu.addSeparator()
            for name in self._sources_of_synapses():
                menu.addAction(f"{model.title} of {name}", partial(sources.trains, kind, name))

    def _sources_of_synapses(self) -> list[str]:
        """Populations that synapses of the cell come from, that of the selected synapse first."""
        table, current = self._afferent.table, self._afferent.selection.current
        if table is None:
            return []
        values = table.values("source")
        chosen = (
            [str(values[current.node_id])] if current is not None and current.population == table.name else []
        )
        return list(dict.fromkeys([*chosen, *map(str, np.unique(values.astype(str)))]))

    def _on_theme(self) -> None:
        self.table.fit_rows()
        self.columns.size()
        self.problems.setStyleSheet(f"color: {theme.colours().warning};")


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setAccessibleName(name)
    return label
