"""A patch of squid axon, and workers that measure it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.circuit.circuit import open_circuit
from engine.circuit.trust import trust
from engine.client.crew import Crew, conducted
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import CellProperties
from engine.protocols.protocol import Protocol
from engine.protocols.sweeps import Bench, Result
from tests.engine.simulation.bench_circuit import PATCH, REST_MV, make_bench

Play = Callable[..., Result]


@pytest.fixture(scope="session")
def textbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a trusted circuit of textbook cells."""
    folder = tmp_path_factory.mktemp("textbook")
    make_bench(folder).close()
    with open_circuit(folder / "circuit_config.json") as circuit:
        trust(circuit)
    return folder / "circuit_config.json"


def bench_of(circuit: Path, cell: CellReference = PATCH) -> Bench:
    """A cell with nothing on it, at the temperature of the squid."""
    experiment = Experiment(
        circuit=CircuitReference(path=circuit.as_posix()), conditions=Conditions(celsius=6.3, v_init=REST_MV)
    )
    return Bench(experiment, Site(cell=cell), CellProperties(cell.node_id))


def whole_bench(crew: Crew, circuit: Path, cell: CellReference = PATCH) -> Bench:
    """The same, with the sections of the cell."""
    bench = bench_of(circuit, cell)
    return replace(bench, known_tree=crew.tree(cell, bench.experiment.conditions))


@pytest.fixture(scope="session")
def crew(textbook: Path) -> Iterator[Crew]:
    """Two workers."""
    with Crew(textbook, textbook.parent, 2) as made:
        yield made


@pytest.fixture
def play(crew: Crew, textbook: Path) -> Play:
    """Play a protocol on a textbook cell."""

    def played(protocol: Protocol, cell: CellReference = PATCH) -> Result:
        return conducted(protocol.play(whole_bench(crew, textbook, cell)), crew.run)

    return played
