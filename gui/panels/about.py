"""About: which program this is, what it stands on, and under which terms."""

import platform
from importlib import metadata
from typing import Final

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine import __version__
from engine.resources import ROOT

_PARTS: Final = {
    "PySide6": "PySide6_Essentials",
    "pyqtgraph": "pyqtgraph",
    "NumPy": "numpy",
    "NEURON": "neuron",
    "libsonata": "libsonata",
    "h5py": "h5py",
    "MorphIO": "morphio",
    "eFEL": "efel",
    "Pillow": "pillow",
    "pydantic": "pydantic",
    "platformdirs": "platformdirs",
    "qasync": "qasync",
}
# Of packages whose own description does not say it.
_LICENCES: Final = {"neuron": "BSD-3-Clause"}
_SHORT: Final = 80  # letters: a name and not the whole text
_OURS: Final = "BSD-3-Clause"


def versions() -> str:
    """One line for each part: name, version, licence. Nothing of it is imported for this."""
    lines = [
        f"Somascope {__version__} ({_OURS})",
        f"Python {platform.python_version()} (PSF-2.0), {platform.system()} {platform.machine()}",
        f"Qt {qVersion()} (LGPL-3.0-only)",
    ]
    return "\n".join(lines + [_line(name, package) for name, package in _PARTS.items()])


def licence_text() -> str:
    """Our licence, from the checkout or from the installed package."""
    file = ROOT / "LICENSE"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    try:
        return _installed_licence()
    except metadata.PackageNotFoundError:
        return f"{_OURS}. The text is missing from this installation."


class AboutDialog(QDialog):
    """Versions to copy into a report, and the licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Somascope")
        heading = QLabel(f"Somascope {__version__}")
        font = heading.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        heading.setFont(font)
        sentence = QLabel(
            "An oscilloscope for circuits of neurons written in SONATA: browse cells, stimulate them, watch"
            " the voltage. The numbers are those of NEURON.",
            wordWrap=True,
        )
        tabs = QTabWidget()
        tabs.setAccessibleName("Versions and licence")
        tabs.addTab(_text(versions(), "Versions"), "Versions")
        tabs.addTab(_text(licence_text(), "Licence"), "Licence")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._copy = QPushButton("Copy versions")
        self._copy.setToolTip("Copy them as text, for a report")
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(versions()))
        buttons.addButton(self._copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (heading, sentence, tabs, buttons):
            layout.addWidget(widget)
        metrics, room = self.fontMetrics(), self.screen().availableSize()
        self.resize(
            min(metrics.averageCharWidth() * 78, room.width()),
            min(metrics.height() * 28, room.height() * 9 // 10),
        )


def _text(text: str, name: str) -> QPlainTextEdit:
    edit = QPlainTextEdit(text, readOnly=True)
    edit.setAccessibleName(name)
    edit.setTabChangesFocus(True)
    return edit


def _line(name: str, package: str) -> str:
    try:
        description = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        return f"{name}: not installed"
    return f"{name} {description['Version']} ({_licence(package, description)})"


def _licence(package: str, description: metadata.PackageMetadata) -> str:
    """As the package says it: an expression, a short text, or the classifiers."""
    if package in _LICENCES:
        return _LICENCES[package]
    for key in ("License-Expression", "License"):
        said = next(iter(description.get_all(key) or ()), "")
        if said and "\n" not in said and len(said) < _SHORT:
            return said
    classified = [
        each.rpartition(" :: ")[2]
        for each in description.get_all("Classifier") or ()
        if each.startswith("License ::")
    ]
    return ", ".join(classified) or "see the package"


def _installed_licence() -> str:
    for file in metadata.files("somascope") or ():
        if file.name == "LICENSE":
            return file.read_text(encoding="utf-8")
    return _OURS
