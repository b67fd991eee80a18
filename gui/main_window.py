"""The main window: on the screen at once with the welcome page; the session and its panels follow."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QStatusTipEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from gui import theme
from gui.models.recent_files import RecentFiles
from gui.panels.welcome import WelcomePage
from gui.settings import SettingsStore
from gui.widgets.message_strip import MessageStrip
from gui.window.arrangement import Arrangement
from gui.window.menus import empty_menus

if TYPE_CHECKING:
    from gui.session.session import Session
    from gui.window.workbench import Workbench

    Wish = Callable[[Workbench], object]


class MainWindow(QMainWindow):
    """The frame. `attach` gives it a session; until all panels are made, wishes wait."""

    def __init__(self, store: SettingsStore, layout_file: Path | None = None) -> None:
        super().__init__()
        self.store = store
        self.recent = RecentFiles(store, self)
        self.workbench: Workbench | None = None
        self._wishes: list[Wish] = []
        self.menus = empty_menus(self.menuBar())
        self.strip = MessageStrip()
        self.pages = QStackedWidget()
        self.welcome = WelcomePage(self.recent)
        self.pages.addWidget(self.welcome)
        self._make_central()
        self.arrangement = Arrangement(self, store, layout_file)
        self.setWindowTitle("Somascope")
        self.setWindowIcon(theme.icon("trace"))
        self.setAcceptDrops(True)
        self._connect_welcome()
        self._look = (store.value.theme, store.value.zoom_percent)
        store.changed.connect(self._on_settings)
        self.welcome.focus_first()

    def attach(self, session: "Session") -> "Workbench":
        """Build what needs a session; done when the workbench says that it is ready."""
        from gui.window.workbench import Workbench  # takes longer than to show the window

        self.workbench = Workbench(self, session)
        self.workbench.ready.connect(self._on_ready)
        document = session.document
        document.experiment_changed.connect(self._show_page)
        document.state_changed.connect(self._show_title)
        self.workbench.begin()
        self.recent.look()
        return self.workbench

    def when_ready(self, wish: "Wish") -> None:
        """Do it now, or when all panels are there."""
        if self.workbench is not None and self.workbench.is_ready:
            wish(self.workbench)
        else:
            self._wishes.append(wish)

    def open_path(self, path: Path, *, run: bool = False) -> None:
        """Open a file or folder."""
        self.when_ready(lambda bench: bench.files.open(path, run=run))

    def open_example(self, name: str, *, run: bool = True) -> None:
        """Open a built-in experiment and run it."""
        self.when_ready(lambda bench: bench.files.open_example(name, run=run))

    def show_bug(self, trace: str) -> None:
        """Tell of a mistake of ours."""
        if self.workbench is not None:
            self.workbench.messages.show_bug(trace)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self.workbench is not None:
            if not self.workbench.files.may_leave():
                event.ignore()
                return
            self.arrangement.save()
            self.hide()
            self.workbench.session.shutdown()
        super().closeEvent(event)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self._take(paths)

    def _take(self, paths: list[Path]) -> None:
        """Traces are loaded beside the runs; anything else is opened."""
        from engine.reference.files import is_of_traces

        if all(is_of_traces(each) for each in paths):
            for each in paths:
                self.when_ready(lambda bench, path=each: bench.referencing.load(path))  # type: ignore[misc]
        else:
            self.open_path(paths[0])

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QStatusTipEvent) and self.workbench is not None:
            self.workbench.status.show_hint(event.tip())  # beside the state, not over it
            return True
        return super().event(event)

    def _make_central(self) -> None:
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(central)

    def _connect_welcome(self) -> None:
        self.welcome.example_wanted.connect(self.open_example)
        self.welcome.network_wanted.connect(
            lambda: self.when_ready(lambda bench: bench.rerunning.open_example())
        )
        self.welcome.path_wanted.connect(self.open_path)
        self.welcome.file_wanted.connect(lambda: self.when_ready(lambda bench: bench.files.ask_for_file()))
        self.welcome.folder_wanted.connect(
            lambda: self.when_ready(lambda bench: bench.files.ask_for_folder())
        )

    def _on_ready(self) -> None:
        self._show_page()
        wishes, self._wishes = self._wishes, []
        for wish in wishes:
            self.when_ready(wish)

    def _show_page(self, *_experiments: object) -> None:
        """The traces, with the docks around, or the welcome page alone."""
        bench = self.workbench
        if bench is None or not bench.is_ready:
            return
        scope = bench.panels.get("scope")
        if bench.session.document.experiment is not None and scope is not None:
            self.pages.setCurrentWidget(scope)
            QTimer.singleShot(0, self, self._show_docks)  # in a turn of their own: they take a while
        else:
            self.arrangement.hide()
            self.pages.setCurrentWidget(self.welcome)
            self.recent.look()
            self.welcome.focus_first()
        self._show_title()

    def _show_docks(self) -> None:
        assert self.workbench is not None
        if self.workbench.session.document.experiment is not None:
            self.arrangement.show()

    def _show_title(self) -> None:
        assert self.workbench is not None
        document = self.workbench.session.document
        is_open = document.experiment is not None
        self.setWindowTitle(f"{document.name}[*] – Somascope" if is_open else "Somascope")
        self.setWindowModified(document.is_modified)

    def _on_settings(self) -> None:
        look = (self.store.value.theme, self.store.value.zoom_percent)
        if look != self._look:
            self._look = look
            theme.apply(*look)
