"""The rig with NEURON at the other end."""

import functools

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.experiment.base import changed
from engine.experiment.experiment import ListedCells
from engine.experiment.recordings import Report
from engine.experiment.targets import CellReference, NodeSetTarget
from engine.messages.anatomy import Anatomy
from engine.messages.live import Temperature
from engine.resources import example_file
from gui.session.notices import Notice
from gui.session.run import Run
from gui.session.session import Session
from tests.gui.session.conftest import LONG_MS, SQUID, open_and_wait


def run_to_the_end(session: Session, qtbot: QtBot) -> Run:
    with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS) as ended:
        session.rig.run()
    (run,) = ended.args
    assert isinstance(run, Run)
    return run


def test_that_an_example_runs_and_fills_its_traces(qtbot: QtBot, session: Session) -> None:
    open_and_wait(session, SQUID, qtbot)
    assert session.document.path is None and not session.document.is_modified
    run = run_to_the_end(session, qtbot)
    assert (run.state, run.number, session.rig.state) == ("finished", 1, "ready")
    experiment = run.experiment
    assert run.traces.samples == round(experiment.conditions.tstop / experiment.conditions.dt) + 1
    assert len(run.heads) == run.traces.columns == 5
    assert run.traces.column(0).max() > 0
    assert "NEURON" in session.rig.worker_text
    again = run_to_the_end(session, qtbot)
    assert again.number == 2
    np.testing.assert_array_equal(again.traces.column(0), run.traces.column(0))


def test_that_the_cells_of_an_experiment_are_described(qtbot: QtBot, session: Session) -> None:
    said: list[str] = []
    session.rig.building.connect(lambda text, _done, _total: said.append(text))
    with qtbot.waitSignal(session.rig.described, timeout=LONG_MS) as described:
        session.open_path(SQUID)
    (cell,) = described.args
    description = session.rig.description(cell)
    points = session.rig.description_points(cell)
    assert description is not None and points is not None
    assert sum(section.points for section in description.sections) == len(points)
    assert said[-1] == ""


def test_that_a_run_can_be_paused_stepped_stopped_and_go_on(qtbot: QtBot, session: Session) -> None:
    rig = session.rig
    open_and_wait(session, SQUID, qtbot)
    whole = run_to_the_end(session, qtbot)
    experiment = session.document.experiment
    assert experiment is not None
    rig.step()
    run = rig.current
    assert run is not None
    qtbot.waitUntil(lambda: run.traces.samples == 2 and rig.state == "paused", timeout=LONG_MS)
    rig.step()
    qtbot.waitUntil(lambda: run.traces.samples == 3, timeout=LONG_MS)
    rig.pause_or_resume()
    with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS):
        pass
    np.testing.assert_array_equal(run.traces.column(0), whole.traces.column(0))
    assert rig.can_continue()
    with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS):
        rig.continue_for(10)
    assert len(session.runs) == 2 and run.state == "finished"
    assert run.time == pytest.approx(whole.time + 10)
    assert run.traces.samples == whole.traces.samples + round(10 / run.traces.interval)
    np.testing.assert_array_equal(run.traces.column(0)[: whole.traces.samples], whole.traces.column(0))
    endless = changed(experiment, conditions=changed(experiment.conditions, tstop=1e7))
    session.document.change(endless, "Make it long")
    rig.run()
    last = rig.current
    assert last is not None
    qtbot.waitUntil(lambda: last.traces.samples > 1000, timeout=LONG_MS)
    assert (left := rig.seconds_left()) is not None and left > 0
    with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS):
        rig.stop()
        assert rig.state == "stopping"
    assert last.state == "stopped" and rig.can_run()


def test_that_nothing_runs_without_cells(qtbot: QtBot, session: Session, notices: list[Notice]) -> None:
    open_and_wait(session, SQUID, qtbot)
    session.new_experiment()
    assert session.circuit is not None and session.document.experiment is not None
    assert not session.rig.can_run() and not session.rig.can_step()
    session.rig.run()
    session.rig.step()
    assert len(session.runs) == 0
    session.selection.select_cell(CellReference(next(iter(session.circuit.node_populations)), 0))
    with qtbot.waitSignal(session.rig.described, timeout=LONG_MS):
        pass
    assert not notices


def test_that_building_is_told_with_its_kind_and_ends(qtbot: QtBot, session: Session) -> None:
    said: list[tuple[str, int, int]] = []
    session.rig.building.connect(lambda *what: said.append(what))
    with qtbot.waitSignal(session.rig.described, timeout=LONG_MS):
        session.open_path(example_file("pyramidal-cell"))
    assert any(text.startswith("Building ThickTuftedL5… ") and text.endswith(" s") for text, _, _ in said)
    assert said[-1] == ("", 0, 0) and sum(text == "" for text, _, _ in said) == 1


def test_that_a_cell_that_cannot_be_built_is_told_once_and_the_others_are_built(
    qtbot: QtBot, session: Session, notices: list[Notice]
) -> None:
    open_and_wait(session, SQUID, qtbot)
    experiment = session.document.experiment
    assert experiment is not None and isinstance(experiment.cells, ListedCells)
    (good,) = experiment.cells.cells
    bad = CellReference(good.population, 10**6)
    with qtbot.waitSignals([session.notices.posted, session.rig.described], timeout=LONG_MS):
        cells = ListedCells(cells=(bad, good))
        session.document.change(changed(experiment, cells=cells), "Add a cell")
    qtbot.waitUntil(lambda: session.rig.description(good) is not None, timeout=LONG_MS)
    session.document.change(changed(experiment, cells=cells, title="Another"), "Rename")
    session.selection.select_cell(good)
    qtbot.waitUntil(session.rig.can_run, timeout=LONG_MS)
    assert len(notices) == 1 and session.rig.description(bad) is None


def test_that_what_a_run_is_built_with_is_described_anew(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.rig.described, timeout=LONG_MS) as described:
        session.open_path(SQUID)
    (cell,) = described.args
    first = session.rig.description(cell)
    experiment = session.document.experiment
    assert experiment is not None
    conditions = changed(experiment.conditions, mechanism_globals={"hh": {}})
    with qtbot.waitSignal(session.rig.described, timeout=LONG_MS):
        session.document.change(changed(experiment, conditions=conditions), "Set globals")
        assert session.rig.description(cell) is None
    assert session.rig.description(cell) is not first


def test_that_a_live_change_is_in_the_log_of_the_run(qtbot: QtBot, session: Session) -> None:
    rig = session.rig
    open_and_wait(session, SQUID, qtbot)
    rig.set(Temperature(celsius=20))  # nothing runs: nothing happens
    rig.step()
    qtbot.waitUntil(lambda: rig.state == "paused", timeout=LONG_MS)
    rig.set(Temperature(celsius=20))
    run = rig.current
    assert run is not None
    qtbot.waitUntil(lambda: len(run.settings) == 1, timeout=LONG_MS)
    with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS):
        rig.pause_or_resume()
    (applied,) = run.settings
    assert applied.setting == Temperature(celsius=20) and applied.time >= 0


def test_that_what_can_be_done_is_told_when_cells_come_and_go(qtbot: QtBot, session: Session) -> None:
    open_and_wait(session, SQUID, qtbot)
    qtbot.waitUntil(session.rig.can_run, timeout=LONG_MS)
    experiment = session.document.experiment
    assert experiment is not None
    with qtbot.waitSignal(session.rig.state_changed):
        session.document.change(changed(experiment, cells=ListedCells()), "Remove the cell")
    assert not session.rig.can_run()
    with qtbot.waitSignal(session.rig.state_changed):
        session.document.undo_stack.undo()
    assert session.rig.can_run()


def _has_samples(run: Run) -> bool:
    return run.traces.samples > 100


def test_that_another_document_stops_the_run_and_takes_its_place(qtbot: QtBot, session: Session) -> None:
    open_and_wait(session, SQUID, qtbot)
    experiment = session.document.experiment
    assert experiment is not None
    endless = changed(experiment, conditions=changed(experiment.conditions, tstop=1e6))
    session.document.change(endless, "Long")
    for path in (SQUID, example_file("pyramidal-cell")):
        session.rig.run()
        run = session.rig.current
        assert run is not None
        qtbot.waitUntil(functools.partial(_has_samples, run), timeout=LONG_MS)
        with qtbot.waitSignal(session.opened, timeout=LONG_MS):
            session.open_path(path)
        qtbot.waitUntil(session.rig.can_run, timeout=LONG_MS)
        assert run.state == "stopped"
        assert len(session.runs) == 0 and not session.rig.can_continue()
        assert session.document.experiment is not None
        endless = changed(
            session.document.experiment,
            conditions=changed(session.document.experiment.conditions, tstop=1e6),
        )
        session.document.change(endless, "Long")


def test_that_warnings_of_a_run_are_told_once(qtbot: QtBot, session: Session, notices: list[Notice]) -> None:
    open_and_wait(session, SQUID, qtbot)
    experiment = session.document.experiment
    assert experiment is not None and isinstance(experiment.cells, ListedCells)
    cell = experiment.cells.cells[0]
    report = Report(label="All", target=NodeSetTarget(node_set="All"))
    with_report = changed(
        experiment,
        recordings=(*experiment.recordings, report),
        node_sets={"All": {"population": cell.population}},
    )
    session.document.change(with_report, "Add a report")
    for _ in range(2):
        run_to_the_end(session, qtbot)
    assert [notice.severity for notice in notices] == ["warning"]
    assert "report" in notices[0].what


def test_that_a_watched_cell_fills_frames_also_when_the_run_goes_on(qtbot: QtBot, session: Session) -> None:
    open_and_wait(session, SQUID, qtbot)
    experiment = session.document.experiment
    assert experiment is not None and isinstance(experiment.cells, ListedCells)
    (cell,) = experiment.cells.cells
    without = run_to_the_end(session, qtbot)
    assert without.frames is None
    session.rig.watch(cell)
    told: list[int] = []
    session.runs.advanced.connect(lambda run: told.append(run.frames.count if run.frames else 0))
    run = run_to_the_end(session, qtbot)
    frames, description = run.frames, session.rig.description(cell)
    assert frames is not None and description is not None
    assert (frames.cell, frames.variable, frames.unit, frames.start) == (cell, "v", "mV", 0.0)
    anatomy = Anatomy(description)
    assert frames.segments == anatomy.segments
    stride = round(frames.interval / run.traces.interval)
    assert stride == 4, "a frame every 0.1 ms"
    assert told[-1] == frames.count == run.traces.samples // stride + 1 and sorted(told) == told
    np.testing.assert_array_equal(run.traces.column(0), without.traces.column(0))
    columns = [
        (k, anatomy.segment_at(str(head.site.section), head.site.x))
        for k, head in enumerate(run.heads)
        if head.variable == "v"
    ]
    assert columns
    for column, segment in columns:
        recorded = run.traces.column(column)[::stride].astype(np.float32)
        np.testing.assert_array_equal(frames.values[:, segment], recorded)
        assert frames.highest[segment] == recorded.max() and frames.lowest[segment] == recorded.min()
    with qtbot.waitSignal(session.runs.ended, timeout=LONG_MS):
        session.rig.continue_for(10)
    assert run.frames is frames and frames.count == run.traces.samples // stride + 1
    session.rig.watch(None)
    assert run_to_the_end(session, qtbot).frames is None


def test_that_a_cell_that_cannot_be_watched_is_told(
    qtbot: QtBot, session: Session, notices: list[Notice]
) -> None:
    open_and_wait(session, SQUID, qtbot)
    experiment = session.document.experiment
    assert experiment is not None and isinstance(experiment.cells, ListedCells)
    session.rig.watch(experiment.cells.cells[0], "hh.q")
    assert run_to_the_end(session, qtbot).frames is None
    assert [notice.severity for notice in notices] == ["warning"]
    assert "not watched" in notices[0].what and "hh.q" in notices[0].what
