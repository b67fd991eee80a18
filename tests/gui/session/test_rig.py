"""The rig with NEURON at the other end."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.experiment.base import changed
from engine.experiment.targets import CellReference
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
