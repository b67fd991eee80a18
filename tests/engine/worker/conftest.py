"""A worker that has opened the circuit of textbook cells."""

from collections.abc import Iterator
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
