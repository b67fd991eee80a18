"""The samples of every random stimulus: the same numbers as neurodamus, or BlueCelluLab, gets from NEURON.

Both run the same arithmetic on the same streams. They differ in the number of a cell (neurodamus adds 1) and,
for Gaussian noise with a delay, in the distribution that the numbers before the delay are drawn from.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from engine.errors import EngineError
from engine.experiment.conditions import Conditions
from engine.experiment.random123 import Random123
from engine.experiment.shapes import Sampling, require_few, samples_between
from engine.experiment.waveforms import Samples

Family = Literal["noise", "shot_noise", "ornstein_uhlenbeck", "synapse"]
NOISE_INTERVAL_MS: Final = 0.5
_OFFSETS: dict[Family, tuple[int, int, int]] = {
    "noise": (100, 500, 300),
    "shot_noise": (2997, 19216, 123),
    "ornstein_uhlenbeck": (2997, 291204, 123),
    "synapse": (5501, 40013, 123),  # our own: SONATA has no such stimulus
}
_MOST_PIECES = 1_000_000
_MORE_SHOTS = 100
_NO_MEMORY_MS = 1e-9


@dataclass(frozen=True, slots=True)
class Shots:
    """Shots at `rate` Hz; `mean` and `variance` of their sizes in nA or µS; times in ms."""

    rate: float
    mean: float
    variance: float
    rise_time: float
    decay_time: float


def stream_of(
    family: Family, number: int, gid: int, conditions: Conditions, random_seed: int | None = None
) -> Random123:
    """Return the stream of one stimulus on one cell.

    `number` counts the enabled stimuli of the family, `gid` is the node id; `random_seed` replaces the number
    that is made of the cell's.
    """
    first, second, third = _OFFSETS[family]
    counted = gid + 1 if conditions.seed_convention == "neurodamus" else gid
    return Random123(
        number + first,
        conditions.stimulus_seed + second,
        counted + third if random_seed is None else random_seed,
        global_index=conditions.random_seed,
    )


def gaussian(
    sampling: Sampling, moments: tuple[float, float], random: Random123, conditions: Conditions
) -> Samples:
    """Return a sample of N(mean, variance), once those of the time before the delay are used up."""
    mean, variance = moments
    if variance < 0:
        raise EngineError(
            f"The variance of the noise is {variance:g} nA², below 0.",
            hint="Is the threshold current negative?",
        )
    used = _used_before(sampling, conditions.dt)
    if conditions.seed_convention == "neurodamus":
        random.picks(used)
        random.normal(mean, variance)
    else:
        random.normal(mean, variance)
        random.picks(used)
    return random.picks(sampling.count)


def ornstein_uhlenbeck(sampling: Sampling, tau: float, sigma: float, random: Random123) -> Samples:
    """Return the samples of the process around 0 that starts at 0.

    The update is exact for any interval (Gillespie 1996). Without memory (tau 0) it is white noise.
    """
    random.normal(0, 1)
    if tau < _NO_MEMORY_MS:
        return random.picks(sampling.count) * sigma
    kept = math.exp(-sampling.interval / tau)
    kicks = random.picks(sampling.count) * (sigma * math.sqrt(1 - kept * kept))
    kicks[0] = 0.0  # drawn, never used
    return np.array(list(itertools.accumulate(kicks.tolist(), lambda signal, kick: signal * kept + kick)))


def shot_noise(sampling: Sampling, shots: Shots, random: Random123) -> Samples:
    """Return the samples of a sum of shots.

    A single shot peaks at its own size. A shot falls on the sample that is nearest to it.
    """
    at = np.rint(_arrivals(sampling.duration, shots.rate, random) / sampling.interval)
    at = at[at < sampling.count].astype(np.int64)
    impulses: Samples = np.bincount(at, _sizes(shots, len(at), random), sampling.count).astype(np.float64)
    return _convolved(impulses, sampling.interval, shots.rise_time, shots.decay_time)


def shots_giving(
    mean: float, deviation: float, relative_skew: float, rise_time: float, decay_time: float
) -> Shots:
    """Return the shots whose sum has this mean, standard deviation and skew (Rice 1944).

    `relative_skew` goes from 0, the least possible skew (all shots alike), to below 1, twice the least.
    """
    sign, mean = math.copysign(1, mean), abs(mean)
    peak_at = math.log(decay_time / rise_time) / (1 / rise_time - 1 / decay_time)
    peak = math.exp(-peak_at / decay_time) - math.exp(-peak_at / rise_time)
    area = (decay_time - rise_time) / peak
    a = 1 / (decay_time + rise_time)
    b = 1 / ((decay_time + 2 * rise_time) * (2 * decay_time + rise_time))
    skew = (1 + relative_skew) * ((8 / 3) * (b / a**2) * (deviation / mean))
    first = 2 / (a * area) * (deviation**2 / mean)
    second = (3 * a) / (4 * b * area) * (deviation * skew)
    size = 2 * first - second
    rate = mean / (size * area) * 1000
    return Shots(rate, sign * size, size * (second - first), rise_time, decay_time)


def _used_before(sampling: Sampling, dt: float) -> int:
    """Count the numbers that belong to the time before the delay, cut in pieces as long as the noise."""
    delay, duration = sampling.delay, sampling.duration
    if delay / max(duration, dt) > _MOST_PIECES:
        raise EngineError(
            f"Noise of {duration:g} ms cannot start as late as {delay:g} ms.",
            hint="All numbers before it must be drawn: make the noise longer or the delay shorter.",
        )
    require_few(delay / sampling.interval, "samples before it")
    count, start, piece = 0, 0.0, max(duration - dt, 0.0)
    while start < delay - dt:
        end = min(start + piece, delay - dt)
        count += samples_between(start, end, sampling.interval)
        start = end + dt
    return count


def _arrivals(duration: float, rate: float, random: Random123) -> Samples:
    """Return the times in ms, all below `duration`, of a Poisson process of `rate` Hz."""
    expected = 1 + duration * rate / 1000
    require_few(expected, "shots")
    expected = 1 + int(duration * (rate / 1000))
    random.negexp(1 / rate)
    times = np.cumsum(random.picks(int(expected + 3 * math.sqrt(expected)))) * 1000
    while times[-1] < duration:
        more = np.cumsum(random.picks(_MORE_SHOTS)) * 1000 + times[-1]
        times = np.concatenate([times, more])
    return times[times < duration]


def _sizes(shots: Shots, count: int, random: Random123) -> Samples:
    """Draw sizes that are gamma distributed around |mean|, and give them the sign of the mean."""
    mean = abs(shots.mean)
    if shots.variance <= 0:
        return np.full(count, shots.mean)
    scale = shots.variance / mean
    return math.copysign(1, shots.mean) * random.gammas(mean / scale, scale, count)


def _convolved(impulses: Samples, interval: float, rise_time: float, decay_time: float) -> Samples:
    """Convolve with a double exponential of peak 1, as a recursion that is exact at the samples."""
    a, b = math.exp(-interval / decay_time), math.exp(-interval / rise_time)
    if not 0 < b < a < 1:
        raise EngineError(
            f"Rise ({rise_time:g} ms) and decay ({decay_time:g} ms) cannot be told apart in samples"
            f" every {interval:g} ms.",
            hint="Make the sample interval smaller than the rise time, and the decay slower than the rise.",
        )
    decay, rise = -math.log(a), -math.log(b)
    peak_at = math.log(rise / decay) / (rise - decay)
    scale: float = (a / b - 1) / (a**peak_at - b**peak_at)
    signal, rising = 0.0, 0.0
    signals: list[float] = []
    for impulse in impulses.tolist():
        signals.append(signal)
        signal, rising = a * signal + b * rising, b * rising + impulse
    return scale * np.array(signals)
