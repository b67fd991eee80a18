"""Spikes and traces of a finished run as SONATA, where its exported configuration puts its output."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.circuit.problems import Problem
from engine.circuit.spike_writing import write_spikes
from engine.errors import EngineError
from engine.experiment.sonata_sets import at_centre_of_soma, cell_name, site_name
from engine.output.recorded import RecordedSweep, Signal
from engine.output.report_file import Elements, ReportWriter

_SOMA = 0  # SONATA's number of the soma


@dataclass(frozen=True, slots=True)
class WrittenOutput:
    """Paths of files, and what could not be written."""

    paths: tuple[Path, ...]
    problems: tuple[Problem, ...]


def write_output(
    configuration: Path, sweep: RecordedSweep, spikes: Mapping[str, tuple[ArrayLike, ArrayLike]]
) -> WrittenOutput:
    """Write the spikes and a report for each trace that the exported `configuration` names.

    `spikes`: times (ms) and node ids, by population. Reports have 32 bits, as SONATA wants it, and no sample
    at the end of the run. EngineError if the configuration cannot be read, or the disk is full.
    """
    config = _read(configuration)
    sections = (
        _read(configuration.with_name(config["compartment_sets_file"]))
        if ("compartment_sets_file" in config)
        else {}
    )
    folder = configuration.parent / config["output"]["output_dir"]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    paths = [folder / config["output"]["spikes_file"]]
    write_spikes(paths[0], spikes)
    problems: list[Problem] = []
    waiting = dict(config["reports"])
    for signal in sweep.signals:
        name = next((key for key, each in waiting.items() if _is_of(each, signal)), None)
        section = None if name is None else _section(waiting[name], sections)
        if signal.stimulus:
            continue  # SONATA has no such report, which the export has said
        if name is None or section is None:
            problems.append(
                Problem(
                    f"{signal.label!r} is not in the SONATA output, which has no words for it.",
                    severity="warning",
                )
            )
            continue
        entry = waiting.pop(name)
        path = folder / f"{entry.get('file_name', name)}.h5"
        _write_report(path, sweep, signal, section, entry)
        paths.append(path)
    problems += [
        Problem(
            f"The report {name!r} was not recorded in the window.",
            hint="`somascope run` on the exported folder writes it.",
            severity="warning",
        )
        for name in waiting
    ]
    return WrittenOutput(tuple(paths), tuple(problems))


def _write_report(
    path: Path, sweep: RecordedSweep, signal: Signal, section: int, entry: Mapping[str, Any]
) -> None:
    population = signal.site.cell.population
    elements = Elements(np.array([signal.site.cell.node_id]), np.array([section]))
    count = int(np.ceil(round((entry["end_time"] - sweep.start) / sweep.interval, 6)))
    with ReportWriter(
        path, {population: elements}, dt=sweep.interval, unit=entry["unit"], start=sweep.start
    ) as writer:
        writer.append(population, signal.samples[:count, None])
        writer.finish()


def _is_of(entry: Mapping[str, Any], signal: Signal) -> bool:
    """Whether a report is about the place and the variable of a trace."""
    if signal.stimulus or entry["variable_name"] != signal.variable or not entry.get("enabled", True):
        return False
    site = signal.site
    if at_centre_of_soma(site.section, site.x):
        return bool(entry.get("cells") == cell_name(site.cell) and entry.get("sections") == "soma")
    return bool(entry.get("compartment_set") == site_name(site))


def _section(entry: Mapping[str, Any], sections: Mapping[str, Any]) -> int | None:
    """SONATA's number; None: the export could not tell it."""
    if "compartment_set" not in entry:
        return _SOMA
    (_, section, _), *_ = sections[entry["compartment_set"]]["compartment_set"]
    return section if isinstance(section, int) else None


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError(f"{path.name} cannot be read: {error}.", where=str(path.parent)) from error
