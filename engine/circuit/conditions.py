"""Conditions on the nodes of a population, answered for a piece of the rows at a time."""

import math
import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.circuit.node_columns import Column
from engine.errors import QueryError

Mask = NDArray[np.bool_]
TextTest = Callable[[str], bool]

ORDERINGS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf)|nan", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d+")
_MOST_DIGITS = 300  # more are no quantity, and Python refuses to make numbers of thousands of digits
_INT64 = np.iinfo(np.int64)


class Table(Protocol):
    """What conditions need of a population."""

    @property
    def columns(self) -> Mapping[str, Column]: ...

    def raw(self, column: str, start: int, stop: int) -> NDArray[Any]:
        """Values of rows start..stop-1, a category as codes."""
        ...

    def library(self, column: str) -> NDArray[Any] | None:
        """The texts of a category's codes."""
        ...


class Chunk:
    """Some consecutive rows; each column is read once however many conditions ask for it."""

    def __init__(self, table: Table, start: int, stop: int) -> None:
        self._table = table
        self._start = start
        self._stop = stop
        self._read: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return self._stop - self._start

    def values(self, column: str) -> NDArray[Any]:
        """Raw values of a column."""
        if column not in self._read:
            self._read[column] = self._table.raw(column, self._start, self._stop)
        return self._read[column]


class Condition(Protocol):
    """Something that is true or false of each row."""

    def holds(self, chunk: Chunk) -> Mask:
        """(len(chunk),) whether it is true."""
        ...


@dataclass(frozen=True, slots=True)
class Always:
    """The same for every row."""

    answer: bool

    def holds(self, chunk: Chunk) -> Mask:
        return np.full(len(chunk), self.answer)


@dataclass(frozen=True, slots=True)
class Both:
    """All of its parts; later ones are not asked where an earlier one leaves no rows."""

    parts: tuple[Condition, ...]

    def holds(self, chunk: Chunk) -> Mask:
        mask = np.full(len(chunk), fill_value=True)
        for part in self.parts:
            mask &= part.holds(chunk)
            if not mask.any():
                break
        return mask


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of its parts; later ones are not asked where earlier ones take every row."""

    parts: tuple[Condition, ...]

    def holds(self, chunk: Chunk) -> Mask:
        mask = np.full(len(chunk), fill_value=False)
        for part in self.parts:
            mask |= part.holds(chunk)
            if mask.all():
                break
        return mask


@dataclass(frozen=True, slots=True)
class Negated:
    """The opposite of its part."""

    part: Condition

    def holds(self, chunk: Chunk) -> Mask:
        return ~self.part.holds(chunk)


@dataclass(frozen=True, slots=True)
class OfCode:
    """A condition on the text of a category: decided once per text, looked up by code."""

    column: str
    truth: Mask

    def holds(self, chunk: Chunk) -> Mask:
        return np.asarray(self.truth[chunk.values(self.column)])


class OfText:
    """A condition on text that is not a category: decided once per different text."""

    def __init__(self, column: str, test: TextTest) -> None:
        self._column = column
        self._decided = _Decided(test)

    def holds(self, chunk: Chunk) -> Mask:
        values = chunk.values(self._column)
        decided = self._decided
        mask = np.fromiter((decided[text] for text in values), dtype=np.bool_, count=len(values))
        if len(decided) > len(values):  # texts that differ in every row are not worth remembering
            decided.clear()
        return mask


@dataclass(frozen=True, slots=True)
class OfNumber:
    """A condition on a number."""

    column: str
    test: Callable[[NDArray[Any]], Mask]

    def holds(self, chunk: Chunk) -> Mask:
        with np.errstate(over="ignore"):  # a number too large for the column is infinite to it
            return np.asarray(self.test(chunk.values(self.column)))


class _Decided(dict[str, bool]):
    def __init__(self, test: TextTest) -> None:
        super().__init__()
        self._test = test

    def __missing__(self, text: str) -> bool:
        answer = self[text] = self._test(text)
        return answer


@dataclass(frozen=True, slots=True)
class Value:
    """What a column is compared with: a text, and the number it may also be read as."""

    text: str
    number: int | float | None

    @classmethod
    def of(cls, text: str) -> "Value":
        """A word of a filter; words such as 5, -1.5e3, inf and nan are numbers as well."""
        if len(text) > _MOST_DIGITS or not _NUMBER.fullmatch(text):
            return cls(text, None)
        return cls(text, int(text) if _WHOLE.fullmatch(text) else float(text))


def is_text(column: Column) -> bool:
    """Whether values of the column are shown as text."""
    return column.kind in ("text", "category")


def text_condition(table: Table, column: str, test: TextTest) -> Condition:
    """A condition on a text or category column."""
    library = table.library(column)
    if library is None:
        return OfText(column, test)
    return OfCode(column, np.fromiter(map(test, library), dtype=np.bool_, count=len(library)))


def comparison(table: Table, column: str, symbol: str, value: Value) -> Condition:
    """A column compared with a value by == != < <= > >=; raises QueryError if they cannot be compared.

    Text equals a number that it can be read as, and is ordered by number if the value is one.
    A value that is missing is neither smaller nor larger than any.
    """
    if symbol == "!=":
        return Negated(comparison(table, column, "==", value))
    if is_text(table.columns[column]):
        return text_condition(
            table, column, _equals(value) if symbol == "==" else _ordered(ORDERINGS[symbol], value)
        )
    number = _number(column, value)
    if symbol == "==":
        return OfNumber(column, np.isnan if math.isnan(number) else lambda values: values == number)
    compare = ORDERINGS[symbol]
    return OfNumber(column, lambda values: compare(values, number))


def membership(table: Table, column: str, values: Sequence[Value]) -> Condition:
    """Whether a column equals any of the values; raises QueryError as `comparison` does."""
    if is_text(table.columns[column]):
        exact = {value.text for value in values}
        numbers = {value.number for value in values if value.number is not None}
        return text_condition(
            table, column, lambda text: text in exact or (bool(numbers) and Value.of(text).number in numbers)
        )
    wanted = [_number(column, value) for value in values]
    return OfNumber(column, lambda present: _is_any_of(present, wanted))


def matching(table: Table, column: str, pattern: str) -> Condition:
    """Whether a regular expression is found in a text; raises QueryError for numbers and bad patterns."""
    if not is_text(table.columns[column]):
        raise QueryError(
            f"The column {column!r} holds numbers, and a pattern is for text.",
            hint="Use == != < <= > >= or in.",
        )
    try:
        search = re.compile(pattern).search
    except re.error as error:
        raise QueryError(f"The pattern {pattern!r} is not a regular expression: {error}.") from error
    return text_condition(table, column, lambda text: search(text) is not None)


def containing(table: Table, word: str) -> Condition:
    """Whether any text or category column contains a word, in whatever case."""
    folded = word.casefold()
    names = [column.name for column in table.columns.values() if is_text(column)]
    categories_first = sorted(names, key=lambda name: table.columns[name].kind)
    return Either(
        tuple(
            text_condition(table, name, lambda text: folded in text.casefold()) for name in categories_first
        )
    )


def every(parts: Iterable[Condition]) -> Condition:
    """All of the parts; everything if there are none."""
    kept = tuple(parts)
    return kept[0] if len(kept) == 1 else Both(kept) if kept else Always(answer=True)


def _equals(value: Value) -> TextTest:
    if value.number is None:
        return lambda text: text == value.text
    return lambda text: text == value.text or Value.of(text).number == value.number


def _ordered(compare: Callable[[Any, Any], Any], value: Value) -> TextTest:
    if value.number is None:
        return lambda text: text != "" and bool(compare(text, value.text))
    number = value.number

    def test(text: str) -> bool:
        own = Value.of(text).number
        return own is not None and bool(compare(own, number))

    return test


def _number(column: str, value: Value) -> int | float:
    if value.number is None:
        raise QueryError(f"The column {column!r} holds numbers, and {value.text!r} is not a number.")
    return value.number


def _is_any_of(present: NDArray[Any], wanted: Collection[int | float]) -> Mask:
    if present.dtype.kind == "f":
        found = np.isin(present, np.array(list(wanted), dtype=present.dtype))
        return found | np.isnan(present) if any(map(math.isnan, wanted)) else found
    whole = {int(each) for each in wanted if math.isfinite(each) and each == int(each)}
    inside = [each for each in whole if _INT64.min <= each <= _INT64.max]
    return np.isin(present, np.array(sorted(inside), dtype=np.int64))
