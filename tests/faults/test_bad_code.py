"""Mod files and hoc files that crash, exit, hang, print and compute nonsense, in real workers."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from engine import user_files
from engine.client.client import Client, RefusedError
from engine.messages import events as e
from engine.messages.arrays import Numbers
from gui.session.worker_pool import WorkerPool
from tests.faults.benches import WAIT_S, Bench, listen, turn_until
from tests.faults.circuit import DT_MS, FAULT_MS, PRINTED, cell, experiment, mod_file
from tests.faults.conftest import trusted_circuit
from tests.faults.record import Record, check_beginning

_STEPS = round(FAULT_MS / DT_MS)
_SILENCE_S = 0.4  # a healthy run says something every 25 ms


def _check_next_run(bench: Bench, reference: Numbers) -> None:
    np.testing.assert_array_equal(bench.run_to_end(experiment(tstop=100.0)).samples, reference)


@pytest.mark.parametrize(
    ("fault", "said", "detail"),
    [
        ("segfault", "crashed (SIGSEGV)", "simulation.py"),
        ("exit", "ended by itself (exit code 5)", ""),
        ("quit in hoc", "ended by itself (exit code 0)", ""),
    ],
)
def test_that_code_may_end_its_worker_in_a_run(
    bench: Bench, reference: Numbers, fault: str, said: str, detail: str
) -> None:
    run_id = bench.run(experiment(fault), paused=True)
    bench.asking.step(FAULT_MS - 1)
    bench.until(lambda: len(bench.record.paused.get(run_id, [])) == 2)
    bench.asking.resume()
    word = bench.last_word(run_id)
    assert isinstance(word, e.Failed)
    assert said in word.what and word.reason == "died" and word.hint
    assert detail in word.detail
    samples = bench.record.runs[run_id].samples
    assert len(samples) > (FAULT_MS - 1) / DT_MS, "what came before is kept"
    check_beginning(samples, reference)
    _check_next_run(bench, reference)


@pytest.mark.parametrize("waits_for", ["a run", "a prepared cell", "a description"])
def test_that_code_may_end_its_worker_while_a_cell_is_built(
    bench: Bench, reference: Numbers, waits_for: str
) -> None:
    bad = experiment("quit when built")
    requests = []
    if waits_for == "a prepared cell":
        requests.append(bench.note(bench.asking.prepare([cell("quit when built")], bad.conditions)))
    if waits_for == "a description":
        requests.append(bench.note(bench.asking.describe(cell("quit when built"), bad.conditions)))
    run_id = bench.run(bad)
    word = bench.last_word(run_id)
    assert isinstance(word, e.Failed) and "exit code 0" in word.what and word.reason == "died"
    for name in requests:
        answer = bench.record.answers[name]
        assert isinstance(answer, e.Refused) and answer.reason in ("died", "cancelled")
    _check_next_run(bench, reference)


_NEVER_RETURN = ("hang", "sleep", "loop in hoc", "loop when built")


@pytest.mark.parametrize("fault", _NEVER_RETURN)
def test_that_code_that_never_returns_is_ended_when_patience_is(
    bench: Bench, reference: Numbers, fault: str
) -> None:
    bench.limit(patience_s=0.5)
    word = bench.last_word(bench.run(experiment(fault)))
    assert isinstance(word, e.Failed)
    assert "said nothing for" in word.what and "loop" in word.hint and word.reason == "died"
    _check_next_run(bench, reference)


@pytest.mark.parametrize("fault", _NEVER_RETURN)
def test_that_code_that_never_returns_can_be_stopped(bench: Bench, reference: Numbers, fault: str) -> None:
    worker = bench.process_id
    run_id = bench.run(experiment(fault))
    bench.until(lambda: bench.record.silence_s > _SILENCE_S)
    bench.limit(stop_deadline_s=0.2)
    bench.asking.stop()
    word = bench.last_word(run_id)
    assert isinstance(word, e.Finished) and word.stopped
    check_beginning(bench.record.runs[run_id].samples, reference)
    _check_next_run(bench, reference)
    assert bench.process_id != worker


def test_that_what_c_code_prints_disturbs_no_message(bench: Bench, reference: Numbers) -> None:
    samples = bench.run_to_end(experiment("print", tstop=20.0)).samples
    check_beginning(samples, reference)
    assert len(samples) == 801
    how = ("with printf", "with puts", "in C++", "past all buffers")
    ways = [f"{PRINTED}, {each}" for each in how]
    prints = 2 * (800 - _STEPS)  # at every step NEURON asks for the current twice
    bench.until(lambda: all(bench.record.lines.count(way) >= prints for way in ways))
    _check_next_run(bench, reference)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("not a number", "nan mV"),
        ("explosion", "left all bounds"),
        ("throw", "thrown by a mod file"),
        ("error in hoc", "the cell says no"),
        ("error when built", "the cell says no"),
    ],
)
def test_that_nonsense_ends_the_run_and_not_the_worker(
    bench: Bench, reference: Numbers, fault: str, said: str
) -> None:
    worker = bench.process_id
    run_id = bench.run(experiment(fault))
    word = bench.last_word(run_id)
    assert isinstance(word, e.Failed)
    assert said in word.what and word.reason == "error"
    assert word.where or "t = " in word.what
    check_beginning(bench.record.runs[run_id].samples[: _STEPS - 1], reference)
    _check_next_run(bench, reference)
    assert bench.process_id == worker


@pytest.fixture(scope="module")
def unloadable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiler does not mind that a function is nowhere; the loader does."""
    mod = mod_file(undefined="nobody_has_written_this")
    return trusted_circuit(tmp_path_factory.mktemp("unloadable"), mod_file=mod)


def test_that_a_library_that_does_not_load_is_refused_and_another_can_be_loaded(
    faulty: Path, reference: Numbers, unloadable: Path
) -> None:
    with Client() as client:
        with pytest.raises(RefusedError, match=r"undefined symbol: .*nobody_has_written_this"):
            client.answer(client.load(unloadable))
        client.answer(client.load(faulty))
        samples = client.collect(client.run(experiment(tstop=100.0), faulty.parent)).samples
    np.testing.assert_array_equal(samples, reference)


@pytest.mark.usefixtures("qapp")
def test_that_a_window_is_told_of_a_library_that_does_not_load(unloadable: Path) -> None:
    pool, record = WorkerPool(), Record()
    client = pool.client(unloadable)
    listen(client, record)
    run_id = client.run(experiment(), unloadable.parent)
    turn_until(lambda: run_id in record.last_words, WAIT_S)
    pool.shutdown()
    (answer,), word = record.answers.values(), record.last_words[run_id]
    assert isinstance(answer, e.Refused) and "nobody_has_written_this" in answer.what
    assert isinstance(word, e.Failed) and "No circuit is open" in word.what


@pytest.mark.parametrize("damage", [b"garbage", b""])
def test_that_a_damaged_library_is_refused_with_what_to_do(
    faulty: Path, reference: Numbers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    shutil.copytree(user_files.cache_folder().parent, tmp_path / "home")
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))
    libraries = list((tmp_path / "home").rglob("libnrnmech.so"))
    for library in libraries:
        library.write_bytes(damage)
    refusal = pytest.raises(RefusedError, match="Delete this file and try again")
    with Client() as client, refusal as refused:
        client.answer(client.load(faulty))
    assert Path(refused.value.where) in libraries
