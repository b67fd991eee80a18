"""The small grammar of SONATA's `section_configure` and `synapse_configure`: numbers go into named variables.

Text is taken apart here and never handed to an interpreter, so nothing in it can be executed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NoReturn, get_args

from pydantic import ValidationError

from engine.circuit.section_lists import KINDS, LISTS
from engine.errors import DocumentError
from engine.experiment.manipulations import Assignment, Operator, SectionList

Style = Literal["all_sections", "section_list", "section", "compartment_set", "synapse"]

_LISTS: Final[dict[str, SectionList]] = {**KINDS, "all": "all"}

_SPACE: Final = re.compile(r"[ \t]*")
_STATEMENT_END: Final = re.compile(r"[ \t]*[;\r\n][;\s]*|\s*\Z", re.ASCII)
_SYNAPSE_END: Final = re.compile(r"[;\s]+|\Z", re.ASCII)
_PREFIXES: Final[dict[Style, re.Pattern[str]]] = {
    "all_sections": re.compile(r"(%s)[ \t]*\."),
    "section_list": re.compile(r"([A-Za-z_][A-Za-z0-9_]*)[ \t]*\."),
    "section": re.compile(r"([A-Za-z_][A-Za-z0-9_]*\[[0-9]+\])[ \t]*\."),
    "compartment_set": re.compile(r"()"),
    "synapse": re.compile(r"(%s)[ \t]*\."),
}
_EXPECTED: Final[dict[Style, str]] = {
    "all_sections": "'%s.' in front of a variable",
    "section_list": "the name of a section list and a dot, such as 'apical.'",
    "section": "the name of a section and a dot, such as 'apic[10].'",
    "compartment_set": "the name of a variable",
    "synapse": "'%s.' in front of a variable",
}
_VARIABLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_OPERATOR: Final = re.compile(r"[-+*/]?=(?!=)")
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?![\w.])")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a text says. `selector`: a section list ("apic"), a section ("apic[10]"), or "" for the others."""

    assignments: tuple[Assignment, ...]
    selector: str = ""


def parse_assignments(text: str, style: Style) -> Configuration:
    """Understand `section_configure` (of the type of modification `style`) or `synapse_configure`.

    Raises `DocumentError` with the position of the first character that does not fit.
    """
    return _Reader(text, style).read()


def format_assignments(assignments: Sequence[Assignment], style: Style, selector: str = "") -> str:
    """Write what `parse_assignments` reads."""
    name = LISTS.get(selector, selector) if style == "section_list" else selector
    prefix = {"all_sections": "%s.", "synapse": "%s.", "compartment_set": ""}.get(style, f"{name}.")
    statements = [f"{prefix}{each.variable} {each.operator} {_number(each.value)}" for each in assignments]
    return (" " if style == "synapse" else "; ").join(statements)


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")


class _Reader:
    """Walks once through a text."""

    def __init__(self, text: str, style: Style) -> None:
        self._text = text
        self._style: Style = style
        self._at = len(text) - len(text.lstrip("; \t\r\n"))

    def read(self) -> Configuration:
        assignments: list[Assignment] = []
        selector: str | None = None
        while self._at < len(self._text) or not assignments:
            start = self._at
            found = self._selector()
            if selector is not None and found != selector:
                self._at = start
                self._refuse(f"the same selection as before ({selector})")
            selector = found
            assignments.append(self._assignment())
            self._take(_SYNAPSE_END if self._style == "synapse" else _STATEMENT_END, self._separator())
        return Configuration(tuple(assignments), selector or "")

    def _selector(self) -> str:
        start = self._at
        prefix = self._take(_PREFIXES[self._style], _EXPECTED[self._style], group=1)
        if self._style != "section_list":
            return "" if prefix == "%s" else prefix
        if prefix not in _LISTS:
            self._at = start
            self._refuse(f"one of the section lists {', '.join(_LISTS)}")
        return _LISTS[prefix]

    def _assignment(self) -> Assignment:
        start = self._at
        variable = self._take(_VARIABLE, "the name of a variable")
        operator = self._operator()
        value = float(self._take(_NUMBER, "a number"))
        try:
            return Assignment(variable=variable, operator=operator, value=value)
        except ValidationError as error:
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise self._error(
                f"The change of {variable!r} at character {start + 1} makes no sense: {reason}."
            ) from error

    def _operator(self) -> Operator:
        taken = self._take(_OPERATOR, f"one of {' '.join(get_args(Operator))}")
        return next(operator for operator in _OPERATORS if operator == taken)

    def _take(self, pattern: re.Pattern[str], expected: str, group: int = 0) -> str:
        space = _SPACE.match(self._text, self._at)
        assert space is not None
        match = pattern.match(self._text, self._at) or pattern.match(self._text, space.end())
        if match is None:
            self._at = space.end()
            self._refuse(expected)
        self._at = match.end()
        return match[group]

    def _separator(self) -> str:
        return "a blank or ';' before the next assignment" if self._style == "synapse" else "';' or the end"

    def _refuse(self, expected: str) -> NoReturn:
        rest = self._text[self._at :]
        found = repr(rest[:20] + ("…" if len(rest) > 20 else "")) if rest else "the end"
        raise self._error(f"Expected {expected} at character {self._at + 1}, but there is {found}.")

    def _error(self, what: str) -> DocumentError:
        shown = self._text if len(self._text) <= 80 else self._text[:80] + "…"
        return DocumentError(
            what,
            where=f"the configuration {shown!r}",
            hint="Only numbers can be assigned to variables, with = *= /= += or -=.",
        )


_OPERATORS: Final[tuple[Operator, ...]] = get_args(Operator)
