"""Measured properties follow the content of a cell, not its name or place."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypedDict

import h5py
import pytest

from engine.circuit.cells import CellDescription
from engine.circuit.sidecar import read_measured, write_measured
from engine.errors import CircuitError


class Conditions(TypedDict):
    celsius: float
    v_init: float


CONDITIONS = Conditions(celsius=34.0, v_init=-80.0)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOMASCOPE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def cell(tmp_path: Path, home: Path) -> CellDescription:
    for name in ("Cell.hoc", "stick.swc", "fit.json", "Ih.mod"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    return CellDescription(
        population="A",
        node_id=3,
        dialect="obi",
        model_type="biophysical",
        model_template="hoc:Cell",
        template_path=tmp_path / "Cell.hoc",
        morphology_name="stick",
        morphology_path=tmp_path / "stick.swc",
        dynamics_params_path=tmp_path / "fit.json",
        dynamics_params={"AIS_scaler": 1.5, "holding_current": -0.1},
    )


def test_that_what_was_measured_is_remembered_and_added_to(cell: CellDescription) -> None:
    assert read_measured(cell, **CONDITIONS) == {}
    write_measured(cell, {"resting_potential_mV": -71.5, "rheobase_nA": 0.2}, **CONDITIONS)
    write_measured(cell, {"rheobase_nA": 0.25}, **CONDITIONS)
    assert read_measured(cell, **CONDITIONS) == {"resting_potential_mV": -71.5, "rheobase_nA": 0.25}


def test_that_a_copy_of_the_cell_shares_its_measurements(cell: CellDescription, tmp_path: Path) -> None:
    write_measured(cell, {"rheobase_nA": 0.2}, **CONDITIONS)
    copy = tmp_path / "copy.swc"
    copy.write_bytes((tmp_path / "stick.swc").read_bytes())
    other = replace(
        cell,
        population="B",
        node_id=7,
        morphology_path=copy,
        dynamics_params={"AIS_scaler": 1.5, "holding_current": 0},
    )
    assert read_measured(other, **CONDITIONS) == {"rheobase_nA": 0.2}


@pytest.mark.parametrize("name", ["Cell.hoc", "stick.swc", "fit.json", "Ih.mod"])
def test_that_another_content_is_another_cell(cell: CellDescription, tmp_path: Path, name: str) -> None:
    mods = [tmp_path / "Ih.mod"]
    write_measured(cell, {"rheobase_nA": 0.2}, **CONDITIONS, mod_files=mods)
    assert read_measured(cell, **CONDITIONS, mod_files=mods) == {"rheobase_nA": 0.2}
    (tmp_path / name).write_text("changed", encoding="utf-8")
    assert read_measured(cell, **CONDITIONS, mod_files=mods) == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda cell: replace(cell, model_template="hoc:Other"),
        lambda cell: replace(cell, dynamics_params={"AIS_scaler": 1.0}),
        lambda cell: replace(cell, model_processing="aibs_allactive"),
        lambda cell: replace(cell, template_path=None),
    ],
)
def test_that_another_way_of_building_is_another_cell(
    cell: CellDescription, change: Callable[[CellDescription], CellDescription]
) -> None:
    write_measured(cell, {"rheobase_nA": 0.2}, **CONDITIONS)
    assert read_measured(change(cell), **CONDITIONS) == {}


def test_that_other_conditions_are_another_measurement(cell: CellDescription) -> None:
    write_measured(cell, {"rheobase_nA": 0.2}, **CONDITIONS)
    assert read_measured(cell, celsius=35.0, v_init=-80.0) == {}
    assert read_measured(cell, celsius=34.0, v_init=-70.0) == {}


def test_that_only_the_member_of_a_container_counts(cell: CellDescription, tmp_path: Path) -> None:
    path = tmp_path / "container.h5"
    with h5py.File(path, "w") as file:
        file["stick/points"], file["other/points"] = [[0.0, 0, 0, 1]], [[0.0, 0, 0, 1]]
    contained = replace(cell, morphology_path=path)
    write_measured(contained, {"rheobase_nA": 0.2}, **CONDITIONS)
    with h5py.File(path, "r+") as file:
        file["other/points"][0, 0] = 5.0
    assert read_measured(contained, **CONDITIONS) == {"rheobase_nA": 0.2}
    with h5py.File(path, "r+") as file:
        file["stick/points"][0, 0] = 5.0
    assert read_measured(contained, **CONDITIONS) == {}


def test_that_a_spoilt_record_is_no_measurement(cell: CellDescription, home: Path) -> None:
    write_measured(cell, {"rheobase_nA": 0.2}, **CONDITIONS)
    (path,) = (home / "data/measured").iterdir()
    good = json.loads(path.read_text(encoding="utf-8"))
    assert good["conditions"] == {"celsius_degC": 34.0, "v_init_mV": -80.0}
    for text in ("{", "[]", '{"properties": 3}', '{"properties": {"rheobase_nA": "many", "height": 3}}'):
        path.write_text(text, encoding="utf-8")
        assert read_measured(cell, **CONDITIONS) == {}


def test_that_a_missing_file_is_told(cell: CellDescription, tmp_path: Path) -> None:
    (tmp_path / "stick.swc").unlink()
    with pytest.raises(CircuitError, match=r"stick.swc cannot be read"):
        read_measured(cell, **CONDITIONS)
