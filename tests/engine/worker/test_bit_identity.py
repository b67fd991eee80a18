"""The same bits: again, in another process, after other runs, in the command line, from a log."""

import subprocess
import sys

import numpy as np
import pytest

from engine.circuit.circuit import open_circuit
from engine.experiment import store
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.live import ChannelDensity, ClampVoltage
from engine.resources import ROOT
from engine.simulation.simulation import Simulation
from tests.engine.simulation.bench_circuit import CABLE, PATCH
from tests.engine.worker.changes import ALL_CHANGES, CHANGES, run_with_changes, same
from tests.engine.worker.experiments import CLAMP, STEP, busy, endless, firing
from tests.engine.worker.talk import Worker, new_name


def test_that_two_runs_are_the_same_whatever_ran_in_between(worker, bench):
    first = worker.run(busy(), bench)
    assert np.ptp(first.samples[:, 0]) > 80, "the cell must fire, or little was tested"
    same(first, worker.run(busy(), bench))
    worker.run(busy(random_seed=8), bench)
    run_with_changes(worker, busy(), bench)
    worker.run(firing(celsius=20.0), bench)
    worker.ask(r.Describe(request_id=new_name("describe"), cell=CABLE))
    worker.succeed(e.Description)
    same(first, worker.run(busy(), bench))


def test_that_a_live_change_changes_something(worker, bench):
    unchanged = worker.run(busy(), bench).samples
    for name, setting in CHANGES.items():
        moved = run_with_changes(worker, busy(), bench, (setting,)).samples
        assert np.array_equal(unchanged[:549], moved[:549]), name
        assert not np.array_equal(unchanged, moved), name


def test_that_another_process_computes_the_same(worker, bench, tmp_path):
    other = Worker(tmp_path)
    other.load(bench / "circuit_config.json")
    same(worker.run(busy(), bench), other.run(busy(), bench))
    assert other.close() == 0


def test_that_the_engine_without_a_worker_computes_the_same(worker, bench):
    with open_circuit(bench / "circuit_config.json") as circuit:
        simulation = Simulation(busy(), circuit, bench)
        simulation.start()
        simulation.advance(100)
        samples, spikes = simulation.fresh(), simulation.spikes["cells"]
        simulation.close()
    streamed = worker.run(busy(), bench)
    np.testing.assert_array_equal(streamed.samples, samples)
    pairs = list(zip(spikes.times.tolist(), spikes.node_ids.tolist(), strict=True))
    assert streamed.spikes["cells"] == pairs


def test_that_the_command_line_computes_the_same(worker, bench, tmp_path):
    document = bench / "busy.somascope.json"
    store.save(busy(), document)
    command = [sys.executable, "-m", "engine.cli", "run", str(document), "--out", str(tmp_path / "out")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    written = np.loadtxt(tmp_path / "out" / "traces.csv", delimiter=",", skiprows=1)
    streamed = worker.run(busy(), bench)
    np.testing.assert_array_equal(written[:, 1:], streamed.samples)


@pytest.mark.parametrize("variable_step", [False, True])
def test_that_the_log_of_a_run_replays_it(worker, bench, variable_step):
    wanted = busy(variable_step=variable_step)
    moved = run_with_changes(worker, wanted, bench)
    log = moved.finished.settings
    assert [each.setting for each in log] == list(ALL_CHANGES)
    assert len({each.time for each in log}) == len(log)
    replayed = worker.run(wanted, bench, settings=log)
    same(moved, replayed)
    assert replayed.finished.settings == log


def test_that_changes_at_any_slice_are_replayed(worker, bench):
    run_id = new_name("run")
    worker.ask(r.Run(run_id=run_id, experiment=endless(), base=str(bench)))
    for factor in (1.1, 0.9, 1.2, 1.0):
        worker.hear(e.Chunk, run_id=run_id)
        setting = ChannelDensity(cell=PATCH, variable="gnabar_hh", factor=factor)
        worker.ask(r.Set(request_id=new_name("set"), run_id=run_id, setting=setting))
        worker.succeed(e.Applied)
    worker.ask(r.Stop(run_id=run_id))
    worker.succeed(e.Finished)
    moved = worker.trace(run_id)
    log = moved.finished.settings
    assert len({each.time for each in log}) > 1
    same(moved, worker.run(firing(moved.finished.time), bench, settings=log))


def test_that_a_clamp_that_was_moved_is_replayed_and_comes_back(worker, bench):
    wanted = type(firing()).model_validate(
        {**dict(firing()), "stimuli": (STEP, CLAMP.model_validate({**dict(CLAMP), "target": STEP.target}))}
    )
    before = worker.run(wanted, bench)
    moved = run_with_changes(worker, wanted, bench, (ClampVoltage(stimulus="clamp", voltage=-40.0),))
    assert not np.array_equal(before.samples, moved.samples)
    same(moved, worker.run(wanted, bench, settings=moved.finished.settings))
    same(before, worker.run(wanted, bench))
