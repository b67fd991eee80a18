"""`python -m tests.benchmarks.worker_latency`: how soon a window has what it asked a worker for.

Times on the clock on the wall, through Qt, from the call to the signal.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from gui.session.worker_pool import WorkerPool
from tests.benchmarks.l5pc_step import experiment, trusted_circuit
from tests.benchmarks.qt_worker import PreparedWorker, application, pass_time, turn_until
from tests.benchmarks.table import show, verdict
from tests.engine.acceptance import l5pc

_WORKERS, _RUNS_OF_EACH, _STOPS, _CRASHES = 7, 7, 100, 7
_LONG_MS = 1e5
_LATEST_STOP_MS = 300


def main() -> None:
    """Every worker is a new one; the median of each, the worst of the stops."""
    application()
    with trusted_circuit() as circuit, _pool() as pool:
        PreparedWorker(pool, circuit).release()  # compiles, and warms the disk
        first, again = _first_chunks(pool, circuit)
        worker = PreparedWorker(pool, circuit)
        stops = _stops(worker)
        crashes = _crashes(worker, pool)
        worker.release()
    rows = [
        _row("Run on a prepared cell → first chunk", first, 50),
        _row("Run with another amplitude → first chunk", again, 30),
        _row("Stop → stopped (goal for the worst)", stops, 100, of_worst=True),
        _row("crash → first chunk of the next run", [seconds for seconds, _ in crashes]),
        _row(
            "the same without building the cell", [seconds - building for seconds, building in crashes], 300
        ),
    ]
    show("Latencies of a worker with the L5PC", ("ms", "how many", "median", "worst", "goal", ""), rows)


@contextmanager
def _pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(cores=2)
    pool.start()
    yield pool
    pool.shutdown()


def _first_chunks(pool: WorkerPool, circuit: l5pc.Circuit) -> tuple[list[float], list[float]]:
    """Seconds: of the first runs of workers, and of later ones."""
    first, again = [], []
    for _ in range(_WORKERS):
        turn_until(lambda: pool.is_ready)
        worker = PreparedWorker(pool, circuit)
        turn_until(lambda: pool.is_ready)  # the next spare is not in the way
        first.append(worker.run(experiment(0.3, _LONG_MS)))
        worker.stop()
        for number in range(_RUNS_OF_EACH):
            again.append(worker.run(experiment(0.4 + 0.02 * number, _LONG_MS)))
            worker.stop()
        worker.release()
    return first, again


def _stops(worker: PreparedWorker) -> list[float]:
    """Seconds from stops at any moments: before the first chunk, too."""
    moments = random.Random(1)
    seconds = []
    for _ in range(_STOPS):
        worker.begin(experiment(0.6, _LONG_MS))
        pass_time(moments.uniform(0, _LATEST_STOP_MS))
        seconds.append(worker.stop())
    return seconds


def _crashes(worker: PreparedWorker, pool: WorkerPool) -> list[tuple[float, float]]:
    """Seconds from the death of the process in a run to the first chunk of the next, and of building."""
    seconds = []
    for _ in range(_CRASHES):
        worker.run(experiment(0.6, _LONG_MS))
        turn_until(lambda: pool.is_ready)
        seconds.append(worker.crash_and_run(experiment(0.6, _LONG_MS)))
        worker.stop()
    return seconds


def _row(
    what: str, seconds: list[float], goal_ms: float | None = None, *, of_worst: bool = False
) -> list[object]:
    middle_ms, worst_ms = 1000 * median(seconds), 1000 * max(seconds)
    judged = verdict(worst_ms if of_worst else middle_ms, goal_ms)
    return [what, len(seconds), middle_ms, worst_ms, *judged]


if __name__ == "__main__":
    main()
