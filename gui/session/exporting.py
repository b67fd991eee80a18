"""Everything of an experiment in one folder: to hand in, to keep, to run again elsewhere."""

import dataclasses
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from engine.errors import EngineError
from engine.experiment.experiment import Experiment, ListedCells
from engine.launch import export_command
from engine.resources import EXPERIMENT_SUFFIX
from gui.background import Task
from gui.session.recorded_run import recorded_run

if TYPE_CHECKING:
    from engine.experiment.conditions import Conditions
    from engine.experiment.targets import CellReference
    from engine.experiment.waveforms import CellProperties
    from engine.output.recorded import Recorded
    from gui.session.measuring import Measurement
    from gui.session.run import Run

Report = Callable[[int, int], None]

Form = Literal["png", "svg", "pdf"]
Part = Literal["experiment", "sonata", "outputs", "script", "nwb", "samples", "results", "figures", "report"]
PARTS: Final[dict[Part, str]] = {
    "experiment": "Experiment file, for Somascope",
    "sonata": "SONATA simulation, for BlueCelluLab and neurodamus",
    "outputs": "Spikes and traces of the shown run, as output of the SONATA simulation",
    "script": "Python script that needs nothing but NEURON",
    "nwb": "Recordings of the shown run and of the protocol, as NWB",
    "samples": "Samples of the shown run, as CSV with units",
    "results": "Results of the protocol, as CSV and JSON",
    "figures": "Figures for print, as PNG, SVG and PDF",
    "report": "Report to read and to print, as HTML",
}
IN_SHORT: Final[dict[Part, str]] = {
    "experiment": "experiment",
    "sonata": "SONATA",
    "outputs": "output of the run",
    "script": "script",
    "nwb": "NWB",
    "samples": "samples",
    "results": "results",
    "figures": "figures",
    "report": "report",
}
NEEDS: Final[dict[Part, Part]] = {"outputs": "sonata"}  # what is written into the folder of another part
_FORMS: Final[dict[Part, str]] = {"sonata": "--sonata", "script": "--script"}
_IMAGE_FORMS: Final[tuple[Form, ...]] = ("png", "svg", "pdf")
_WHOSE_REMARK: Final[dict[Part, str]] = {"sonata": "SONATA", "script": "Script"}
_SEVERITIES: Final = ("warning", "error")  # what `somascope export` begins the line of a problem with
_LOOK_AGAIN_S: Final = 0.1
_FIGURE_MM, _PAGE_MM = 85.0, 160.0  # width of a figure: of a column, and in the report
_CONFIGURATION: Final = "simulation_config.json"


@dataclass(frozen=True, eq=False)
class BundledFigure:
    """`draw` makes the content of a file, so many mm wide. It is called in a thread."""

    name: str
    caption: str
    draw: Callable[[Form, float], bytes]


@dataclass(frozen=True, eq=False)
class Bundle:
    """What is to be written, into `folder`, under a common `name`. `samples` makes their table.

    `missing`: why parts cannot be written. `run` is over, and is the one that is shown.
    """

    folder: Path
    name: str
    experiment: Experiment
    circuit: Path
    parts: frozenset[Part]
    samples: Callable[[Report], Iterable[str]] = lambda _report: ()
    measurement: "Measurement | None" = None
    run: "Run | None" = None
    figures: tuple[BundledFigure, ...] = ()
    missing: Mapping[Part, str] = field(default_factory=dict)

    def only(self, parts: Iterable[Part], folder: Path) -> "Bundle":
        """The same with these parts, and what they need, into a folder."""
        wanted = {*parts, *(NEEDS[each] for each in parts if each in NEEDS)}
        return dataclasses.replace(self, parts=frozenset(wanted), folder=folder)


@dataclass
class Written:
    """Which parts are there now, under which names; why others are not; what the parts leave out."""

    parts: list[Part] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    problems: list[EngineError] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def usual_name(experiment: Experiment, measurement: "Measurement | None", today: date) -> str:
    """Cell, protocol and date: `column-105_f-I-curve_2025-03-01`."""
    chosen = experiment.cells.cells if isinstance(experiment.cells, ListedCells) else ()
    cells = chosen if measurement is None else (measurement.site.cell,)
    cell = f"{cells[0].population}-{cells[0].node_id}" if len(cells) == 1 else "cells"
    protocol = "" if measurement is None else measurement.protocol.title
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
    steps: tuple[tuple[Part, Callable[[], list[str]]], ...] = (
        ("experiment", lambda: [saved.name]),
        ("sonata", lambda: [_exported(bundle, task, saved, "sonata", written)]),
        ("outputs", lambda: _outputs_written(bundle, written)),
        ("script", lambda: [_exported(bundle, task, saved, "script", written)]),
        ("nwb", lambda: _nwb_written(bundle, task)),
        ("samples", lambda: [_samples_written(bundle, task)]),
        ("results", lambda: [_results_written(bundle)]),
        ("figures", lambda: _figures_written(bundle, task)),
        ("report", lambda: [_report_written(bundle, written)]),
    )
    wanted = [(part, write) for part, write in steps if part in bundle.parts]
    for done, (part, write) in enumerate(wanted):
        task.report(done, len(wanted), PARTS[part])
        try:
            written.names += write()
            written.parts.append(part)
        except EngineError as error:
            written.problems.append(error)
    if "experiment" not in bundle.parts:
        saved.unlink()
    return written


def _exported(bundle: Bundle, task: Task, source: Path, part: Part, written: Written) -> str:
    """By a process of its own, since cells have to be built; what it leaves out is remarked."""
    folder = bundle.folder / f"{bundle.name}_{part}"
    command = export_command(source, _FORMS[part], folder)
    process = command.start(
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
    told = (line.partition(": ") for line in said.splitlines())
    written.remarks += [
        f"{_WHOSE_REMARK[part]}: {what}" for severity, _, what in told if severity in _SEVERITIES
    ]
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


def _outputs_written(bundle: Bundle, written: Written) -> list[str]:
    from engine.output.sonata_output import write_output

    run = bundle.run
    folder = bundle.folder / f"{bundle.name}_sonata"
    if run is None:
        raise EngineError("There is no run whose output could be written.", hint="Run it first.")
    spikes = {population: (each.times, each.node_ids) for population, each in run.spikes.items()}
    (sweep,) = recorded_run(run).sweeps
    output = write_output(folder / _CONFIGURATION, sweep, spikes)
    written.remarks += [" ".join(filter(None, (each.what, each.hint))) for each in output.problems]
    return [each.relative_to(bundle.folder).as_posix() for each in output.paths]


def _nwb_written(bundle: Bundle, task: Task) -> list[str]:
    from engine.circuit.circuit import open_circuit
    from engine.experiment.properties import properties_of
    from engine.output.nwb_file import write_nwb

    names = []
    with open_circuit(bundle.circuit) as circuit:

        def properties(cell: "CellReference", conditions: "Conditions") -> "CellProperties":
            return properties_of(circuit, cell, conditions)

        for kind, recorded in _recorded(bundle).items():
            task.report()
            path = bundle.folder / f"{bundle.name}_{kind}.nwb"
            write_nwb(recorded, properties, path)
            names.append(path.name)
    return names


def _recorded(bundle: Bundle) -> "dict[str, Recorded]":
    """The run, and the sweeps of the protocol, as far as there are any."""
    from engine.output.recorded import of_protocol

    found = {} if bundle.run is None else {"run": recorded_run(bundle.run)}
    measurement = bundle.measurement
    if measurement is not None and measurement.outcomes:
        found["sweeps"] = of_protocol(measurement.protocol, measurement.outcomes, measurement.result)
    return found


def _figures_written(bundle: Bundle, task: Task) -> list[str]:
    from engine.user_files import write_whole

    names = []
    for figure in bundle.figures:
        for form in _IMAGE_FORMS:
            path = bundle.folder / f"{bundle.name}_{figure.name}.{form}"
            task.report()
            write_whole(path, figure.draw(form, _FIGURE_MM))
            names.append(path.name)
    return names


def _report_written(bundle: Bundle, written: Written) -> str:
    from engine.output.report_page import Drawing, ReportContent, page
    from engine.user_files import write_whole

    measurement, run = bundle.measurement, bundle.run
    experiment = run.experiment if run is not None else bundle.experiment
    problems = [*map(str, written.problems), *written.remarks]
    if run is not None and run.problem is not None:
        problems.append(f"The run ended early: {run.problem.what}")
    if measurement is not None and measurement.problem:
        problems.append(measurement.problem)
    content = ReportContent(
        experiment,
        datetime.now().astimezone(),
        protocol=None if measurement is None else measurement.protocol,
        site="" if measurement is None else str(measurement.site),
        result=None if measurement is None else measurement.result,
        outcomes=() if measurement is None else tuple(measurement.outcomes),
        run=None if run is None else recorded_run(run),
        drawings=[Drawing(each.draw("svg", _PAGE_MM).decode(), each.caption) for each in bundle.figures],
        problems=problems,
        files=tuple(written.names),
    )
    path = bundle.folder / f"{bundle.name}_report.html"
    write_whole(path, page(content))
    return path.name
