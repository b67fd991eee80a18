"""The whole program in a window: its own home, real workers, a hand and eyes."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.circuit.circuit import open_circuit
from engine.circuit.trust import trust
from gui import settings as settings_module
from gui import theme
from gui.app import Program, Wanted
from gui.panels.circuit.cell_table import CellTable
from gui.session.run import Run
from gui.settings import SettingsStore
from gui.window.workbench import Workbench
from tests.end_to_end.watchdog import Watchdog

LONG_MS = 180_000  # a busy machine is given time
_SHOTS = "SOMASCOPE_TEST_SCREENSHOTS"  # a folder: look at what is in there


class Rig:
    """The program, and what a test does with it besides pressing."""

    def __init__(self, qtbot: QtBot, store: SettingsStore, shots: Path, wanted: Wanted | None = None) -> None:
        self.qtbot, self.store, self._shots = qtbot, store, shots
        self.program = Program(wanted or Wanted(), store)
        self.window = self.program.window
        self.watchdog = Watchdog(self.window)
        self.window.resize(1280, 720)
        self.program.start()
        self.first_voltages: dict[str, str] = {}  # by run: its state when its first samples came

    def wait_for_panels(self) -> None:
        """Until all is there, and keys come to the window."""
        self.until(self._is_ready)
        self.bench.session.runs.advanced.connect(self._on_advanced)
        self.until(self._is_active)

    @property
    def table(self) -> CellTable:
        """The cells of the circuit."""
        found = self.bench.panels["circuit"].findChild(CellTable)
        assert isinstance(found, CellTable)
        return found

    @property
    def bench(self) -> Workbench:
        """All that the window holds."""
        assert self.window.workbench is not None
        return self.window.workbench

    def until(self, condition: Callable[[], bool]) -> None:
        """Let the program work until it holds."""
        self.qtbot.waitUntil(condition, timeout=LONG_MS)

    def until_open(self) -> None:
        """Until an experiment is open and all around it is on the screen."""
        document = self.bench.session.document
        self.until(lambda: document.experiment is not None and self.window.arrangement.is_arranged)

    def button(self, name: str, within: QWidget | None = None) -> QAbstractButton:
        """The visible button with this text."""
        found = [
            each
            for each in (within or self.window).findChildren(QAbstractButton)
            if each.isVisible() and each.text().replace("&", "") == name
        ]
        assert found, f"no button {name!r}"
        return found[0]

    def shot(self, name: str, widget: QWidget | None = None) -> None:
        """Keep what is on the screen, once it is drawn."""
        self._look()
        with self.watchdog.looking_away():
            assert (widget or self.window).grab().save(str(self._shots / f"{name}.png"))
        self._look()

    def _look(self) -> None:
        """As somebody who looks before the next press: some turns of the event loop come in between."""
        beats = self.watchdog.gaps_ms
        turns = len(beats) + 2
        if self.watchdog.is_beating:
            self.until(lambda: len(beats) >= turns)
        else:
            QApplication.processEvents()

    def _is_ready(self) -> bool:
        return self.window.workbench is not None and self.window.workbench.is_ready

    def _is_active(self) -> bool:
        """Shortcuts reach only the active window; a bare X server gives a closed dialog's focus to nobody."""
        if not self.window.isActiveWindow() and QApplication.activeModalWidget() is None:
            self.window.raise_()
            self.window.activateWindow()
        return self.window.isActiveWindow()

    def _on_advanced(self, run: Run) -> None:
        if run.traces.samples:
            self.first_voltages.setdefault(run.id, run.state)

    def close(self) -> None:
        """As the user quits: nothing stays behind."""
        self.window.close()
        assert not self.window.isVisible()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where screenshots go: a folder that the environment names, or one that is thrown away."""
    folder = Path(os.environ.get(_SHOTS, tmp_path / "screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SettingsStore]:
    """Settings of somebody who has just installed the program."""
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))
    settings_module.settings.cache_clear()
    yield settings_module.settings()
    settings_module.settings.cache_clear()


@pytest.fixture
def launch(qtbot: QtBot, store: SettingsStore, shots: Path) -> Iterator[Callable[..., Rig]]:
    """Start the program; it is quit, whatever happens to the test."""
    rigs: list[Rig] = []

    def launched(wanted: Wanted | None = None) -> Rig:
        rigs.append(Rig(qtbot, store, shots, wanted))
        rigs[-1].wait_for_panels()
        return rigs[-1]

    yield launched
    for rig in rigs:
        if rig.window.isVisible():
            bench = rig.window.workbench
            if bench is not None:
                bench.session.document.put(None)
            rig.window.close()
        rig.program.end()
    theme.apply("system", 100)  # it is the application's, which other tests share


@pytest.fixture
def allen_cells(shared_data: Path, allen_mod_files: Path, tmp_path: Path, store: SettingsStore) -> Path:
    """Five published cells with their mechanisms in place, trusted, as on the desk of their owner."""
    folder = tmp_path / "allen"
    for name in ("5_cells_iclamp", "shared_components"):
        shutil.copytree(shared_data / "allen" / name, folder / name)
    mechanisms = folder / "shared_components" / "mechanisms" / "modfiles"
    mechanisms.mkdir(parents=True, exist_ok=True)
    for mod_file in allen_mod_files.glob("*.mod"):
        shutil.copy(mod_file, mechanisms)
    config = folder / "5_cells_iclamp" / "circuit_config.json"
    with open_circuit(config) as circuit:
        trust(circuit)
    return config
