"""A simulation that has been run: its configuration, the spikes it left and its reports, by cell."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.circuit.circuit import Circuit
from engine.circuit.manifest import resolve
from engine.circuit.reports import ReportPopulation, read_report
from engine.circuit.spikes import read_spikes
from engine.errors import CircuitError
from engine.experiment import store
from engine.experiment.experiment import Experiment
from engine.experiment.recordings import Report, SiteRecording, StimulusRecording
from engine.experiment.sonata_import import Imported
from engine.experiment.targets import CellReference, NodeSetTarget, Site

TYPE_ATTRIBUTES: Final = ("mtype", "cell_type", "pop_name", "model_name", "etype")  # what a kind is called
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
    """A cell that a report is about: how many values of it there are in each sample, and how often it fired.

    `type_name` is what the circuit calls its kind; "" where it says nothing.
    """

    cell: CellReference
    report: StoredReport
    values: int
    spikes: int
    type_name: str


@dataclass(frozen=True, slots=True)
class StoredTrace:
    """What a report has of the middle of a soma: sample k is at `start` + k × `interval` (ms).

    `is_single`: numbers are kept in 32 bits, with seven digits. `spikes`: when the cell fired (ms).
    """

    samples: NDArray[np.float64]
    start: float
    interval: float
    unit: str
    is_single: bool
    is_partial: bool
    spikes: NDArray[np.float64]


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


def reported_cells(simulation: FinishedSimulation, circuit: Circuit) -> tuple[ReportedCell, ...]:
    """Every cell of every report that has the soma in it, by report and in the file's order.

    Raises CircuitError for a file that cannot be read.
    """
    fired = _spike_counts(simulation)
    found: list[ReportedCell] = []
    for report in simulation.reports:
        if not report.is_of_places:
            continue
        with read_report(report.path) as file:
            for name, population in file.populations.items():
                values = _values_of_cells(population)
                ids = [each for each in population.node_ids.tolist() if each in values]
                found += [
                    ReportedCell(CellReference(name, each), report, values[each], fired[name, each], kind)
                    for each, kind in zip(ids, _type_names(circuit, name, ids), strict=True)
                ]
    return tuple(found)


def stored_trace(simulation: FinishedSimulation, report: StoredReport, cell: CellReference) -> StoredTrace:
    """What a simulation has of the soma of a cell; CircuitError if it has nothing of it."""
    with read_report(report.path) as file:
        population = file[cell.population]
        column = _soma_column(population, cell.node_id)
        if column is None:
            raise CircuitError(
                f"The report {report.name} has no value of the soma of {cell}.", where=str(report.path)
            )
        data = population.data([column])[:, 0]
        found = {} if simulation.spikes is None else read_spikes(simulation.spikes)
        fired = found.get(cell.population)
        return StoredTrace(
            data.astype(np.float64),
            population.start,
            population.dt,
            population.unit,
            data.dtype.itemsize <= _SINGLE,
            file.partial,
            np.empty(0) if fired is None else fired.of(cell.node_id),
        )


def _spike_counts(simulation: FinishedSimulation) -> Counter[tuple[str, int]]:
    counts: Counter[tuple[str, int]] = Counter()
    if simulation.spikes is not None:
        for name, spikes in read_spikes(simulation.spikes).items():
            ids, numbers = np.unique(spikes.node_ids, return_counts=True)
            counts.update(
                {(name, each): number for each, number in zip(ids.tolist(), numbers.tolist(), strict=True)}
            )
    return counts


def _type_names(circuit: Circuit, population: str, ids: list[int]) -> list[str]:
    nodes = circuit.node_populations.get(population)
    name = next((each for each in TYPE_ATTRIBUTES if nodes is not None and each in nodes.columns), None)
    if nodes is None or name is None or not ids or max(ids) >= nodes.size:
        return [""] * len(ids)
    return [str(value) for value in nodes.read_rows(name, np.array(ids, dtype=np.int64))]


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


def _values_of_cells(population: ReportPopulation) -> dict[int, int]:
    """How many values there are of each cell whose soma is among them."""
    nodes, counts = np.unique(population.column_nodes, return_counts=True)
    values = dict(zip(nodes.tolist(), counts.tolist(), strict=True))
    if population.sections is None:  # elements are only counted: one alone is that of the soma
        return {node_id: count for node_id, count in values.items() if count == 1}
    somata = set(population.column_nodes[population.sections == _SOMA].tolist())
    return {node_id: count for node_id, count in values.items() if node_id in somata}


def _soma_column(population: ReportPopulation, node_id: int) -> int | None:
    """The column of the middle of the soma."""
    columns = population.columns_of(node_id)
    if population.sections is not None:
        columns = columns[population.sections[columns] == _SOMA]
    elif len(columns) > 1:
        return None
    return int(columns[len(columns) // 2]) if len(columns) else None
