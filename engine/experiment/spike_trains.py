"""Trains of spikes, drawn: each is a pure function of its numbers, its population, its cell and its seed.

The draw u_(4 c + k) of the cell `id` of a population is the k-th number of `random123` for the key (seed, 0)
and the counter (c, purpose, id modulo 2³², first four bytes of the SHA-256 of the population's name). The
purposes are 1 for intervals, 2 for the spread and 3 for the jitter. So a train does not depend on other
sources, on other cells, or on the order of anything, and a longer one begins with the shorter one.

- Poisson: the k-th spike is at delay + sum of the first k intervals, added up one by one; an interval is
  -ln(u) · 1000 / rate.
- Regular: spike k = 0, 1, … is due at delay + spread · u_0 + k · interval; the jitter puts it off by
  jitter · (2 u_k - 1), but not before 0.

A spike belongs to a train if it is (without jitter) due up to delay + duration.
"""

import hashlib
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.circuit.spikes import Spikes
from engine.experiment.random123 import logarithms, uniforms
from engine.experiment.spike_sources import PoissonTrains, RegularTrains

Ids = NDArray[np.int64]

_INTERVALS, _SPREAD, _JITTER = 1, 2, 3
_WORD: Final = 2**32
_AT_ONCE: Final = 2**20  # draws
_MS_PER_S: Final = 1000.0


def population_key(name: str) -> int:
    """The number (32 bits) that stands for a population in the streams of its trains."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")


def expected_spikes(trains: PoissonTrains | RegularTrains, sources: int) -> float:
    """About how many spikes so many sources fire."""
    per_ms = trains.rate / _MS_PER_S if isinstance(trains, PoissonTrains) else 1 / trains.interval
    return per_ms * trains.duration * sources


def drawn(trains: PoissonTrains | RegularTrains, population: str, node_ids: Ids) -> Spikes:
    """The spikes of these nodes of a population, node by node and ascending in time."""
    draw = _poisson if isinstance(trains, PoissonTrains) else _regular
    size = max(int(_AT_ONCE // max(expected_spikes(trains, 1), 1)), 1)
    parts = [
        draw(trains, population, node_ids[first : first + size])  # type: ignore[arg-type]  # as chosen above
        for first in range(0, len(node_ids), size)
    ]
    times, ids = np.empty(0), np.empty(0, dtype=np.int64)
    return Spikes(
        np.concatenate([times, *(each.times for each in parts)]),
        np.concatenate([ids, *(each.node_ids for each in parts)]),
    )


def _poisson(trains: PoissonTrains, population: str, node_ids: Ids) -> Spikes:
    if not trains.rate:
        return Spikes(np.empty(0), np.empty(0, dtype=np.int64))
    mean = _MS_PER_S / trains.rate
    expected = trains.duration / mean
    ahead = math.ceil(expected + 4 * math.sqrt(expected)) + 8
    times: list[NDArray[np.float64]] = []
    ids: list[Ids] = []
    going, now, done = node_ids, np.full(len(node_ids), trains.delay), 0
    while len(going):
        draws = _draws(trains.seed, population, _INTERVALS, going, range(done, done + ahead))
        intervals = -mean * logarithms(draws.reshape(-1)).reshape(draws.shape)
        sums = np.cumsum(np.concatenate([now[:, np.newaxis], intervals], axis=1), axis=1)[:, 1:]
        is_in = sums <= trains.end
        times.append(sums[is_in])
        ids.append(np.repeat(going, np.count_nonzero(is_in, axis=1)))
        goes_on = is_in[:, -1]
        going, now, done = going[goes_on], sums[goes_on, -1], done + ahead
    return Spikes(np.concatenate([np.empty(0), *times]), np.concatenate([node_ids[:0], *ids])).sorted("by_id")


def _regular(trains: RegularTrains, population: str, node_ids: Ids) -> Spikes:
    most = math.floor(trains.duration / trains.interval) + 1
    begin = np.full((len(node_ids), 1), trains.delay)
    if trains.spread:
        begin += trains.spread * _draws(trains.seed, population, _SPREAD, node_ids, range(1))
    times = begin + np.arange(most) * trains.interval
    is_in = times <= trains.end
    if trains.jitter:
        off = 2 * _draws(trains.seed, population, _JITTER, node_ids, range(most)) - 1
        times = np.maximum(times + trains.jitter * off, 0.0)
    ids = np.repeat(node_ids, np.count_nonzero(is_in, axis=1))
    return Spikes(times[is_in], ids).sorted("by_id")


def _draws(seed: int, population: str, purpose: int, node_ids: Ids, draws: range) -> NDArray[np.float64]:
    """(nodes, draws) numbers between 0 and 1, these draws of the stream of each node."""
    ids = np.empty((len(node_ids), 3), dtype=np.int64)
    ids[:, 0], ids[:, 1], ids[:, 2] = node_ids % _WORD, population_key(population), purpose
    return uniforms(ids, draws.start, len(draws), seed)
