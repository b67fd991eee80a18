"""Where a cell rests, its resistance, and what holds it at a voltage, measured as BlueCelluLab does."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

import numpy as np
from pydantic import Field
from typing_extensions import override

from engine.analysis.fits import exponential, fitted
from engine.errors import EngineError
from engine.experiment.stimuli import Step, Voltage, VoltageClamp
from engine.protocols.protocol import Protocol
from engine.protocols.sweeps import Batch, Bench, Column, Number, Outcome, Play, Result, Sweep
from engine.units import Megaohms, Milliseconds, Nanoamperes

_ON_MS: Final = 500.0
_END_MS: Final = 1000.0
_MEAN_FROM_MS: Final = 800.0
_BEYOND_THE_RUN_MS: Final = 2000.0
SMALL_NA: Final = -0.02
_FEWEST_TO_FIT: Final = 10  # samples


class RestingPotential(Protocol):
    """The mean voltage from 800 to 1000 ms, with no current."""

    title: ClassVar = "Resting potential"
    purpose: ClassVar = "The voltage that the cell settles at without a stimulus."
    summary: ClassVar = "Resting potential"
    kind: Literal["resting_potential"] = "resting_potential"

    @override
    def play(self, bench: Bench) -> Play:
        (outcome,) = yield (bench.sweep(0.0, _END_MS),)
        rest = steady_voltage(outcome)
        return Result((Column("Voltage", "mV", (rest,)),), numbers=(Number("Resting potential", rest, "mV"),))


class InputResistance(Protocol):
    """The change of the steady voltage by a small current, over that current."""

    title: ClassVar = "Input resistance"
    purpose: ClassVar = (
        "How far a small current moves the voltage, and how fast: large cells have a small resistance."
    )
    summary: ClassVar = "Input resistance"
    kind: Literal["input_resistance"] = "input_resistance"
    amplitude: Annotated[
        Nanoamperes, Field(ge=-100, le=100, title="Current", description="From 500 ms on; small and negative")
    ] = SMALL_NA

    @override
    def play(self, bench: Bench) -> Play:
        found = yield from passive(bench, self.amplitude)
        voltages = found.rest, found.shifted
        return Result(
            (Column("Current", "nA", (0.0, self.amplitude)), Column("Steady voltage", "mV", voltages)),
            x="Current",
            y=("Steady voltage",),
            numbers=(
                Number("Input resistance", found.resistance, "MΩ"),
                Number("Resting potential", found.rest, "mV"),
                *_time_constant(found),
            ),
        )


class HoldingCurrent(Protocol):
    """What a voltage clamp delivers after a second at a voltage."""

    title: ClassVar = "Holding current"
    purpose: ClassVar = "The constant current that keeps the cell at a voltage."
    summary: ClassVar = "Holding current"
    kind: Literal["holding_current"] = "holding_current"
    voltage: Annotated[Voltage, Field(title="Voltage", description="At which the cell is to be held")] = -80.0
    series_resistance: Annotated[
        Megaohms, Field(gt=0, le=1e6, title="Series resistance", description="Of the clamp's electrode")
    ] = 0.01
    duration: Annotated[
        Milliseconds, Field(gt=0, le=1e6, title="Duration", description="The current at its end is taken")
    ] = 1000.0

    @override
    def play(self, bench: Bench) -> Play:
        clamp = VoltageClamp(
            target=bench.site,
            voltage=self.voltage,
            duration=self.duration + _BEYOND_THE_RUN_MS,
            series_resistance=self.series_resistance,
        )
        (outcome,) = yield (bench.sweep(self.voltage, self.duration, clamp, clamp=True),)
        current, voltage = float(outcome.current[-1]), float(outcome.voltage[-1])
        return Result(
            (Column("Current", "nA", (current,)), Column("Voltage", "mV", (voltage,))),
            numbers=(Number("Holding current", current, "nA"), Number("Voltage at the end", voltage, "mV")),
        )


@dataclass(frozen=True, slots=True)
class Passive:
    """What a small current does to a cell at rest: mV without it and with it, and the resistance in MΩ."""

    rest: float
    shifted: float
    resistance: float
    at_rest: Outcome
    moved: Outcome


def passive(bench: Bench, amplitude: float = SMALL_NA) -> Generator[Batch, tuple[Outcome, ...], Passive]:
    """Rest and resistance, for protocols that begin with them."""
    at_rest, moved = yield (bench.sweep(0.0, _END_MS), small_step(bench, amplitude))
    rest, shifted = steady_voltage(at_rest), steady_voltage(moved)
    return Passive(rest, shifted, (shifted - rest) / amplitude, at_rest, moved)


def _time_constant(found: Passive) -> tuple[Number, ...]:
    """Of an exponential through what a small step does, between a tenth and 19 twentieths of it; if one fits.

    Before that a cell with dendrites charges them from the soma, and after that little is left to see.
    """
    moved, shift = found.moved, found.shifted - found.rest
    change = moved.within(moved.voltage - found.at_rest.voltage, _ON_MS, _END_MS)
    change = change / shift if shift else np.empty(0)
    first, last = (int(np.argmax(change > part)) if len(change) else 0 for part in (0.1, 0.95))
    times = np.arange(first, last) * moved.interval
    if len(times) < _FEWEST_TO_FIT:
        return ()
    try:
        fit = fitted(exponential, times, change[first:last], (1.0, 1.0, float(times[-1]) / 3))
    except EngineError:
        return ()
    constant, error = fit.parameters[2], fit.errors[2]
    return (Number("Time constant", constant, "ms", error),) if 0 <= error < constant else ()


def small_step(bench: Bench, amplitude: float) -> Sweep:
    """A current from 500 ms on, longer than the run."""
    step = Step(target=bench.site, amplitude=amplitude, delay=_ON_MS, duration=_BEYOND_THE_RUN_MS)
    return bench.sweep(amplitude, _END_MS, step)


def steady_voltage(outcome: Outcome) -> float:
    """The mean from 800 to 1000 ms, without its first sample."""
    return float(np.mean(outcome.voltage[outcome.index(_MEAN_FROM_MS) + 1 :]))
