"""At 200 % on the smallest screen there is room for each panel: nobody has to scroll sideways."""

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from engine.experiment.edits import with_recording, with_stimulus
from engine.experiment.presets import PRESETS
from engine.experiment.recordings import Report
from engine.experiment.targets import NodeSetTarget, Site
from engine.experiment.waveforms import CellProperties
from engine.resources import example_file
from gui.forms.form import Form
from gui.session.selection import CONDITIONS
from gui.settings import LARGEST_ZOOM, SettingsStore
from gui.window.workbench import Workbench
from tests.gui.shell.conftest import Start

_KNOWN = CellProperties(1, 0.1, 0.01, 100.0, -70.0)


@pytest.fixture
def large(start: Start, qtbot: QtBot) -> Workbench:
    store = SettingsStore()
    store.change(zoom_percent=LARGEST_ZOOM)
    program, bench = start(store=store)
    program.window.resize(1280, 720)
    with qtbot.waitSignal(bench.session.opened, timeout=20_000):
        bench.files.open(example_file("pyramidal-cell"))
    qtbot.waitUntil(lambda: bench.session.rig.description(_cell(bench)) is not None, timeout=60_000)
    QApplication.processEvents()
    assert program.window.width() == 1280, "the window itself fits"
    return bench


def _cell(bench: Workbench):
    experiment = bench.session.document.experiment
    assert experiment is not None
    target = experiment.stimuli[0].target
    assert isinstance(target, Site)
    return target.cell


def _sideways(area: QScrollArea) -> int:
    """Pixels that are out of sight."""
    QApplication.processEvents()
    return area.horizontalScrollBar().maximum()


def test_that_no_dock_scrolls_sideways(large: Workbench) -> None:
    docks = large._window.arrangement.docks
    for name, dock in docks.items():
        dock.show()
        dock.raise_()
        area = dock.widget()
        assert isinstance(area, QScrollArea)
        assert _sideways(area) == 0, name


def test_that_no_form_scrolls_sideways(large: Workbench) -> None:
    session, inspector = large.session, large.panels["inspector"]
    dock = large._window.arrangement.docks["inspector"]
    dock.raise_()
    site = Site(cell=_cell(large))
    experiment = session.document.experiment
    assert experiment is not None
    elements = [preset.make(site, _KNOWN) for preset in PRESETS]
    for each in elements:
        experiment = with_stimulus(experiment, each)
    report = Report(target=NodeSetTarget(node_set="Excitatory"))
    experiment = with_recording(experiment, report)
    session.document.change(experiment, "Add all kinds")
    recordings = [each.id for each in experiment.recordings]
    for element in (*(each.id for each in elements), *recordings, CONDITIONS):
        session.selection.select_element(element)
        form = inspector.findChild(Form)
        assert form is not None
        form._more.setChecked(True)
        for area in (dock.widget(), inspector._area):  # type: ignore[attr-defined]
            assert isinstance(area, QScrollArea)
            assert _sideways(area) == 0, session.document.experiment and element


def test_that_the_card_of_a_cell_does_not_scroll_sideways(large: Workbench) -> None:
    large.session.selection.select_element("")
    large.session.selection.select_cell(_cell(large))
    inspector = large.panels["inspector"]
    assert _sideways(inspector._area) == 0  # type: ignore[attr-defined]
