"""Errors that a user can act on. Everything else is a bug and may crash."""

import difflib
from collections.abc import Collection, Iterable
from typing import Final

from typing_extensions import override

_LONGEST_ECHO: Final = 60


class EngineError(Exception):
    """What happened, where, and what to try: the three things a message owes its reader."""

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    @override
    def __str__(self) -> str:
        where = f"In {self.where}." if self.where else ""
        return " ".join(filter(None, [self.what, where, self.hint]))


class DocumentError(EngineError):
    """An experiment file or a simulation configuration cannot be read or written."""


class CircuitError(EngineError):
    """A circuit file does not hold what it should."""


class QueryError(EngineError):
    """A filter expression cannot be understood; `position` is the index of the first character concerned."""

    def __init__(self, what: str, *, where: str = "", hint: str = "", position: int | None = None) -> None:
        super().__init__(what, where=where, hint=hint)
        self.position = position


class MechanismError(EngineError):
    """Mechanisms are missing, do not compile or do not load."""


class TrustError(EngineError):
    """Building would execute code of a circuit that the user has not trusted."""


class SimulationError(EngineError):
    """NEURON refused, or stopped. `printed`: what NEURON itself wrote about it, line by line."""

    def __init__(self, what: str, *, where: str = "", hint: str = "", printed: str = "") -> None:
        super().__init__(what, where=where, hint=hint)
        self.printed = printed


class UnknownNameError(EngineError):
    """A name that the user wrote, or a file holds, is not among the known ones."""

    def __init__(self, kind: str, name: str, known: Iterable[str], *, where: str = "") -> None:
        super().__init__(
            f"There is no {kind} named {shortened(repr(name))}.",
            where=where,
            hint=_suggestion(name, list(known)),
        )
        self.name = name


def shortened(text: str) -> str:
    """Return what a file or the user holds, short enough to stand in a sentence: at most 60 characters."""
    return text if len(text) <= _LONGEST_ECHO else f"{text[: _LONGEST_ECHO - 1]}…"


def _suggestion(name: str, known: Collection[str]) -> str:
    folded = {each.casefold(): each for each in known}
    close = difflib.get_close_matches(name.casefold(), folded, n=1)
    if close:
        return f"Did you mean {folded[close[0]]!r}?"
    shown = sorted(known)[:12]
    more = f" and {len(known) - len(shown)} more" if len(known) > len(shown) else ""
    return f"Known: {', '.join(shown)}{more}." if shown else "None are defined."
