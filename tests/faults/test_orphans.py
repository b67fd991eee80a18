"""Programs that are killed take their workers with them, and what these have started."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from engine.launch import ROOT
from tests.faults.circuit import mod_file
from tests.faults.conftest import trusted_circuit
from tests.faults.processes import Mourners, descendants, name_of

_TIME_TO_GO_S: Final = 1.0

pytestmark = pytest.mark.usefixtures("reference")  # which compiles the mod file


def _check_orphans(kind: str, doing: str, *circuits: Path, with_compiler: bool = False) -> None:
    command = [sys.executable, "-m", "tests.faults.parent", kind, doing, *map(str, circuits)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        family = descendants(parent.pid)
        names = {name_of(each) for each in family}
        orphans = Mourners(family)
        parent.kill()
        assert orphans.wait(_TIME_TO_GO_S) == []
    assert len(family) >= 3, "a worker, who guards it, and a spare"
    assert not with_compiler or names & {"make", "nrnivmodl", "nocmodl", "cc1plus"}, names


@pytest.mark.parametrize(
    "doing",
    [
        *("starting", "building", "idle", "running", "paused", "blocked"),
        *("hanging in C", "asleep in C", "looping in hoc", "looping when built"),
    ],
)
def test_that_no_worker_outlives_its_window(faulty: Path, doing: str) -> None:
    _check_orphans("Qt", doing, faulty)


@pytest.mark.parametrize("doing", ["running", "blocked", "hanging in C"])
def test_that_no_worker_outlives_its_script(faulty: Path, doing: str) -> None:
    _check_orphans("headless", doing, faulty)


def test_that_no_compiler_outlives_its_window(
    faulty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # a compiler that is killed leaves its folder
    circuit = trusted_circuit(tmp_path / "new", mod_file=mod_file() + ": never compiled to the end\n")
    _check_orphans("Qt", "compiling", faulty, circuit, with_compiler=True)
