"""What pydantic found wrong, as a sentence with the place in words."""

from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError

_SINGULAR: Final = {
    "stimuli": "stimulus",
    "recordings": "recording",
    "manipulations": "manipulation",
    "replays": "replay",
    "assignments": "change",
    "levels": "level",
    "cells": "cell",
    "spots": "spot",
    "times": "time",
    "amplitudes": "amplitude",
}
_LONGEST_INPUT: Final = 60


def in_words(error: ValidationError) -> str:
    """Return the first problem with its place, what is there instead, and how many more there are."""
    problems = error.errors(include_url=False)
    first = problems[0]
    what = first["msg"].removeprefix("Value error, ").rstrip(".")
    found = "" if first["type"] in {"missing", "value_error"} else _found(first["input"])
    more = len(problems) - 1
    others = f" ({more} more {'problem' if more == 1 else 'problems'})" if more else ""
    return f"{place_in_words(first['loc'])}: {what[:1].lower()}{what[1:]}{found}.{others}"


def place_in_words(place: Sequence[str | int]) -> str:
    """Return the place of a value, the innermost first: "amplitude of the step, which is stimulus 3"."""
    words: list[str] = []
    for number, part in enumerate(place):
        if isinstance(part, int):
            words[-1] = f"{_SINGULAR.get(words[-1], words[-1])} {part + 1}"
        elif number and isinstance(place[number - 1], int):
            words[-1] += f" ({part.replace('_', ' ')})"
        else:
            words.append(part)
    return " of ".join(reversed(words)) or "the experiment as a whole"


def _found(value: object) -> str:
    shown = repr(value)
    return f", not {shown if len(shown) <= _LONGEST_INPUT else shown[:_LONGEST_INPUT] + '…'}"
