"""Cells stay as long as there is room for them, the newest first."""

import subprocess
import sys

import pytest

from engine.experiment.targets import CellReference
from engine.launch import ROOT
from engine.worker import kept
from engine.worker.kept import KeptCells
from engine.worker.memory import Ceiling

CELLS = [CellReference("cells", node_id) for node_id in range(5)]


@pytest.fixture
def costing_ten(monkeypatch):
    """Cells that cost 10 MiB each, built in their order, in the room of 35 MiB."""
    used = iter(range(0, 1000, 10))
    monkeypatch.setattr(kept, "resident_mib", lambda: float(next(used)))
    cells = KeptCells(35)
    cells.begin()
    for cell in CELLS:
        cells.note([cell])
    return cells


def test_that_the_newest_stay_beside_what_is_wanted(costing_ten):
    assert costing_ten.beside([], CELLS) == CELLS[2:]
    assert costing_ten.beside(CELLS[:1], CELLS) == CELLS[3:]
    assert costing_ten.beside(CELLS[3:], CELLS) == CELLS[2:3]


def test_that_what_is_used_once_more_is_new(costing_ten):
    costing_ten.note([CELLS[0]])
    assert costing_ten.beside([], CELLS) == [*CELLS[3:], CELLS[0]]


def test_that_cells_that_are_gone_are_forgotten(costing_ten):
    assert costing_ten.beside([], CELLS[:2]) == CELLS[:2]
    assert costing_ten.beside([], CELLS) == CELLS[:2]


_BEFORE_AND_WITH_200_MIB = """
from engine.worker.memory import resident_mib
before = resident_mib()
block = bytearray(200 * 2**20)
block[::4096] = b"x" * len(block[::4096])
print(before, resident_mib())
"""


def test_that_the_memory_of_a_process_is_known():
    program = [sys.executable, "-c", _BEFORE_AND_WITH_200_MIB]  # one that gives nothing back meanwhile
    printed = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    before, after = map(float, printed.split())
    assert 10 < before < 1000
    assert after - before == pytest.approx(200, abs=20)


def test_that_kept_cells_never_take_all_of_a_limit():
    assert Ceiling(None).for_kept_cells_mib == 1024
    assert Ceiling(1000).for_kept_cells_mib == 250
