"""A simulation that has been run: its configuration, the spikes it left and its reports, by cell."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.circuit.manifest import resolve
from engine.circuit.reports import ReportPopulation, read_report
from engine.errors import CircuitError
from engine.experiment import store
from engine.experiment.experiment import Experiment
from engine.experiment.recordings import Report, SiteRecording, StimulusRecording
from engine.experiment.sonata_import import Imported
from engine.experiment.targets import CellReference, NodeSetTarget, Site

_SUFFIX: Final = ".h5"
_SOMA: Final = 0  # number of its section in every convention
_SINGLE: Final = 4  # bytes of a number that keeps seven digits


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report that is there. `sections`: of which kind, as the configuration says it."""

    name: str
    path: Path
    variable: str
    sections: str
    is_of_places: bool  # rather than sums over cells


@dataclass(frozen=True, slots=True)
class FinishedSimulation:
    """Paths in `experiment` are absolute. `spikes` is None where the file is missing."""

    path: Path
    experiment: Experiment
    spikes: Path | None
    reports: tuple[StoredReport, ...]


@dataclass(frozen=True, slots=True)
class ReportedCell:
    """A cell that a report is about, with how many values in each sample."""

    cell: CellReference
    report: StoredReport
    values: int


@dataclass(frozen=True, slots=True)
class StoredTrace:
    """What a report has of the middle of a soma: sample k is at `start` + k × `interval` (ms).

    `is_single`: numbers are kept in 32 bits, with seven digits.
    """

    samples: NDArray[np.float64]
    start: float
    interval: float
    unit: str
    is_single: bool
    is_partial: bool


def finished_simulation(imported: Imported, path: Path) -> FinishedSimulation | None:
    """What a simulation left beside its configuration (`path`); None: no report of places is there."""
    experiment = store.with_absolute_paths(imported.experiment, imported.base)
    folder = resolve(imported.base, imported.output.folder)
    spikes = resolve(folder, imported.output.spikes_file)
    reports = [
        stored
        for each in experiment.recordings
        if not isinstance(each, StimulusRecording) and (stored := _stored(each, folder)) is not None
    ]
    if not any(each.is_of_places for each in reports):
        return None
    return FinishedSimulation(path, experiment, spikes if spikes.is_file() else None, tuple(reports))


def reported_cells(simulation: FinishedSimulation) -> tuple[ReportedCell, ...]:
    """Every cell of every report that has the soma in it, by report and in the file's order.

    Raises CircuitError for a report that cannot be read.
    """
    found: list[ReportedCell] = []
    for report in simulation.reports:
        if not report.is_of_places:
            continue
        with read_report(report.path) as file:
            for name, population in file.populations.items():
                found += _cells_of(report, name, population)
    return tuple(found)


def stored_trace(report: StoredReport, cell: CellReference) -> StoredTrace:
    """What a report has of the soma of a cell; CircuitError if it has nothing of it."""
    with read_report(report.path) as file:
        population = file[cell.population]
        column = _soma_column(population, cell.node_id)
        if column is None:
            raise CircuitError(
                f"The report {report.name} has no value of the soma of {cell}.", where=str(report.path)
            )
        data = population.data([column])[:, 0]
        return StoredTrace(
            data.astype(np.float64),
            population.start,
            population.dt,
            population.unit,
            data.dtype.itemsize <= _SINGLE,
            file.partial,
        )


def _stored(recording: Report | SiteRecording, folder: Path) -> StoredReport | None:
    name = recording.label or recording.id
    file_name = getattr(recording, "file_name", "") or name
    path = resolve(folder, file_name)
    if not path.is_file():
        path = path.with_name(path.name + _SUFFIX)
    if not recording.enabled or not path.is_file():
        return None
    if isinstance(recording, SiteRecording):
        return StoredReport(name, path, recording.variable, recording.site.section, is_of_places=True)
    is_of_cells = isinstance(recording.target, NodeSetTarget | Site)
    return StoredReport(
        name,
        path,
        recording.variable,
        recording.sections if is_of_cells else "places of a set",
        is_of_places=recording.report_type != "summation",
    )


def _cells_of(report: StoredReport, name: str, population: ReportPopulation) -> list[ReportedCell]:
    somata = _has_soma(population)
    nodes, counts = np.unique(population.column_nodes, return_counts=True)
    values = dict(zip(nodes.tolist(), counts.tolist(), strict=True))
    return [
        ReportedCell(CellReference(name, node_id), report, values[node_id])
        for node_id in population.node_ids.tolist()
        if node_id in somata
    ]


def _has_soma(population: ReportPopulation) -> set[int]:
    if population.sections is None:  # elements are only counted: that of the soma is the only one, or none is
        nodes, counts = np.unique(population.column_nodes, return_counts=True)
        return set(nodes[counts == 1].tolist())
    return set(population.column_nodes[population.sections == _SOMA].tolist())


def _soma_column(population: ReportPopulation, node_id: int) -> int | None:
    """The column of the middle of the soma."""
    columns = population.columns_of(node_id)
    if population.sections is not None:
        columns = columns[population.sections[columns] == _SOMA]
    elif len(columns) > 1:
        return None
    return int(columns[len(columns) // 2]) if len(columns) else None
