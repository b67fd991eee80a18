"""Our own models are, bit for bit, the public ones that they stand in for (wherever those are at hand)."""

import os
from pathlib import Path

import pytest

from tests.engine.simulation.in_process import in_process
from tests.engine.simulation.twin_cells import difference, trains

_VARIABLE = "SOMASCOPE_PUBLIC_MECHANISMS"
_NEEDED = ("ProbAMPANMDA_EMS", "ProbGABAAB_EMS", "netstim_inhpoisson")

pytestmark = [
    pytest.mark.science,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        _VARIABLE not in os.environ,
        reason=f"{_VARIABLE} names no folder with the public mod files, which we may not bring along",
    ),
]


@pytest.fixture(scope="module")
def public(tmp_path_factory):
    """A folder with the public mod files that have a counterpart, and no others."""
    given = Path(os.environ[_VARIABLE])
    folder = tmp_path_factory.mktemp("public")
    for name in _NEEDED:
        (folder / f"{name}.mod").write_bytes((given / f"{name}.mod").read_bytes())
    return str(folder)


@pytest.mark.parametrize(
    "choices",
    [{}, {"init_depleted": 1.0}, {"minis_single_vesicle": 1.0}],
    ids=["usual", "depleted at first", "minis of one vesicle"],
)
def test_that_a_cell_with_many_synapses_is_the_same_to_the_bit(public, tmp_path, choices):
    found = in_process(difference, public, [1, 2, 3], choices, folder=tmp_path)
    assert found["apart"] == 0
    assert found["swing"] > 50
    assert found["spikes"] >= (0 if "init_depleted" in choices else 3)


def test_that_sources_fire_at_the_same_times(public, tmp_path):
    found = in_process(trains, public, folder=tmp_path)
    assert found["PoissonMinis"] == found["InhPoissonStim"] and len(found["PoissonMinis"]) > 10
