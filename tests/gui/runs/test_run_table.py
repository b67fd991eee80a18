import pytest
from PySide6.QtCore import Qt

from engine.experiment.stimuli import Step
from engine.experiment.targets import CellReference, Site
from engine.messages.events import Failed
from engine.messages.live import (
    AppliedSetting,
    ChannelDensity,
    ClampVoltage,
    StimulusAmplitude,
    SynapseWeight,
)
from gui.models.live_changes import in_words
from gui.models.run_table import Column, RunTable, state_in_words, summary
from tests.gui.runs.conftest import experiment, live

CELL = CellReference("column", 7)


@pytest.fixture
def table(session, qtmodeltester):
    return RunTable(session.runs)


def names(table):
    return [table.index(row, Column.NAME).data() for row in range(table.rowCount())]


def test_that_the_newest_run_is_on_top_and_the_model_keeps_its_promises(table, add, qtmodeltester):
    for _ in range(3):
        add()
    assert names(table) == ["Run 3", "Run 2", "Run 1"]
    qtmodeltester.check(table)


def test_that_runs_made_before_the_table_are_in_it(session, add):
    add()
    add()
    assert names(RunTable(session.runs)) == ["Run 2", "Run 1"]


@pytest.mark.parametrize(
    ("state", "time", "words"),
    [
        ("starting", 0, "starting"),
        ("running", 215, "running 43 %"),
        ("paused", 120.025, "paused at 120.025 ms"),
        ("stopping", 10, "stopping"),
        ("finished", 500, "finished"),
        ("stopped", 120, "stopped at 120 ms"),
    ],
)
def test_that_states_are_told_in_words(add, state, time, words):
    run = add(state)
    run.time = float(time)
    assert state_in_words(run) == words


def test_that_a_failure_says_why_and_what_to_do(add):
    run = add("failed")
    run.problem = Failed(run_id=run.id, what="The voltage left the world.", hint="Make the step smaller.")
    assert state_in_words(run) == "failed: The voltage left the world."
    assert "Make the step smaller." in summary(run)


def test_that_long_times_are_written_out(add):
    run = add("stopped")
    run.time = 1_234_567.5
    assert state_in_words(run) == "stopped at 1234567.5 ms"


def test_that_progress_is_told_only_when_its_words_change(qtbot, session, table, add):
    run = add("running")
    told = []
    table.dataChanged.connect(lambda first, _last: told.append(first.data()))
    for time in (100.0, 100.5, 101.0, 105.0):
        run.time = time
        session.runs.advanced.emit(run)
    assert told == ["running 20 %", "running 21 %"]


def test_that_a_name_can_be_edited_and_given_back(session, table, add):
    run = add()
    index = table.index(0, Column.NAME)
    assert index.flags() & Qt.ItemFlag.ItemIsEditable
    assert table.setData(index, "  before TTX ")
    assert (run.name, run.title, index.data()) == ("before TTX", "before TTX", "before TTX")
    assert table.setData(index, "Run 1")
    assert run.name == ""


def test_that_what_was_changed_live_is_told(add):
    run = add()
    run.settings = (live(25.0, 212.475),)
    assert "from 212.475 ms: temperature → 25 °C" in summary(run)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (StimulusAmplitude(stimulus="s1", amplitude=0.3), "kick → 0.3 nA"),
        (StimulusAmplitude(stimulus="s2", amplitude=0.3, hold=True), "Step → 0.3 nA, held to the end"),
        (ClampVoltage(stimulus="gone", voltage=-40), "a stimulus → -40 mV"),
        (
            ChannelDensity(cell=CELL, sections="apic", variable="gnabar_hh", factor=0.5),
            "gnabar_hh × 0.5 in apic of column:7",
        ),
        (ChannelDensity(cell=CELL, variable="ena", value=55), "ena = 55 in all of column:7"),
        (
            SynapseWeight(edge_population="inputs", edge=3, weight=0.2),
            "weight of connection 3 of inputs → 0.2",
        ),
    ],
)
def test_that_every_live_change_has_words(setting, words):
    site = Site(cell=CELL)
    stimuli = (Step(id="s1", name="kick", target=site), Step(id="s2", target=site))
    document = type(experiment()).model_validate({**dict(experiment()), "stimuli": stimuli})
    assert in_words(AppliedSetting(time=1.5, setting=setting), document) == f"from 1.5 ms: {words}"
