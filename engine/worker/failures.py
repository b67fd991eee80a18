"""What a request that failed is answered with."""

import traceback
from typing import TypedDict

from engine.errors import EngineError, SimulationError, TrustError
from engine.messages import events as e
from engine.messages.live import AppliedSetting
from engine.simulation.nrnivmodl import CompilationStoppedError
from engine.worker.memory import Ceiling


class GivenUpError(Exception):
    """Nobody wants the answer any more."""


class _Words(TypedDict):
    what: str
    where: str
    hint: str
    detail: str


def refusal(request_id: str, error: BaseException, ceiling: Ceiling) -> e.Refused:
    """The answer to a request that is none of a run."""
    if isinstance(error, GivenUpError | CompilationStoppedError):
        return e.Refused(request_id=request_id, what="The request was given up.", reason="cancelled")
    words, bug = _words(error, ceiling)
    reason = "bug" if bug else "not_trusted" if isinstance(error, TrustError) else "error"
    return e.Refused(request_id=request_id, reason=reason, **words)


def failure(
    run_id: str, error: BaseException, settings: tuple[AppliedSetting, ...], ceiling: Ceiling
) -> e.Failed:
    """The last word of a run."""
    words, bug = _words(error, ceiling)
    return e.Failed(run_id=run_id, reason="bug" if bug else "error", settings=settings, **words)


def _words(error: BaseException, ceiling: Ceiling) -> tuple[_Words, bool]:
    """What to say, and whether the fault is ours."""
    told = ceiling.explanation(error) or error
    if isinstance(told, EngineError):
        printed = told.printed if isinstance(told, SimulationError) else ""
        return _Words(what=told.what, where=told.where, hint=told.hint, detail=printed), False
    words = _Words(
        what=f"The simulator met a bug of its own ({type(error).__name__}: {error}).",
        where="",
        hint="Please report it with the details.",
        detail="".join(traceback.format_exception(error)),
    )
    return words, True
