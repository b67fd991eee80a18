"""What a run will cost, asked of a process that builds a few of its cells."""

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.errors import SimulationError
from engine.experiment import store
from engine.launch import estimate_command

if TYPE_CHECKING:
    from engine.experiment.experiment import Experiment
    from gui.background import Task

_LOOK_AGAIN_S: Final = 0.1


def estimated(task: "Task", experiment: "Experiment", ranks: int) -> str:
    """What `somascope run --dry-run` says of an experiment with whole paths; for a thread, can be cancelled.

    SimulationError with the sentence of the process where it cannot say it.
    """
    with tempfile.TemporaryDirectory(prefix="somascope_", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / f"estimate{store.SUFFIX}"
        store.save(experiment, path)
        command = estimate_command(path, ranks)
        process = command.start(
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        with process:
            try:
                said, complained = _both(process, task)
            except BaseException:
                process.kill()
                raise
    if process.returncode != 0:
        lines = complained.strip().splitlines() or [f"The process ended with {process.returncode}."]
        raise SimulationError(f"There is no estimate: {lines[-1]}")
    return said.strip()


def _both(process: subprocess.Popen[str], task: "Task") -> tuple[str, str]:
    """Stdout and stderr at the end; leaves by CancelledError when nobody wants them any more."""
    while True:
        task.report()
        try:
            return process.communicate(timeout=_LOOK_AGAIN_S)
        except subprocess.TimeoutExpired:
            continue
