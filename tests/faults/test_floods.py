"""Too much output, nobody who reads it, and workers that do not listen."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer

from engine.messages import events as e
from engine.messages.arrays import Numbers
from tests.faults.benches import Bench, HeadlessBench, WindowBench
from tests.faults.circuit import DT_MS, experiment
from tests.faults.processes import Mourners, is_asleep
from tests.faults.record import check_beginning

_ABSENCE_S = 10.0
_ENDLESS_MS = 1e6
_MANY = 153  # recordings; the middle one is where the reference has its only one


def _check_next_run(bench: Bench, reference: Numbers) -> None:
    np.testing.assert_array_equal(bench.run_to_end(experiment(tstop=100.0)).samples, reference)


def test_that_a_flood_of_samples_arrives_whole(bench: Bench, reference: Numbers) -> None:
    samples = bench.run_to_end(experiment(tstop=100.0, recordings=_MANY)).samples
    np.testing.assert_array_equal(samples[:, _MANY // 2], reference[:, 0])
    assert samples.shape[1] == _MANY and np.isfinite(samples).all()


def test_that_a_run_can_be_stopped_in_a_flood_of_prints(bench: Bench, reference: Numbers) -> None:
    bench.limit(stop_deadline_s=30.0)  # a busy machine is given time
    worker = bench.process_id
    lines = len(bench.record.lines)
    run_id = bench.run(experiment("flood", tstop=_ENDLESS_MS))
    bench.until(lambda: len(bench.record.lines) - lines > 20_000)
    bench.asking.stop()
    word = bench.last_word(run_id)
    assert isinstance(word, e.Finished) and word.stopped
    check_beginning(bench.record.runs[run_id].samples, reference)
    _check_next_run(bench, reference)
    assert bench.process_id == worker, "it obeyed"


@pytest.mark.usefixtures("qapp", "reference")
def test_that_a_window_goes_on_turning_in_a_flood(faulty: Path) -> None:
    turns: list[float] = []
    clock = QTimer()
    clock.timeout.connect(lambda: turns.append(time.monotonic()))
    clock.start(10)
    with WindowBench(faulty) as bench:
        for name, recordings in (("flood", 1), ("healthy", _MANY)):
            turns.clear()
            run_id = bench.run(experiment(name, tstop=_ENDLESS_MS, recordings=recordings))
            bench.first_chunk(run_id)
            bench.until(lambda: len(turns) > 50)
            assert np.percentile(np.diff(turns), 90) < 0.1
            bench.asking.stop()
            bench.last_word(run_id)


@pytest.mark.usefixtures("qapp", "reference")
def test_that_nothing_is_lost_when_nobody_reads_for_10_s(faulty: Path) -> None:
    """The pipe fills, the worker waits; whoever was away does not take that for silence."""
    with HeadlessBench(faulty) as headless, WindowBench(faulty) as window:
        _be_away(headless, window)


def _be_away(*benches: Bench) -> None:
    runs = [bench.run(experiment(tstop=_ENDLESS_MS, recordings=_MANY)) for bench in benches]
    for bench, run_id in zip(benches, runs, strict=True):
        bench.first_chunk(run_id)
        bench.limit(patience_s=_ABSENCE_S / 5)
    workers = [bench.process_id for bench in benches]
    assert len(Mourners(workers).wait(_ABSENCE_S)) == 2, "they live"
    assert all(is_asleep(worker) for worker in workers)
    for bench, run_id, worker in zip(benches, runs, workers, strict=True):
        before = bench.record.count(e.Chunk, run_id)
        bench.until(lambda: bench.record.count(e.Chunk, run_id) > before + 20)  # noqa: B023  at once
        bench.asking.stop()
        word = bench.last_word(run_id)
        assert isinstance(word, e.Finished) and word.stopped
        samples = bench.record.runs[run_id].samples
        assert len(samples) == round(word.time / DT_MS) + 1
        again = bench.run_to_end(experiment(tstop=word.time)).samples
        np.testing.assert_array_equal(samples[:, _MANY // 2], again[:, 0])
        assert bench.process_id == worker


def _stop(bench: Bench) -> None:
    bench.limit(stop_deadline_s=0.2)
    bench.asking.stop()


def _lose_patience(bench: Bench) -> None:
    bench.limit(patience_s=0.5)


@pytest.mark.parametrize(("end", "kind"), [(_stop, e.Finished), (_lose_patience, e.Failed)])
def test_that_a_worker_that_is_stuck_is_replaced(
    bench: Bench, reference: Numbers, end: Callable[[Bench], None], kind: type[e.LastWord]
) -> None:
    """The system itself has stopped it: nothing in it can obey."""
    run_id = bench.run(experiment(tstop=_ENDLESS_MS))
    bench.first_chunk(run_id)
    os.kill(bench.process_id, signal.SIGSTOP)
    end(bench)
    word = bench.last_word(run_id)
    assert isinstance(word, kind)
    samples = bench.record.runs[run_id].samples
    _check_next_run(bench, reference)
    check_beginning(samples[:4001], reference)
