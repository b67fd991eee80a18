"""Every control of every panel and window has a name for those who hear instead of see."""

import pytest
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.experiment import store
from engine.resources import example_file
from gui.panels.about import AboutDialog
from gui.panels.help import HelpWindow
from gui.panels.palette import CommandPalette
from gui.panels.preferences import PreferencesDialog
from gui.panels.shortcuts import ShortcutSheet
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool
from gui.settings import SettingsStore
from gui.window.panels import DOCKS, SCOPE, make
from tests.fakes.commands import fake_worker
from tests.gui.accessibility import nameless_controls
from tests.gui.helping.examples import Deeds


@pytest.fixture
def session(qtbot):
    session = Session(WorkerPool(lambda _limit: fake_worker()))
    yield session
    session.shutdown()


def test_that_nameless_controls_are_found(qtbot):
    box = QWidget()
    qtbot.addWidget(box)
    layout = QVBoxLayout(box)
    for control in (QLineEdit(), QToolButton(), QListWidget(), QSpinBox(), QPushButton("×"), QComboBox()):
        layout.addWidget(control)
    assert len(nameless_controls(box)) == 6


def test_that_names_texts_and_labels_are_names(qtbot):
    box = QWidget()
    qtbot.addWidget(box)
    layout = QVBoxLayout(box)
    label, field = QLabel("&Delay"), QLineEdit()
    label.setBuddy(field)
    named = QSpinBox()
    named.setAccessibleName("Duration")
    for control in (label, field, named, QPushButton("Run")):
        layout.addWidget(control)
    assert nameless_controls(box) == []


@pytest.mark.parametrize("place", [SCOPE, *DOCKS], ids=lambda place: place.name)
def test_that_every_panel_names_its_controls(qtbot, session, place):
    panel = make(place, session)
    assert panel is not None
    qtbot.addWidget(panel)
    file = example_file("pyramidal-cell")
    session.document.put(store.with_absolute_paths(store.load(file), file.parent))
    assert nameless_controls(panel) == []


@pytest.mark.parametrize(
    "window_of",
    [AboutDialog, HelpWindow, lambda: PreferencesDialog(SettingsStore())],
    ids=["about", "help", "preferences"],
)
def test_that_every_window_beside_names_its_controls(qtbot, window_of):
    window = window_of()
    qtbot.addWidget(window)
    assert nameless_controls(window) == []


@pytest.mark.parametrize("kind", [CommandPalette, ShortcutSheet])
def test_that_the_lists_of_actions_name_their_controls(qtbot, kind):
    window = QWidget()
    qtbot.addWidget(window)
    assert nameless_controls(kind(Deeds(window).actions, window)) == []
