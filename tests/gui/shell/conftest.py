"""A whole program: window, session, workers; nothing of it stays."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QEventLoop
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme
from gui.app import Program, Wanted
from gui.settings import SettingsStore
from gui.window.workbench import Workbench

Start = Callable[..., tuple[Program, Workbench]]


@pytest.fixture
def start(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start programs and wait until they are ready."""
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))
    made: list[Program] = []

    def start(wanted: Wanted | None = None, store: SettingsStore | None = None) -> tuple[Program, Workbench]:
        program = Program(wanted or Wanted(), store or SettingsStore())
        made.append(program)
        program.start(watching=False)
        qtbot.waitUntil(lambda: program.window.workbench is not None, timeout=20_000)
        bench = program.window.workbench
        assert bench is not None
        qtbot.waitUntil(lambda: bench.is_ready, timeout=20_000)
        return program, bench

    yield start
    monkeypatch.setattr("gui.window.questions.about_unsaved_changes", lambda *_: "discard")
    for program in made:
        program.window.close()
        program.window.deleteLater()
        program.end()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    theme.notifier.cache_clear()  # what windows that are gone have connected
    theme.apply("light", 100)
