"""Reading node populations of both dialects."""

from pathlib import Path

import h5py
import libsonata
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.circuit.node_columns import Column
from engine.circuit.nodes import NodePopulation, node_population_names
from engine.errors import CircuitError, UnknownNameError
from tests.engine.circuit.synthesise import Enumerated, allen_circuit, obi_circuit, write_nodes, write_types


@pytest.fixture
def cortex(tmp_path: Path) -> NodePopulation:
    obi_circuit(tmp_path)
    return NodePopulation(tmp_path / "nodes.h5", "cortex", node_type="biophysical")


@pytest.fixture
def v1(tmp_path: Path) -> NodePopulation:
    allen_circuit(tmp_path)
    return NodePopulation(tmp_path / "network/v1_nodes.h5", "v1", tmp_path / "network/v1_node_types.csv")


def test_that_columns_have_kinds_units_and_origins(cortex: NodePopulation) -> None:
    columns = cortex.columns
    assert cortex.size == 5
    assert columns["x"] == Column("x", "real", "µm", "file")
    assert columns["layer"] == Column("layer", "category", "", "library")
    assert columns["morphology"] == Column("morphology", "text", "", "file")
    assert columns["exc-mini_frequency"].unit == "Hz"
    assert columns["dynamics_params/threshold_current"] == Column(
        "dynamics_params/threshold_current", "real", "nA", "dynamics_params"
    )
    assert columns["dynamics_params/input_resistance"].unit == "MΩ"
    assert columns["node_id"] == Column("node_id", "integer", "", "file")


def test_that_categories_read_as_text_and_filter_as_codes(cortex: NodePopulation) -> None:
    assert cortex.read("layer", 1, 4).tolist() == ["5", "5", "2"]
    assert cortex.raw("layer", 1, 4).dtype.kind == "u"
    assert cortex.read_rows("mtype", [4, 0, 4]).tolist() == ["L5_BC", "L2_IPC", "L5_BC"]
    assert cortex.histogram("mtype") == {"L2_IPC": 2, "L5_TPC:A": 2, "L5_BC": 1}


def test_that_reading_a_page_beyond_the_end_gives_what_there_is(cortex: NodePopulation) -> None:
    assert cortex.read("x", 3, 100).tolist() == [30, 40]
    assert cortex.read("x", 7, 100).tolist() == []
    assert cortex.read("node_id", 3, 100).tolist() == [3, 4]


def test_that_rows_that_do_not_exist_are_an_error(cortex: NodePopulation) -> None:
    with pytest.raises(CircuitError, match="no cell 5"):
        cortex.read_rows("x", [0, 5])
    with pytest.raises(CircuitError, match="no cell -1"):
        cortex.read_rows("x", [-1])


def test_that_a_misspelt_column_gets_a_suggestion(cortex: NodePopulation) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'morphology'"):
        cortex.values("morpholgy")


def test_that_opening_reads_no_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    obi_circuit(tmp_path)
    read: list[str] = []
    original = h5py.Dataset.__getitem__

    def noting(self: h5py.Dataset, *arguments: object, **more: object) -> object:
        read.append(self.name)
        return original(self, *arguments, **more)

    monkeypatch.setattr(h5py.Dataset, "__getitem__", noting)
    population = NodePopulation(tmp_path / "nodes.h5", "cortex")
    assert read == []
    population.filter("layer == 5")
    assert set(read) == {"/nodes/cortex/0/layer", "/nodes/cortex/0/@library/layer"}


def test_that_every_value_is_what_libsonata_reads(cortex: NodePopulation) -> None:
    theirs = libsonata.NodeStorage(str(cortex.path)).open_population("cortex")
    everything = theirs.select_all()
    for name in theirs.attribute_names:
        assert cortex.values(name).tolist() == list(theirs.get_attribute(name, everything))
    for name in theirs.dynamics_attribute_names:
        np.testing.assert_array_equal(
            cortex.values(f"dynamics_params/{name}"), theirs.get_dynamics_attribute(name, everything)
        )
    for name in theirs.enumeration_names:
        assert cortex.raw(name, 0, 5).tolist() == list(theirs.get_enumeration(name, everything))


def test_that_types_join_on_the_type_id_and_the_groups_override_them(v1: NodePopulation) -> None:
    assert v1.values("ei").tolist() == ["e", "i", "e", "i", "i", "i"]
    assert v1.columns["ei"] == Column("ei", "category", "", "node_types")
    assert v1.values("morphology").tolist() == ["shared.swc", "shared", "own_a", "own_b", "", ""]
    assert v1.values("dynamics_params").tolist() == ["", "fit.json", "", "fit.json", "fire.json", "fire.json"]


def test_that_several_groups_are_put_together_by_their_index(v1: NodePopulation) -> None:
    x = [9, 3, -3, 0, 0, 6]
    assert v1.values("x").tolist() == x
    assert v1.values("y").tolist() == [10, 4, -4, -1, 1, 7]
    np.testing.assert_array_equal(v1.values("tuning_angle"), [270, 90, np.nan, np.nan, 0, 180])
    assert v1.columns["x"].unit == "µm" and v1.columns["tuning_angle"].unit == "°"


@pytest.mark.parametrize("column", ["x", "ei", "tuning_angle", "morphology", "node_id", "node_type_id"])
def test_that_pages_and_rows_are_pieces_of_the_whole(v1: NodePopulation, column: str) -> None:
    whole = v1.values(column)
    for start in range(7):
        for stop in range(start, 7):
            np.testing.assert_array_equal(v1.read(column, start, stop), whole[start:stop])
    rows = [5, 0, 3, 3, 1]
    np.testing.assert_array_equal(v1.read_rows(column, rows), whole[rows])


def test_that_a_single_group_is_read_through_its_index(tmp_path: Path) -> None:
    path = write_nodes(
        tmp_path / "n.h5",
        "p",
        {0: {"x": [0.0, 1, 2]}},
        type_ids=[1] * 3,
        group_ids=[0] * 3,
        group_index=[2, 0, 1],
    )
    assert NodePopulation(path, "p").values("x").tolist() == [2, 0, 1]


def test_that_libraries_of_several_groups_become_one(tmp_path: Path) -> None:
    groups: dict[int, dict[str, object]] = {
        0: {"layer": Enumerated([0, 1], ["5", "2"])},
        1: {"layer": Enumerated([0, 1], ["6", "5"])},
        2: {"depth": [1.0]},
    }
    path = write_nodes(
        tmp_path / "n.h5",
        "p",
        groups,
        type_ids=[1] * 5,
        group_ids=[0, 1, 2, 1, 0],
        group_index=[0, 0, 0, 1, 1],
    )
    population = NodePopulation(path, "p")
    assert population.columns["layer"].kind == "category"
    assert population.values("layer").tolist() == ["5", "6", "", "5", "2"]
    assert population.filter("layer == 5").tolist() == [0, 3]
    assert population.sort([("layer", False)]).tolist() == [4, 0, 3, 1, 2]


def test_that_groups_that_disagree_about_a_kind_are_shown_as_text(tmp_path: Path) -> None:
    groups: dict[int, dict[str, object]] = {0: {"tag": [7, 8]}, 1: {"tag": ["seven"]}}
    path = write_nodes(
        tmp_path / "n.h5", "p", groups, type_ids=[1] * 3, group_ids=[0, 1, 0], group_index=[0, 0, 1]
    )
    assert NodePopulation(path, "p").values("tag").tolist() == ["7", "seven", "8"]


def test_that_whole_numbers_stay_whole_where_all_groups_have_them(tmp_path: Path) -> None:
    groups = {0: {"a": [1, 2], "b": [5, 6]}, 1: {"a": [3]}}
    path = write_nodes(
        tmp_path / "n.h5", "p", groups, type_ids=[1] * 3, group_ids=[0, 1, 0], group_index=[0, 0, 1]
    )
    population = NodePopulation(path, "p")
    assert population.columns["a"].kind == "integer" and population.values("a").tolist() == [1, 3, 2]
    np.testing.assert_array_equal(population.values("b"), [5, np.nan, 6])


def test_that_types_missing_in_the_table_are_missing_values(tmp_path: Path) -> None:
    path = write_nodes(tmp_path / "n.h5", "p", {0: {}}, type_ids=[5, 99, 1 << 40])
    table = write_types(tmp_path / "t.csv", [{"node_type_id": 5, "ei": "e", "level": 3, "size": 0.5}])
    population = NodePopulation(path, "p", table)
    assert population.values("ei").tolist() == ["e", "", ""]
    np.testing.assert_array_equal(population.values("level"), [3, np.nan, np.nan])
    np.testing.assert_array_equal(population.values("size"), [0.5, np.nan, np.nan])


def test_that_type_ids_far_apart_are_found(tmp_path: Path) -> None:
    path = write_nodes(tmp_path / "n.h5", "p", {0: {}}, type_ids=[-5, 1 << 50, 7])
    table = write_types(
        tmp_path / "t.csv", [{"node_type_id": 1 << 50, "ei": "e"}, {"node_type_id": -5, "ei": "i"}]
    )
    assert NodePopulation(path, "p", table).values("ei").tolist() == ["i", "e", ""]


def test_that_codes_that_a_library_does_not_know_are_missing_values(tmp_path: Path) -> None:
    path = write_nodes(tmp_path / "n.h5", "p", {0: {"layer": Enumerated([0, 7], ["5"])}}, type_ids=[1] * 2)
    population = NodePopulation(path, "p")
    assert population.values("layer").tolist() == ["5", ""]
    assert population.filter("layer == 5").tolist() == [0]


def test_that_an_attribute_of_the_wrong_length_is_left_out_and_told(tmp_path: Path) -> None:
    path = write_nodes(tmp_path / "n.h5", "p", {0: {"x": [1.0], "y": [1.0, 2]}}, type_ids=[1] * 2)
    population = NodePopulation(path, "p")
    assert "x" not in population.columns and "y" in population.columns
    assert "'x' has 1 values for 2 nodes" in population.problems[0].what


def test_that_attributes_of_kinds_that_cannot_be_shown_are_told(tmp_path: Path) -> None:
    path = write_nodes(tmp_path / "n.h5", "p", {0: {"x": [1.0, 2]}}, type_ids=[1] * 2)
    with h5py.File(path, "a") as file:
        file["nodes/p/0/pairs"] = np.zeros(2, dtype=[("a", "f4"), ("b", "i4")])
        file["nodes/p/0/cube"] = np.zeros((2, 2, 2))
    population = NodePopulation(path, "p")
    assert len(population.problems) == 2 and list(population.columns) == ["node_id", "x"]


def test_that_several_groups_without_an_index_leave_what_the_types_say(tmp_path: Path) -> None:
    path = write_nodes(tmp_path / "n.h5", "p", {0: {"x": [1.0]}, 1: {"x": [2.0]}}, type_ids=[3, 3])
    table = write_types(tmp_path / "t.csv", [{"node_type_id": 3, "ei": "e"}])
    population = NodePopulation(path, "p", table)
    assert "node_group_id" in population.problems[0].what
    assert list(population.columns) == ["node_id", "node_type_id", "ei"]


@pytest.mark.parametrize(("group_ids", "index"), [([0, 1], [0, 9]), ([0, 5], [0, 0])])
def test_that_an_index_that_points_nowhere_is_an_error_of_the_column(
    tmp_path: Path, group_ids: list[int], index: list[int]
) -> None:
    path = write_nodes(
        tmp_path / "n.h5",
        "p",
        {0: {"x": [1]}, 1: {"x": [2]}},
        type_ids=[3, 3],
        group_ids=group_ids,
        group_index=index,
    )
    with pytest.raises(CircuitError):
        NodePopulation(path, "p").values("x")


def test_that_a_wrong_table_of_types_is_told_and_done_without(tmp_path: Path) -> None:
    path = write_nodes(tmp_path / "n.h5", "p", {0: {"x": [1.0]}}, type_ids=[3])
    (tmp_path / "t.csv").write_text("name ei\na e\n")
    population = NodePopulation(path, "p", tmp_path / "t.csv")
    assert "node_type_id" in population.problems[0].what and population.values("x").tolist() == [1]


def test_that_the_node_type_is_declared_or_the_weightiest_there_is(
    v1: NodePopulation, tmp_path: Path
) -> None:
    assert v1.node_type == "biophysical"
    points = write_nodes(tmp_path / "n.h5", "p", {0: {"model_type": ["point_soma"]}}, type_ids=[1])
    assert NodePopulation(points, "p").node_type == "point_process"
    assert NodePopulation(points, "p", node_type="virtual").node_type == "virtual"


def test_that_a_file_without_the_population_is_an_error_that_names_those_it_has(tmp_path: Path) -> None:
    path = write_nodes(tmp_path / "n.h5", "NodeA", {0: {}}, type_ids=[1])
    assert node_population_names(path) == ("NodeA",)
    with pytest.raises(UnknownNameError, match="Did you mean 'NodeA'"):
        NodePopulation(path, "nodea")


def test_that_files_that_hold_no_nodes_are_errors(tmp_path: Path) -> None:
    (tmp_path / "text.h5").write_text("no")
    with h5py.File(tmp_path / "empty.h5", "w"):
        pass
    for name in ("text.h5", "empty.h5", "missing.h5"):
        with pytest.raises(CircuitError, match=name):
            node_population_names(tmp_path / name)


def test_that_an_empty_population_can_be_asked_everything(tmp_path: Path) -> None:
    none: NDArray[np.float64] = np.empty(0)
    path = write_nodes(tmp_path / "n.h5", "p", {0: {"x": none, "layer": Enumerated([], [])}}, type_ids=none)
    population = NodePopulation(path, "p")
    assert population.size == 0 and population.node_type == "biophysical"
    assert population.filter("x > 0 or layer == 5").tolist() == []
    assert population.sort([("x", True), ("layer", False)]).tolist() == []
    assert population.histogram("layer") == {}
