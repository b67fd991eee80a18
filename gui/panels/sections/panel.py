"""The sections of the chosen cell, to search and choose from, and all that is in the chosen one."""

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSplitter,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from engine.experiment.edits import with_recording
from engine.experiment.presets import with_member
from engine.experiment.recordings import SiteRecording
from engine.experiment.targets import CellReference, Site
from engine.messages.events import Description, SectionDescription
from engine.messages.places_in_words import section_named, spot_in_words
from gui import theme
from gui.actions import Action
from gui.models.mechanism_table import MechanismRow, MechanismTable, as_text, rows_of
from gui.models.section_tree import Column, SectionTree
from gui.session.current_recordings import currents_there, record_currents
from gui.session.session import Session
from gui.session.shown_cell import shown_cell
from gui.widgets.docks import bring_forward
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.help_button import HelpButton
from gui.widgets.row_table import RowTable
from gui.widgets.search_line import SearchLine

_NO_CELL: Final = "Choose a cell in the circuit: its sections are listed here."
_BUILDING: Final = "The cell is not built yet."
_POINT: Final = "This cell is a point: it has no sections."
_MOST_OPEN: Final = 400  # sections: of a larger cell the types are closed at first


class SectionsPanel(QWidget):
    """What is chosen here is the chosen spot of the session, and the other way round."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._description: Description | None = None  # None: nothing to show
        self._cell: CellReference | None = None
        self._is_showing = False
        self.search = SearchLine()
        self.tree = QTreeView()
        self.model = SectionTree(self)
        self.mechanisms = MechanismTable(self)
        self.table = RowTable(self.mechanisms, "Mechanisms of the section", several=True)
        self.place = ElidedLabel()
        self.hint = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._copy_button = QToolButton()
        self._record_button = QToolButton()
        self._filled = QSplitter(Qt.Orientation.Vertical)
        self._set_up_tree()
        self._set_up_table()
        self._lay_out()
        self._connect()
        self._show_cell()

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # of ours, not those of QWidget
        """For menus and the palette."""
        has_section = self._has_section
        return (
            Action(
                id="sections.find",
                text="Find section…",
                tip="Search the sections of the chosen cell by name or type.",
                icon="search",
                run=self.go_to_search,
                menu="Cell",
                group=3,
                shortcut="Ctrl+Shift+F",
                enabled=lambda: self._description is not None,
            ),
            Action(
                id="sections.copy",
                text="Copy mechanisms of section",
                tip="Copy all mechanisms of the chosen section with values and units, for a spreadsheet.",
                icon="copy",
                run=self.copy,
                menu="Cell",
                group=3,
                enabled=has_section,
            ),
            Action(
                id="sections.copy_csv",
                text="Copy mechanisms of section as CSV",
                tip="Copy all mechanisms of the chosen section with values and units, between commas.",
                icon="copy",
                run=self.copy_as_csv,
                menu="Cell",
                group=3,
                enabled=has_section,
            ),
            Action(
                id="sections.record_currents",
                text="Record all currents here",
                tip="Let the next run record the current of each channel at the chosen place, or at the soma",
                run=lambda: record_currents(self._session),
                menu="Cell",
                group=3,
                enabled=lambda: bool(currents_there(self._session)),
            ),
        )

    def go_to_search(self) -> None:
        """Go to the search field and mark what it holds."""
        bring_forward(self)
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def copy(self) -> None:
        """Put the table on the clipboard, with tabs between its columns."""
        QGuiApplication.clipboard().setText(as_text(self.mechanisms.rows, "\t"))

    def copy_as_csv(self) -> None:
        """Put the table on the clipboard, with commas between its columns."""
        QGuiApplication.clipboard().setText(as_text(self.mechanisms.rows, ","))

    def record_variable(self) -> None:
        """Record the variable of the current row of the table at the chosen spot."""
        experiment, site, row = self._session.document.experiment, self._site(), self._recordable()
        if experiment is None or site is None or row is None:
            return
        recording = SiteRecording(site=site, variable=row.variable)
        made = with_recording(with_member(experiment, site.cell), recording)
        self._session.document.change(made, f"Record {row.variable}")
        self._session.document.end_burst()
        self._session.selection.select_element(recording.id)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The mouse has left the tree: it points at nothing."""
        if watched is self.tree.viewport() and event.type() == QEvent.Type.Leave:
            self._session.pointing.point_at(None)
        elif watched is self.table and isinstance(event, QKeyEvent) and _is_copy(event):
            event.accept()
            self.copy()
            return True
        return super().eventFilter(watched, event)

    def _show_cell(self, *_what: object) -> None:
        """Show the chosen cell, as far as it is known."""
        cell = shown_cell(self._session)
        description = self._session.rig.description(cell) if cell is not None else None
        if description is not None and not description.sections:
            description = None
        if cell == self._cell and description is self._description:
            self._show_hint()
            return
        self._cell, self._description = cell, description
        self._is_showing = True
        self.model.show(description.sections if description is not None else ())
        self._is_showing = False
        self._open_types()
        self._show_hint()
        self._show_site()

    def _show_hint(self) -> None:
        if self._cell is None:
            hint = _NO_CELL
        else:
            hint = _BUILDING if self._session.rig.description(self._cell) is None else _POINT
        self.hint.setText(hint)
        self.hint.setVisible(self._description is None)
        self._filled.setVisible(self._description is not None)
        self.search.setEnabled(self._description is not None)

    def _show_site(self, *_site: object) -> None:
        """Show which spot is chosen, without choosing another."""
        section = self._section()
        site = self._site()
        index = self.model.index_of(section.name) if section is not None else QModelIndex()
        if section is None or not self._is_current(section):
            self._is_showing = True
            self.tree.setCurrentIndex(index)
            self._is_showing = False
            if index.isValid():
                self.tree.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        if self._description is None or section is None or site is None:
            self.mechanisms.show(())
            self.place.setText("Choose a section." if self._description is not None else "")
        else:
            self.mechanisms.show(rows_of(self._description, section))
            self.place.setText(spot_in_words(self._description, section.name, site.x))
        self._show_buttons()

    def _show_buttons(self, *_index: object) -> None:
        self._copy_button.setEnabled(self._has_section())
        self._record_button.setEnabled(self._recordable() is not None)

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        section = self.model.section(current)
        if self._is_showing or section is None or self._cell is None:
            return
        chosen = self._session.selection.site
        if chosen is None or chosen.section != section.name or chosen.cell != self._cell:
            self._session.selection.select_site(Site(cell=self._cell, section=section.name))

    def _on_entered(self, index: QModelIndex) -> None:
        section = self.model.section(index)
        if section is None or self._cell is None:
            self._session.pointing.point_at(None)
        else:
            self._session.pointing.point_at(Site(cell=self._cell, section=section.name))

    def _on_pointing(self, site: Site | None) -> None:
        self.model.mark(site.section if site is not None and site.cell == self._cell else "")

    def _on_search(self, text: str) -> None:
        self._is_showing = True
        self.model.search(text)
        self._is_showing = False
        self._open_types()
        self._show_site()

    def _on_downwards(self) -> None:
        """From the search field into the tree: to its first section."""
        self.tree.setFocus()
        for place in range(self.model.rowCount()):
            first = self.model.index(0, 0, self.model.index(place, 0))
            if first.isValid():
                self.tree.setCurrentIndex(first)
                return

    def _open_types(self) -> None:
        if self.search.text() or self.model.count <= _MOST_OPEN:
            self.tree.expandAll()

    def _site(self) -> Site | None:
        site = self._session.selection.site
        return site if site is not None and site.cell == self._cell else None

    def _section(self) -> SectionDescription | None:
        site = self._site()
        if site is None or self._description is None:
            return None
        return section_named(self._description, site.section)

    def _has_section(self) -> bool:
        return bool(self.mechanisms.rows)

    def _is_current(self, section: SectionDescription) -> bool:
        current = self.model.section(self.tree.currentIndex())
        return current is not None and current.name == section.name

    def _recordable(self) -> MechanismRow | None:
        """The current row of the table, if it is a variable that a recording can ask for."""
        index = self.table.currentIndex()
        row = self.mechanisms.rows[index.row()] if index.isValid() else None
        return row if row is not None and row.mechanism != "section" else None

    def _set_up_tree(self) -> None:
        self.search.setPlaceholderText("Search sections: apic 12, basal")
        self.search.setAccessibleName("Search sections")
        self.search.setToolTip("Words of the name or the type of sections")
        self.search.setClearButtonEnabled(True)
        self.tree.setModel(self.model)
        self.tree.setAccessibleName("Sections of the cell")
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(self.fontMetrics().averageCharWidth() * 2)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.setMouseTracking(True)
        self.tree.setSortingEnabled(True)
        self.tree.header().setSortIndicator(Column.NAME, Qt.SortOrder.AscendingOrder)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.tree.viewport().installEventFilter(self)

    def _set_up_table(self) -> None:
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.installEventFilter(self)

    def _lay_out(self) -> None:
        self.place.setAccessibleName("The chosen place")
        for button, text, tip in (
            (self._record_button, "Record", "Record the variable of the chosen row at this place"),
            (self._copy_button, "Copy", "Copy the whole table for a spreadsheet (Ctrl+C in the table)"),
        ):
            button.setText(text)
            button.setToolTip(tip)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._record_button.setAccessibleName("Record this variable")
        self._copy_button.setAccessibleName("Copy the mechanisms of the section")
        row = QHBoxLayout()
        row.addWidget(self.place, 1)
        row.addWidget(self._record_button)
        row.addWidget(self._copy_button)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        self._filled.setChildrenCollapsible(False)
        self._filled.addWidget(self.tree)
        self._filled.addWidget(below)
        self._filled.setSizes([3000, 2000])  # shares of what there is
        head = QHBoxLayout()
        head.addWidget(self.search, 1)
        head.addWidget(HelpButton("cell"))
        self.hint.setAccessibleName("What to do next")
        self.hint.setMargin(self.fontMetrics().height())
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self.hint, 1)
        layout.addWidget(self._filled, 1)
        self._fit()

    def _fit(self) -> None:
        """Columns as wide as what is usually in them, in the present font."""
        letter = self.fontMetrics().averageCharWidth()
        for column, letters in ((0, 24), (1, 17), (2, 13), (3, 15), (4, 11)):
            self.tree.setColumnWidth(column, letters * letter)
        for column, letters in ((0, 15), (1, 13), (2, 10), (3, 9)):
            self.table.setColumnWidth(column, letters * letter)
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().lineSpacing() * 5 // 4)

    def _connect(self) -> None:
        session = self._session
        session.selection.cells_changed.connect(self._show_cell)
        session.selection.site_changed.connect(self._show_site)
        session.document.experiment_changed.connect(self._show_cell)
        session.rig.described.connect(self._show_cell)
        session.rig.state_changed.connect(self._show_cell)
        session.pointing.changed.connect(self._on_pointing)
        self.search.textChanged.connect(self._on_search)
        self.search.down.connect(self._on_downwards)
        self.tree.selectionModel().currentChanged.connect(self._on_current)
        self.tree.entered.connect(self._on_entered)
        self.table.selectionModel().currentChanged.connect(self._show_buttons)
        self.mechanisms.modelReset.connect(self._show_buttons)
        self._copy_button.clicked.connect(self.copy)
        self._record_button.clicked.connect(self.record_variable)
        theme.notifier().changed.connect(self._fit)


def _is_copy(event: QKeyEvent) -> bool:
    return event.type() == QEvent.Type.KeyPress and event.matches(QKeySequence.StandardKey.Copy)
