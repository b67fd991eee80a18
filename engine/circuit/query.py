"""Choosing and ordering the nodes of a population: filters in text or as SONATA node sets, and sorts."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.circuit.conditions import (
    Always,
    Chunk,
    Condition,
    Table,
    Value,
    comparison,
    every,
    is_text,
    matching,
    membership,
)
from engine.circuit.node_columns import Rows
from engine.circuit.query_language import parse
from engine.errors import QueryError

__all__ = ["EVERYTHING", "NODE_ID_KEYS", "Chunk", "condition", "ordered"]

NODE_ID_KEYS: Final = ("node_id", "node_ids", "gids", "gid")  # SONATA's, and those of older Allen files
_GLOBAL_IDS: Final = ("gids", "gid")  # number the cells that are simulated, so none of the virtual ones
_SCATTERED: Final = 4  # a fraction of the rows larger than one in so many is read faster with the rest
_COMPARISONS: Final = {"$gt": ">", "$lt": "<", "$gte": ">=", "$lte": "<="}
EVERYTHING: Final = Always(answer=True)
_NOTHING: Final = Always(answer=False)


class Population(Table, Protocol):
    """What filters and sorts need of a population."""

    name: str
    size: int

    @property
    def node_type(self) -> str: ...

    def values(self, column: str) -> NDArray[Any]: ...

    def read_rows(self, column: str, rows: Rows) -> NDArray[Any]: ...


def condition(expression: str | Mapping[str, Any], population: Population) -> Condition:
    """What a filter text, or a SONATA node set expression, says of the nodes of a population.

    Raises QueryError if it cannot be understood. An expression about an attribute that the population does
    not have is true of none of its nodes; a text about a column that there is not is an error.
    """
    if isinstance(expression, str):
        return parse(expression, population)
    return every(_of_rule(key, rule, population) for key, rule in expression.items())


def ordered(population: Population, columns: Sequence[tuple[str, bool]], rows: Rows | None) -> Rows:
    """Rows in the order of the columns (name, descending), the first one weighing most; stable."""
    order = rows
    for name, descending in reversed(columns):
        places = np.argsort(_keys(population, name, order, descending=descending), kind="stable")
        order = places if order is None else order[places]
    return np.arange(population.size) if order is None else order


def _keys(population: Population, name: str, rows: Rows | None, *, descending: bool) -> NDArray[Any]:
    """Numbers that, ascending, order these rows (None: all) as wanted; what is missing has the largest."""
    library = population.library(name)
    whole = rows is None or rows.size * _SCATTERED > population.size
    if library is not None and whole:
        ranks = _ranks(library.tolist(), descending=descending)
        return np.asarray(ranks[_at(population.raw(name, 0, population.size), rows)])
    values = _at(population.values(name), rows) if rows is None or whole else population.read_rows(name, rows)
    if values.dtype.kind == "O":
        texts = list(set(values.tolist()))
        ranks = _ranks(texts, descending=descending)
        rank_of = dict(zip(texts, ranks.tolist(), strict=True))
        return np.fromiter(map(rank_of.__getitem__, values), dtype=ranks.dtype, count=len(values))
    if not descending:
        return values
    return np.asarray(np.negative(values) if values.dtype.kind == "f" else np.invert(values))


def _at(values: NDArray[Any], rows: Rows | None) -> NDArray[Any]:
    return values if rows is None else values[rows]


def _ranks(texts: Sequence[str], *, descending: bool) -> NDArray[Any]:
    """The place of each text in alphabetic order, without regard to case first; "" comes last either way."""
    different = sorted(set(texts) - {""}, key=lambda text: (text.casefold(), text), reverse=descending)
    place = {text: index for index, text in enumerate([*different, ""])}
    smallest = np.min_scalar_type(len(different))  # NumPy sorts 16 bits and fewer in linear time
    return np.array([place[text] for text in texts], dtype=smallest)


def _of_rule(key: str, rule: Any, population: Population) -> Condition:
    if key == "population":
        return Always(answer=population.name in (rule if isinstance(rule, list) else [rule]))
    if key in NODE_ID_KEYS and (key == "node_id" or key not in population.columns):
        if key in _GLOBAL_IDS and population.node_type == "virtual":
            return _NOTHING
        return membership(population, "node_id", [_value(key, each) for each in _listed(rule)])
    if key not in population.columns:
        _check(key, rule)
        return _NOTHING
    if isinstance(rule, dict):
        return every(_of_operator(key, symbol, value, population) for symbol, value in rule.items())
    return _comparable(population, key, [_value(key, each) for each in _listed(rule)])


def _of_operator(key: str, symbol: str, value: Any, population: Population) -> Condition:
    if symbol == "$regex":
        pattern = _value(key, value).text
        return matching(population, key, pattern) if is_text(population.columns[key]) else _NOTHING
    if symbol not in _COMPARISONS:
        known = ", ".join(["$regex", *_COMPARISONS])
        raise QueryError(f"There is no operator {symbol!r}, used for {key!r}.", hint=f"There are {known}.")
    meant = _value(key, value)
    if meant.number is None and not is_text(population.columns[key]):
        return _NOTHING
    return comparison(population, key, _COMPARISONS[symbol], meant)


def _comparable(population: Population, key: str, values: list[Value]) -> Condition:
    """Membership; words are in no column of numbers."""
    if not is_text(population.columns[key]):
        values = [value for value in values if value.number is not None]
    return membership(population, key, values)


def _check(key: str, rule: Any) -> None:
    """Refuse what would be refused if the attribute existed."""
    if isinstance(rule, dict):
        for value in rule.values():
            _value(key, value)
    else:
        for each in _listed(rule):
            _value(key, each)


def _listed(rule: Any) -> list[Any]:
    return rule if isinstance(rule, list) else [rule]


def _value(key: str, value: Any) -> Value:
    if isinstance(value, str):
        return Value.of(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Value(str(value), value)
    raise QueryError(f"The node set rule for {key!r} holds {value!r}, which is neither a text nor a number.")
