"""What a run brought, as a protocol wants to see it."""

from typing import Final

from engine.messages import events as e
from engine.messages.arrays import Collected
from engine.protocols.sweeps import Outcome, Sweep

STOPPED: Final = "It was stopped."


def outcome_of(sweep: Sweep, data: Collected) -> Outcome:
    """What a run brought, column by column; why there is nothing, if it did not reach its end."""
    match data.last_word:
        case e.Finished(stopped=False) if data.started is not None:
            names = [head.id for head in data.started.traces]
            columns = {name: data.samples[:, number].copy() for number, name in enumerate(names)}
            return Outcome(sweep, data.started.interval, columns)
        case e.Failed(what=what):
            return Outcome.nothing(sweep, what)
        case _:
            return Outcome.nothing(sweep, STOPPED)
