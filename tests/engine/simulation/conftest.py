"""The circuit of textbook cells, open, for the tests of this folder."""

from collections.abc import Iterator

import pytest

from engine.circuit.circuit import Circuit
from tests.engine.simulation.bench_circuit import make_bench


@pytest.fixture
def bench(tmp_path) -> Iterator[Circuit]:
    """Sphere, patch, cable, an IntFire1 and virtual cells; its files are in `tmp_path`."""
    with make_bench(tmp_path) as circuit:
        yield circuit
