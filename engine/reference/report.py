"""Voltages and other variables from a SONATA report, as BMTK, neurodamus, BlueCelluLab and we write them."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np

from engine.circuit.reports import Report, ReportPopulation, read_report
from engine.experiment.targets import CellReference
from engine.reference.evenly import checked
from engine.reference.trace import Contents, Series, Trace, TraceFileError
from engine.reference.units import scale_of

KIND: Final = "SONATA report"
_SINGLE_BYTES: Final = 4
_NAMELESS: Final = "cells"  # a population, in files that name none
_SOMA: Final = 0  # number of its section in every convention


def look(path: Path) -> Contents:
    """A series for each place of each cell. Raises CircuitError for a file that is no report."""
    with read_report(path) as report:
        found = [each for population in report.populations.values() for each in _series(population)]
    if not found:
        raise TraceFileError(f"{path.name} reports no cell.", where=str(path.parent))
    return Contents(path, KIND, tuple(found))


def read(path: Path, wanted: Collection[str], units: Mapping[str, str]) -> tuple[Trace, ...]:
    """The traces with these ids. `units`: by id, of those for which the report does not say it."""
    with read_report(path) as report:
        return tuple(_trace(report, each, units.get(each, "")) for each in wanted)


def _series(population: ReportPopulation) -> Iterator[Series]:
    scale = scale_of(population.unit) if population.unit else None
    unit = scale.unit if scale is not None else None
    labels = _Labels(population)
    counts: Counter[int] = Counter()
    totals = Counter(population.column_nodes.tolist())
    for column, node in enumerate(population.column_nodes.tolist()):
        counts[node] += 1
        place = counts[node] if totals[node] > 1 else 0
        yield Series(
            *(f"{population.name}/{column}", labels.of(column, place), unit),
            *(population.samples, population.dt),
            cell=CellReference(population.name or _NAMELESS, node),
        )


class _Labels:
    """What the columns of a population are called."""

    def __init__(self, population: ReportPopulation) -> None:
        self._name, self._variable = population.name or "cell", population.variable or "value"
        self._nodes = population.column_nodes
        self._sections, self._positions = population.sections, population.element_positions

    def of(self, column: int, place: int) -> str:
        """`place`: its number among those of its cell, from 1; 0: it is the only one."""
        name = f"{self._name} {self._nodes[column]}"
        if not place:
            return f"{name} {self._variable}"
        if self._sections is None:
            return f"{name} place {place} {self._variable}"
        at = f" ({self._positions[column]:.3g})" if self._positions is not None else ""
        return f"{name} section {self._sections[column]}{at} {self._variable}"


def _trace(report: Report, series: str, written: str) -> Trace:
    name, _, number = series.rpartition("/")
    population, column = report[name], int(number)
    own = population.columns_of(int(population.column_nodes[column]))
    place = int(np.flatnonzero(own == column)[0]) + 1 if len(own) > 1 else 0
    label = _Labels(population).of(column, place)
    unit = population.unit if population.unit and scale_of(population.unit) is not None else written
    scale = scale_of(unit) if unit else None
    if scale is None:
        raise TraceFileError(
            f"The report does not say the unit of {label}.", where=str(report.path), hint="Choose one."
        )
    data = population.data([column])[:, 0]
    samples = data.astype(np.float64)
    if scale.factor != 1:
        samples *= scale.factor
    checked(samples, label, str(report.path), population.times())
    sections = population.sections
    section = _SOMA if sections is None else int(sections[column])
    return Trace(
        *(label, scale.unit, samples, population.start, population.dt),
        cell=CellReference(name or _NAMELESS, int(population.column_nodes[column])),
        section="soma[0]" if section == _SOMA else f"section[{section}]",
        is_single=data.dtype.itemsize <= _SINGLE_BYTES and scale.factor == 1,
        remark="The simulation that wrote it did not reach its end." if report.partial else "",
    )
