"""What the cells do, measured in plain NEURON: resting potential, holding and threshold current, spikes.

This is part of making the circuits; the program itself does not use it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from neuron import h
from numpy.typing import NDArray

Samples = NDArray[np.float64]

DT_MS: Final = 0.025
SPIKE_MV: Final = -20.0
_SETTLE_MS: Final = 500.0
_STEP_MS: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Setting:
    """What a measurement starts from; `v_hold_mv` is where the holding current keeps the cell."""

    celsius: float
    v_init_mv: float
    v_hold_mv: float


COLUMN: Final = Setting(34.0, -75.0, -75.0)
SQUID: Final = Setting(6.3, -65.0, -65.0)


@dataclass(frozen=True, slots=True)
class Measured:
    """Properties of one template with one morphology, as SONATA's dynamics_params name them."""

    resting_potential_mv: float
    input_resistance_mohm: float
    holding_current_na: float
    threshold_current_na: float

    def dynamics(self) -> dict[str, Samples]:
        """Columns of SONATA's dynamics_params for one node."""
        return {
            "threshold_current": np.array([self.threshold_current_na]),
            "holding_current": np.array([self.holding_current_na]),
            "input_resistance": np.array([self.input_resistance_mohm]),
            "resting_potential": np.array([self.resting_potential_mv]),
        }


@dataclass(frozen=True, slots=True)
class Trace:
    """Voltage of the soma during a step that starts at `onset_ms`."""

    time: Samples
    voltage: Samples
    onset_ms: float

    def spikes(self) -> Samples:
        """Times (ms) at which the soma crosses SPIKE_MV upwards, from the onset on."""
        crossing = np.flatnonzero((self.voltage[:-1] < SPIKE_MV) & (self.voltage[1:] >= SPIKE_MV)) + 1
        times = self.time[crossing]
        return times[times >= self.onset_ms]


class Bench:
    """One cell with a step and a holding electrode in its soma."""

    def __init__(self, template: Path, morphology: Path, setting: Setting = COLUMN) -> None:
        self._setting = setting
        h.load_file("stdrun.hoc")
        name = template.stem
        if not h.name_declared(name) and not h(template.read_text(encoding="utf-8")):
            raise RuntimeError(f"NEURON does not accept {template}")
        self.cell = getattr(h, name)(0, str(morphology.parent), morphology.name)
        self.soma = self.cell.soma[0]
        self._step = h.IClamp(self.soma(0.5))
        self._holding = h.IClamp(self.soma(0.5))
        self._time = h.Vector().record(h._ref_t)  # noqa: SLF001 - NEURON calls its references so
        self._voltage = h.Vector().record(self.soma(0.5)._ref_v)  # noqa: SLF001

    def start(
        self, step_na: float, onset_ms: float, duration_ms: float, holding_na: float, dt_ms: float
    ) -> None:
        """Set the electrodes and initialise."""
        self._step.delay, self._step.dur, self._step.amp = onset_ms, duration_ms, step_na
        self._holding.delay, self._holding.dur, self._holding.amp = 0, 1e9, holding_na
        h.celsius, h.v_init = self._setting.celsius, self._setting.v_init_mv
        h.dt, h.steps_per_ms = dt_ms, 1 / dt_ms
        h.stdinit()

    def step(
        self,
        step_na: float,
        *,
        holding_na: float = 0.0,
        onset_ms: float = _SETTLE_MS,
        duration_ms: float = _STEP_MS,
        dt_ms: float = DT_MS,
    ) -> Trace:
        """Run one current step to its end."""
        self.start(step_na, onset_ms, duration_ms, holding_na, dt_ms)
        h.continuerun(onset_ms + duration_ms)
        return Trace(np.array(self._time), np.array(self._voltage), onset_ms)

    def fires(self, step_na: float, holding_na: float) -> bool:
        """Tell whether a step of 1000 ms on top of the holding current makes a spike."""
        self.start(step_na, _SETTLE_MS, _STEP_MS, holding_na, DT_MS)
        h.continuerun(_SETTLE_MS)
        while h.t < _SETTLE_MS + _STEP_MS:
            before = int(self._voltage.size())
            h.continuerun(h.t + 25)
            if self._voltage.max(before - 1, int(self._voltage.size()) - 1) >= SPIKE_MV:
                return True
        return False

    def holding_current(self) -> float:
        """The current (nA) that a voltage clamp needs at the end of 1000 ms at the holding voltage."""
        clamp = h.SEClamp(self.soma(0.5))
        clamp.dur1, clamp.amp1, clamp.rs = 1e9, self._setting.v_hold_mv, 0.01
        self.start(0, 0, 0, 0, DT_MS)
        h.continuerun(1000)
        return float(clamp.i)

    def threshold_current(self, holding_na: float) -> float:
        """The smallest step (nA) that fires on top of the holding current, at most 1 % too large."""
        low, high = 0.0, 0.02
        while self.fires(high / 10, holding_na):
            high /= 10
        while not self.fires(high, holding_na):
            low, high = high, 2 * high
        while high - low > min(0.005, 0.01 * high):
            middle = (low + high) / 2
            low, high = (low, middle) if self.fires(middle, holding_na) else (middle, high)
        return high


def measure(template: Path, morphology: Path, setting: Setting = COLUMN, probe_na: float = -0.02) -> Measured:
    """Measure one combination; the input resistance with a lasting current of `probe_na`."""
    bench = Bench(template, morphology, setting)
    rest = _steady(bench.step(0.0))
    hyperpolarised = _steady(bench.step(probe_na, onset_ms=0, duration_ms=1500))
    holding = bench.holding_current()
    return Measured(rest, (hyperpolarised - rest) / probe_na, holding, bench.threshold_current(holding))


def _steady(trace: Trace) -> float:
    return float(trace.voltage[trace.time >= trace.time[-1] - 200].mean())


@dataclass(frozen=True, slots=True)
class SpikeShape:
    """Of one spike: peak and lowest voltage after it in mV, width in ms at half height above threshold."""

    peak_mv: float
    threshold_mv: float
    half_width_ms: float
    trough_mv: float


def spike_shape(trace: Trace, spike_ms: float) -> SpikeShape:
    """Measure one spike; its threshold is where the voltage first rises faster than 20 mV/ms."""
    dt = trace.time[1] - trace.time[0]
    at = int(np.searchsorted(trace.time, spike_ms))
    before, around = int(3 / dt), trace.voltage[at - int(3 / dt) : at + int(4 / dt)]
    top = before - 20 + int(np.argmax(around[before - 20 :]))
    threshold = around[int(np.argmax(np.gradient(around, dt) > 20))]
    half = (around[top] + threshold) / 2
    rise = int(np.argmax(around >= half))
    fall = top + int(np.argmax(around[top:] < half))
    after = trace.voltage[at : at + int(30 / dt)]
    return SpikeShape(float(around[top]), float(threshold), float((fall - rise) * dt), float(after.min()))
