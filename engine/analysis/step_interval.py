"""When a step is applied, and with which current: what features of a response are told of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepInterval:
    """When a step is applied (ms), and its current (nA) where that is one known number."""

    begin: float
    end: float
    current: float | None = None
