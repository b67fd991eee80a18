"""Voltage-clamp families: peak and steady currents, leak subtracted, conductance and reversal."""

from collections.abc import Callable
from typing import Annotated, ClassVar, Final, Literal

import numpy as np
from pydantic import Field
from typing_extensions import override

from engine.analysis.fits import boltzmann, fitted
from engine.errors import EngineError
from engine.experiment.stimuli import Voltage, VoltageClamp, VoltageLevel
from engine.experiment.waveforms import Samples
from engine.protocols.protocol import Duration, Protocol
from engine.protocols.series import Series, Spaced
from engine.protocols.sweeps import Bench, Column, Curve, Number, Outcome, Play, Result, Sweep
from engine.units import Megaohms, Milliseconds

_NAN: Final = float("nan")
_NEAR_REVERSAL_MV: Final = 5.0  # where a current over so small a force says little


class VoltageClampFamily(Protocol):
    """Conditioning, test and return voltage; several test voltages; the leak taken away by smaller steps."""

    title: ClassVar = "I–V (voltage clamp)"
    purpose: ClassVar = "The currents that flow when the voltage is held at each of several values."
    kind: Literal["voltage_clamp_family"] = "voltage_clamp_family"
    conditioning: Annotated[
        Voltage, Field(title="Conditioning voltage", description="Before the test")
    ] = -65.0
    conditioning_duration: Annotated[Duration, Field(title="Conditioning duration")] = 20.0
    test: Annotated[Series, Field(title="Test voltages", description="In mV")] = Spaced(
        first=-80.0, last=60.0, count=15
    )
    test_duration: Annotated[Duration, Field(title="Test duration")] = 20.0
    return_voltage: Annotated[Voltage, Field(title="Return voltage", description="After the test")] = -65.0
    return_duration: Annotated[Duration, Field(title="Return duration")] = 10.0
    series_resistance: Annotated[
        Megaohms, Field(gt=0, le=1e6, title="Series resistance", description="Of the electrode")
    ] = 0.01
    blank: Annotated[
        Milliseconds,
        Field(ge=0, le=1000, title="Blank", description="After the step, while the membrane is charged"),
    ] = 0.1
    leak_steps: Annotated[
        int,
        Field(
            ge=0, le=20, title="Leak steps (P/N)", description="So many small steps away; 0: no subtraction"
        ),
    ] = 0

    @override
    def play(self, bench: Bench) -> Play:
        voltages = self.test.numbers()
        tests = tuple(self._sweep(bench, each) for each in voltages)
        small = self._leak_sweeps(bench, voltages)
        outcomes = yield (*tests, *small)
        tested, leaks = outcomes[: len(tests)], outcomes[len(tests) :]
        currents = [
            self._current(outcome, leaks[number] if leaks else None) for number, outcome in enumerate(tested)
        ]
        inward = [self._extreme(each, np.min) for each in currents]
        outward = [self._extreme(each, np.max) for each in currents]
        steady = [_NAN if each is None else float(each[-1]) for each in currents]
        numbers, curves = _conductance(np.array(voltages), np.array(inward))
        return Result(
            (
                Column("Voltage", "mV", voltages),
                Column("Peak inward current", "nA", tuple(inward)),
                Column("Peak outward current", "nA", tuple(outward)),
                Column("Steady current", "nA", tuple(steady)),
            ),
            *("Voltage", ("Peak inward current", "Steady current"), numbers, curves),
            y_title="Current",
        )

    @property
    def tstop(self) -> float:
        """How long a sweep lasts, in ms."""
        return self.conditioning_duration + self.test_duration + self.return_duration

    def _leak_sweeps(self, bench: Bench, voltages: tuple[float, ...]) -> tuple[Sweep, ...]:
        """For each test a step of 1/N the other way, where no channel opens."""
        if not self.leak_steps:
            return ()
        steps = [self.conditioning - (each - self.conditioning) / self.leak_steps for each in voltages]
        return tuple(self._sweep(bench, each) for each in steps)

    def _sweep(self, bench: Bench, voltage: float) -> Sweep:
        levels = (
            VoltageLevel(duration=self.conditioning_duration, voltage=self.conditioning),
            VoltageLevel(duration=self.test_duration, voltage=voltage),
            VoltageLevel(duration=self.return_duration, voltage=self.return_voltage),
        )
        clamp = VoltageClamp(
            target=bench.site,
            duration=self.tstop,
            voltage=self.conditioning,
            levels=levels,
            series_resistance=self.series_resistance,
        )
        return bench.sweep(voltage, self.tstop, clamp, clamp=True)

    def _current(self, outcome: Outcome, leak: Outcome | None) -> Samples | None:
        """(n,) nA of the test after the blank; None if the sweep failed."""
        if not outcome.is_there or (leak is not None and not leak.is_there):
            return None
        current = self._change(outcome) if leak is not None else outcome.current
        if leak is not None:
            current = current + self.leak_steps * self._change(leak)
        begins, ends = (
            self.conditioning_duration + self.blank,
            self.conditioning_duration + self.test_duration,
        )
        if begins >= ends:
            raise EngineError("The blank is as long as the test.", hint="Make it shorter.")
        return outcome.within(current, begins, ends - outcome.interval)

    def _change(self, outcome: Outcome) -> Samples:
        """What the test adds to the current of the conditioning."""
        before = outcome.current[outcome.index(self.conditioning_duration) - 1]
        change: Samples = outcome.current - before
        return change

    @staticmethod
    def _extreme(current: Samples | None, which: Callable[[Samples], float]) -> float:
        return _NAN if current is None else float(which(current))


def reversal(voltages: Samples, currents: Samples) -> float | None:
    """Where (mV) a current turns from inward to outward, on a line between two points; None: nowhere."""
    signs = np.sign(currents)
    turns = np.flatnonzero((signs[:-1] < 0) & (signs[1:] >= 0))
    if not len(turns):
        return None
    before = int(turns[-1])
    (v0, v1), (i0, i1) = voltages[before : before + 2], currents[before : before + 2]
    return float(v0 - i0 * (v1 - v0) / (i1 - i0))


def _conductance(voltages: Samples, inward: Samples) -> tuple[tuple[Number, ...], tuple[Curve, ...]]:
    """Reversal of the inward peak, and the Boltzmann curve of its conductance."""
    at = reversal(voltages, inward)
    if at is None:
        return (), ()
    numbers = [Number("Reversal of the inward peak", at, "mV")]
    is_used = np.abs(voltages - at) > _NEAR_REVERSAL_MV
    conductance = inward[is_used] / (voltages[is_used] - at)  # µS
    try:
        fit = fitted(boltzmann, voltages[is_used], conductance, (float(conductance.max()), -30.0, 5.0))
    except EngineError:
        return tuple(numbers), ()
    top, half, _ = fit.parameters
    if not (top > fit.errors[0] and voltages.min() <= half <= voltages.max()):
        return tuple(numbers), ()  # the points are not those of a channel that opens
    for name, unit, number in (
        ("Conductance", "µS", 0),
        ("Half activation", "mV", 1),
        ("Slope of activation", "mV", 2),
    ):
        numbers.append(Number(name, fit.parameters[number], unit, fit.errors[number]))
    fine = np.linspace(voltages.min(), voltages.max(), 200)
    return tuple(numbers), (Curve("Boltzmann", fine, fit.at(fine) * (fine - at)),)
