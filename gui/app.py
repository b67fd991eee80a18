"""From the start of the program to its end: the application, its window, its session."""

import faulthandler
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from engine.errors import EngineError
from engine.user_files import data_folder, log_folder
from gui import theme
from gui.background import give_way_quickly
from gui.bugs import Bugs
from gui.garbage import GarbageCollector
from gui.main_window import MainWindow
from gui.settings import SettingsStore, settings

if TYPE_CHECKING:
    from gui.session.session import Session
    from gui.session.worker_pool import WorkerPool

_MISSING = {
    "neuron": (
        "NEURON is not installed, so cells cannot be built or run; circuits can be browsed.",
        "Install it with `pip install neuron` (Linux and macOS) and start again.",
    ),
    "libsonata": (
        "libsonata is not installed, so some circuits cannot be opened.",
        "Install it with `pip install libsonata` (Linux and macOS) and start again.",
    ),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    path: Path | None = None
    example: str = ""
    run: bool = False
    safe_mode: bool = False  # without the remembered layout


class Program(QObject):
    """Owns window, session and workers. The window is shown first; all else follows its first paint."""

    def __init__(self, wanted: Wanted, store: SettingsStore | None = None) -> None:
        super().__init__()
        self.store = store or settings()
        self.session: Session | None = None
        self._pool: WorkerPool | None = None
        self._wanted = wanted
        give_way_quickly()
        theme.apply(self.store.value.theme, self.store.value.zoom_percent)
        self.window = _Window(self.store, None if wanted.safe_mode else _layout_file())
        self.bugs = Bugs(self)
        self.bugs.happened.connect(self.window.show_bug)
        self._garbage = GarbageCollector(self)

    def start(self, *, watching: bool = True) -> None:
        """Show the window and come back; the rest is done by the event loop."""
        if watching:
            self.bugs.watch()
        self.window.painted = lambda: QTimer.singleShot(0, self, self._begin_session)
        self.window.show()

    def _begin_session(self) -> None:
        from gui.session.session import Session
        from gui.session.worker_pool import WorkerPool
        from gui.session.worker_process import STOP_DEADLINE_MS, Limits

        value = self.store.value
        limits = Limits(value.patience_s * 1000, STOP_DEADLINE_MS)
        self._pool = WorkerPool(memory_limit_mib=value.memory_limit_mib, limits=limits)
        if importlib.util.find_spec("neuron") is not None:
            self._pool.start()
        self.session = Session(self._pool)
        self.store.changed.connect(self._on_settings)
        bench = self.window.attach(self.session)
        bench.ready.connect(self._tell_what_is_missing)
        bench.ready.connect(self._garbage.keep_what_is_there)
        if self._wanted.path is not None:
            self.window.open_path(self._wanted.path, run=self._wanted.run)
        elif self._wanted.example:
            self.window.open_example(self._wanted.example, run=self._wanted.run)

    def end(self) -> None:
        """Once the window is closed, and the event loop over."""
        self._garbage.stop()

    def _tell_what_is_missing(self) -> None:
        assert self.session is not None
        for name, (what, hint) in _MISSING.items():
            if importlib.util.find_spec(name) is None:
                self.session.notices.post(what, hint=hint, severity="warning")

    def _on_settings(self) -> None:
        limit = self.store.value.memory_limit_mib
        if self._pool is not None and self._pool.memory_limit_mib != limit:
            self._pool.memory_limit_mib = limit


class _Window(MainWindow):
    """Tells when it was painted for the first time."""

    painted = staticmethod(lambda: None)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painted, self.painted = self.painted, lambda: None
        painted()


def run(wanted: Wanted) -> int:
    """Open the window; the exit code when it was closed."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("somascope")
    application.setApplicationDisplayName("")
    application.setDesktopFileName("somascope")
    _watch_for_crashes()
    program = Program(wanted)
    program.start()
    try:
        return application.exec()
    finally:
        program.end()


def _watch_for_crashes() -> None:
    """Where the program dies of a fault in machine code, its Python stack is in this file."""
    try:
        file = (log_folder() / "crash.log").open("a", encoding="utf-8")
    except (EngineError, OSError):
        return
    faulthandler.enable(file)


def _layout_file() -> Path | None:
    try:
        return data_folder() / "window.ini"
    except EngineError:
        return None
