"""Reports of an experiment: many samples of many cells, written while the simulation runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, assert_never

import numpy as np

from engine.circuit.problems import Problem
from engine.errors import SimulationError, UnknownNameError
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Experiment
from engine.experiment.recordings import Report
from engine.experiment.targets import CompartmentSetTarget, NodeSetTarget, Site
from engine.experiment.waveforms import Samples
from engine.output.report_file import Elements, ReportWriter
from engine.simulation.cells.cell import Cell
from engine.simulation.places import Places
from engine.simulation.ranks import ALONE, Columns, Ranks
from engine.simulation.recorder import Recorder
from engine.simulation.variables import all_of_kind, variable_at

_INTO_THE_CELL = frozenset({"IClamp", "SEClamp"})  # count against the currents that leave it
_ROUNDING = 1e-9
_MILLIAMPERE_PER_CM2_UM2_IN_NANOAMPERES = 1 / 100


@dataclass(slots=True)
class _Element:
    """One column of a report: the sum of what its recorders hold, each times its factor.

    `number`: its place, or that of its cell, in the target of the report.
    """

    cell: Cell
    section: int
    number: int = 0
    recorders: list[tuple[Recorder, float]] = field(default_factory=list)

    def fetch(self, count: int) -> Samples:
        total = np.zeros(count)
        for recorder, factor in self.recorders:
            total += recorder.fetch(count) * factor
        return total

    @property
    def waiting(self) -> int | None:
        return min((recorder.waiting for recorder, _ in self.recorders), default=None)


class ReportStream:
    """Records what one report wants, and writes it slice by slice: the first rank does, for all of them.

    Make it before the simulation starts and `open` it, unless it `is_empty`; call `collect` after each slice
    and `finish` in the end.
    """

    def __init__(
        self, report: Report, places: Places, conditions: Conditions, folder: Path, ranks: Ranks = ALONE
    ) -> None:
        # A configuration may name a whole path; results stay in the folder of the run.
        self.path = folder / Path(report.file_name or f"{report.label or report.id}.h5").name
        self._step = conditions.dt
        self._interval = max(report.dt or conditions.dt, conditions.dt)
        end = conditions.tstop if report.end is None else min(report.end, conditions.tstop)
        count = max(int(np.ceil((end - report.start) / self._interval - _ROUNDING)), 0)
        times = report.start + np.arange(count) * self._interval
        self._wanted = np.rint(times / self._step).astype(np.int64)
        self._elements = _elements(report, places, conditions.dt if conditions.variable_step else None)
        self._next = 0
        self._report = report
        self._ranks = ranks
        self._columns: dict[str, Columns] = {}
        self._writer: ReportWriter | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the report has no cells, on any rank."""
        return not any(self._ranks.all_of(bool(self._elements)))

    def open(self) -> None:
        """Begin the file. SimulationError if it would hold nothing."""
        report, names = self._report, dict.fromkeys(each.cell.population for each in self._elements)
        if not any(self._ranks.all_of(any(each.recorders for each in self._elements))):
            raise SimulationError(
                f"The report {report.label or report.id!r} sums {report.variable}: its cells have none of "
                "it.",
                hint="Name currents such as i_membrane, ina, pas.i or IClamp, separated by commas.",
            )
        populations = {}
        for name in dict.fromkeys(name for each in self._ranks.all_of(list(names)) for name in each):
            mine = [each for each in self._elements if each.cell.population == name]
            columns = self._columns[name] = Columns([each.number for each in mine], self._ranks)
            populations[name] = Elements(
                columns.sorted([each.cell.node_id for each in mine]),
                columns.sorted([each.section for each in mine]),
            )
        with self._ranks.together():
            if self._ranks.is_first:
                self._writer = ReportWriter(
                    self.path, populations, dt=self._interval, unit=report.unit, start=report.start
                )

    def collect(self) -> None:
        """Write what was recorded since the last call."""
        waiting = [each.waiting for each in self._elements]
        mine = min((number for number in waiting if number is not None), default=None)
        count = min((number for number in self._ranks.all_of(mine) if number is not None), default=0)
        if count == 0:
            return
        first, last = np.searchsorted(self._wanted, [self._next, self._next + count])
        rows = self._wanted[first:last] - self._next
        samples: dict[str, list[Samples]] = {name: [] for name in self._columns}
        for each in self._elements:
            samples[each.cell.population].append(each.fetch(count)[rows])
        self._next += count
        if len(rows):
            for population, columns in self._columns.items():
                of_rank = samples[population]
                table = columns.joined(np.column_stack(of_rank) if of_rank else np.empty((len(rows), 0)))
                with self._ranks.together():
                    if self._writer is not None:
                        self._writer.append(population, table)

    def finish(self, *, partial: bool = False) -> None:
        """Put the file in its place; `partial`: the run did not reach its end."""
        if self._writer is not None:
            self._writer.finish(partial=partial)

    def discard(self) -> None:
        """Leave no file."""
        if self._writer is not None:
            self._writer.discard()


def open_reports(
    experiment: Experiment, places: Places, folder: Path, problems: list[Problem], ranks: Ranks = ALONE
) -> list[ReportStream]:
    """Streams for all enabled reports that have cells; those that have none become problems."""
    with ranks.together():
        found = [
            ReportStream(recording, places, experiment.conditions, folder, ranks)
            for recording in experiment.recordings
            if isinstance(recording, Report) and recording.enabled
        ]
    streams: list[ReportStream] = []
    try:
        for stream in found:
            if stream.is_empty:
                why = f"The report {stream.path.name} has no cells and is not written."
                problems.append(Problem(why, severity="warning"))
            else:
                streams.append(stream)
                stream.open()
    except Exception:
        for stream in streams:
            stream.discard()
        raise
    return streams


def _elements(report: Report, places: Places, interval: float | None) -> list[_Element]:
    if report.report_type == "summation":
        return _summed(report, places, interval)
    placed = (
        _of_spots(report, places)
        if report.report_type == "compartment_set" or isinstance(report.target, CompartmentSetTarget)
        else _of_cells(report, places)
    )
    elements = []
    for number, cell, name, segment in placed:
        element = _Element(cell, cell.section_number(name), number)
        element.recorders.append((Recorder(variable_at(segment, report.variable), interval), 1.0))
        elements.append(element)
    return elements


def _of_spots(report: Report, places: Places) -> Iterator[tuple[int, Cell, str, Any]]:
    for spot in places.spots(report.target):
        yield spot.number, spot.cell, spot.section, spot.segment


def _of_cells(report: Report, places: Places) -> Iterator[tuple[int, Cell, str, Any]]:
    for number, cell in _cells(report, places):
        for name, section in _sections(cell, report.sections):
            segments = [section(0.5)] if report.compartments == "center" else list(section)
            for segment in segments:
                yield number, cell, name, segment


def _cells(report: Report, places: Places) -> list[tuple[int, Cell]]:
    """The cells that have a membrane, each with its place in the target."""
    target = report.target
    if isinstance(target, Site):
        elsewhere = places.is_elsewhere(target.cell)
        cells = [] if elsewhere else [(0, places.cell(target.cell))]
    elif isinstance(target, NodeSetTarget):
        cells = [(places.number(cell), cell) for cell in places.cells_of(target.node_set)]
    elif isinstance(target, CompartmentSetTarget):
        cells = [(spot.number, spot.cell) for spot in places.spots(target)]
    else:
        assert_never(target)
    return [(number, cell) for number, cell in cells if cell.sections]


def _sections(cell: Cell, kind: str) -> Sequence[tuple[str, Any]]:
    """The sections of a kind by ascending SONATA number; sections without a number cannot be reported."""
    wanted = {section.name() for section in cell.lists[kind]}
    names = [name for name in cell.numbering.names.values() if name in cell.sections]
    return [(name, cell.sections[name]) for name in names if cell.sections[name].name() in wanted]


def _summed(report: Report, places: Places, interval: float | None) -> list[_Element]:
    """Sums of several currents, in nA: for `soma` of the whole cell, for others of each compartment."""
    elements = []
    names = [name.strip() for name in report.variable.split(",") if name.strip()]
    for number, cell in _cells(report, places):
        whole = _Element(cell, cell.section_number("soma[0]"), number)
        for name, section in _sections(cell, "all" if report.sections == "soma" else report.sections):
            for segment in section:
                element = (
                    whole if report.sections == "soma" else _Element(cell, cell.section_number(name), number)
                )
                element.recorders += _summands(segment, names, report, interval)
                if element is not whole:
                    elements.append(element)
        if report.sections == "soma":
            elements.append(whole)
    return elements


def _summands(
    segment: Any, names: Sequence[str], report: Report, interval: float | None
) -> list[tuple[Recorder, float]]:
    """The variables that this segment has, as nA: densities times the area, electrodes with sign turned."""
    found = []
    density = segment.area() * _MILLIAMPERE_PER_CM2_UM2_IN_NANOAMPERES if report.scaling == "area" else 1.0
    for name in names:
        kind, _, variable = name.partition(".")
        processes = all_of_kind(segment, kind, variable or "i")
        if processes:
            factor = -1.0 if kind in _INTO_THE_CELL else 1.0
            found += [(Recorder(each, interval), factor) for each in processes]
            continue
        try:
            variable_found = variable_at(segment, name)
        except UnknownNameError:
            continue
        found.append((Recorder(variable_found, interval), 1.0 if name == "i_membrane" else density))
    return found
