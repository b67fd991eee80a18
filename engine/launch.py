"""How to start a worker, from a checkout, a wheel or a bundle."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import engine

ROOT = Path(engine.__file__).resolve().parents[1]
WORKER_MODULE = "engine.worker"
MEMORY_LIMIT_OPTION = "--memory-limit-mib"


@dataclass(frozen=True, slots=True)
class Command:
    """A program, its arguments, and what to add to the environment."""

    program: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]


def worker_command(memory_limit_mib: int | None = None) -> Command:
    """A worker; with a limit, NEURON finds no memory beyond it and the worker ends instead of the machine."""
    limit = () if memory_limit_mib is None else (MEMORY_LIMIT_OPTION, str(memory_limit_mib))
    if getattr(sys, "frozen", False):  # a bundle: the program itself is the only Python there is
        return Command(sys.executable, ("--worker", *limit), _environment())
    return module_command(WORKER_MODULE, *limit)


def module_command(module: str, *arguments: str) -> Command:
    """A module of ours in a Python of its own."""
    # faulthandler: the Python stack of a segfault arrives in stderr, and so in the client's obituary
    start = ("-X", "faulthandler", "-u", "-m", module)
    return Command(sys.executable, (*start, *arguments), _environment())


def _environment() -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {"PYTHONPATH": path, "NEURON_MODULE_OPTIONS": "-nogui", "PYTHONIOENCODING": "utf-8:replace"}
