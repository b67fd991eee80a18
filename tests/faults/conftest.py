"""Real workers, and a circuit whose cells go wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from engine.circuit.circuit import open_circuit
from engine.circuit.trust import trust
from engine.client.client import Client
from engine.messages.arrays import Numbers
from tests.faults.benches import Bench, HeadlessBench, WindowBench
from tests.faults.circuit import experiment, make_circuit


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of the circuit, which is trusted."""
    return trusted_circuit(tmp_path_factory.mktemp("faulty"))


@pytest.fixture(scope="session")
def reference(faulty: Path) -> Numbers:
    """What the healthy cell does in 100 ms. Compiles the mod file of the circuit for all tests."""
    with Client() as client:
        client.answer(client.load(faulty))
        return client.collect(client.run(experiment(tstop=100.0), faulty.parent)).samples


@pytest.fixture(scope="session", params=["without Qt", "Qt"])
def lasting_bench(
    request: pytest.FixtureRequest, qapp: QApplication, faulty: Path, reference: Numbers
) -> Iterator[Bench]:
    """A client that has the circuit open, and new workers whenever it needs one."""
    with WindowBench(faulty) if request.param == "Qt" else HeadlessBench(faulty) as bench:
        yield bench


@pytest.fixture
def bench(lasting_bench: Bench) -> Iterator[Bench]:
    """The same for all tests; what holds of every client is checked after each."""
    yield lasting_bench
    lasting_bench.check()


def trusted_circuit(folder: Path, *, mod_file: str = "") -> Path:
    """Write a circuit whose code may run."""
    config = make_circuit(folder)
    if mod_file:
        (folder / "mechanisms" / "fault.mod").write_text(mod_file, encoding="utf-8")
    with open_circuit(config) as circuit:
        trust(circuit)
    return config
