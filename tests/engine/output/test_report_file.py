"""Reports that we write, as libsonata and we ourselves read them; and disks that are full."""

import subprocess
import sys
from pathlib import Path

import h5py
import libsonata
import numpy as np
import pytest

from engine.circuit.reports import read_report
from engine.errors import EngineError
from engine.output.report_file import Elements, ReportWriter

ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from engine.errors import EngineError
from engine.output.report_file import Elements, ReportWriter
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    with ReportWriter(Path(sys.argv[1]), {"A": Elements([0, 1], [0, 0])}, dt=0.1, unit="mV") as writer:
        for _ in range(100):
            writer.append("A", np.zeros((1000, 2)))
        writer.finish()
except EngineError as error:
    print(error)
"""


def test_that_what_was_appended_comes_back_whatever_the_pieces(tmp_path: Path) -> None:
    samples = np.random.default_rng(7).normal(size=(10_000, 5))
    nodes, sections = [9, 2, 9, 4, 2], [0, 5, 1, 0, 3]
    path = tmp_path / "soma.h5"
    with ReportWriter(path, {"A": Elements(nodes, sections)}, dt=0.025, unit="mV", start=2.0) as writer:
        for piece in np.split(samples, [1, 2, 4095, 4096, 9000]):
            writer.append("A", piece)
        writer.finish()
    by_node = [1, 4, 3, 0, 2]
    report = read_report(path)["A"]
    assert np.array_equal(report.data(), samples[:, by_node].astype(np.float32))
    assert report.column_nodes.tolist() == [2, 2, 4, 9, 9]
    assert report.sections is not None and report.sections.tolist() == [5, 3, 0, 0, 1]
    np.testing.assert_allclose(report.times(), 2.0 + 0.025 * np.arange(10_000))
    frame = libsonata.ElementReportReader(str(path))["A"].get(node_ids=[9])
    assert np.array_equal(frame.data, samples[:, [0, 2]].astype(np.float32))
    assert frame.ids.tolist() == [[9, 0], [9, 1]]
    np.testing.assert_allclose(frame.times, report.times(), atol=1e-9)


def test_that_the_layout_is_the_specifications(tmp_path: Path) -> None:
    populations = {"A": Elements([3, 1], [0, 0]), "B": Elements([0], [0]), "none": Elements([], [])}
    with ReportWriter(tmp_path / "soma.h5", populations, dt=0.1, unit="mV") as writer:
        writer.append("A", np.zeros((1000, 2)))
        writer.append("B", np.ones((1000, 1)))
        writer.finish()
    with h5py.File(tmp_path / "soma.h5") as file:
        assert set(file["report"]) == {"A", "B"}
        mapping, data = file["report/A/mapping"], file["report/A/data"]
        assert (data.shape, data.dtype, data.attrs["units"]) == ((1000, 2), np.float32, "mV")
        assert data.chunks is not None
        assert (mapping["node_ids"][:].tolist(), mapping["node_ids"].dtype) == ([1, 3], np.uint64)
        assert (mapping["index_pointers"][:].tolist(), mapping["index_pointers"].dtype) == (
            [0, 1, 2],
            np.uint64,
        )
        assert mapping["element_ids"].dtype == np.uint32
        assert (mapping["time"][:].tolist(), mapping["time"].attrs["units"]) == ([0.0, 100.0, 0.1], "ms")
        assert "partial" not in file.attrs
    soma = libsonata.SomaReportReader(str(tmp_path / "soma.h5"))["A"]
    assert (soma.get_node_ids(), soma.time_units, soma.data_units) == ([1, 3], "ms", "mV")
    assert soma.times == (0.0, 100.0, 0.1)


def test_that_wide_reports_are_written_in_blocks(tmp_path: Path) -> None:
    columns = 300_000
    with ReportWriter(
        tmp_path / "all.h5", {"A": Elements(np.arange(columns), np.zeros(columns))}, dt=1.0, unit="mV"
    ) as writer:
        for row in range(7):
            writer.append("A", np.full((1, columns), row, np.float32))
        writer.finish()
    report = read_report(tmp_path / "all.h5")["A"]
    assert report.data([0, columns - 1]).tolist() == [[row, row] for row in range(7)]


def test_that_an_interrupted_run_is_marked(tmp_path: Path) -> None:
    with ReportWriter(tmp_path / "soma.h5", {"A": Elements([0], [0])}, dt=1.0, unit="mV") as writer:
        writer.append("A", np.zeros((3, 1)))
        writer.finish(partial=True)
    with read_report(tmp_path / "soma.h5") as report:
        assert report.partial
        assert (report["A"].samples, report["A"].stop) == (3, 3.0)


def test_that_an_unfinished_report_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "soma.h5").write_text("what was there", encoding="utf-8")
    with ReportWriter(tmp_path / "soma.h5", {"A": Elements([0], [0])}, dt=1.0, unit="mV") as writer:
        writer.append("A", np.zeros((3, 1)))
    assert [path.name for path in tmp_path.iterdir()] == ["soma.h5"]
    assert (tmp_path / "soma.h5").read_text(encoding="utf-8") == "what was there"


def test_that_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"soma.h5 could not be written: No such file or directory"):
        ReportWriter(tmp_path / "nowhere" / "soma.h5", {"A": Elements([0], [0])}, dt=1.0, unit="mV")


def test_that_a_full_disk_is_told_and_nothing_stays_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path / "soma.h5")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "The report soma.h5 could not be written: File too large." in done.stdout
    assert list(tmp_path.iterdir()) == []
