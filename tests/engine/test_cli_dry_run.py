"""`somascope run --dry-run`: what a run would cost, without running it."""

import re
from pathlib import Path

import pytest

from engine import cli
from engine.experiment import store
from engine.experiment.base import changed
from engine.experiment.experiment import NodeSetOfCells
from tests.engine.test_cli_mpi import column_experiment

EDGES = 5409 + 7413  # within the column, and onto it from the thalamus, all of which fires


def test_that_a_dry_run_tells_how_large_a_run_is_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = column_experiment(tmp_path)
    store.save(changed(store.load(path), cells=NodeSetOfCells(node_set="Column")), path)
    before = set(tmp_path.iterdir())
    assert cli.main(["run", str(path), "--dry-run", "--mpi", "4", "--out", str(tmp_path / "o")]) == 0
    told = capsys.readouterr().out
    connections = int(re.findall(r"for 200 cells with ([\d,]+) connections", told)[0].replace(",", ""))
    assert connections == pytest.approx(EDGES, rel=0.2)
    assert re.search(r"solving +\S+ .*for 14 ms, .*than real time", told)
    assert re.search(r"memory .*[MG]iB, .*[MG]iB in the largest process", told)
    assert "Measured on 16 cells" in told
    assert set(tmp_path.iterdir()) == before
