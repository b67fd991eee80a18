"""The list of runs: show, colour, name, pin, delete, compare, and bring an experiment back."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QColor, QGuiApplication
from PySide6.QtWidgets import (
    QColorDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from gui import theme
from gui.actions import Action
from gui.models.run_table import Column, RunTable, summary
from gui.panels.run_actions import run_actions
from gui.panels.run_view import PALETTE_SIZE, RunView
from gui.session.run import Run
from gui.session.session import Session
from gui.widgets.flow import FlowRow
from gui.widgets.help_button import HelpButton
from gui.widgets.marks import chip_icon

_NONE_YET = "No runs yet.\n\nPress F5 to run the experiment. Every run is kept here until you delete it."
_OF_THE_SCOPE = "runs.compare_stop"  # in the menus the scope's own command does it
_SHORT = {"runs.restore": "Restore", "runs.compare": "Compare", "runs.delete": "Delete"}
_MOST = 1000  # pixels of the list, so that the details get no more than they ask for
_TO_LOAD = "Load reference…"
_BUTTONS = ("runs.restore", "runs.compare", "runs.pin", "runs.delete")


class RunsPanel(QWidget):
    """What is selected in the list is what its commands are about."""

    selection_changed = Signal()  # what the commands may do is different now
    reference_wanted = Signal()  # a file with traces to compare with

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.compared: tuple[Run, ...] = ()
        self._question: QMessageBox | None = None
        self._menu: QMenu | None = None
        self._table = RunTable(session.runs, self)
        self._actions = run_actions(self, session)
        keys = {
            Qt.Key.Key_Delete: self.delete,
            Qt.Key.Key_Backspace: self.delete,
            Qt.Key.Key_Return: self.toggle_visible,
            Qt.Key.Key_Enter: self.toggle_visible,
            Qt.Key.Key_P: self.toggle_pinned,
            Qt.Key.Key_K: self.choose_colour,
        }
        self._view = RunView(self._table, keys, self)
        self._view.mark_clicked.connect(self._on_mark)
        self._view.customContextMenuRequested.connect(self._open_menu)
        self._view.selectionModel().selectionChanged.connect(lambda _new, _old: self._refresh())
        self._details = QPlainTextEdit(readOnly=True)
        self._details.setAccessibleName("About the selected run")
        self._details.setTabChangesFocus(True)
        self._buttons = {name: self._made_button(name) for name in _BUTTONS}
        self._pages = QStackedWidget()
        self._lay_out()
        self._table.dataChanged.connect(lambda _first, _last: self._tell())
        runs = session.runs
        runs.added.connect(self._on_added)
        for signal in (runs.removed, runs.changed, runs.ended):
            signal.connect(lambda _run: self._refresh())
        runs.compared.connect(self._on_compared)
        session.document.experiment_changed.connect(lambda _old, _new: self._refresh())
        theme.notifier().changed.connect(self._on_theme)
        if runs.latest is not None:
            self.select(runs.latest)
        self._refresh()

    @override
    def actions(self) -> tuple[Action, ...]:  # type: ignore[override]  # of ours, not those of QWidget
        """For menus and the palette. Delete has no shortcut of the window: the list's own key does it."""
        return tuple(action for action in self._actions if action.id != _OF_THE_SCOPE)

    def selected(self) -> tuple[Run, ...]:
        """Newest first."""
        rows = sorted({index.row() for index in self._view.selectionModel().selectedRows()})
        return tuple(self._table.run_at(row) for row in rows)

    def select(self, *runs: Run) -> None:
        """Select these and no others."""
        self._view.clearSelection()
        selection = self._view.selectionModel()
        flags = selection.SelectionFlag.Select | selection.SelectionFlag.Rows
        for run in runs:
            index = self._table.index(self._table.row_of(run), Column.NAME)
            selection.setCurrentIndex(index, flags)

    def restore(self) -> None:
        """Make the experiment of a run the document again, exactly; undo takes it back."""
        (run,) = self.selected()
        document = self._session.document
        if document.experiment is None or document.experiment.circuit.path != run.experiment.circuit.path:
            self._session.notices.post(
                f"{run.title} was made with another circuit.",
                where=run.experiment.circuit.path,
                hint="Open that circuit first, then restore the experiment.",
                severity="warning",
            )
        else:
            document.change(run.experiment, f"Restore {run.title}")

    def compare(self) -> None:
        """All that are selected with the first of them, or one with the run before it."""
        self._session.runs.compare(*self.to_compare())

    def rename(self) -> None:
        """Edit the name in its place."""
        (run,) = self.selected()
        self._view.setFocus()
        self._view.edit(self._table.index(self._table.row_of(run), Column.NAME))

    def toggle_visible(self) -> None:
        """Show or hide all that are selected, as the first of them is not."""
        self._change_selected("is_visible")

    def toggle_pinned(self) -> None:
        """Pin or unpin all that are selected, as the first of them is not."""
        self._change_selected("is_pinned")

    def choose_colour(self) -> None:
        """Offer colours for the selected runs, beside the chip of the first."""
        runs = self.selected()
        if not runs:
            return
        row = self._table.row_of(runs[0])
        place = self._view.visualRect(self._table.index(row, Column.COLOUR)).bottomLeft()
        self._menu = self._colour_menu(runs)
        self._menu.popup(self._view.viewport().mapToGlobal(place))

    def copy_summary(self) -> None:
        """Put what is known of the selected runs on the clipboard."""
        QGuiApplication.clipboard().setText("\n\n".join(summary(run) for run in self.selected()))

    def delete(self) -> None:
        """Ask, then delete what is selected, except for what is pinned or still under way."""
        self._ask_to_delete(self.selected())

    def delete_unpinned(self) -> None:
        """Ask, then delete every run that is over and not pinned."""
        self._ask_to_delete(tuple(run for run in self._session.runs if not run.is_pinned and run.is_over))

    def _ask_to_delete(self, runs: tuple[Run, ...]) -> None:
        doomed = tuple(run for run in runs if run.is_over and not run.is_pinned)
        self._say_what_is_kept(runs)
        if not doomed:
            return
        what = doomed[0].title if len(doomed) == 1 else f"{len(doomed)} runs"
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Delete runs",
            f"Delete {what}?",
            QMessageBox.StandardButton.Cancel,
            self,
        )
        box.setInformativeText("The traces and the experiment kept with them cannot be brought back.")
        button = box.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(button)
        button.clicked.connect(lambda: self._delete_now(doomed))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
        self._question = box

    def _say_what_is_kept(self, runs: tuple[Run, ...]) -> None:
        notices = self._session.notices
        if pinned := [run.title for run in runs if run.is_pinned]:
            are = "is pinned and stays" if len(pinned) == 1 else "are pinned and stay"
            notices.post(
                f"{_listed(pinned)} {are}.", hint="Unpin first (P in the list of runs), then delete."
            )
        if going := [run.title for run in runs if not run.is_over]:
            notices.post(
                f"{_listed(going)} is still under way.", hint="Stop it first (Shift+F5), then delete."
            )

    def _delete_now(self, runs: tuple[Run, ...]) -> None:
        alive = set(self._session.runs)
        for run in runs:
            if run in alive and not run.is_pinned:
                self._session.runs.remove(run)
        if set(runs) & set(self.compared):
            self._session.runs.compare()

    def to_compare(self) -> tuple[Run, ...]:
        """What `compare` would compare: the oldest, or a reference, and those from which it is taken away."""
        runs = self.selected()[::-1]
        if len(runs) == 1:
            latest = self._session.runs.latest
            other = latest if runs[0].reference else self._table.before(runs[0])
            runs = (other, *runs) if other is not None and other is not runs[0] else ()
        return tuple(sorted(runs, key=lambda run: not run.reference))

    def _change_selected(self, name: str) -> None:
        runs = self.selected()
        wanted = bool(runs) and not getattr(runs[0], name)
        for run in runs:
            self._session.runs.change(run, **{name: wanted})

    def _are_pinned(self) -> bool:
        runs = self.selected()
        return bool(runs) and runs[0].is_pinned

    def _on_mark(self, run: Run, column: Column) -> None:
        if column is Column.SHOWN:
            self._session.runs.change(run, is_visible=not run.is_visible)
        elif column is Column.PINNED:
            self._session.runs.change(run, is_pinned=not run.is_pinned)
        else:
            self.select(run)
            self.choose_colour()

    def _colour_menu(self, runs: tuple[Run, ...]) -> QMenu:
        menu = QMenu("Colour of the run", self)
        size, ratio = self.fontMetrics().height(), self.devicePixelRatioF()
        automatic = menu.addAction("By its traces")
        automatic.triggered.connect(lambda: self._paint(runs, ""))
        menu.addSeparator()
        for number in range(PALETTE_SIZE):
            colour = theme.trace_colour(number)
            entry = menu.addAction(chip_icon((QColor(colour),), size, ratio), f"Colour {number + 1}")
            entry.triggered.connect(lambda _checked=False, colour=colour: self._paint(runs, colour))
        menu.addSeparator()
        menu.addAction("Another colour…").triggered.connect(lambda: self._ask_for_colour(runs))
        return menu

    def _ask_for_colour(self, runs: tuple[Run, ...]) -> None:
        dialog = QColorDialog(QColor(runs[0].colour or theme.trace_colour(0)), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda colour: self._paint(runs, colour.name()))
        dialog.open()

    def _paint(self, runs: tuple[Run, ...], colour: str) -> None:
        for run in runs:
            self._session.runs.change(run, colour=colour)

    def _open_menu(self, place: QPoint) -> None:
        """Only what makes sense is enabled; made anew each time."""
        menu = QMenu("Run", self)
        group = None
        for action in self._actions:
            if not action.show():
                continue
            if group not in (None, action.group):
                menu.addSeparator()
            group = action.group
            entry = QAction(action.text if isinstance(action.text, str) else action.text(), menu)
            entry.setEnabled(action.enabled())
            entry.setToolTip(action.tip)
            entry.triggered.connect(lambda _checked=False, run=action.run: run())
            menu.addAction(entry)
        self._menu = menu
        menu.popup(self._view.viewport().mapToGlobal(place))

    def _on_added(self, run: Run) -> None:
        self.select(run)
        self._view.scrollToTop()
        self._refresh()

    def _on_compared(self, runs: tuple[Run, ...]) -> None:
        self.compared = runs
        self._refresh()

    def _on_theme(self) -> None:
        self._view.fit()
        self._view.viewport().update()

    def _refresh(self) -> None:
        """Buttons and details follow the selection and the runs."""
        self._pages.setCurrentIndex(1 if self._table.rowCount() else 0)
        actions = {action.id: action for action in self._actions}
        for name, button in self._buttons.items():
            button.setEnabled(actions[name].enabled())
            button.setText(_SHORT.get(name) or ("Unpin" if self._are_pinned() else "Pin"))
        self._tell()
        self.selection_changed.emit()

    def _tell(self) -> None:
        """Below the list: all that is known of the selected run; its title is in the list."""
        runs = self.selected()
        told = summary(runs[0]).partition("\n")[2] if len(runs) == 1 else ""
        told = f"{len(runs)} runs are selected." if len(runs) > 1 else told
        if told != self._details.toPlainText():
            self._details.setPlainText(told)

    def _lay_out(self) -> None:
        words = QLabel(_NONE_YET, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        words.setMargin(self.fontMetrics().height())
        empty = QWidget()
        stack = QVBoxLayout(empty)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.addWidget(words, 1)
        stack.addWidget(self._load_button(), 0, Qt.AlignmentFlag.AlignHCenter)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self._view)
        splitter.addWidget(self._details)
        self._details.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([_MOST, self.fontMetrics().lineSpacing() * 4])
        row = FlowRow(*self._buttons.values(), self._load_button(), HelpButton("running"))
        filled = QWidget()
        column = QVBoxLayout(filled)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(splitter)
        column.addWidget(row)
        self._pages.addWidget(empty)
        self._pages.addWidget(filled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    def _load_button(self) -> QToolButton:
        button = QToolButton()
        button.setText(_TO_LOAD)
        button.setToolTip("Show traces of a file beside the runs, to compare them.")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self.reference_wanted)
        return button

    def _made_button(self, name: str) -> QToolButton:
        action = next(each for each in self._actions if each.id == name)
        button = QToolButton()
        button.setToolTip(action.tip)
        button.setAccessibleName(action.text if isinstance(action.text, str) else action.text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action.run)
        return button


def _listed(titles: list[str]) -> str:
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"
