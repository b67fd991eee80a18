"""Traces from tables of text: CSV and its kin, with a column of times or a known interval."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from engine.reference.evenly import checked, on_even_times
from engine.reference.trace import Contents, Floats, Series, TimeAxis, Trace, TraceFileError
from engine.reference.units import milliseconds_in, scale_of, split_title

KIND: Final = "text table"
_ROWS_TO_LOOK_AT: Final = 50
_BYTES_TO_LOOK_AT: Final = 65_536
_ROWS_AT_ONCE: Final = 5_000  # some 5 ms
_TIME: Final = re.compile(r"t|times?\b.*", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\s(]+\s*\([^)]*\)|\S+")  # a title between white space, and its unit
_EMPTY: Final = ("", "nan", "NaN")

Report = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the numbers are written. `titles`: as many as there are columns; `skipped`: lines before them."""

    titles: tuple[str, ...]
    skipped: int
    separator: str  # "": white space
    has_commas: bool  # rather than points, within numbers


@dataclass(frozen=True, slots=True)
class _Table:
    """Numbers by column."""

    path: Path
    layout: _Layout
    numbers: Mapping[int, Floats]

    def trace(self, column: int, axis: TimeAxis, written: str) -> Trace:
        """`written`: the unit where the title does not say it."""
        label, stated = split_title(self.layout.titles[column])
        scale = scale_of(stated) if stated is not None else None
        if scale is None:
            scale = scale_of(written) if written else None
        if scale is None:
            raise TraceFileError(
                f"The title of {label} does not say its unit.",
                where=str(self.path),
                hint="Choose one, or write it into the title, such as “v (mV)”.",
            )
        samples = self.numbers[column] * scale.factor if scale.factor != 1 else self.numbers[column]
        if axis.column is None:
            if axis.interval is None:
                raise TraceFileError(
                    f"{self.path.name} has no times.",
                    where=str(self.path.parent),
                    hint="Say how far samples are apart.",
                )
            checked(samples, label, str(self.path))
            return Trace(label, scale.unit, samples, 0.0, axis.interval)
        times = self._times(axis, axis.column, len(samples))
        start, interval, samples, remark = on_even_times(times, samples, label, str(self.path))
        return Trace(label, scale.unit, samples, start, interval, remark=remark)

    def _times(self, axis: TimeAxis, column: int, count: int) -> Floats:
        """(count,) ms."""
        if axis.milliseconds is None:
            raise TraceFileError(
                f"The title {self.layout.titles[column]!r} does not say the unit of the times.",
                where=str(self.path),
                hint="Choose one, or write it into the title, such as “time (ms)”.",
            )
        times = self.numbers[column][:count]
        if len(times) < count:
            raise TraceFileError(
                f"There are {count:,} values and only {len(times):,} times.", where=str(self.path)
            )
        return times * axis.milliseconds if axis.milliseconds != 1 else times


def look(path: Path) -> Contents:
    """A series for each column but those of times. Raises TraceFileError for what is no table of numbers."""
    with _text(path) as file:
        head = [line for line, _ in zip(file, range(_ROWS_TO_LOOK_AT), strict=False)]
    layout = _layout(head, path)
    times = _usual_times(layout)
    series = tuple(
        _series(layout, column) for column in range(len(layout.titles)) if not _is_time(layout, column)
    )
    if not series:
        raise TraceFileError(f"{path.name} has times and no values.", where=str(path.parent))
    return Contents(path, KIND, series, layout.titles, times)


def read(
    path: Path, wanted: Collection[str], units: Mapping[str, str], times: TimeAxis, report: Report
) -> tuple[Trace, ...]:
    """The traces with these ids, which are numbers of columns.

    `units`: by id, of columns whose title does not say it. A column of which the title is a time counts for
    the values on its right. `report` is told how many bytes of how many are read, and may raise.
    """
    with _text(path) as file:
        head = [line for line, _ in zip(file, range(_ROWS_TO_LOOK_AT), strict=False)]
    layout = _layout(head, path)
    columns = sorted(map(int, wanted))
    axes = {column: _axis_of(layout, column, times) for column in columns}
    needed = {*columns, *(each.column for each in axes.values() if each.column is not None)}
    table = _Table(path, layout, _numbers(path, layout, sorted(needed), report))
    return tuple(table.trace(each, axes[each], units.get(str(each), "")) for each in columns)


def _text(path: Path) -> io.TextIOWrapper:
    try:
        return path.open(encoding=_encoding(path), errors="replace", newline="")
    except OSError as error:
        raise TraceFileError(
            f"{path.name} cannot be read: {error.strerror}.", where=str(path.parent)
        ) from error


def _encoding(path: Path) -> str:
    """UTF-8, or what spreadsheets and instruments write: with µ and ° as single bytes, or "Unicode text"."""
    with path.open("rb") as file:
        head = file.read(_BYTES_TO_LOOK_AT)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _layout(lines: Sequence[str], path: Path) -> _Layout:
    """Told from the first lines: the first with a number in each cell ends the titles."""
    for number, line in enumerate(lines):
        for separator in ("\t", ";", ",", ""):
            has_commas = separator in ("\t", ";", "") and not _are_numbers(_cells(line, separator))
            cells = _cells(line.replace(",", ".") if has_commas else line, separator)
            if (len(cells) > 1 or separator == "") and _are_numbers(cells):
                return _Layout(_titles(lines[:number], separator, len(cells)), number, separator, has_commas)
    raise TraceFileError(
        f"{path.name} has no row of numbers among its first {_ROWS_TO_LOOK_AT} lines.",
        where=str(path.parent),
        hint="A table has a column for each trace, separated by commas, semicolons or tabs.",
    )


def _titles(before: Sequence[str], separator: str, count: int) -> tuple[str, ...]:
    """Of the last line before the numbers, if it has one for each column."""
    for line in reversed(before):
        text = line.lstrip("# ").strip()
        cells = _cells(text, separator) if separator else _WORD.findall(text) if count > 1 else [text]
        if len(cells) == count:
            return tuple(each.strip() for each in cells)
    return tuple(f"Column {number + 1}" for number in range(count))


def _cells(line: str, separator: str) -> list[str]:
    text = line.rstrip("\r\n")
    return next(csv.reader([text], delimiter=separator), []) if separator else text.split()


def _are_numbers(cells: Sequence[str]) -> bool:
    """Whether all that are not empty are, and one is."""
    return any(map(str.strip, cells)) and all(_is_number(each) for each in cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell.strip() or "0")
    except ValueError:
        return False
    return True


def _is_time(layout: _Layout, column: int) -> bool:
    name, unit = split_title(layout.titles[column])
    if unit is not None and milliseconds_in(unit) is None:
        return False
    return _TIME.fullmatch(name) is not None or (unit is not None and column == 0)


def _usual_times(layout: _Layout) -> TimeAxis:
    """The first column that its title calls a time."""
    for column in range(len(layout.titles)):
        if _is_time(layout, column):
            return _axis_with(layout, column)
    return TimeAxis()


def _axis_with(layout: _Layout, column: int) -> TimeAxis:
    unit = split_title(layout.titles[column])[1]
    return TimeAxis(column, milliseconds_in(unit) if unit is not None else None)


def _axis_of(layout: _Layout, column: int, usual: TimeAxis) -> TimeAxis:
    """The nearest times on its left: a table may have them for each group of columns."""
    for left in range(column - 1, -1, -1):
        if usual.column is not None and left != usual.column and _is_time(layout, left):
            axis = _axis_with(layout, left)
            return axis if axis.is_known else TimeAxis(left, usual.milliseconds)
    return usual


def _series(layout: _Layout, column: int) -> Series:
    name, unit = split_title(layout.titles[column])
    scale = scale_of(unit) if unit is not None else None
    return Series(str(column), name, scale.unit if scale is not None else None, 0)


def _numbers(path: Path, layout: _Layout, columns: Sequence[int], report: Report) -> dict[int, Floats]:
    """By column; what is missing at the end of one is cut off, within one it is NaN."""
    parts: dict[int, list[Floats]] = {column: [] for column in columns}
    total = path.stat().st_size
    done = 0
    for first, rows in _blocks(path, layout):
        done += sum(map(len, rows))
        report(done, total)
        block = _block(rows, layout, columns)
        if block is None:  # an empty cell, or something that is no number
            table = [_cells(row, layout.separator) for row in rows]
            block = [_column(path, layout, table, column, first) for column in columns]
        for column, numbers in zip(columns, block, strict=True):
            parts[column].append(numbers)
    return {column: _cut(np.concatenate(found)) for column, found in parts.items()}


def _block(rows: Sequence[str], layout: _Layout, columns: Sequence[int]) -> Sequence[Floats] | None:
    """Numbers of some rows by column, read ten times as fast; None if not all cells are plain numbers."""
    try:
        separator = layout.separator or None
        numbers: Floats = np.loadtxt(rows, delimiter=separator, usecols=columns, ndmin=2, comments=None)
    except ValueError:
        return None
    return list(np.ascontiguousarray(numbers.T)) if len(numbers) == len(rows) else None


def _blocks(path: Path, layout: _Layout) -> Iterator[tuple[int, list[str]]]:
    """The number of the first line of some, from 1, and the lines."""
    with _text(path) as file:
        block: list[str] = []
        first = layout.skipped + 1
        for number, line in enumerate(file, 1):
            if number <= layout.skipped:
                continue
            block.append(line.replace(",", ".") if layout.has_commas else line)
            if len(block) == _ROWS_AT_ONCE:
                yield first, block
                block, first = [], number + 1
        if block:
            yield first, block


def _column(
    path: Path, layout: _Layout, rows: Sequence[Sequence[str]], column: int, first_line: int
) -> Floats:
    cells = [row[column].strip() if column < len(row) else "" for row in rows]
    try:
        return np.array([np.nan if each in _EMPTY else float(each) for each in cells])
    except ValueError as error:
        place = next(number for number, each in enumerate(cells) if not _is_number(each))
        raise TraceFileError(
            f"Line {first_line + place} has {cells[place]!r} in the column {layout.titles[column]!r},"
            " which is not a number.",
            where=str(path),
            hint="Correct or remove the line.",
        ) from error


def _cut(numbers: Floats) -> Floats:
    """Without what is empty at the end."""
    there = np.flatnonzero(~np.isnan(numbers))
    return numbers[: there[-1] + 1] if len(there) else numbers[:0]
