"""What it takes to build a cell, in both dialects."""

from pathlib import Path

import h5py
import pytest

from engine.circuit.circuit import Circuit, open_circuit
from engine.errors import CircuitError
from tests.engine.circuit.synthesise import (
    SWC,
    allen_circuit,
    allen_config,
    obi_circuit,
    obi_config,
    write_json,
    write_text,
)


@pytest.fixture
def obi(tmp_path: Path) -> Circuit:
    return open_circuit(obi_circuit(tmp_path))


@pytest.fixture
def allen(tmp_path: Path) -> Circuit:
    return open_circuit(allen_circuit(tmp_path))


def test_that_a_hoc_cell_has_its_template_parameters_and_measured_properties(
    obi: Circuit, tmp_path: Path
) -> None:
    cell = obi.cell("cortex", 1)
    assert (cell.population, cell.node_id, cell.dialect, cell.model_type) == (
        "cortex",
        1,
        "obi",
        "biophysical",
    )
    assert cell.model_template == "hoc:pyramidal"
    assert cell.template_path == tmp_path / "components/hoc/pyramidal.hoc"
    assert cell.dynamics_params == {
        "threshold_current": 0.2,
        "holding_current": -0.02,
        "input_resistance": 90,
    }
    assert (cell.threshold_current, cell.holding_current, cell.input_resistance) == (0.2, -0.02, 90)
    assert cell.resting_potential is None
    assert cell.position == (10.0, -10.0, 1.0)
    assert cell.attributes["mtype"] == "L5_TPC:A" and cell.attributes["exc-mini_frequency"] == 0.5
    assert cell.problems == ()


def test_that_a_missing_number_is_not_given(obi: Circuit) -> None:
    assert obi.cell("cortex", 4).threshold_current is None


def test_that_neurolucida_goes_before_swc_where_it_exists(obi: Circuit, tmp_path: Path) -> None:
    folder = tmp_path / "components/morphologies"
    assert obi.cell("cortex", 0).morphology_path == folder / "asc/first.asc"
    assert obi.cell("cortex", 1).morphology_path == folder / "asc/second.v1.asc"
    assert obi.cell("cortex", 3).morphology_path == folder / "swc/third.swc"


def test_that_h5_comes_between_and_may_be_one_container(tmp_path: Path) -> None:
    obi_circuit(tmp_path)
    folder = tmp_path / "components/morphologies"
    config = obi_config()
    settings = config["networks"]["nodes"][0]["populations"]["cortex"]
    write_text(folder / "h5/third.h5", "")
    settings["alternate_morphologies"]["h5v1"] = "$COMPONENTS/morphologies/h5"
    with open_circuit(write_json(tmp_path / "circuit_config.json", config)) as circuit:
        assert circuit.cell("cortex", 0).morphology_path == folder / "asc/first.asc"
        assert circuit.cell("cortex", 3).morphology_path == folder / "h5/third.h5"
    settings["alternate_morphologies"] = {"h5v1": "$COMPONENTS/merged.h5"}
    write_text(tmp_path / "components/merged.h5", "")
    with open_circuit(write_json(tmp_path / "circuit_config.json", config)) as circuit:
        cell = circuit.cell("cortex", 0)
        assert (cell.morphology_path, cell.morphology_name) == (tmp_path / "components/merged.h5", "first")


def test_that_missing_files_are_told_and_the_cell_is_described(obi: Circuit) -> None:
    cell = obi.cell("cortex", 4)
    assert cell.template_path is None and cell.morphology_path is None
    assert [problem.what for problem in cell.problems] == [
        "The template basket.hoc is missing.",
        "The morphology lost is missing.",
    ]
    assert all(problem.where == "cortex, cell 4" and problem.hint for problem in cell.problems)


def test_that_a_cell_that_does_not_exist_is_an_error(obi: Circuit) -> None:
    with pytest.raises(CircuitError, match="no cell 5"):
        obi.cell("cortex", 5)


def test_that_virtual_cells_need_no_files(obi: Circuit) -> None:
    cell = obi.cell("thalamus", 0)
    assert cell.model_type == "virtual" and cell.position is None and cell.problems == ()


def test_that_a_neuroml_template_is_found_by_its_last_part(allen: Circuit, tmp_path: Path) -> None:
    cell = allen.cell("v1", 0)
    assert cell.model_template == "nml:nml/E.cell.nml"
    assert cell.template_path == tmp_path / "components/models/deeper/E.cell.nml"
    assert cell.dynamics_params_path is None and cell.model_processing == "aibs_perisomatic"
    assert cell.morphology_path == tmp_path / "components/morphologies/shared.swc"
    assert cell.problems == ()


def test_that_a_parameter_file_is_found_and_the_group_overrides_the_types(
    allen: Circuit, tmp_path: Path
) -> None:
    cell = allen.cell("v1", 1)
    assert cell.dynamics_params_path == tmp_path / "components/models/fit.json"
    assert (cell.model_template, cell.template_path) == ("ctdb:Biophys1.hoc", None)
    assert allen.cell("v1", 2).morphology_path == tmp_path / "components/morphologies/own_a.swc"
    missing = allen.cell("v1", 3)
    assert missing.morphology_name == "own_b" and missing.morphology_path is None
    assert missing.position == (0.0, -1.0, -2.0)


def test_that_a_point_neuron_of_an_old_name_has_its_parameters(allen: Circuit, tmp_path: Path) -> None:
    cell = allen.cell("v1", 5)
    assert (cell.model_type, cell.model_template) == ("point_process", "nrn:IntFire1")
    assert cell.dynamics_params_path == tmp_path / "components/point_models/fire.json"
    assert cell.morphology_name == "" and cell.problems == ()


def test_that_existing_folders_of_mechanisms_are_named(tmp_path: Path) -> None:
    path = allen_circuit(tmp_path)
    config = allen_config()
    config["components"]["mechanisms_dir"] = "$PARTS/mechanisms"
    write_json(tmp_path / "circuit_config.json", config)
    with open_circuit(path) as circuit:
        assert circuit.cell("v1", 0).mechanisms_folders == ()
    write_text(tmp_path / "components/mechanisms/modfiles/a.mod", SWC)
    with open_circuit(path) as circuit:
        assert circuit.cell("v1", 0).mechanisms_folders == (tmp_path / "components/mechanisms",)


def test_that_a_file_that_numbers_its_nodes_otherwise_is_warned_of(tmp_path: Path) -> None:
    path = allen_circuit(tmp_path)
    with h5py.File(tmp_path / "network/lgn_nodes.h5", "a") as file:
        file["nodes/lgn/node_id"] = [0, 2, 1, 3]
    with open_circuit(path) as circuit:
        assert circuit.cell("lgn", 0).problems == ()
        [problem] = circuit.cell("lgn", 1).problems
        assert problem.severity == "warning" and "calls this cell 2" in problem.what


def test_that_names_the_system_refuses_are_missing_files(tmp_path: Path) -> None:
    obi_circuit(tmp_path)
    with h5py.File(tmp_path / "nodes.h5", "a") as file:
        file["nodes/cortex/0/morphology"][0] = "m" * 5000
        file["nodes/cortex/0/model_template"][0] = "hoc:/"
    with open_circuit(tmp_path) as circuit:
        cell = circuit.cell("cortex", 0)
        assert cell.morphology_path is None and cell.template_path is None and len(cell.problems) == 2
