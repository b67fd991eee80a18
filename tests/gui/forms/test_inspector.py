"""The inspector: from the form to the document and back."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from engine.circuit.circuit import open_circuit
from engine.experiment import cell_changes, edits
from engine.experiment.base import changed
from engine.experiment.experiment import ListedCells
from engine.experiment.stimuli import Step
from engine.experiment.targets import CellReference
from engine.messages.live import (
    ClampVoltage,
    Manipulations,
    PlacedSynapseWeight,
    StimulusAmplitude,
    Temperature,
)
from engine.resources import example_file, resources_folder
from gui.panels.experiment.inspector import InspectorPanel
from gui.panels.experiment.live import live_settings
from gui.panels.scope.words import change_in_words
from gui.session.selection import CONDITIONS
from gui.session.session import Session
from gui.session.worker_pool import WorkerPool
from tests.gui.forms.conftest import CELL, CHANGE
from tests.gui.forms.test_forms import type_into

COLUMN = resources_folder() / "circuits" / "cortical_column" / "circuit_config.json"


@pytest.fixture
def panel(qtbot, session):
    panel = InspectorPanel(session)
    panel.resize(330, 640)
    qtbot.addWidget(panel)
    panel.show()
    with qtbot.waitActive(panel):
        panel.activateWindow()
    return panel


def texts(panel):
    return [each.text() for each in panel.findChildren(QLabel) if each.isVisible()]


def field_of(panel, name):
    field: Any = panel.form.rows[name].editor.controls()[0]
    return field


def element(session, name):
    return edits.element(session.document.experiment, name)


def test_that_typing_changes_the_document_and_undo_comes_back(qtbot, session, panel):
    session.selection.select_element("step")
    field = field_of(panel, "amplitude")
    type_into(qtbot, field, "50p")
    assert element(session, "step").amplitude == 0.05
    assert session.document.undo_stack.undoText() == "Change amplitude"
    session.document.undo_stack.undo()
    assert field.value == 0.1
    assert field.hasFocus()
    session.document.undo_stack.redo()
    assert field.lineEdit().text() == "0.05 nA"


def test_that_steps_of_one_burst_are_one_step_for_undo(qtbot, session, panel):
    session.selection.select_element("step")
    field = field_of(panel, "amplitude")
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert session.document.undo_stack.count() == 1
    field_of(panel, "delay").setFocus()
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert session.document.undo_stack.count() == 2


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("step", "Step"),
        ("noise", "Ornstein–Uhlenbeck noise"),
        ("voltage", "Recording"),
        ("density", "Change sections of one type"),
        (CONDITIONS, "Conditions of the run"),
    ],
)
def test_that_what_is_selected_is_shown_and_changes_nothing(session, panel, name, title):
    before = session.document.experiment
    session.selection.select_element(name)
    assert title in texts(panel)
    assert session.document.experiment is before
    assert session.document.undo_stack.count() == 0


def test_that_every_kind_of_element_can_be_changed(qtbot, session, panel):
    experiment = session.document.experiment
    for each in (
        *experiment.stimuli,
        *experiment.manipulations,
        *experiment.recordings,
        *experiment.replays,
    ):
        session.selection.select_element(each.id)
        name = "label" if hasattr(each, "label") else "name"
        type_into(qtbot, field_of(panel, name), "called so")
        assert getattr(element(session, each.id), name) == "called so"
    session.selection.select_element(CONDITIONS)
    type_into(qtbot, field_of(panel, "celsius"), "30")
    assert session.document.experiment.conditions.celsius == 30


def test_that_what_is_typed_counts_for_what_was_selected(qtbot, session, panel):
    session.selection.select_element("step")
    field = field_of(panel, "delay")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "7")
    other = next(each for each in session.document.experiment.stimuli if each.kind == "ramp")
    session.selection.select_element(other.id)
    assert element(session, "step").delay == 7
    assert element(session, other.id) == other


def test_that_a_deleted_element_does_not_come_back(qtbot, session, panel):
    session.selection.select_element("train")
    field = field_of(panel, "delay")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "7")
    session.document.change(edits.without(session.document.experiment, "train"), "Delete")
    assert panel.form is None
    assert all(each.id != "train" for each in session.document.experiment.stimuli)


def test_that_the_field_with_the_focus_is_explained(session, panel):
    session.selection.select_element("step")
    field_of(panel, "delay").setFocus()
    assert "Delay: When it starts, from the start of the run" in texts(panel)


def test_that_a_selected_cell_has_a_card(qtbot, session, panel):
    session.circuit = open_circuit(COLUMN)
    session.circuit_opened.emit(session.circuit)
    session.selection.select_element("step")
    wanted: list[CellReference] = []
    panel.stimulate_wanted.connect(wanted.append)
    session.selection.select_cell(CELL)
    qtbot.waitUntil(lambda: "L5_TTPC" in texts(panel))
    shown = texts(panel)
    assert "Cell 105 of column" in shown
    assert {"0.15 nA", "hoc:ThickTuftedL5", "47.13 MΩ"} <= set(shown)
    (button,) = [each for each in panel.findChildren(QPushButton) if each.isVisible()]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)  # nobody would answer to the other one
    assert wanted == [CELL]
    session.selection.clear()
    session.circuit_opened.emit(session.circuit)
    session.selection.select_cell(CELL)
    assert "L5_TTPC" not in texts(panel)
    qtbot.waitUntil(lambda: "L5_TTPC" in texts(panel))
    session.circuit.close()


def test_that_a_cell_that_is_selected_takes_the_place_of_a_form(session, panel):
    session.selection.select_element("step")
    session.selection.select_cell(CELL)
    assert "Cell 105 of column" in texts(panel)
    session.selection.select_element("step")
    assert "Step" in texts(panel)
    session.selection.select_cells("column", [7, 105], 105)
    assert "Step" in texts(panel)


def test_that_edits_that_a_run_can_follow_are_known(session):
    old = session.document.experiment
    step, clamp = element(session, "step"), element(session, "clamp")
    new = edits.with_stimulus(old, changed(step, amplitude=0.7))
    assert live_settings(old, new, old) == [StimulusAmplitude(stimulus="step", amplitude=0.7)]
    new = edits.with_stimulus(old, changed(step, delay=5))
    assert live_settings(old, new, old) == []
    new = edits.with_stimulus(old, changed(clamp, levels=(), voltage=-40))
    assert live_settings(old, new, old) == [ClampVoltage(stimulus="clamp", voltage=-40)]
    new = edits.with_stimulus(old, changed(element(session, "synapse"), weight=0.004))
    assert live_settings(old, new, old) == [PlacedSynapseWeight(stimulus="synapse", weight=0.004)]
    new = edits.with_conditions(old, celsius=20)
    assert live_settings(old, new, old) == [Temperature(celsius=20)]


def test_that_changes_of_cells_are_sent_as_a_whole_and_only_if_they_do_something(session):
    old = session.document.experiment
    factor = element(session, "factor")
    new = edits.with_manipulation(old, changed(factor, assignments=(changed(CHANGE, value=0.7),)))
    assert live_settings(old, new, old) == [Manipulations(manipulations=new.manipulations)]
    gone = edits.without(old, "ttx")
    assert live_settings(old, gone, old) == [Manipulations(manipulations=gone.manipulations)]
    assert live_settings(old, edits.with_manipulation(old, changed(factor, name="less")), old) == []
    of_circuit = old.manipulations[0]
    assert of_circuit.kind == "ttx"
    assert live_settings(old, edits.without(old, of_circuit.id), old) == []


def test_that_a_run_follows_a_drug_and_tells_what_it_was(qtbot):
    session = Session(WorkerPool(cores=1))
    panel = InspectorPanel(session)
    qtbot.addWidget(panel)
    try:
        session.open_path(example_file("squid-axon"))
        qtbot.waitUntil(session.rig.can_run, timeout=30_000)
        session.rig.step()
        qtbot.waitUntil(lambda: session.rig.state == "paused", timeout=30_000)
        experiment, run = session.document.experiment, session.rig.current
        assert experiment is not None and run is not None
        assert isinstance(experiment.cells, ListedCells)
        (cell,) = experiment.cells.cells
        for percent in (10.0, 20.0, 30.0, 100.0):  # as a slider does
            experiment = cell_changes.with_drug(experiment, cell, "TTX", ("gnabar_hh",), percent=percent)
            session.document.change(experiment, "Change TTX", merge="ttx")
        last = Manipulations(manipulations=experiment.manipulations)
        qtbot.waitUntil(lambda: bool(run.settings) and run.settings[-1].setting == last)
        assert len(run.settings) < 4, "a slider does not send every number"
        assert change_in_words(run.settings[0], run) == (
            "0.025 ms: TTX: 10 % of gnabar_hh blocked in the cell"
        )
        session.document.undo_stack.undo()
        qtbot.waitUntil(lambda: run.settings[-1].setting == Manipulations())
        assert change_in_words(run.settings[-1], run).endswith("blocked in the cell: taken back")
    finally:
        session.rig.shutdown()


def test_that_a_run_follows_the_amplitude_and_says_when(qtbot):
    session = Session(WorkerPool(cores=1))
    panel = InspectorPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    try:
        session.open_path(example_file("squid-axon"))
        qtbot.waitUntil(session.rig.can_run, timeout=30_000)
        session.rig.step()
        qtbot.waitUntil(lambda: session.rig.state == "paused", timeout=30_000)
        experiment, run = session.document.experiment, session.rig.current
        assert experiment is not None and run is not None
        stimulus = experiment.stimuli[0]
        assert isinstance(stimulus, Step)
        session.selection.select_element(stimulus.id)
        type_into(qtbot, field_of(panel, "amplitude"), "*1.5")
        qtbot.waitUntil(lambda: any(each.startswith("Applied at 0.0 ms") for each in texts(panel)))
        (applied,) = run.settings
        assert isinstance(applied.setting, StimulusAmplitude)
        assert applied.setting.amplitude == pytest.approx(stimulus.amplitude * 1.5)
    finally:
        session.shutdown()
