"""Snapshots: from them a run goes on exactly as it did, or otherwise."""

from pathlib import Path

import numpy as np
import pytest

from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.live import Temperature
from tests.engine.worker.changes import CHANGES
from tests.engine.worker.experiments import busy, firing
from tests.engine.worker.talk import Trace, Worker, new_name


def at(worker: Worker, experiment, base: Path, time: float, *, snapshot: str, settings=()) -> Trace:
    """A run that is changed half way to `time`, where a snapshot is taken; it goes on to its end."""
    run_id = new_name("run")
    worker.ask(
        r.Run(run_id=run_id, experiment=experiment, base=str(base), paused=True),
        r.Step(run_id=run_id, duration=time / 2),
    )
    worker.hear(e.Paused, run_id=run_id, time=0.0)
    worker.hear(e.Paused, run_id=run_id)
    for setting in settings:
        worker.ask(r.Set(request_id=new_name("set"), run_id=run_id, setting=setting))
        worker.succeed(e.Applied)
    worker.ask(r.Step(run_id=run_id, duration=time / 2))
    paused = worker.hear(e.Paused, run_id=run_id)
    worker.ask(r.TakeSnapshot(request_id=new_name("snapshot"), run_id=run_id, snapshot=snapshot))
    assert worker.succeed(e.SnapshotTaken).time == paused.time
    worker.ask(r.Resume(run_id=run_id))
    worker.succeed(e.Finished)
    return worker.trace(run_id)


def branch(worker: Worker, snapshot: str, until: float, settings=()) -> Trace:
    run_id = new_name("branch")
    worker.ask(r.Branch(run_id=run_id, snapshot=snapshot, until=until, settings=settings))
    worker.succeed(e.Finished)
    return worker.trace(run_id)


@pytest.mark.parametrize("variable_step", [False, True])
def test_that_a_snapshot_goes_on_as_the_run_did(worker, bench, variable_step):
    wanted = busy(variable_step=variable_step)
    live = tuple(CHANGES[name] for name in ("density", "temperature", "weight", "amplitude"))
    whole = at(worker, wanted, bench, 40.0, snapshot="forty", settings=live)
    for disturb in (False, True, False):
        branched = branch(worker, "forty", 100.0)
        first = branched.only(e.Started).first_sample
        np.testing.assert_array_equal(branched.samples, whole.samples[first:])
        assert len(branched.samples) > 2000
        assert branched.spikes["cells"] == [each for each in whole.spikes["cells"] if each[0] > 40]
        assert branched.finished.settings == whole.finished.settings
        if disturb:
            worker.run(firing(), bench)  # other cells: those of the snapshot are gone


def test_that_branches_differ_by_what_is_changed_in_them_and_can_be_replayed(worker, bench):
    whole = at(worker, busy(), bench, 40.0, snapshot="fork")
    warm = (Temperature(celsius=12.0),)
    changed = branch(worker, "fork", 120.0, warm)
    first = changed.only(e.Started).first_sample
    assert not np.array_equal(changed.samples[: len(whole.samples) - first], whole.samples[first:])
    replayed = worker.run(busy(120), bench, settings=changed.finished.settings)
    np.testing.assert_array_equal(replayed.samples[first:], changed.samples)
    np.testing.assert_array_equal(branch(worker, "fork", 100.0).samples, whole.samples[first:])


def test_that_a_branch_has_snapshots_of_its_own(worker, bench):
    at(worker, busy(), bench, 30.0, snapshot="thirty")
    worker.ask(
        r.Branch(run_id="second", snapshot="thirty", until=90.0, paused=True, settings=(CHANGES["leak"],)),
        r.Step(run_id="second", duration=20.0),
    )
    worker.hear(e.Paused), worker.hear(e.Paused)
    worker.ask(
        r.TakeSnapshot(request_id="fifty", run_id="second", snapshot="fifty"), r.Resume(run_id="second")
    )
    worker.succeed(e.Finished)
    expected = worker.trace("second").samples
    again = branch(worker, "fifty", 90.0).samples
    np.testing.assert_array_equal(again, expected[-len(again) :])
    assert len(again) == 1600


def test_that_an_unknown_snapshot_and_one_of_the_future_are_refused(worker, bench):
    at(worker, firing(), bench, 40.0, snapshot="known")
    for name, until, sentence in (("unknown", 90.0, "no snapshot"), ("known", 30.0, "of t = 40 ms")):
        run_id = new_name("branch")
        worker.ask(r.Branch(run_id=run_id, snapshot=name, until=until))
        assert sentence in worker.hear(e.Failed, run_id=run_id).what
