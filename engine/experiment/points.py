"""A waveform out of a text file: two columns, time and current."""

import itertools
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from engine.errors import DocumentError
from engine.experiment.stimuli import MOST_POINTS

_TIMES: Final = {"s": 1000.0, "ms": 1.0, "us": 1e-3, "μs": 1e-3}  # casefold() makes every µ Greek
_CURRENTS: Final = {"a": 1e9, "ma": 1e6, "ua": 1e3, "μa": 1e3, "na": 1.0, "pa": 1e-3}
_UNIT: Final = re.compile(r"[(\[]\s*([^)\]]+?)\s*[)\]]|[_/]\s*([A-Za-zµμ]{1,2})\s*$")
_NUMBER: Final = re.compile(
    r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?(?:nan|inf|infinity)", re.IGNORECASE
)
_AROUND: Final = " \t\"'"
_Row = tuple[int, list[str]]


def read_waveform_csv(path: Path) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return times in ms and amplitudes in nA.

    Columns are separated by commas, semicolons or tabs. A first line of names may give units, as in
    `time (s), current (pA)`; without them numbers are ms and nA. Empty lines and those that begin with `#`
    are skipped. Raises `DocumentError` with the number of the line that is wrong.
    """
    rows = _rows(path)
    first = next(rows, None)
    scales = (1.0, 1.0)
    if first is not None and all(map(_is_name, first[1])):
        scales = _scales(first, path)
    elif first is not None:
        rows = itertools.chain([first], rows)
    points: list[tuple[float, float]] = []
    for row in rows:
        points.append(_point(row, scales, path))
        _check_order(points, row[0], path)
    if len(points) < 2:
        raise DocumentError(
            f"A waveform needs at least two points, but there are {len(points)}.", where=str(path)
        )
    times, amplitudes = zip(*points, strict=True)
    return times, amplitudes


def _rows(path: Path) -> Iterator[_Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DocumentError(f"The waveform could not be read: {error.strerror}.", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise DocumentError("The waveform is not text in UTF-8.", where=str(path)) from error
    separator = next((each for each in "\t;" if each in text), ",")
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, [cell.strip(_AROUND) for cell in line.split(separator)]


def _is_name(cell: str) -> bool:
    return bool(cell) and _number(cell) is None and not cell[0].isdigit()


def _scales(header: _Row, path: Path) -> tuple[float, float]:
    number, cells = _two(header, path)
    scales = []
    for cell, units, quantity in zip(cells, (_TIMES, _CURRENTS), ("time", "current"), strict=True):
        match = _UNIT.search(cell)
        unit = (match[1] or match[2]) if match else None
        if unit is not None and unit.casefold() not in units:
            raise _wrong(f"{unit!r} is no unit of {quantity}", number, path, f"Known: {', '.join(units)}.")
        scales.append(1.0 if unit is None else units[unit.casefold()])
    return scales[0], scales[1]


def _point(row: _Row, scales: tuple[float, float], path: Path) -> tuple[float, float]:
    number, cells = _two(row, path)
    values = []
    for cell, scale in zip(cells, scales, strict=True):
        value = _number(cell)
        if value is None:
            raise _wrong(
                f"{cell!r} is not a number", number, path, "Numbers have a decimal point, not a comma."
            )
        if not math.isfinite(value * scale):
            raise _wrong(f"{cell} is not a finite number", number, path)
        values.append(value * scale)
    return values[0], values[1]


def _two(row: _Row, path: Path) -> _Row:
    number, cells = row
    if len(cells) != 2:
        raise _wrong(f"there must be two columns, time and current, but there are {len(cells)}", number, path)
    return row


def _check_order(points: list[tuple[float, float]], number: int, path: Path) -> None:
    time = points[-1][0]
    if time < 0:
        raise _wrong(
            f"the time {time:g} ms is below 0", number, path, "Times count from the stimulus's delay."
        )
    if len(points) > 1 and time < points[-2][0]:
        raise _wrong(
            f"the time {time:g} ms comes after {points[-2][0]:g} ms", number, path, "Sort the lines by time."
        )
    if len(points) > MOST_POINTS:
        raise _wrong(f"there are more than {MOST_POINTS} points", number, path, "Keep every tenth, or so.")


def _number(cell: str) -> float | None:
    return float(cell) if _NUMBER.fullmatch(cell) else None


def _wrong(what: str, number: int, path: Path, hint: str = "") -> DocumentError:
    return DocumentError(f"Line {number}: {what}.", where=str(path), hint=hint)
