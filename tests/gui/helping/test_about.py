import subprocess
import sys
from importlib import metadata

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton

from engine import __version__
from engine.resources import ROOT
from gui.panels import about


def test_that_it_tells_our_version_and_those_of_what_it_stands_on():
    text = about.versions()
    assert text.startswith(f"Somascope {__version__} (BSD-3-Clause)")
    for name, package in {"NumPy": "numpy", "NEURON": "neuron", "eFEL": "efel", "h5py": "h5py"}.items():
        assert f"\n{name} {metadata.version(package)} (" in text
    for name in ("Python", "Qt", "PySide6", "pyqtgraph", "libsonata", "MorphIO"):
        assert f"\n{name} " in text


def test_that_what_is_missing_is_said_so(monkeypatch):
    monkeypatch.setitem(about._PARTS, "NEURON", "no-such-package-of-ours")
    assert "\nNEURON: not installed" in about.versions()


def test_that_nothing_heavy_is_imported_to_tell_versions():
    program = (
        "import sys; from gui.panels import about; about.versions();"
        "print(sorted({'neuron', 'h5py', 'libsonata', 'morphio', 'efel', 'pyqtgraph'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


def test_that_versions_can_be_copied_and_the_licence_read(qtbot):
    dialog = about.AboutDialog()
    qtbot.addWidget(dialog)
    texts = [each.toPlainText() for each in dialog.findChildren(QPlainTextEdit)]
    assert any("Redistribution and use" in text for text in texts)
    copy = next(each for each in dialog.findChildren(QPushButton) if each.text() == "Copy versions")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == about.versions()
