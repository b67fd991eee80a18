"""What all protocols share."""

import itertools
from abc import abstractmethod
from collections.abc import Generator, Sequence
from typing import Annotated, ClassVar, Final, TypeVar

import numpy as np
from pydantic import Field

from engine.analysis.features import features
from engine.experiment.base import Frozen
from engine.experiment.stimulus_base import LONGEST_MS
from engine.experiment.waveforms import Samples
from engine.protocols.sweeps import Batch, Bench, Outcome, Plan, Play, Result
from engine.units import Milliseconds, Millivolts

Delay = Annotated[
    Milliseconds,
    Field(ge=0, le=LONGEST_MS, title="Before", description="What the cell has to settle before the stimulus"),
]
Duration = Annotated[
    Milliseconds, Field(gt=0, le=LONGEST_MS, title="Duration", description="How long the stimulus lasts")
]
After = Annotated[
    Milliseconds, Field(ge=0, le=LONGEST_MS, title="After", description="Recorded after the stimulus")
]
SpikeLevel = Annotated[
    Millivolts,
    Field(ge=-200, le=200, title="Spike level", description="A spike is where the voltage rises over this"),
]
Found = TypeVar("Found")
STEADY_PART: Final = 0.2  # of a step: its end, where the voltage is steady
_AT_END: Final = "steady_state_voltage_stimend"


class Protocol(Frozen):
    """A recipe: which sweeps, and what comes of them. Knows nothing of how they are run."""

    title: ClassVar[str]
    summary: ClassVar[str] = ""  # the number that says all, where there is one
    purpose: ClassVar[str]  # one sentence for who has never heard of it
    needs_tree: ClassVar[bool] = False  # of the sections of the cell, which only a built one has

    @abstractmethod
    def play(self, bench: Bench) -> Play:
        """Ask for sweeps, be sent their outcomes in the same order, and return the result.

        Raises EngineError where there is no result, such as for a cell that never fires.
        """

    def plan(self, bench: Bench) -> Plan:
        """How much there is to compute: what is asked for first; of a search, what it usually takes.

        EngineError as `play`.
        """
        batch = next(self.play(bench))
        return Plan(len(batch), sum(each.experiment.conditions.tstop for each in batch))

    def narrowing(self, outcomes: Sequence[Outcome]) -> Result | None:
        """Of a search that is under way: what was tried, from those sweeps that reached their end.

        None: nothing to show, as of a protocol that does not search.
        """
        del outcomes
        return None


def together(
    plays: Sequence[Generator[Batch, tuple[Outcome, ...], Found]],
) -> Generator[Batch, tuple[Outcome, ...], list[Found]]:
    """Several plays at the same time: their sweeps are asked for in one batch."""
    found: dict[int, Found] = {}
    asked: dict[int, Batch] = {}
    for number, play in enumerate(plays):
        try:
            asked[number] = next(play)
        except StopIteration as end:
            found[number] = end.value
    while asked:
        outcomes = iter((yield tuple(itertools.chain.from_iterable(asked.values()))))
        answers = {number: tuple(itertools.islice(outcomes, len(batch))) for number, batch in asked.items()}
        asked = {}
        for number, answer in answers.items():
            try:
                asked[number] = plays[number].send(answer)
            except StopIteration as end:
                found[number] = end.value
    return [found[number] for number in range(len(plays))]


def is_within(percent: float, low: float, high: float) -> bool:
    """Whether two numbers are closer than so many per cent of the larger one: a search is over."""
    return high - low < abs(high) * percent / 100


def base(samples: Samples, interval: float, start_ms: float) -> float:
    """The mean in the last tenth of the time before a stimulus, as eFEL's voltage_base."""
    first, end = round(0.9 * start_ms / interval), round(start_ms / interval)
    return float(np.mean(samples[first : max(end, first + 1)]))


def steady(outcome: Outcome, start_ms: float, end_ms: float) -> float:
    """The mean voltage in the last fifth of a step, in mV; NaN if the sweep failed."""
    if not outcome.is_there:
        return float("nan")
    first = end_ms - STEADY_PART * (end_ms - start_ms)
    return float(np.mean(outcome.within(outcome.voltage, first, end_ms - outcome.interval)))


def steady_at_end(outcome: Outcome, start_ms: float, end_ms: float) -> float:
    """The mean voltage in the last tenth of a step in mV, as eFEL takes it; NaN if the sweep failed."""
    if not outcome.is_there:
        return float("nan")
    return features(outcome.voltage, outcome.interval, start_ms, end_ms, [_AT_END])[_AT_END]
