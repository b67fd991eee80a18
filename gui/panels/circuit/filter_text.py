"""Filter texts made from what was ticked in a menu."""

import re
from collections.abc import Sequence
from typing import Final

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.:/+-]+")
_RESERVED: Final = ("and", "or", "not", "in")
_OTHER_SIGNS: Final = re.compile(r"\||\bor\b", re.IGNORECASE)


def quoted(value: str) -> str:
    """A value as a filter can hold it."""
    if _PLAIN.fullmatch(value) and value.casefold() not in _RESERVED:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def column_name(name: str) -> str:
    """A column as a filter can name it."""
    return name if _PLAIN.fullmatch(name) and name.casefold() not in _RESERVED else f"`{name}`"


def of_values(column: str, values: Sequence[str]) -> str:
    """The condition that a column has one of these values."""
    if len(values) == 1:
        return f"{column_name(column)} == {quoted(values[0])}"
    return f"{column_name(column)} in [{', '.join(map(quoted, values))}]"


def of_range(column: str, lowest: str, highest: str) -> str:
    """The condition that a column is between two numbers; "" for no limit."""
    name = column_name(column)
    limits = [f"{name} {sign} {limit}" for sign, limit in ((">=", lowest), ("<=", highest)) if limit]
    return " & ".join(limits)


def with_condition(text: str, column: str, condition: str) -> str:
    """Put a condition on a column in place of those that a menu put into a filter before."""
    others = without_conditions(text, column)
    if not others or not condition:
        return others or condition
    if _OTHER_SIGNS.search(others):
        others = f"({others})"
    return f"{others} & {condition}"


def without_conditions(text: str, column: str) -> str:
    """Take out of a filter what a menu put there about a column."""
    name = re.escape(column_name(column))
    value = r'(?:"(?:[^"\\]|\\.)*"|[A-Za-z0-9_.:/+-]+)'
    clause = rf"(?<![\w`/]){name}\s*(?:in\s*\[[^\]]*\]|(?:==|>=|<=)\s*{value})"
    kept = [part for part in text.split(" & ") if not re.fullmatch(clause, part.strip())]
    return " & ".join(kept)
