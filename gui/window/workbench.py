"""What the window holds once there is a session: actions, bars, panels, and what connects them."""

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QWidget

from gui import theme
from gui.actions import Action, ActionSet
from gui.background import Task, in_background
from gui.panels.log import LogPanel
from gui.panels.protocols.commands import SUBMENU as PROTOCOLS
from gui.session.session import Session
from gui.session.trusting import TrustQuestion
from gui.widgets.help_button import HelpButton
from gui.window import menus, panels, shell_actions
from gui.window.clustering import ClusterCommand
from gui.window.estimating import EstimateCommand
from gui.window.exporting import ExportCommand
from gui.window.files import Files
from gui.window.messages import Messages
from gui.window.openers import Companions
from gui.window.recovering import Recovering
from gui.window.referencing import ReferenceCommand
from gui.window.rerunning import RerunCommand
from gui.window.status_bar import RunStatusBar
from gui.window.tool_bar import RunToolBar

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_LINES_OF_LOG = 60
_DRUGS_AT_HAND = ("ttx", "tea", "cd")
_READERS = ("h5py", "libsonata", "morphio")  # of circuits, in machine code


class Workbench(QObject):
    """Made in steps while the welcome page is on the screen already; `ready` when all are done."""

    ready = Signal()

    def __init__(self, window: "MainWindow", session: Session) -> None:
        super().__init__(window)
        self.is_ready = self._panels_are_made = self._readers_are_there = False
        self._warming: Task | None = None
        self._window, self.session = window, session
        self.panels: dict[str, QWidget] = {}
        self.log = LogPanel(session)
        self.files = Files(window, session, window.store, window.recent)
        self.messages = Messages(session, window.strip, self.log, window)
        self.status = RunStatusBar(session)
        self.tool_bar = RunToolBar(session)
        self._companions = Companions(window, window.store, lambda: self.log.tail(_LINES_OF_LOG))
        self.actions = ActionSet((), theme.icon, self)
        self._companions.actions = self.actions
        self.rerunning = RerunCommand(window, session, self.files, self._companions.open_page)
        self.referencing = ReferenceCommand(window, session, self._companions.open_page)
        self.estimating = EstimateCommand(window, session, self._companions.open_page)
        self.clustering = ClusterCommand(window, session, self._companions.open_page)
        self.exporting = ExportCommand(window, session, self.panels, self._companions.open_page)
        self._layouts, self._protocols, self._exports = (QMenu(window) for _ in range(3))
        self._refreshing = QTimer(self)
        self._refreshing.setSingleShot(True)
        self._refreshing.setInterval(0)
        self._refreshing.timeout.connect(self.actions.refresh)
        self._steps: Iterator[None] = self._build()
        self._recovering = Recovering(window, session, self.files)

    def begin(self) -> None:
        """Make the panels, one in a turn of the event loop, so that clicks and paints come between."""
        self._warming = in_background(_import_readers, self._on_readers, self._on_readers)
        self._go_on()

    def refresh(self, *_what: object) -> None:
        """Something changed that actions depend on: ask them soon, once."""
        self._refreshing.start()

    def toggle_log(self) -> None:
        """Show or hide the log."""
        self._window.arrangement.toggle("log")

    def _go_on(self) -> None:
        try:
            next(self._steps)
        except StopIteration:
            self._panels_are_made = True
            self._be_ready()
        else:
            QTimer.singleShot(0, self, self._go_on)

    def _on_readers(self, _nothing: object) -> None:
        self._readers_are_there = True
        self._be_ready()

    def _be_ready(self) -> None:
        if self._panels_are_made and self._readers_are_there:
            self.is_ready = True
            self.ready.emit()

    def _build(self) -> Iterator[None]:
        arrangement = self._window.arrangement
        self._window.setStatusBar(self.status)
        self._window.addToolBar(self.tool_bar)
        self.tool_bar.hide()
        arrangement.toolbar = self.tool_bar
        arrangement.add("log", panels.LOG_TITLE, self.log)
        self._add_actions()
        self._connect()
        yield
        scope = panels.make(panels.SCOPE, self.session)
        self._take("scope", scope)
        self._window.pages.addWidget(scope)
        yield
        for place in panels.DOCKS:
            panel = panels.make(place, self.session)
            self._take(place.name, panel)
            arrangement.add(place.name, place.title, panel)
            yield
        self._join_panels()
        titles = {name: dock.windowTitle() for name, dock in arrangement.docks.items()}
        self.actions.add(shell_actions.window_actions(arrangement, titles, self._is_open))
        menus.fill(self._window.menus, self.actions)
        for dock in arrangement.docks.values():
            dock.visibilityChanged.connect(self.refresh)
        arrangement.load()
        self._recovering.look()

    def _add_actions(self) -> None:
        store, arrangement = self._window.store, self._window.arrangement
        openers = self._companions.openers()
        self.actions.add(self.files.actions())
        self.actions.add(shell_actions.edit_actions(self.session, openers))
        self.actions.add(shell_actions.view_actions(store, arrangement, openers, self._is_open))
        self.actions.add(shell_actions.run_actions(self.session, self.files, self.tool_bar.duration.value))
        self.actions.add(self.rerunning.actions())
        self.actions.add(self.referencing.actions())
        self.actions.add(self.estimating.actions())
        self.actions.add(self.clustering.actions())
        self.actions.add(self.exporting.actions())
        self.actions.add(shell_actions.help_actions(openers))
        menus.fill(self._window.menus, self.actions)
        for action in self.actions.actions:
            if action.submenu == shell_actions.LAYOUTS or action.id == "view.layout.reset":
                self._layouts.addAction(self.actions.widget(action.id))
        self._exports.addAction(self.actions.widget("file.export"))
        self.tool_bar.fill(self.actions, self._layouts, self._protocols, self._exports)

    def _connect(self) -> None:
        session, window = self.session, self._window
        document, rig, runs = session.document, session.rig, session.runs
        for signal in (
            *(rig.state_changed, rig.building, rig.described, session.circuit_opened, session.opened),
            *(document.experiment_changed, document.state_changed, document.undo_stack.indexChanged),
            *(session.selection.cells_changed, session.selection.element_changed),
            *(runs.added, runs.ended, runs.changed, runs.removed, runs.compared),
            *(session.regions.changed, session.shown_traces.changed, window.store.changed),
            *(window.recent.changed, self.tool_bar.duration.valueChanged),
        ):
            signal.connect(self.refresh)
        for menu in window.menus.values():
            menu.aboutToShow.connect(self.actions.refresh)
        theme.notifier().changed.connect(self.actions.refresh_icons)
        self.status.log_wanted.connect(self.toggle_log)
        self.log.unseen_changed.connect(self.status.show_unseen)
        self.files.circuit_came.connect(self._focus_filter)
        rig.trust_wanted.connect(self._ask_for_trust)
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]

    def _take(self, name: str, panel: QWidget) -> None:
        self.panels[name] = panel
        own: Callable[[], tuple[Action, ...]] = panel.actions  # type: ignore[assignment]
        self.actions.add(own())
        cursor_text = getattr(panel, "cursor_text", None)
        if cursor_text is not None:
            cursor_text.connect(self.status.cursor_text.setText)
        for name_of_signal in ("selection_changed", "actions_changed"):
            signal = getattr(panel, name_of_signal, None)
            if signal is not None:
                signal.connect(self.refresh)

    def _join_panels(self) -> None:
        """No panel knows another: what one offers and another does meets here."""
        inspector: Any = self.panels["inspector"]
        experiment: Any = self.panels["experiment"]
        cell: Any = self.panels["cell"]
        scope: Any = self.panels["scope"]
        measurements: Any = self.panels["measurements"]
        protocols: Any = self.panels["protocols"]
        protocols.add_drugs(self.actions.widget(f"channels.drug.{name}") for name in _DRUGS_AT_HAND)
        for action in self.actions.actions:
            if action.submenu == PROTOCOLS:
                self._protocols.addAction(self.actions.widget(action.id))
        runs: Any = self.panels["runs"]
        runs.reference_wanted.connect(self.referencing.ask)
        cell.place_wanted.connect(experiment.place)
        scope.regions.wanted.connect(measurements.show_table)
        scope.phase_plane_wanted.connect(measurements.show_phase_plane)
        inspector.add_cell_wanted.connect(experiment.add_cell)
        inspector.stimulate_wanted.connect(experiment.stimulate)
        for panel in self.panels.values():
            for button in panel.findChildren(HelpButton):
                button.wanted.connect(self._companions.open_page)

    def _is_open(self) -> bool:
        return self.session.document.experiment is not None

    def _focus_filter(self) -> None:
        """After a circuit was opened, the next thing is to find a cell."""
        circuit: Any = self.panels.get("circuit")
        arrangement = self._window.arrangement
        if circuit is None:
            return
        if arrangement.is_arranged:
            QTimer.singleShot(0, circuit, circuit.focus_filter)
        else:
            arrangement.arranged.connect(circuit.focus_filter, Qt.ConnectionType.SingleShotConnection)

    def _ask_for_trust(self, question: TrustQuestion) -> None:
        from gui.panels.trust import TrustDialog

        dialog = TrustDialog(question, self._window)
        dialog.accepted.connect(self.session.rig.give_trust)
        dialog.rejected.connect(self.files.give_up_running)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Space presses the button that has the focus; text fields keep it by themselves."""
        keys = "" if isinstance(now, QAbstractButton) else "Space"
        self.actions.use_shortcut("run.pause", keys)
        self.refresh()


def _import_readers(_task: Task) -> None:
    """In one thread, before others want them at the same moment: then morphio has been seen to crash."""
    for name in _READERS:
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name)
