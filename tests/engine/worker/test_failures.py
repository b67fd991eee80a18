"""What goes wrong in a worker, and what it says then; it lives on where it can."""

import os
import signal
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.circuit.trust import trust
from engine.experiment.base import changed
from engine.experiment.stimuli import OrnsteinUhlenbeck
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.live import ClampVoltage, StimulusAmplitude
from engine.worker.channel import UNREADABLE
from tests.engine.simulation.bench_circuit import CABLE, PATCH, SPHERE, make_bench
from tests.engine.worker.experiments import STEP, endless, firing
from tests.engine.worker.talk import Worker, new_name


@pytest.fixture
def lonely(bench: Path, start: Any) -> Worker:
    """A worker that a test may lose."""
    worker: Worker = start(bench / "circuit_config.json")
    return worker


def fail(worker: Worker, experiment: Any, base: Path) -> e.Failed:
    run_id = new_name("run")
    worker.ask(r.Run(run_id=run_id, experiment=experiment, base=str(base)))
    return worker.hear(e.Failed, run_id=run_id)


def goes_on(worker: Worker, bench: Path) -> None:
    assert len(worker.run(firing(), bench).samples) == 4001


def with_code(folder: Path, code: str, after: str = "insert pas") -> Path:
    """The circuit of textbook cells with a statement in the template of the sphere."""
    with make_bench(folder) as circuit:
        template = folder / "hoc" / "benchsphere.hoc"
        text = template.read_text().replace(after, f"{after}\n{code}\n", 1)
        assert code in text
        template.write_text(text)
        trust(circuit)
    return folder / "circuit_config.json"


def test_that_a_voltage_beyond_all_bounds_ends_the_run_with_its_time_and_place(worker, bench):
    strong = changed(STEP, amplitude=500.0)
    failed = fail(worker, changed(firing(), stimuli=(strong,)), bench)
    assert "left all bounds" in failed.what
    assert "t = " in failed.what
    assert failed.where == "cells:1 soma[0]"
    assert "time step" in failed.hint
    assert failed.reason == "error"
    samples = worker.trace(failed.run_id).samples
    assert len(samples) > 200, "what was computed before is kept"
    assert (np.abs(samples[:200]) < 100).all()
    goes_on(worker, bench)


def test_that_a_failure_after_a_change_tells_what_was_changed(worker, bench):
    run_id = new_name("run")
    worker.ask(r.Run(run_id=run_id, experiment=endless(), base=str(bench), paused=True))
    setting = StimulusAmplitude(stimulus=STEP.id, amplitude=900.0, hold=True)
    worker.ask(r.Set(request_id=new_name("set"), run_id=run_id, setting=setting), r.Resume(run_id=run_id))
    failed = worker.hear(e.Failed, run_id=run_id)
    assert [each.setting for each in failed.settings] == [setting]
    goes_on(worker, bench)


def test_that_a_mistake_in_the_experiment_is_a_sentence(worker, bench):
    elsewhere = changed(STEP, target=changed(STEP.target, section="dend[7]"))
    failed = fail(worker, changed(firing(), stimuli=(elsewhere,)), bench)
    assert "dend[7]" in failed.what
    assert failed.reason == "error"
    assert failed.detail == ""
    goes_on(worker, bench)


def test_that_settings_that_do_not_fit_fail_the_run_that_replays_them(worker, bench):
    run_id = new_name("run")
    setting = {"time": 3.0, "setting": ClampVoltage(stimulus="nowhere", voltage=0)}
    worker.ask(
        r.Run.model_validate(
            {"run_id": run_id, "experiment": firing(), "base": str(bench), "settings": [setting]}
        )
    )
    assert "nowhere" in worker.hear(e.Failed, run_id=run_id).what
    goes_on(worker, bench)


def test_that_what_c_code_prints_does_not_garble_the_stream(tmp_path, start):
    circuit = with_code(tmp_path, 'system("echo through a shell") print "from hoc"')
    worker = start(circuit)
    worker.ask(r.Prepare(request_id="loud", cells=(SPHERE,)))
    worker.succeed(e.Prepared)
    assert worker.close() == 0
    assert "through a shell" in worker.printed()
    assert "from hoc" in worker.printed()


def test_that_code_that_reads_from_the_terminal_takes_no_request(tmp_path, start):
    circuit = with_code(tmp_path, 'system("cat > /dev/null")')
    worker = start(circuit)
    worker.ask(r.Prepare(request_id="greedy", cells=(SPHERE,)), r.Prepare(request_id="next", cells=(PATCH,)))
    worker.hear(e.Prepared, request_id="next")
    assert worker.close() == 0


def test_that_a_worker_ends_when_nobody_listens(lonely, bench):
    lonely.ask(r.Run(run_id="left", experiment=endless(), base=str(bench)))
    lonely.succeed(e.Chunk)
    assert lonely.close() == 0


def test_that_a_worker_ends_when_it_waits_in_a_pause(lonely, bench):
    lonely.ask(r.Run(run_id="left", experiment=endless(), base=str(bench), paused=True))
    lonely.succeed(e.Paused)
    assert lonely.close() == 0


def test_that_a_worker_is_shut_down_in_the_middle_of_a_run(lonely, bench):
    lonely.ask(r.Run(run_id="left", experiment=endless(), base=str(bench)))
    lonely.succeed(e.Chunk)
    lonely.ask(r.Shutdown())
    assert lonely.process.wait() == 0


def test_that_a_worker_in_an_endless_loop_does_not_outlive_its_client(tmp_path, start):
    signal_of_life = tmp_path / "in_the_loop"
    os.mkfifo(signal_of_life)
    circuit = with_code(tmp_path, f'system("echo > {signal_of_life}") while (1) {{}}')
    worker = start(circuit)
    worker.ask(r.Prepare(request_id="stuck", cells=(SPHERE,)))
    signal_of_life.read_bytes()
    assert worker.close() == -signal.SIGKILL


def test_that_ctrl_c_is_for_the_client(lonely, bench):
    lonely.ask(r.Run(run_id="on", experiment=firing(2000), base=str(bench)))
    lonely.succeed(e.Chunk)
    os.kill(lonely.process.pid, signal.SIGINT)
    lonely.succeed(e.Finished)
    assert len(lonely.trace("on").samples) == 80_001


@pytest.mark.parametrize(
    "garbage", [b"\xff" * 64, struct.pack("<II", 20, 0) + b"this is no request.."], ids=["frame", "request"]
)
def test_that_a_worker_that_does_not_understand_ends_and_says_so(tmp_path, garbage, start):
    worker = start()
    worker.hear(e.Hello)
    assert worker.process.stdin is not None
    worker.process.stdin.write(garbage)
    worker.process.stdin.flush()
    assert worker.process.wait() == UNREADABLE
    assert "Error" in worker.printed()
    worker.close()


def test_that_a_run_over_the_memory_limit_is_a_sentence_and_the_next_one_runs(bench, tmp_path, start):
    worker = start(bench / "circuit_config.json", memory_limit_mib=600)
    noise = OrnsteinUhlenbeck(target=STEP.target, mean=0, sigma=0.1, tau=3, delay=0, duration=5e6)
    failed = fail(worker, changed(firing(), stimuli=(noise,)), bench)
    assert failed.what == "This takes more memory than the limit of 600 MiB."
    goes_on(worker, bench)
    assert worker.close() == 0


def test_that_a_cell_over_the_memory_limit_is_told_before_or_by_the_end_of_the_process(tmp_path, start):
    circuit = with_code(tmp_path, "create huge[2000000]", after="create soma[1]")
    worker = start(circuit, memory_limit_mib=700)
    worker.ask(r.Prepare(request_id="huge", cells=(SPHERE,)))
    refused = worker.hear(e.Refused, request_id="huge")
    assert "memory" in refused.what
    assert worker.close() == 0


def test_that_a_description_can_follow_a_failure(worker):
    worker.ask(r.Describe(request_id="after", cell=CABLE))
    worker.succeed(e.Description)
