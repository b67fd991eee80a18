"""Reports: the published ones in their several layouts, against libsonata, and broken ones."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import libsonata
import numpy as np
import pytest

from engine.circuit.reports import ReportPopulation, read_report
from engine.errors import CircuitError, UnknownNameError


def write(path: Path, data: Any, mapping: Mapping[str, Any], root: str = "report/A") -> Path:
    with h5py.File(path, "w") as file:
        file[f"{root}/data"] = data
        for name, values in mapping.items():
            file[f"{root}/mapping/{name}"] = values
    return path


def spec(columns: int = 2, **changes: Any) -> dict[str, Any]:
    mapping = {
        "node_ids": np.arange(columns),
        "index_pointers": np.arange(columns + 1),
        "element_ids": np.zeros(columns, int),
        "time": [0.0, 0.3, 0.1],
    }
    return {name: values for name, values in (mapping | changes).items() if values is not None}


def only(path: Path) -> ReportPopulation:
    (population,) = read_report(path).populations.values()
    return population


def test_that_neurodamus_reports_equal_what_libsonata_reads(shared_data: Path) -> None:
    paths = sorted(shared_data.glob("bbp/*/output_*/soma*.h5"))
    assert len(paths) == 6
    for path in paths:
        ours = read_report(path)["NodeA"]
        theirs = libsonata.ElementReportReader(str(path))["NodeA"]
        frame = theirs.get()
        assert np.array_equal(ours.data(), frame.data)
        assert ours.node_ids.tolist() == theirs.get_node_ids()
        np.testing.assert_allclose(ours.times(), frame.times, atol=1e-9)
        assert (ours.start, ours.unit) == (0.0, "mV")


def test_that_bmtk_samples_are_at_the_end_of_each_step(shared_data: Path) -> None:
    report = read_report(shared_data / "allen/9_cells/output/membrane_potential.h5")["cortex"]
    times = report.times()
    assert (len(times), report.columns) == (30000, 9)
    assert times[0] == pytest.approx(0.1) and times[-1] == pytest.approx(3000.0)
    assert (report.variable, report.unit) == ("v", "mV")
    assert report.sections is not None and report.sections.tolist() == [0] * 9
    assert report.element_positions is not None and report.element_positions.tolist() == [0.5] * 9
    spikes = shared_data / "allen/9_cells/output/spikes.h5"
    with h5py.File(spikes) as file:
        first = file["spikes/cortex/timestamps"][0]
        node = int(file["spikes/cortex/node_ids"][0])
    # the reference detected this spike where the voltage of its report crosses -15 mV, within one sample
    crossing = report.data(report.columns_of(node), first - 0.15, first + 0.15)[:, 0]
    assert crossing.min() < -15 < crossing.max()
    calcium = read_report(shared_data / "allen/9_cells/output/calcium_concentration.h5")["cortex"]
    assert calcium.unit == "mM"


def test_that_windows_and_columns_are_what_slices_of_the_whole_are(tmp_path: Path) -> None:
    data = np.random.default_rng(1).random((200, 300), dtype=np.float32)
    mapping = spec(300, time=[5.0, 25.0, 0.1])
    report = only(write(tmp_path / "report.h5", data, mapping))
    for start, stop, rows in (
        (5.0, 6.0, slice(0, 10)),
        (5.25, 5.7, slice(3, 7)),
        (24.9, 99.0, slice(199, 200)),
    ):
        assert np.array_equal(report.data(start=start, stop=stop), data[rows])
        times = report.times(start, stop)
        assert len(times) == rows.stop - rows.start
        assert np.all((times > start - 1e-9) & (times < stop - 1e-9))
    columns = [299, 0, 1, 150, 0]
    assert np.array_equal(report.data(columns, 6.0, 7.0), data[10:20, columns])
    assert report.data([], 6.0, 7.0).shape == (10, 0)
    assert report.data(start=30.0, stop=20.0).shape == report.data(start=-9.0, stop=-8.0).shape == (0, 300)
    with pytest.raises(CircuitError, match="columns 0 to 299 only"):
        report.data([300])


def test_that_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    path = tmp_path / "report.h5"
    with h5py.File(path, "w") as file:  # 64 GB, of which the file holds nothing
        file.create_dataset("report/A/data", shape=(10**6, 16000), dtype="f4", chunks=(1000, 64))
        for name, values in spec(16000).items():
            file[f"report/A/mapping/{name}"] = values
    assert only(path).data([5, 15999], 50_000.0, 50_010.0).shape == (100, 2)


def test_that_nodes_listed_again_for_each_column_are_gathered(tmp_path: Path) -> None:
    mapping = spec(4, node_ids=[7, 7, 2, 7], element_ids=[0, 1, 2, 3])
    report = only(write(tmp_path / "report.h5", np.zeros((3, 4), np.float32), mapping))
    assert report.node_ids.tolist() == [7, 2]
    assert report.columns_of(7).tolist() == [0, 1, 3] and report.columns_of(1).tolist() == []
    assert report.sections is None


def test_that_sections_are_those_of_the_elements(tmp_path: Path) -> None:
    mapping = spec(5, node_ids=[4, 9], index_pointers=[0, 3, 5], element_ids=[0, 1, 1, 0, 6])
    report = only(write(tmp_path / "report.h5", np.zeros((3, 5)), mapping))
    assert report.column_nodes.tolist() == [4, 4, 4, 9, 9]
    assert report.sections is not None and report.sections[report.columns_of(9)].tolist() == [0, 6]


def test_that_older_layouts_are_read(tmp_path: Path) -> None:
    without_last = spec(2, index_pointers=[0, 1])
    assert only(write(tmp_path / "short.h5", np.zeros((3, 2)), without_last)).column_nodes.tolist() == [0, 1]
    gids = spec(2, node_ids=None, gids=[3, 4], index_pointers=None, index_pointer=[0, 1, 2])
    report = only(write(tmp_path / "root.h5", np.zeros((3, 2)), gids, root=""))
    assert (report.name, report.node_ids.tolist()) == ("", [3, 4])
    assert report.start == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"index_pointers": [0, 1, 3]}, "share 2 columns out among 2 nodes"),
        ({"index_pointers": [0, 3, 2]}, "share 2 columns out"),
        ({"index_pointers": None}, "'index_pointers' is missing"),
        ({"element_ids": [0]}, "has 1 values where 2 are due"),
        ({"time": [0.0, 1.0, 0.0]}, "not start, end and step"),
        ({"time": [0.0, 1.0, np.nan]}, "not start, end and step"),
        ({"time": [0.0, 1.0]}, "has 2 values where 3 are due"),
        ({"node_ids": [0.5, 1.5]}, "whole numbers"),
    ],
)
def test_that_broken_mappings_are_told(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(CircuitError, match=says):
        read_report(write(tmp_path / "report.h5", np.zeros((3, 2)), spec(2, **changes)))


def test_that_other_files_are_told(tmp_path: Path, shared_data: Path) -> None:
    with pytest.raises(CircuitError, match="holds no report"):
        read_report(shared_data / "allen/9_cells/output/spikes.h5")
    with pytest.raises(CircuitError, match="not rows and columns of numbers"):
        read_report(write(tmp_path / "flat.h5", np.zeros(3), spec(2)))
    with read_report(shared_data / "allen/9_cells/output/membrane_potential.h5") as report:
        with pytest.raises(UnknownNameError, match="Did you mean 'cortex'"):
            report["Cortex"]
        assert not report.partial
