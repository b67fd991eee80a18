"""What one result has more than another: of the same protocol before and after a change, or of two cells."""

import math
from typing import Final

from engine.protocols.sweeps import Column, Number, Result

_DIGITS: Final = 9  # that are the same: numbers of a family may be computed in several ways
SIGN: Final = "Δ "


def is_comparable(one: Result, other: Result) -> bool:
    """Whether both have the same axes, or, of results without a plot, a number of the same name and unit."""
    if one.x != other.x or one.by != other.by:
        return False
    if one.x:
        names = {(name, one.column(name).unit) for name in (one.x, *one.y)}
        return names == {(name, other.column(name).unit) for name in (other.x, *other.y)}
    return bool(_numbers(one).keys() & _numbers(other).keys())


def difference(one: Result, other: Result) -> Result:
    """One minus the other, at the values of the axis that both have; of numbers, where both have them.

    Columns of words are left out. The result may be without a row.
    """
    pairs = _rows(one, other)
    columns: list[Column] = []
    for column in one.columns:
        theirs = next((each for each in other.columns if each.name == column.name), None)
        if not isinstance(column, Column):
            continue
        if column.name in (one.x, one.by):
            columns.append(Column(column.name, column.unit, tuple(column.values[row] for row, _ in pairs)))
        elif isinstance(theirs, Column) and theirs.unit == column.unit:
            values = tuple(column.values[row] - theirs.values[other_row] for row, other_row in pairs)
            columns.append(Column(f"{SIGN}{column.name}", column.unit, values))
    theirs_by_name = _numbers(other)
    numbers = tuple(
        Number(
            f"{SIGN}{name}",
            each.value - theirs_by_name[name, unit].value,
            unit,
            _error(each, theirs_by_name[name, unit]),
        )
        for (name, unit), each in _numbers(one).items()
        if (name, unit) in theirs_by_name
    )
    return Result(tuple(columns), one.x, tuple(f"{SIGN}{name}" for name in one.y), numbers, by=one.by)


def _numbers(result: Result) -> dict[tuple[str, str], Number]:
    return {(each.name, each.unit): each for each in result.numbers}


def _error(one: Number, other: Number) -> float | None:
    """Standard errors add up by their squares, where both are known."""
    if one.error is None or other.error is None:
        return None
    return math.hypot(one.error, other.error)


def _rows(one: Result, other: Result) -> list[tuple[int, int]]:
    """Rows at the same values of the axis, and of what tells lines apart; each is in one pair only."""
    if not one.x:
        return []
    there: dict[tuple[str, ...], list[int]] = {}
    for row, key in enumerate(_keys(other)):
        there.setdefault(key, []).append(row)
    return [(row, there[key].pop(0)) for row, key in enumerate(_keys(one)) if there.get(key)]


def _keys(result: Result) -> list[tuple[str, ...]]:
    axes = [result.column(name).values for name in filter(None, (result.x, result.by))]
    return [tuple(f"{value:.{_DIGITS}g}" for value in row) for row in zip(*axes, strict=True)]
