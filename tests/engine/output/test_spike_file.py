"""Spike files that we write, as libsonata and we ourselves read them."""

from pathlib import Path
from typing import Literal

import h5py
import libsonata
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.circuit.spike_writing import write_spikes
from engine.circuit.spikes import read_spikes
from engine.errors import EngineError

TRAINS = st.lists(st.tuples(st.floats(0, 1e4), st.integers(0, 9)), max_size=30)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(train=TRAINS, order=st.sampled_from(["none", "by_id", "by_time"]))
def test_that_spikes_come_back_in_their_order(
    tmp_path: Path, train: list[tuple[float, int]], order: Literal["none", "by_id", "by_time"]
) -> None:
    times, ids = [time for time, _ in train], [node for _, node in train]
    write_spikes(tmp_path / "out.h5", {"A": (times, ids), "B": ([], [])}, order)
    ours = read_spikes(tmp_path / "out.h5")
    keys = {"none": lambda pair: 0, "by_id": lambda pair: (pair[1], pair[0]), "by_time": lambda pair: pair[0]}
    expected = sorted(train, key=keys[order])
    assert list(zip(ours["A"].times.tolist(), ours["A"].node_ids.tolist(), strict=True)) == expected
    assert len(ours["B"]) == 0
    theirs = libsonata.SpikeReader(str(tmp_path / "out.h5"))
    assert set(theirs.get_population_names()) == {"A", "B"}
    assert theirs["A"].sorting == order
    assert sorted(theirs["A"].get()) == sorted((node, time) for time, node in train)


def test_that_the_layout_is_the_specifications(tmp_path: Path) -> None:
    write_spikes(tmp_path / "out.h5", {"A": ([2.5, 0.5], [1, 0])})
    with h5py.File(tmp_path / "out.h5") as file:
        group = file["spikes/A"]
        assert h5py.check_enum_dtype(group.attrs.get_id("sorting").dtype) == {
            "none": 0,
            "by_id": 1,
            "by_time": 2,
        }
        assert group.attrs["sorting"] == 2
        assert group["timestamps"].attrs["units"] == "ms"
        assert (group["timestamps"].dtype, group["node_ids"].dtype) == (np.float64, np.uint64)
        assert "partial" not in file.attrs
    write_spikes(tmp_path / "out.h5", {"A": ([2.5], [1])}, partial=True)
    with h5py.File(tmp_path / "out.h5") as file:
        assert file.attrs["partial"]


def test_that_the_old_file_stays_if_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    write_spikes(tmp_path / "out.h5", {"A": ([1.0], [0])})
    with pytest.raises(EngineError, match=r"out.h5 could not be written: No such file or directory"):
        write_spikes(tmp_path / "nowhere" / "out.h5", {"A": ([2.0], [0])})
    (tmp_path / "folder.h5").mkdir()
    with pytest.raises(EngineError, match=r"folder.h5 could not be written"):
        write_spikes(tmp_path / "folder.h5", {"A": ([2.0], [0])})
    assert read_spikes(tmp_path / "out.h5")["A"].times.tolist() == [1.0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.h5", "out.h5"]


def test_that_others_may_read_a_result_as_any_other_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_spikes(tmp_path / "out.h5", {"A": ([1.0], [0])})
    assert (tmp_path / "out.h5").stat().st_mode == (tmp_path / "plain").stat().st_mode
