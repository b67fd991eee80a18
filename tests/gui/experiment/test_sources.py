"""Sources of spikes are added with a press, select themselves, and can be taken back."""

from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtCore import Qt

from engine.circuit.spikes import Spikes
from engine.errors import EngineError
from engine.experiment.recordings import SiteRecording
from engine.experiment.source_presets import SOURCE_KINDS, SourceKind, new_source, spikes_of_run
from engine.experiment.spike_sources import MOST_WRITTEN, TypedSpikes
from engine.experiment.synaptic_input import SpikeReplay
from gui.forms.trains import TrainsEditor
from gui.panels.experiment.inspector import InspectorPanel
from gui.session.run import Run
from gui.session.spikes import SpikeTimes
from tests.gui.experiment.conftest import PYRAMIDAL, Open


@pytest.mark.parametrize("kind", SOURCE_KINDS)
def test_that_a_source_is_added_with_what_it_needs_to_be_felt(open_bench: Open, kind: SourceKind) -> None:
    bench = open_bench()
    before = bench.experiment
    bench.session.selection.select_cell(PYRAMIDAL)
    bench.trigger(f"source.{kind}")
    (source,) = bench.experiment.replays
    assert source.kind == kind and bench.session.selection.element == source.id
    assert "thalamus" in str(source), "virtual cells do nothing but fire"
    assert bench.experiment.connections.enabled
    (recording,) = bench.experiment.recordings
    assert isinstance(recording, SiteRecording) and recording.site.cell == PYRAMIDAL
    again = new_source(kind, "thalamus", bench.experiment)
    assert again.kind == kind
    if not isinstance(source, TypedSpikes | SpikeReplay) and isinstance(again, type(source)):
        assert again.seed == source.seed + 1, "the same seed would give the same trains"
    bench.session.document.undo_stack.undo()
    assert bench.experiment == before


def test_that_the_spikes_of_a_run_stay_when_it_is_deleted(open_bench: Open, qtbot) -> None:
    bench = open_bench()
    assert not bench.panel.sources.can_replay_run()
    run = Run("7", 7, bench.experiment, datetime.now(UTC), "finished")
    run.spikes["column"] = SpikeTimes()
    run.spikes["column"].append(np.array([[12.5, 3], [4.125, 9], [2.0, 3]]))
    bench.session.runs.add(run)
    dialog = bench.panel.sources.ask_for_run()
    assert dialog is not None and dialog.list.item(0).text() == "Run 7: 3 spikes of column"
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(bench.experiment.replays))
    bench.session.runs.remove(run)
    (source,) = bench.experiment.replays
    assert isinstance(source, TypedSpikes) and source.only_of_others
    assert {str(train.cell): train.times for train in source.trains} == {
        "column:3": (2.0, 12.5),
        "column:9": (4.125,),
    }
    assert bench.session.document.undo_stack.undoText() == "Replay spikes of Run 7"


def test_that_too_many_spikes_of_a_run_are_refused() -> None:
    many = Spikes(np.zeros(MOST_WRITTEN + 1), np.zeros(MOST_WRITTEN + 1, dtype=np.int64))
    with pytest.raises(EngineError, match="Run 1 has 50,001 spikes"):
        spikes_of_run({"column": many}, "Run 1")
    with pytest.raises(EngineError, match="no cell has fired"):
        spikes_of_run({}, "Run 1")


def test_that_typed_nonsense_is_told_and_changes_nothing(open_bench: Open, qtbot) -> None:
    bench = open_bench()
    bench.trigger("source.typed")
    inspector = InspectorPanel(bench.session)
    qtbot.addWidget(inspector)
    assert inspector.form is not None
    row = inspector.form.rows["trains"]
    assert isinstance(row.editor, TrainsEditor)
    for column, text, sentence in (
        (1, "5 soon", "“soon” is no time"),
        (1, "5 nan", "nan ms is no time of a run"),
        (1, "-1", "-1 ms is no time of a run"),
        (0, "thalamus", "population and number"),
    ):
        row.editor.grid.setData(row.editor.grid.index(0, column), text)
        assert sentence in row.message.text()
    before = bench.experiment.replays
    row.editor.grid.setData(row.editor.grid.index(0, 1), "20, 5.5; 7")
    row.editor.grid.setData(row.editor.grid.index(0, 0), "thalamus:4")
    (source,) = bench.experiment.replays
    assert (source,) != before
    assert isinstance(source, TypedSpikes)
    assert [(str(each.cell), each.times) for each in source.trains] == [("thalamus:4", (20.0, 5.5, 7.0))]
