"""What is wrong with a circuit, collected instead of raised: what can be browsed is browsed."""

from collections import Counter
from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class LeftOut(Problem):
    """Edges of a population that are not built, `count` of them, and why."""

    count: int = 0
    population: str = ""
    why: str = ""


def left_out(count: int, population: str, why: str, hint: str = "") -> LeftOut:
    """A warning that so many edges are left out."""
    edges = "1 edge is" if count == 1 else f"{count} edges are"
    what = f"{edges} left out of {population}. {why}"
    return LeftOut(what, hint=hint, severity="warning", count=count, population=population, why=why)


def summed_up(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once; edges that are left out for one reason, counted in several parts, together."""
    counts: Counter[tuple[str, str, str]] = Counter()
    told: dict[object, Problem] = {}
    for problem in problems:
        if isinstance(problem, LeftOut):
            reason = (problem.population, problem.why, problem.hint)
            counts[reason] += problem.count
            told[reason] = left_out(counts[reason], *reason)
        else:
            told[problem] = problem
    return list(told.values())


def problem_of(error: EngineError) -> Problem:
    """The same three things, as a value."""
    return Problem(error.what, error.where, error.hint)
