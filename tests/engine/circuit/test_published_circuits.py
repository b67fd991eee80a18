"""The published circuits, as their files and documentation describe them."""

from pathlib import Path

import libsonata
import pytest

from engine.circuit.circuit import open_circuit

pytestmark = pytest.mark.science


@pytest.mark.parametrize(
    ("folder", "sizes", "missing"),
    [
        ("300_intfire", {"v1": 300, "lgn": 90, "tw": 30}, []),
        ("5_cells_iclamp", {"biophysical": 5}, []),
        ("9_cells", {"cortex": 9, "excvirt": 10, "inhvirt": 10}, []),
        (
            "300_cells",
            {"internal": 300, "external": 100},
            ["internal_internal_edges.h5", "external_internal_edges.h5"],
        ),
    ],
)
def test_that_allens_examples_open_and_name_what_is_missing(
    shared_data: Path, folder: str, sizes: dict[str, int], missing: list[str]
) -> None:
    with open_circuit(shared_data / "allen" / folder) as circuit:
        assert circuit.dialect == "allen" and circuit.simulation_path is not None
        assert {name: each.size for name, each in circuit.node_populations.items()} == sizes
        errors = [problem.what for problem in circuit.problems if problem.severity == "error"]
        assert errors == [f"The file {name} is missing." for name in missing]


def test_that_every_cell_of_allens_examples_has_its_files(shared_data: Path) -> None:
    for folder, population in (("5_cells_iclamp", "biophysical"), ("9_cells", "cortex")):
        with open_circuit(shared_data / "allen" / folder) as circuit:
            cells = [
                circuit.cell(population, row) for row in range(circuit.node_populations[population].size)
            ]
            assert all(cell.template_path and cell.morphology_path and not cell.problems for cell in cells)
            assert {cell.model_processing for cell in cells} == {"aibs_perisomatic"}


def test_that_allens_network_has_its_240_excitatory_cells(shared_data: Path) -> None:
    with open_circuit(shared_data / "allen/300_intfire") as circuit:
        v1 = circuit.node_populations["v1"]
        assert v1.filter("ei == e").tolist() == list(range(240))
        assert v1.histogram("model_name") == {"LIF_exc": 240, "LIF_inh": 60}
        assert circuit.cell("v1", 299).dynamics_params_path is not None
        selected = circuit.node_sets.select("lgn", circuit.node_populations)  # a population, not a set
        assert {name: ids.size for name, ids in selected.items()} == {"lgn": 90}


def test_that_the_quick_scx_circuit_browses_without_its_templates(shared_data: Path) -> None:
    folder = shared_data / "bbp/sim_quick_scx_sonata_multicircuit"
    with open_circuit(folder / "simulation_config_compartment_set.json") as circuit:
        assert circuit.dialect == "obi"
        assert circuit.compartment_sets["Mosaic_A"].spots == ((0, "soma[0]", 0.5), (1, "soma[0]", 0.5))
        selected = circuit.node_sets.select("Mosaic_A", circuit.node_populations)
        assert {name: ids.tolist() for name, ids in selected.items()} == {"NodeA": [0, 1, 2]}
        cell = circuit.cell("NodeA", 0)
        assert cell.morphology_path is not None and cell.morphology_path.name == "rr110330_C3_idA.asc"
        assert cell.threshold_current == pytest.approx(1.1182744)
        assert [problem.what for problem in cell.problems] == ["The template cNAC_L23BTC.hoc is missing."]


def test_that_libsonata_reads_the_same_of_the_quick_scx_circuit(shared_data: Path) -> None:
    with open_circuit(shared_data / "bbp/circuit_sonata_quick_scx_multi_circuit") as circuit:
        for name, ours in circuit.node_populations.items():
            theirs = libsonata.NodeStorage(str(ours.path)).open_population(name)
            for attribute in theirs.attribute_names:
                values = theirs.get_attribute(attribute, theirs.select_all())
                assert ours.values(attribute).tolist() == list(values)
