"""Frames on the pipe: with pauses, steps, extensions, branches; what cannot be watched is said."""

import numpy as np
import pytest

from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.watch import Watch
from tests.engine.simulation.bench_circuit import CABLE, PATCH, SPHERE, experiment
from tests.engine.worker.changes import same
from tests.engine.worker.experiments import busy, endless, firing
from tests.engine.worker.talk import Trace, Worker, new_name

WATCH = Watch(cell=PATCH, interval=0.025)


def first_column(trace: Trace, stride: int = 1):
    """What the frames of a patch must be: its recorded voltage."""
    return trace.samples[::stride, :1].astype(np.float32)


@pytest.mark.parametrize("variable_step", [False, True])
def test_that_frames_are_the_recorded_voltage_and_nothing_else_is_another(worker, bench, variable_step):
    wanted = busy(variable_step=variable_step)
    without = worker.run(wanted, bench)
    assert without.frames.size == 0
    watched = worker.run(wanted, bench, watch=WATCH)
    same(watched, without)
    np.testing.assert_array_equal(watched.frames, first_column(watched))
    coarse = worker.run(wanted, bench, watch=Watch(cell=PATCH, interval=0.5))
    same(coarse, without)
    np.testing.assert_array_equal(coarse.frames, first_column(coarse, 20))


def test_that_frames_are_told_with_their_numbers_and_before_the_chunk_of_their_time(worker, bench):
    trace = worker.run(experiment(CABLE), bench, watch=Watch(cell=CABLE, interval=0.05))
    events = [event for event in trace.said if isinstance(event, e.Frames)]
    assert {(event.segments, event.unit, event.interval) for event in events} == {(201, "mV", 0.05)}
    counts = [event.count for event in events]
    assert [event.first_frame for event in events] == np.cumsum([0, *counts])[:-1].tolist()
    assert sum(counts) == 2001
    told = 0
    for event in trace.said:
        if isinstance(event, e.Frames):
            told += event.count
        elif isinstance(event, e.Chunk):
            assert told == round(event.time / 0.025) // 2 + 1


def test_that_a_paused_run_has_sent_all_its_frames_and_none_is_lost_by_steps(worker, bench):
    run_id = new_name("run")
    watch = Watch(cell=PATCH, interval=0.1)
    worker.ask(r.Run(run_id=run_id, experiment=firing(50), base=str(bench), paused=True, watch=watch))
    worker.hear(e.Paused)
    for taken in (1, 1, 1, 1, 2):
        assert len(worker.trace(run_id).frames) == taken
        worker.ask(r.Step(run_id=run_id))
        worker.hear(e.Paused)
    worker.ask(r.Step(run_id=run_id, duration=30.0))
    worker.hear(e.Paused)
    worker.ask(r.Resume(run_id=run_id))
    worker.succeed(e.Finished)
    trace = worker.trace(run_id)
    np.testing.assert_array_equal(trace.frames, first_column(trace, 4))


def test_that_a_stopped_run_keeps_its_frames(worker, bench):
    run_id = new_name("run")
    worker.ask(
        r.Run(run_id=run_id, experiment=endless(), base=str(bench), watch=Watch(cell=PATCH, interval=0.025))
    )
    worker.succeed(e.Chunk)
    worker.ask(r.Stop(run_id=run_id))
    worker.succeed(e.Finished)
    trace = worker.trace(run_id)
    np.testing.assert_array_equal(trace.frames, first_column(trace))


@pytest.mark.parametrize("cells_are_gone", [False, True])
@pytest.mark.parametrize("watch", [WATCH, Watch(cell=PATCH, variable="hh.m", interval=0.3)])
def test_that_an_extension_goes_on_with_the_frames(worker, bench, cells_are_gone, watch):
    whole = worker.run(busy(60.0), bench, watch=watch)
    first = worker.run(busy(40.0), bench, watch=watch)
    if cells_are_gone:
        worker.ask(r.Prepare(request_id=new_name("others"), cells=(SPHERE,)))
        worker.succeed(e.Prepared)
    name = new_name("longer")
    worker.ask(r.Extend(run_id=name, previous=first.run_id, duration=20.0))
    worker.succeed(e.Finished)
    longer = worker.trace(name)
    frames = [event for event in longer.said if isinstance(event, e.Frames)]
    assert frames[0].first_frame == len(first.frames)
    np.testing.assert_array_equal(np.concatenate([first.frames, longer.frames]), whole.frames)


@pytest.mark.parametrize("other_runs_came", [False, True])
def test_that_a_branch_goes_on_with_the_frames(worker, bench, other_runs_came):
    whole = worker.run(busy(60.0), bench, watch=WATCH)
    run_id = new_name("run")
    worker.ask(
        r.Run(run_id=run_id, experiment=busy(60.0), base=str(bench), paused=True, watch=WATCH),
        r.Step(run_id=run_id, duration=30.0),
    )
    for _ in range(2):
        worker.hear(e.Paused)
    worker.ask(r.TakeSnapshot(request_id=new_name("snapshot"), run_id=run_id, snapshot="here"))
    worker.succeed(e.SnapshotTaken)
    worker.ask(r.Stop(run_id=run_id))
    worker.succeed(e.Finished)
    if other_runs_came:
        worker.run(firing(), bench)
    name = new_name("branch")
    worker.ask(r.Branch(run_id=name, snapshot="here", until=60.0))
    worker.succeed(e.Finished)
    branch = worker.trace(name)
    np.testing.assert_array_equal(branch.frames, whole.frames[1201:])


@pytest.mark.parametrize(
    ("watch", "said"),
    [
        (Watch(cell=CABLE), "does not take part"),
        (Watch(cell=PATCH, variable="hh.q"), "there is no variable named 'hh.q'"),
    ],
)
def test_that_a_run_that_cannot_be_watched_goes_on_and_says_so(worker: Worker, bench, watch, said):
    trace = worker.run(firing(), bench, watch=watch)
    (problem,) = trace.only(e.Started).problems
    assert said in problem.what
    assert problem.hint
    assert trace.frames.size == 0
    same(trace, worker.run(firing(), bench))
