"""The points of every deterministic stimulus, as neurodamus lists them.

A list begins with 0 at t = 0 when there is a delay, and ends with 0 at `delay + duration`: nothing leaks out.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import EngineError
from engine.experiment.waveforms import Quantity, Samples, Waveform

MOST_SAMPLES = 20_000_000  # 320 MB; more than this is a slip of the keyboard
_ROUNDING = 1e-9  # what NEURON's Vector.indgen adds before it cuts the number of samples down


@dataclass(frozen=True, slots=True)
class Sampling:
    """Samples every `interval` ms from `delay` to `delay + duration`, both included."""

    delay: float
    duration: float
    interval: float

    @property
    def end(self) -> float:
        """The end of the stimulus, which the last sample need not meet."""
        return self.delay + self.duration

    @property
    def count(self) -> int:
        """How many samples there are: as many as NEURON's `Vector.indgen` makes."""
        return samples_between(self.delay, self.end, self.interval)

    def times(self) -> Samples:
        """The times of the samples in ms."""
        return np.arange(self.count, dtype=np.float64) * self.interval + self.delay


def ramp(delay: float, duration: float, start: float, end: float) -> Waveform:
    """Return the straight line from `start` to `end` nA."""
    until = delay + duration
    return _with_delay(delay, np.array([delay, delay, until, until]), np.array([0.0, start, end, 0.0]))


def pulses(delay: float, duration: float, amplitude: float, width: float, frequency: float) -> Waveform:
    """Return pulses of `width` ms at `frequency` Hz; the end of the train cuts the last one."""
    period = 1000 / frequency
    whole = int(duration / period)
    require_few(4.0 * whole, "pulses")
    lengths = np.empty(2 * whole + 1)
    lengths[0], lengths[1::2], lengths[2::2] = delay, width, period - width
    edges = np.cumsum(lengths)  # adds up in the order of neurodamus: even the rounding is the same
    starts, ends = edges[::2], edges[1::2]
    left = duration - whole * period
    if left > _ROUNDING * period:
        ends = np.append(ends, starts[-1] + min(width, left))
    else:
        starts = starts[:-1]
    until = delay + duration
    time = np.minimum(np.repeat(np.column_stack([starts, ends]).reshape(-1), 2), until)
    shape = np.tile([0.0, amplitude, amplitude, 0.0], len(starts))
    return _with_delay(delay, np.append(time, until), np.append(shape, 0.0))


def sine(sampling: Sampling, amplitude: float, frequency: float) -> Waveform:
    """Return a·sin(2πft), t from the delay."""
    step = 2 * math.pi / 1000 * frequency * sampling.interval
    return _oscillation(sampling, amplitude, lambda samples: step * samples)


def sine_sweep(sampling: Sampling, amplitude: float, first: float, last: float) -> Waveform:
    """Return a sine whose frequency goes linearly from the first to the last, in Hz.

    The phase is the integral of the frequency, 2π (f₀ t + (f₁ − f₀) t² / 2D), so its slope is the frequency
    of that very moment and the sweep has its last frequency at its end.
    """

    def phase(samples: Samples) -> Samples:
        time = samples * sampling.interval
        return 2 * math.pi / 1000 * (first * time + (last - first) / (2 * sampling.duration) * time * time)

    return _oscillation(sampling, amplitude, phase)


def levels(
    duration: float, before: float, steps: Sequence[tuple[float, float]], series_resistance: float
) -> Waveform:
    """Return a voltage clamp from 0 to `duration`: `before` mV, then each voltage from its time (ms) on."""
    points = [(0.0, before)]
    for time, voltage in steps:
        if time < duration:
            points += [(time, points[-1][1]), (time, voltage)] if time > 0 else [(time, voltage)]
    points.append((duration, points[-1][1]))
    if steps and steps[0][0] <= 0:
        del points[0]
    time, amplitude = np.array(points).T
    return Waveform(time.copy(), amplitude.copy(), "voltage", series_resistance=series_resistance)


def joined(delay: float, duration: float, times: Sequence[float], amplitudes: Sequence[float]) -> Waveform:
    """Return points joined by straight lines, counted from the delay and cut after `duration`."""
    time, amplitude = np.array(times), np.array(amplitudes)
    inside = time <= duration
    if not inside.any():
        return ramp(delay, duration, 0.0, 0.0)
    if not inside.all():
        cut = np.interp(duration, time, amplitude)
        time, amplitude = np.append(time[inside], duration), np.append(amplitude[inside], cut)
    time = delay + np.concatenate([time[:1], time, time[-1:]])
    return _with_delay(float(time[0]), time, np.concatenate([[0.0], amplitude, [0.0]]))


def sampled(
    sampling: Sampling, values: Samples, quantity: Quantity = "current", reversal: float = 0.0
) -> Waveform:
    """Return samples that stand between zeros."""
    time = np.concatenate([[sampling.delay], sampling.times(), [sampling.end]])
    return _with_delay(sampling.delay, time, np.concatenate([[0.0], values, [0.0]]), quantity, reversal)


def samples_between(start: float, end: float, interval: float) -> int:
    """Count the samples of `Vector.indgen`; one where it would refuse an interval longer than the time."""
    require_few((end - start) / interval, "samples")
    return math.floor((end - start) / interval + _ROUNDING) + 1


def require_few(count: float, things: str) -> None:
    """Refuse a waveform that would fill the memory."""
    if not count <= MOST_SAMPLES:
        raise EngineError(
            f"The stimulus would have {count:.3g} {things}, more than {MOST_SAMPLES / 1e6:g} million.",
            hint="Make it shorter, or its samples or events rarer.",
        )


def _oscillation(sampling: Sampling, amplitude: float, phase: Callable[[Samples], Samples]) -> Waveform:
    phases = phase(np.arange(sampling.count, dtype=np.float64))
    # NumPy's own sine differs from the C library's, which NEURON calls, in the last bit.
    signal = np.fromiter(map(math.sin, phases.tolist()), np.float64, len(phases)) * amplitude
    time = np.append(sampling.times(), sampling.end)
    return _with_delay(sampling.delay, time, np.append(signal, 0.0))


def _with_delay(
    delay: float, time: Samples, amplitude: Samples, quantity: Quantity = "current", reversal: float = 0.0
) -> Waveform:
    if delay > 0:
        time, amplitude = np.insert(time, 0, 0.0), np.insert(amplitude, 0, 0.0)
    return Waveform(time, amplitude, quantity, reversal)
