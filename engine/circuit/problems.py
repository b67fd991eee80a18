"""What is wrong with a circuit, collected instead of raised: what can be browsed is browsed."""

from dataclasses import dataclass
from typing import Literal

from typing_extensions import override

from engine.errors import EngineError


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, how to fix it. An `error` keeps something from being used, a warning does not."""

    what: str
    where: str = ""
    hint: str = ""
    severity: Literal["error", "warning"] = "error"

    @override
    def __str__(self) -> str:
        return str(EngineError(self.what, where=self.where, hint=self.hint))


def problem_of(error: EngineError) -> Problem:
    """The same three things, as a value."""
    return Problem(error.what, error.where, error.hint)
