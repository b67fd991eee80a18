"""A protocol again and again, while a second thing is varied: families of families."""

import itertools
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Final, Literal, Self, TypeAlias

from pydantic import Field, ValidationError, model_validator
from pydantic.fields import FieldInfo
from typing_extensions import override

from engine.errors import EngineError
from engine.experiment.base import changed, metadata_of
from engine.experiment.conditions import Conditions
from engine.experiment.problems_in_words import in_words
from engine.protocols.catalogue import SingleProtocol
from engine.protocols.protocol import Protocol, together
from engine.protocols.series import Series, Spaced
from engine.protocols.sweeps import Batch, Bench, Column, Outcome, Plan, Play, Result, TextColumn
from engine.units import Unit

OF_THE_CELL: Final = ("celsius", "v_init", "dt")  # conditions that can be varied with any protocol
_PROBLEM: Final = "Problem"
_NAN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that can be varied: its name in Python, in words, and its unit."""

    name: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class _Missing:
    """Why one value of the setting has no result."""

    problem: EngineError


_Found: TypeAlias = Result | _Missing


class Varied(Protocol):
    """The same protocol at each value of one of its settings, or of the temperature of the cell."""

    purpose: ClassVar = "The same protocol again, at each value of one more setting."
    kind: Literal["varied"] = "varied"
    protocol: SingleProtocol
    setting: str
    values: Annotated[Series, Field(title="Values")] = Spaced()

    @model_validator(mode="after")
    def _can_be_varied(self) -> Self:
        known = {each.name: each for each in settings_of(type(self.protocol))}
        if self.setting not in known:
            raise ValueError(f"{self.setting!r} cannot be varied: choose one of {', '.join(known)}")
        for value in self.values.numbers():
            self._at(Conditions(), value)
        return self

    @property
    @override
    def title(self) -> str:  # type: ignore[override]  # says which
        """What it is of, and what is varied."""
        return f"{self.protocol.title} at several values of {self.varied.title.lower()}"

    @property
    @override
    def needs_tree(self) -> bool:  # type: ignore[override]  # as the protocol itself
        """Whether the sections of the cell must be known."""
        return self.protocol.needs_tree

    @property
    def varied(self) -> Setting:
        """What is varied."""
        (found,) = (each for each in settings_of(type(self.protocol)) if each.name == self.setting)
        return found

    @override
    def play(self, bench: Bench) -> Play:
        values = self.values.numbers()
        found = yield from together([self._one(bench, each) for each in values])
        there = [each for each in found if isinstance(each, Result)]
        if not there:
            raise next(each.problem for each in found if isinstance(each, _Missing))
        if self.protocol.summary:
            return self._summary(values, found)
        return self._family(values, found)

    @override
    def plan(self, bench: Bench) -> Plan:
        values = self.values.numbers()
        plans = [self._at(bench.experiment.conditions, each)[0].plan(bench) for each in values]
        return sum(plans, start=Plan(0, 0.0))

    def _at(self, conditions: Conditions, value: float) -> tuple[Protocol, Conditions]:
        """The protocol and the conditions with this value. ValidationError (a ValueError) if it is none."""
        if self.setting in OF_THE_CELL:
            return self.protocol, changed(conditions, **{self.setting: value})
        whole = type(self.protocol).model_fields[self.setting].annotation is int and value.is_integer()
        return changed(self.protocol, **{self.setting: int(value) if whole else value}), conditions

    def _one(self, bench: Bench, value: float) -> Generator[Batch, tuple[Outcome, ...], _Found]:
        try:
            protocol, conditions = self._at(bench.experiment.conditions, value)
        except ValidationError as error:
            return _Missing(EngineError(f"{self.varied.title} {value:g}: {in_words(error)}"))
        there = replace(bench, experiment=changed(bench.experiment, conditions=conditions))
        try:
            return (yield from _marked(protocol.play(there), value))
        except EngineError as error:
            return _Missing(error)

    def _summary(self, values: Sequence[float], found: Sequence[_Found]) -> Result:
        """A row for each value, with the numbers that were found there."""
        names = {each.name: each.unit for one in found if isinstance(one, Result) for each in one.numbers}
        rows = [
            {each.name: each.value for each in one.numbers} if isinstance(one, Result) else {}
            for one in found
        ]
        columns = [
            Column(name, unit, tuple(row.get(name, _NAN) for row in rows)) for name, unit in names.items()
        ]
        return Result(
            (self._column(values), *columns, *_problems(found, [1] * len(found))),
            *(self.varied.title, (self.protocol.summary,)),
        )

    def _family(self, values: Sequence[float], found: Sequence[_Found]) -> Result:
        """The rows of all, one under the other; the numbers of each say where they are from."""
        unit = f" {self.varied.unit}".rstrip()
        counts = [_rows(each) for each in found]
        numbers = tuple(
            replace(each, name=f"{each.name} at {value:g}{unit}")
            for value, one in zip(values, found, strict=True)
            if isinstance(one, Result)
            for each in one.numbers
        )
        first = next(each for each in found if isinstance(each, Result))
        own = [value for value, count in zip(values, counts, strict=True) for _ in range(count)]
        return Result(
            (self._column(own), *_stacked(found, counts), *_problems(found, counts)),
            *(first.x, first.y[:1], numbers),
            by=self.varied.title,
        )

    def _column(self, values: Sequence[float]) -> Column:
        return Column(self.varied.title, self.varied.unit, tuple(values))


def settings_of(kind: type[Protocol]) -> tuple[Setting, ...]:
    """What can be varied of a protocol: its own numbers, and conditions of the cell."""
    own = [(name, field) for name, field in kind.model_fields.items() if field.annotation in {float, int}]
    return tuple(
        _setting(name, field)
        for name, field in (*own, *((name, Conditions.model_fields[name]) for name in OF_THE_CELL))
    )


def _setting(name: str, field: FieldInfo) -> Setting:
    unit = metadata_of(field, Unit)
    return Setting(name, field.title or name, unit.symbol if unit is not None else "")


def _marked(play: Play, value: float) -> Play:
    """The same play, whose sweeps say which value they are of."""
    batch = next(play)
    while True:
        marked = tuple(each if each.second is not None else replace(each, second=value) for each in batch)
        outcomes = yield marked
        try:
            batch = play.send(outcomes)
        except StopIteration as end:
            found: Result = end.value
            return found


def _rows(found: _Found) -> int:
    """One for what has no result: it says why."""
    return len(found.columns[0].values) if isinstance(found, Result) else 1


def _stacked(found: Sequence[_Found], counts: Sequence[int]) -> list[Column | TextColumn]:
    """The columns of all results under one another; nothing where one has no such column."""
    results = [each if isinstance(each, Result) else Result(()) for each in found]
    names = {each.name: each for one in results for each in one.columns}
    stacked: list[Column | TextColumn] = []
    for name, column in names.items():
        parts = [next((each for each in one.columns if each.name == name), None) for one in results]
        pairs = list(zip(parts, counts, strict=True))
        if isinstance(column, Column):
            numbers = [part.values if isinstance(part, Column) else (_NAN,) * count for part, count in pairs]
            stacked.append(replace(column, values=tuple(itertools.chain.from_iterable(numbers))))
        else:
            words = [part.values if isinstance(part, TextColumn) else ("",) * count for part, count in pairs]
            stacked.append(replace(column, values=tuple(itertools.chain.from_iterable(words))))
    return stacked


def _problems(found: Sequence[_Found], counts: Sequence[int]) -> tuple[TextColumn, ...]:
    """Why there are gaps, if there are any."""
    said = [str(each.problem) if isinstance(each, _Missing) else "" for each in found]
    if not any(said):
        return ()
    return (
        TextColumn(
            _PROBLEM, tuple(each for each, count in zip(said, counts, strict=True) for _ in range(count))
        ),
    )
