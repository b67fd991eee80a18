"""Is this Python fit to run Qt, and does the program ask for a fit pair?"""

import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from PySide6.QtCore import QObject, Signal

from tests.peers import ROOT


def test_that_emitting_signals_loses_no_reference(qapp: object) -> None:
    """PySide6 6.12.0 on Python 3.11 drops one reference to True per emit, and dies at zero."""

    class Emitter(QObject):
        fired = Signal()

    emitter, before = Emitter(), sys.getrefcount(True)
    for _ in range(200):
        emitter.fired.emit()
    assert abs(sys.getrefcount(True) - before) < 50


@pytest.mark.parametrize(
    ("python", "pyside", "allowed"),
    [
        ("3.11", "6.11.1", False),  # dock widgets are laid out wrongly
        ("3.11", "6.11.3", True),
        ("3.11", "6.12.0", False),  # loses references until the interpreter dies
        ("3.12", "6.12.0", True),
        ("3.13", "6.12.0", True),
    ],
)
def test_that_pip_is_kept_from_the_pair_that_dies(python: str, pyside: str, allowed: bool) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [Requirement(text) for text in project["dependencies"] if text.startswith("pyside6-essentials")]
    applying = [one for one in asked if one.marker is None or one.marker.evaluate({"python_version": python})]
    assert applying
    assert all(one.specifier.contains(pyside) for one in applying) is allowed
