"""What belongs into a report of something that went wrong."""

import platform
import sys
from importlib import metadata

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from engine import __version__

_PACKAGES = (
    *("PySide6-Essentials", "pyqtgraph", "neuron", "libsonata"),
    *("h5py", "morphio", "efel", "numpy", "pydantic"),
)


def versions() -> str:
    """The program, Python, Qt, NEURON and the system, a line each."""
    lines = [
        f"Somascope {__version__}",
        f"Python {platform.python_version()} ({sys.executable})",
        f"Qt {qVersion()}, platform {QGuiApplication.platformName()}",
        *(f"{name} {_version(name)}" for name in _PACKAGES),
        f"{platform.platform()}, {platform.machine()}",
    ]
    return "\n".join(lines)


def report(what: str, detail: str, log: str) -> str:
    """The whole text: what happened, in which program, and what it said before."""
    parts = (what, detail, versions(), f"The end of the log:\n{log}" if log else "")
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "is not installed"
