"""Everything of an experiment in one folder: to hand in, to keep, to run again elsewhere."""

import os
import re
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from engine.errors import EngineError
from engine.experiment.experiment import Experiment, ListedCells
from engine.launch import export_command
from engine.resources import EXPERIMENT_SUFFIX
from gui.background import Task

if TYPE_CHECKING:
    from gui.session.measuring import Measurement

Report = Callable[[int, int], None]

Part = Literal["experiment", "sonata", "script", "samples", "results", "picture"]
PARTS: Final[dict[Part, str]] = {
    "experiment": "Experiment file, for Somascope",
    "sonata": "SONATA simulation, for BlueCelluLab and neurodamus",
    "script": "Python script that needs nothing but NEURON",
    "samples": "Samples of the shown run, as CSV with units",
    "results": "Results of the protocol, as CSV and JSON",
    "picture": "Picture of the traces, as PNG and SVG",
}
_FORMS: Final[dict[Part, str]] = {"sonata": "--sonata", "script": "--script"}
_LOOK_AGAIN_S: Final = 0.1


@dataclass(frozen=True)
class Bundle:
    """What is to be written, into `folder`, under a common `name`. `samples` makes their table."""

    folder: Path
    name: str
    experiment: Experiment
    circuit: Path
    parts: frozenset[Part]
    samples: Callable[[Report], Iterable[str]] = lambda _report: ()
    measurement: "Measurement | None" = None


@dataclass
class Written:
    """Names of what is there now, and sentences about what is not."""

    names: list[str] = field(default_factory=list)
    problems: list[EngineError] = field(default_factory=list)


def usual_name(experiment: Experiment, protocol: str, today: date) -> str:
    """Cell, protocol and date: `column-105_f-I-curve_2025-03-01`."""
    cells = experiment.cells
    if isinstance(cells, ListedCells) and len(cells.cells) == 1:
        cell = f"{cells.cells[0].population}-{cells.cells[0].node_id}"
    else:
        cell = "cells"
    words = re.sub(r"[^A-Za-z0-9]+", "-", protocol.replace("–", "-")).strip("-")
    return "_".join(filter(None, (cell, words, today.isoformat())))


def write_bundle(bundle: Bundle, task: Task) -> Written:
    """Write the parts, one after the other; a part that cannot be written is told, and the others follow.

    In a thread. EngineError if not even the folder can be made, or the experiment saved there.
    """
    from engine.experiment import store

    try:
        bundle.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(
            f"The folder {bundle.folder.name} cannot be made: {error.strerror}.",
            where=str(bundle.folder.parent),
            hint="Choose one that you may write to.",
        ) from error
    written = Written()
    saved = bundle.folder / f"{bundle.name}{EXPERIMENT_SUFFIX}"
    store.save(bundle.experiment, saved, folder=bundle.folder)  # the exports read it
    steps: tuple[tuple[Part, Callable[[], str]], ...] = (
        ("experiment", lambda: saved.name),
        ("sonata", lambda: _exported(bundle, task, saved, "sonata")),
        ("script", lambda: _exported(bundle, task, saved, "script")),
        ("samples", lambda: _samples_written(bundle, task)),
        ("results", lambda: _results_written(bundle)),
    )
    wanted = [(part, write) for part, write in steps if part in bundle.parts]
    for done, (part, write) in enumerate(wanted):
        task.report(done, len(wanted), PARTS[part])
        try:
            written.names.append(write())
        except EngineError as error:
            written.problems.append(error)
    if "experiment" not in bundle.parts:
        saved.unlink()
    return written


def _exported(bundle: Bundle, task: Task, source: Path, part: Part) -> str:
    """By a process of its own, since cells have to be built."""
    folder = bundle.folder / f"{bundle.name}_{part}"
    command = export_command(source, _FORMS[part], folder)
    process = subprocess.Popen(
        [command.program, *command.arguments],
        cwd=command.folder,
        env={**os.environ, **command.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    try:
        said = _waited(process, task)
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        last = said.strip().splitlines()[-1:] or ["The export ended without a word."]
        raise EngineError(f"{PARTS[part]}: {last[0]}")
    return folder.name


def _waited(process: "subprocess.Popen[str]", task: Task) -> str:
    """What it printed, when it has ended; it is given up with the task."""
    while True:
        try:
            return process.communicate(timeout=_LOOK_AGAIN_S)[0]
        except subprocess.TimeoutExpired:
            task.report()


def _samples_written(bundle: Bundle, task: Task) -> str:
    from engine.user_files import write_whole

    path = bundle.folder / f"{bundle.name}_samples.csv"
    write_whole(path, "".join(bundle.samples(lambda done, total: task.report(done, total, path.name))))
    return path.name


def _results_written(bundle: Bundle) -> str:
    from engine.output.family_files import write_result

    measurement = bundle.measurement
    if measurement is None or measurement.result is None:
        raise EngineError("There are no results of a protocol to write.", hint="Run a protocol first.")
    folder = bundle.folder / f"{bundle.name}_results"
    folder.mkdir(exist_ok=True)
    write_result(
        folder,
        measurement.protocol,
        measurement.result,
        circuit=str(bundle.circuit),
        site=str(measurement.site),
    )
    return folder.name
