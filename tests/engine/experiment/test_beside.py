"""A new experiment begins at the temperature at which the circuit's own simulations run."""

import json
import shutil
from pathlib import Path

import pytest

from engine.circuit.circuit import open_circuit
from engine.experiment.beside import usual_conditions
from engine.experiment.conditions import Conditions
from engine.resources import resources_folder

CIRCUITS = resources_folder() / "circuits"


@pytest.fixture
def squid(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CIRCUITS / "squid_axon", tmp_path / "squid"))


def conditions_of(folder: Path) -> tuple[float, float]:
    with open_circuit(folder / "circuit_config.json") as circuit:
        found = usual_conditions(circuit)
    assert found == Conditions(celsius=found.celsius, v_init=found.v_init), "and nothing else"
    return found.celsius, found.v_init


def say(path: Path, **conditions: object) -> None:
    said = {"run": {"tstop": 1, "dt": 0.1}, "network": "circuit_config.json", "conditions": conditions}
    path.write_text(json.dumps(said))


@pytest.mark.parametrize("name", ["squid_axon", "ball_and_stick"])
def test_that_the_built_in_cells_of_squid_axon_are_cold(name):
    assert conditions_of(CIRCUITS / name) == (6.3, -65.0)


def test_that_a_circuit_without_a_simulation_beside_it_is_warm():
    assert conditions_of(CIRCUITS / "cortical_column") == (34.0, -80.0)


def test_that_simulations_that_do_not_agree_say_nothing(squid):
    say(squid / "simulation_warm.json", celsius=30.0)
    assert conditions_of(squid) == (34.0, -80.0)
    say(squid / "simulation_warm.json", celsius=6.3, v_init=-65)
    assert conditions_of(squid) == (6.3, -65.0)


@pytest.mark.parametrize("nonsense", [{"celsius": "cold"}, {"celsius": 4000}])
def test_that_nonsense_does_not_count(squid, nonsense):
    say(squid / "simulation_config.json", **nonsense)
    assert conditions_of(squid) == (34.0, -80.0)


def test_that_simulations_of_other_circuits_and_broken_files_do_not_count(squid):
    (squid / "simulation_config.json").write_text("{")
    assert conditions_of(squid) == (34.0, -80.0)
    say(squid / "simulation_config.json", celsius=10.0)
    shutil.copytree(squid, squid / "other")
    other = json.loads((squid / "simulation_config.json").read_text())
    (squid / "simulation_config.json").write_text(
        json.dumps({**other, "network": "other/circuit_config.json"})
    )
    assert conditions_of(squid) == (34.0, -80.0)
    assert conditions_of(squid / "other") == (10.0, -80.0)
