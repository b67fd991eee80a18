"""What is known of a protocol's result while some of its sweeps are still on their way."""

from collections.abc import Sequence

from engine.errors import EngineError
from engine.protocols.protocol import Protocol
from engine.protocols.sweeps import Batch, Bench, Outcome, Result

_NOT_YET = "It is on its way."


def so_far(
    protocol: Protocol, bench: Bench, answered: Sequence[tuple[Outcome, ...]], batch: Batch
) -> Result | None:
    """The result as it would be if what is missing failed, or of a search what was tried; None: nothing yet.

    `answered`: the outcomes of each batch so far; of `batch`, the last, perhaps only of the first sweeps.
    """
    *whole, part = answered
    missing = tuple(Outcome.nothing(sweep, _NOT_YET) for sweep in batch[len(part) :])
    play = protocol.play(bench)
    try:
        next(play)
        for outcomes in (*whole, (*part, *missing)):
            play.send(outcomes)
    except StopIteration as end:
        found: Result = end.value
        return found
    except (EngineError, ValueError):  # a search needs what is missing
        pass
    return protocol.narrowing([each for outcomes in answered for each in outcomes if each.is_there])
