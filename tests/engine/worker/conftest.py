"""A worker that has opened the circuit of textbook cells."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.circuit.trust import trust
from tests.engine.simulation.bench_circuit import make_bench, write_spikes_of_outside
from tests.engine.worker.experiments import SPIKES
from tests.engine.worker.talk import Worker


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the circuit, which is trusted; `spikes.h5` in it is of the virtual cells."""
    folder = tmp_path_factory.mktemp("bench")
    with make_bench(folder) as circuit:
        trust(circuit)
    times, node_ids = zip(*SPIKES, strict=True)
    write_spikes_of_outside(folder / "spikes.h5", list(times), list(node_ids))
    return folder


@pytest.fixture(scope="module")
def worker(bench: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """One for all tests of a module: what a request leaves behind must not disturb the next."""
    worker = Worker(tmp_path_factory.mktemp("worker"))
    worker.load(bench / "circuit_config.json")
    yield worker
    assert worker.close() == 0, worker.printed()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts workers that a test may lose; those that are left are ended."""
    started: list[Worker] = []

    def start(circuit: Path | None = None, memory_limit_mib: int | None = None) -> Worker:
        started.append(Worker(tmp_path, memory_limit_mib))
        if circuit is not None:
            started[-1].load(circuit)
        return started[-1]

    yield start
    for worker in started:
        worker.process.kill()
        worker.close()
