"""The door of the program, in processes of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import cli
from engine.resources import ROOT
from gui.__main__ import _COMMANDS, main

_UNTIL_PAINTED = """
import sys
from gui import app
from PySide6.QtWidgets import QApplication
application = QApplication(sys.argv[:1])
program = app.Program(app.Wanted())
program.window.painted = application.quit
program.window.show()
application.exec()
print(*sorted(sys.modules))
"""
_HEAVY = (
    "neuron",
    "h5py",
    "efel",
    "morphio",
    "libsonata",
    "pyqtgraph",
    "numpy",
    "engine.experiment",
    "qasync",
)


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    without = {
        k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env={**without, **environment}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_that_nothing_heavy_is_imported_before_the_window_is_painted(tmp_path: Path) -> None:
    said = python("-c", _UNTIL_PAINTED, QT_QPA_PLATFORM="offscreen", SOMASCOPE_HOME=str(tmp_path))
    modules = set(said.stdout.split())
    assert "gui.panels.welcome" in modules, said.stderr
    assert modules.isdisjoint(_HEAVY)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
def test_that_a_machine_without_display_gets_one_sentence(tmp_path: Path) -> None:
    said = python("-m", "gui", SOMASCOPE_HOME=str(tmp_path))
    assert said.returncode == 2
    assert said.stderr.count("\n") == 1
    assert "no display" in said.stderr
    assert "`somascope run` works without a window" in said.stderr


def test_that_a_missing_library_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(path: str) -> None:
        raise OSError(f"{path}: libxcb-cursor.so.0: cannot open shared object file")

    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("gui.__main__.ctypes.CDLL", fails)
    monkeypatch.setattr("gui.qt_libraries.missing_libraries", lambda: ("libxcb-cursor.so.0",))
    assert main([]) == 2
    said = capsys.readouterr().err
    assert "libxcb-cursor.so.0 is missing" in said
    assert "apt install libxcb-cursor0" in said
    assert "`somascope run` works without a window" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.json"], "There is no file or folder named 'nowhere.json'"),
        (["--example", "squid"], "There is no built-in experiment named 'squid'"),
    ],
)
def test_that_what_does_not_exist_is_refused_before_the_window(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert sentence in capsys.readouterr().err


def test_that_commands_still_go_to_the_engine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(ROOT / "resources" / "circuits" / "squid_axon")]) == 0
    assert "axon" in capsys.readouterr().out


def test_that_every_command_of_the_engine_goes_there() -> None:
    choices = cli._parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    assert choices is not None and set(choices) == set(_COMMANDS)
