"""What pydantic found wrong, as a sentence with the place in words."""

from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from engine.errors import UnknownNameError, shortened

_SINGULAR: Final = {
    "stimuli": "stimulus",
    "recordings": "recording",
    "manipulations": "manipulation",
    "replays": "spike source",
    "trains": "train",
    "overrides": "override",
    "assignments": "change",
    "levels": "level",
    "cells": "cell",
    "spots": "spot",
    "times": "time",
    "amplitudes": "amplitude",
}
_OF_MANY_KINDS: Final = {"stimuli", "recordings", "manipulations", "replays"}
_WITHOUT_INPUT: Final = {"value_error", "json_invalid"}


def in_words(error: ValidationError) -> str:
    """Return the first problem with its place, what is there instead, and how many more there are."""
    problems = error.errors(include_url=False)
    first = problems[0]
    more = len(problems) - 1
    others = f" ({more} more {'problem' if more == 1 else 'problems'})" if more else ""
    return f"{place_in_words(first['loc'])}: {_what(first)}{others}"


def place_in_words(place: Sequence[str | int]) -> str:
    """Return the place of a value, the innermost first: "amplitude of stimulus 3 (step)"."""
    words: list[str] = []
    for number, part in enumerate(place):
        if isinstance(part, int):
            words[-1] = f"{_SINGULAR.get(words[-1], words[-1])} {part + 1}"
            continue
        name = shortened(part if part.isprintable() else repr(part))
        if number > 1 and isinstance(place[number - 1], int) and place[number - 2] in _OF_MANY_KINDS:
            words[-1] += f" ({name.replace('_', ' ')})"
        else:
            words.append(name)
    return " of ".join(reversed(words)) or "the experiment as a whole"


def _what(problem: ErrorDetails) -> str:
    if problem["type"] == "union_tag_invalid":
        context = problem["ctx"]
        known = context["expected_tags"].replace("'", "").split(", ")
        return str(UnknownNameError("kind", context["tag"], known))
    if problem["type"] == "union_tag_not_found":
        return "it does not say of which kind it is."
    message = problem["msg"].removeprefix("Value error, ").rstrip(".")
    found = problem["input"]
    is_telling = problem["type"] not in _WITHOUT_INPUT and not isinstance(found, dict | list)
    shown = f", not {shortened(repr(found))}" if is_telling else ""
    return f"{message[:1].lower()}{message[1:]}{shown}."
