"""How to start a worker, or a job, from a checkout, a wheel or a frozen bundle."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine import user_files

ROOT: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class WorkerCommand:
    """What to start, the environment to add to one's own, and the folder to start it in."""

    program: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    folder: Path

    def start(self, **how: Any) -> "subprocess.Popen[Any]":
        """The process; `how`: its pipes and the like, as Popen has them. OSError if it cannot be started."""
        return subprocess.Popen(
            [self.program, *self.arguments],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            **how,
        )


def worker_command(memory_limit_mib: int | None = None) -> WorkerCommand:
    """The command of a worker that may take so much memory. EngineError if its folder cannot be made.

    The folder is an empty one: NEURON loads the mechanisms that lie in its working folder, and Python would
    import modules from there.
    """
    limit = () if memory_limit_mib is None else ("--memory-limit-mib", str(memory_limit_mib))
    return _command(("worker", *limit), ("-m", "engine.worker", *limit))


def job_command(  # noqa: PLR0913 - what the process has to know
    circuit: Path,
    mechanisms: Path | None,
    results: Path,
    spikes_file: str,
    sort: str,
    *,
    ranks: int | None = None,
) -> WorkerCommand:
    """The command of a process for one run, or of one of the `ranks` that share it: into a folder."""
    arguments = ["job", "--circuit", str(circuit), "--out", str(results)]
    arguments += ["--spikes-file", spikes_file, "--sort", sort]
    if mechanisms is not None:
        arguments += ["--mechanisms", str(mechanisms.absolute())]
    if ranks is not None:
        arguments += ["--ranks", str(ranks)]
    return _command(tuple(arguments), ("-m", "engine.cli", *arguments))


def estimate_command(experiment: Path, ranks: int) -> WorkerCommand:
    """The command that prints what the run of an experiment's file would cost in so many processes."""
    arguments = ("run", str(experiment), "--dry-run", "--quiet", "--mpi", str(ranks))
    return _command(arguments, ("-m", "engine.cli", *arguments))


def features_command() -> WorkerCommand:
    """The command of a process that computes features of traces as they come on its stdin."""
    return _command(("features",), ("-m", "engine.analysis.feature_server"))


def export_command(experiment: Path, form: str, folder: Path) -> WorkerCommand:
    """The command that writes an experiment file as `--sonata` or `--script` into a folder, and ends."""
    arguments = ("export", str(experiment.absolute()), form, str(folder.absolute()))
    return _command(arguments, ("-m", "engine.cli", *arguments))


def _command(of_program: tuple[str, ...], of_python: tuple[str, ...]) -> WorkerCommand:
    folder = user_files.cache_folder() / "worker"
    folder.mkdir(exist_ok=True)
    environment = {"NEURON_MODULE_OPTIONS": "-nogui", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    if getattr(sys, "frozen", False):  # sys.executable is the program itself then
        return WorkerCommand(sys.executable, of_program, environment, folder)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    options = ("-P", "-u", "-X", "faulthandler", "-X", "utf8")
    return WorkerCommand(sys.executable, (*options, *of_python), environment, folder)
