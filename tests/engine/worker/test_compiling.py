"""Circuits with mod files: compiled while someone waits, given up, left behind; random channels."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from engine.circuit.trust import trust
from engine.messages import events as e
from engine.messages import requests as r
from tests.engine.simulation.bench_circuit import SPHERE, experiment, make_bench, step, voltage
from tests.engine.worker.talk import Worker, new_name

_FLICKER = """\
NEURON {
  SUFFIX flicker
  NONSPECIFIC_CURRENT i
  RANGE g, i, level
  RANDOM stream
}
UNITS { (S) = (siemens) (mV) = (millivolt) (mA) = (milliamp) }
PARAMETER { g = 1e-4 (S/cm2) }
ASSIGNED { v (mV) i (mA/cm2) level }
INITIAL { random_setseq(stream, 0) level = 1 }
BREAKPOINT { i = g * level * (v + 50) }
BEFORE STEP { level = random_uniform(stream, 0, 2) }
"""
_COMPILER_THAT_NEVER_ENDS = """\
#!/bin/sh
exec 3> "{pipe}"
echo running >&3
sleep 1000
"""


@pytest.fixture(scope="module")
def flickering(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The circuit of textbook cells, its sphere with a channel that draws random numbers."""
    folder = tmp_path_factory.mktemp("flickering")
    make_circuit(folder, _FLICKER)
    return folder


def make_circuit(folder: Path, mod: str) -> Path:
    (folder / "mechanisms").mkdir(parents=True)
    (folder / "mechanisms" / "flicker.mod").write_text(mod)
    with make_bench(folder) as circuit:
        template = folder / "hoc" / "benchsphere.hoc"
        template.write_text(template.read_text().replace("insert pas", "insert flicker insert pas"))
        trust(circuit)
    return folder / "circuit_config.json"


@pytest.fixture
def compiling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Callable[..., Worker]):
    """A worker in the middle of compiling, and a file that ends when its compiler has ended."""
    pipe = tmp_path / "compiler"
    os.mkfifo(pipe)
    compiler = tmp_path / "c++"
    compiler.write_text(_COMPILER_THAT_NEVER_ENDS.format(pipe=pipe))
    compiler.chmod(0o755)
    monkeypatch.setenv("CXX", str(compiler))
    circuit = make_circuit(tmp_path / "slow", _FLICKER.replace("1e-4", "2e-4"))
    worker = start()
    worker.ask(r.Load(request_id="load", circuit=str(circuit)))
    with pipe.open("rb") as alive:
        assert alive.readline() == b"running\n"
        yield worker, alive


def test_that_compiling_is_told_line_by_line_and_done_once(flickering, start):
    config = flickering / "circuit_config.json"
    first, second = start(), start()
    loaded = [worker.load(config) for worker in (first, second)]
    told = [event.text for event, _ in first.said if isinstance(event, e.Progress)]
    assert "Compiling flicker.mod (1 of 1)" in told
    assert not any(isinstance(event, e.Progress) for event, _ in second.said), "it was in the cache"
    assert loaded[0].mechanisms == loaded[1].mechanisms


def test_that_compiling_can_be_cancelled(compiling: tuple[Worker, BinaryIO]):
    worker, alive = compiling
    worker.ask(r.Cancel(request_id="load"))
    assert worker.hear(e.Refused, request_id="load").cancelled
    assert alive.read() == b""
    worker.ask(r.Prepare(request_id="next", cells=()))
    assert worker.hear(e.Refused, request_id="next").what == "No circuit is open."


def test_that_a_worker_that_compiles_gives_signs_of_life(compiling: tuple[Worker, BinaryIO]):
    worker, _ = compiling
    texts = [worker.hear(e.Progress).text for _ in range(4)]
    assert texts[-1] == texts[-2]


def test_that_a_compiler_does_not_outlive_a_worker_that_is_killed(compiling: tuple[Worker, BinaryIO]):
    worker, alive = compiling
    worker.process.kill()
    assert alive.read() == b""


def test_that_a_compiler_does_not_outlive_the_client(compiling: tuple[Worker, BinaryIO]):
    worker, alive = compiling
    assert worker.close() == 0
    assert alive.read() == b""


def test_that_a_mod_file_that_does_not_compile_is_named_with_its_line(tmp_path, start):
    circuit = make_circuit(tmp_path / "wrong", _FLICKER.replace("PARAMETER {", "PARAMETRE {"))
    worker = start()
    worker.ask(r.Load(request_id="load", circuit=str(circuit)))
    refused = worker.hear(e.Refused, request_id="load")
    assert "flicker.mod does not compile" in refused.what
    assert "flicker.mod:8" in refused.where


def test_that_other_mechanisms_of_the_same_name_need_another_worker(flickering, tmp_path, start):
    worker = start(flickering / "circuit_config.json")
    other = make_circuit(tmp_path / "other", _FLICKER.replace("1e-4", "3e-4"))
    worker.ask(r.Load(request_id="other", circuit=str(other)))
    refused = worker.hear(e.Refused, request_id="other")
    assert "NEURON cannot unload mechanisms" in refused.what
    worker.ask(r.Prepare(request_id="still", cells=(SPHERE,)))
    worker.succeed(e.Prepared)


@pytest.mark.parametrize("disturb", [False, True])
def test_that_random_channels_repeat_from_the_start_and_from_a_snapshot(flickering, start, disturb):
    worker = start(flickering / "circuit_config.json")
    wanted = experiment(SPHERE, stimuli=(step(SPHERE, 0.002),), recordings=(voltage(SPHERE),))
    first = worker.run(wanted, flickering).samples
    jumps = np.abs(np.diff(first[:, 0], 2))
    assert np.median(jumps) > 1e-6, "the channel must flicker, or nothing was tested"
    run_id = new_name("run")
    worker.ask(
        r.Run(run_id=run_id, experiment=wanted, base=str(flickering), paused=True),
        r.Step(run_id=run_id, duration=40.0),
    )
    worker.hear(e.Paused, run_id=run_id)
    worker.hear(e.Paused, run_id=run_id)
    worker.ask(r.TakeSnapshot(request_id="forty", run_id=run_id, snapshot="forty"), r.Resume(run_id=run_id))
    worker.succeed(e.Finished)
    np.testing.assert_array_equal(worker.trace(run_id).samples, first)
    if disturb:
        worker.run(experiment(SPHERE, recordings=(voltage(SPHERE),)), flickering)
    for again in ("once", "twice"):
        worker.ask(r.Branch(run_id=again, snapshot="forty", until=100.0))
        worker.succeed(e.Finished)
        branched = worker.trace(again).samples
        np.testing.assert_array_equal(branched, first[-len(branched) :])
        assert len(branched) == 2400
