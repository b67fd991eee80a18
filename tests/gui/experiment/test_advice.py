"""What is said before a run, and that its buttons do what they say."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from engine.experiment import stimuli as s
from engine.experiment.advice import Advice, advice, needed_property, remedied
from engine.experiment.base import changed
from engine.experiment.edits import with_cell, with_recording, with_stimulus
from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.presets import PRESETS, Preset
from engine.experiment.recordings import SiteRecording
from engine.experiment.targets import CellReference, NodeSetTarget, Site
from engine.experiment.waveforms import CellProperties, MissingPropertyError
from gui.panels.experiment.advice_list import AdviceList
from tests.gui.experiment.conftest import COLUMN, Bench, Open

_CELL = CellReference("column", 105)
_SITE = Site(cell=_CELL)
_RECORDED = with_recording(
    with_cell(Experiment(circuit=CircuitReference(path=COLUMN.as_posix())), _CELL), SiteRecording(site=_SITE)
)
_RELATIVE = (
    s.RelativeStep(target=_SITE),
    s.RelativeRamp(target=_SITE),
    s.Subthreshold(target=_SITE),
    s.Holding(target=_SITE),
    s.RelativeNoise(target=_SITE),
    s.RelativeShotNoise(target=_SITE),
    s.RelativeOrnsteinUhlenbeck(target=_SITE),
)


def _unknown(cell: CellReference) -> CellProperties:
    return CellProperties(cell.node_id)


def _known(cell: CellReference) -> CellProperties:
    return CellProperties(cell.node_id, 0.2, -0.03, 50.0, -75.0)


def _only(experiment: Experiment) -> Advice:
    (given,) = advice(experiment, _unknown)
    return given


def test_that_a_good_experiment_needs_no_advice() -> None:
    good = with_stimulus(_RECORDED, s.Step(target=_SITE))
    assert advice(good, _unknown) == ()
    assert advice(Experiment(circuit=good.circuit), _unknown) == ()  # the empty one says what to do elsewhere


def test_that_a_run_without_recordings_is_announced_and_put_right() -> None:
    bare = with_stimulus(changed(_RECORDED, recordings=()), s.Step(target=_SITE))
    given = _only(bare)
    assert given.text == "Nothing is recorded: a run would show no trace."
    after = remedied(bare, given, _unknown)
    (recording,) = after.recordings
    assert isinstance(recording, SiteRecording) and recording.site == _SITE
    assert advice(after, _unknown) == ()


def test_that_recordings_that_are_all_off_are_announced() -> None:
    (recording,) = _RECORDED.recordings
    off = changed(_RECORDED, recordings=(changed(recording, enabled=False),))
    given = _only(off)
    assert given.text == "All recordings are switched off: a run would show no trace."
    assert advice(remedied(off, given, _unknown), _unknown) == ()


@pytest.mark.parametrize("count", [1, 3])
def test_that_stimuli_that_are_all_off_are_announced_and_switched_on(count: int) -> None:
    off = _RECORDED
    for _ in range(count):
        off = with_stimulus(off, s.Step(target=_SITE, enabled=False))
    given = _only(off)
    assert given.text == ("The only stimulus is" if count == 1 else "All stimuli are") + " switched off."
    assert advice(remedied(off, given, _unknown), _unknown) == ()


def test_that_a_stimulus_behind_the_end_is_announced_and_gets_time() -> None:
    late = with_stimulus(_RECORDED, s.Step(target=_SITE, name="second", delay=1000.0, duration=50.0))
    given = _only(late)
    assert given.text == "“second” starts at 1000 ms, after the end of the run (1000 ms)."
    assert given.remedy_text == "Run 1150 ms"
    after = remedied(late, given, _unknown)
    assert after.conditions.tstop == 1150.0 and advice(after, _unknown) == ()


@pytest.mark.parametrize("stimulus", _RELATIVE, ids=lambda stimulus: stimulus.kind)
def test_that_a_property_that_is_not_known_is_asked_for(stimulus: s.Stimulus) -> None:
    experiment = with_stimulus(_RECORDED, stimulus)
    given = _only(experiment)
    assert "of cell column:105, which is not known." in given.text
    assert advice(experiment, _known) == ()
    assert advice(experiment, lambda _cell: None) == ()  # not read yet: nothing is claimed


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_that_exactly_those_properties_are_asked_for_that_the_run_will_miss(preset: Preset) -> None:
    stimulus = preset.make(_SITE, _unknown(_CELL))
    modes = ("current", "conductance") if hasattr(stimulus, "mode") else ("",)
    for each in [changed(stimulus, mode=mode) if mode else stimulus for mode in modes]:
        missed = None
        try:
            each.waveform(_unknown(_CELL), _RECORDED.conditions)
        except MissingPropertyError as error:
            missed = error.name
        assert needed_property(each) == missed


def test_that_nothing_is_claimed_about_the_cells_of_a_node_set() -> None:
    everywhere = s.RelativeStep(target=NodeSetTarget(node_set="L5"))
    assert advice(with_stimulus(_RECORDED, everywhere), _unknown) == ()


def test_that_a_relative_step_can_be_given_in_nanoamperes() -> None:
    step = s.RelativeStep(target=_SITE, name="rheo", delay=20.0)
    experiment = with_stimulus(_RECORDED, step)
    given = _only(experiment)
    (absolute,) = remedied(experiment, given, _unknown).stimuli
    assert given.remedy_text == "Use 0.2 nA"
    assert absolute == s.Step(id=step.id, name="rheo", delay=20.0, target=_SITE, amplitude=0.2)


def _press(qtbot: QtBot, bench: Bench, text: str) -> None:
    (button,) = [each for each in bench.panel.findChildren(QPushButton) if each.text() == text]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.usefixtures("_nothing_known")
def test_that_the_panel_shows_advice_and_its_buttons_can_be_undone(
    qtbot: QtBot, open_bench: Open, shared_data: Path
) -> None:
    circuit = shared_data / "allen" / "5_cells_iclamp" / "circuit_config.json"
    cell = CellReference("biophysical", 0)
    late = s.RelativeStep(target=Site(cell=cell), delay=2000.0)
    experiment = Experiment(circuit=CircuitReference(path=circuit.as_posix()))
    bench = open_bench(circuit, with_stimulus(with_cell(experiment, cell), late))
    (shown,) = bench.panel.findChildren(AdviceList)
    before = bench.experiment
    qtbot.waitUntil(lambda: len(shown.findChildren(QLabel)) == 3)
    for text in ("Record the soma", "Run 2500 ms", "Use 0.2 nA"):
        _press(qtbot, bench, text)
        assert bench.session.document.undo_stack.undoText() == text
    qtbot.waitUntil(lambda: not shown.isVisible())
    for _ in range(3):
        bench.session.document.undo_stack.undo()
    assert bench.experiment is before and shown.isVisible()
