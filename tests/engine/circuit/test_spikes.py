"""Spike files: the published ones in their several layouts, and broken ones."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from engine.circuit.spikes import Spikes, read_spikes
from engine.errors import CircuitError, UnknownNameError


def write(path: Path, datasets: Mapping[str, Any]) -> Path:
    with h5py.File(path, "w") as file:
        for name, values in datasets.items():
            file[name] = values
    return path


def counts(spikes: Spikes, nodes: int) -> list[int]:
    return [int(np.count_nonzero(spikes.node_ids == node)) for node in range(nodes)]


def test_that_the_published_outputs_hold_the_published_numbers_of_spikes(shared_data: Path) -> None:
    allen = shared_data / "allen"
    assert len(read_spikes(allen / "300_intfire/output/spikes.h5")["v1"]) == 4322
    five = read_spikes(allen / "5_cells_iclamp/output/spikes.h5")["biophysical"]
    assert counts(five, 5) == [50, 28, 23, 20, 3]
    nine = read_spikes(allen / "9_cells/output/spikes.h5")["cortex"]
    assert counts(nine, 9) == [13, 11, 15, 3, 14, 8, 0, 7, 7]


def test_that_legacy_files_belong_to_whoever_asks(shared_data: Path) -> None:
    path = shared_data / "allen/300_intfire/inputs/lgn_spikes.h5"
    legacy = read_spikes(path)
    assert set(legacy) == {""}
    named = read_spikes(path, "lgn")["lgn"]
    assert len(named) == 2738 and named.node_ids.max() < 90
    assert np.array_equal(named.times, legacy[""].times)


def test_that_every_spike_file_of_the_published_circuits_is_read(shared_data: Path) -> None:
    paths = [*shared_data.rglob("*spike*.h5"), *shared_data.rglob("out.h5")]
    assert len(paths) == 14
    for path in paths:
        for spikes in read_spikes(path).values():
            assert len(spikes) == len(spikes.node_ids) > 0
            assert spikes.times.dtype == np.float64 and spikes.node_ids.dtype == np.int64


def test_that_orders_are_stable() -> None:
    spikes = Spikes(np.array([3.0, 1.0, 1.0, 2.0]), np.array([5, 9, 4, 5]))
    by_time = spikes.sorted("by_time")
    assert by_time.times.tolist() == [1, 1, 2, 3] and by_time.node_ids.tolist() == [9, 4, 5, 5]
    by_id = spikes.sorted("by_id")
    assert by_id.node_ids.tolist() == [4, 5, 5, 9] and by_id.times.tolist() == [1, 2, 3, 1]
    assert spikes.sorted("none") is spikes
    assert spikes.of(5).tolist() == [2, 3] and spikes.of(1).tolist() == []


def test_that_several_populations_are_kept_apart(tmp_path: Path) -> None:
    datasets = {
        "spikes/b/timestamps": [2, 1],
        "spikes/b/node_ids": [0, 1],
        "spikes/a/timestamps": np.empty(0),
        "spikes/a/node_ids": np.empty(0, np.uint64),
    }
    found = read_spikes(write(tmp_path / "spikes.h5", datasets))
    assert {name: len(spikes) for name, spikes in found.items()} == {"a": 0, "b": 2}
    with pytest.raises(UnknownNameError, match="population with spikes named 'B'"):
        read_spikes(tmp_path / "spikes.h5", "B")


def test_that_seconds_become_milliseconds(tmp_path: Path) -> None:
    path = write(tmp_path / "spikes.h5", {"spikes/a/timestamps": [0.5], "spikes/a/node_ids": [0]})
    with h5py.File(path, "r+") as file:
        file["spikes/a/timestamps"].attrs["units"] = "s"
    assert read_spikes(path)["a"].times.tolist() == [500.0]
    with h5py.File(path, "r+") as file:
        file["spikes/a/timestamps"].attrs["units"] = "fortnights"
    with pytest.raises(CircuitError, match="'fortnights'"):
        read_spikes(path)


def test_that_a_dataset_for_each_node_is_read(tmp_path: Path) -> None:
    trains = {
        "processing/trial_0/spike_train/12/data": [3.0, 5.0],
        "processing/trial_0/spike_train/3/data": [4.0],
    }
    spikes = read_spikes(write(tmp_path / "spikes.nwb", trains), "lgn")["lgn"]
    assert spikes.node_ids.tolist() == [3, 12, 12] and spikes.times.tolist() == [4.0, 3.0, 5.0]


def test_that_tables_are_read(tmp_path: Path) -> None:
    path = tmp_path / "spikes.csv"
    path.write_text("timestamps population node_ids\n1.5 a 3\n2 b 4\n2.5 a 3\n", encoding="utf-8")
    found = read_spikes(path)
    assert found["a"].times.tolist() == [1.5, 2.5] and found["b"].node_ids.tolist() == [4]
    path.write_text("1.5 3\n", encoding="utf-8")
    with pytest.raises(CircuitError, match="columns timestamps and node_ids"):
        read_spikes(path)
    path.write_text("timestamps node_ids\nsoon 3\n", encoding="utf-8")
    with pytest.raises(CircuitError, match="should be numbers"):
        read_spikes(path)


@pytest.mark.parametrize(
    ("times", "ids", "says"),
    [
        ([1.0, np.nan, np.inf], [0, 1, 2], "2 of the 3 spike times of population a are no numbers"),
        ([1.0, -0.1, 3.0], [0, 1, 2], "1 of the 3 spike times of population a are negative"),
        ([1.0, 2.0], [0, -1], "1 of the 2 spike times of population a are of no node"),
        ([1.0, 2.0], [0], "'node_ids' has 1 values where 2 are due"),
        ([1.0], [0.5], "whole numbers"),
        ([b"1.0"], [0], "list of numbers"),
        ([[1.0]], [[0]], "shape"),
    ],
)
def test_that_impossible_spikes_are_told(tmp_path: Path, times: list[Any], ids: list[Any], says: str) -> None:
    path = write(tmp_path / "spikes.h5", {"spikes/a/timestamps": times, "spikes/a/node_ids": ids})
    with pytest.raises(CircuitError, match=says):
        read_spikes(path)


def test_that_other_files_are_told(tmp_path: Path, shared_data: Path) -> None:
    with pytest.raises(CircuitError, match="holds no spikes"):
        read_spikes(shared_data / "allen/9_cells/output/membrane_potential.h5")
    with pytest.raises(CircuitError, match="node_ids' is missing"):
        read_spikes(write(tmp_path / "half.h5", {"spikes/timestamps": [1.0]}))
    with pytest.raises(CircuitError, match="one trial"):
        read_spikes(write(tmp_path / "trials.h5", {"processing/a/x": 1, "processing/b/x": 1}))
    with pytest.raises(CircuitError, match="is a folder"):
        read_spikes(tmp_path)
