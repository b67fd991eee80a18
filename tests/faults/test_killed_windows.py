"""Programs with window and workers, killed while they edit: no edit is lost, nobody is left behind.

Each takes seconds to start, so there are 20 of them; SOMASCOPE_TEST_KILLS=100 lets 100 be killed.
"""

import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from gui.session.journal import found_recoveries
from tests.faults.processes import Mourners, descendants
from tests.peers import ROOT

_BATCHES: Final = 4
_IN_A_BATCH: Final = int(os.environ.get("SOMASCOPE_TEST_KILLS", "20")) // _BATCHES
_AT_ONCE: Final = 2
_MOURNING_S: Final = 5.0


def _killed(home: Path, seed: int) -> tuple[int, list[str]]:
    """The last edit that a program told, and which of its processes outlived it."""
    environment = {**os.environ, "SOMASCOPE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.faults.editing_window", str(seed)]
    enough = random.Random(seed).randint(1, 60)
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as program:
        assert program.stdout is not None
        told = [int(program.stdout.readline()) for _ in range(enough)]
        workers = Mourners(descendants(program.pid))
        os.kill(program.pid, signal.SIGKILL)
        told += [int(line) for line in program.stdout if line.endswith("\n")]
        return told[-1], workers.wait(_MOURNING_S)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a signal of Unix")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("batch", range(_BATCHES))
def test_that_killed_programs_lose_no_edit_and_leave_nobody_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    seeds = range(batch * _IN_A_BATCH, (batch + 1) * _IN_A_BATCH)
    homes = [tmp_path / str(seed) for seed in seeds]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        ends = list(pool.map(_killed, homes, seeds))
    assert [left for _, left in ends if left] == []
    for home, (last, _) in zip(homes, ends, strict=True):
        monkeypatch.setenv("SOMASCOPE_HOME", str(home))
        (recovery,) = found_recoveries()
        assert int(recovery.experiment.notes) >= last
