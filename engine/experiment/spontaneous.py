"""When synapses release without any spike (minis): Poisson processes, each with a random stream."""

import numpy as np
from numpy.typing import NDArray

from engine.experiment.random123 import logarithms, uniforms

Times = NDArray[np.float64]
_MS = 1000.0  # in a second
_BLOCK = 32  # numbers drawn at once from each stream


def release_times(
    ids: NDArray[np.int64], rates: NDArray[np.float64], until: float, global_index: int
) -> list[Times]:
    """When each of some synapses releases, up to `until` ms; ascending, in ms, one array each.

    `ids`: (n, 3) of the streams of waiting times. `rates`: (n,) in Hz, above 0. The first number of a stream
    is never used, as in the sources of neurodamus and BlueCelluLab, and sums are made in their order.
    """
    pieces: list[list[Times]] = [[] for _ in range(len(ids))]
    reached = np.zeros(len(ids))
    running, position = np.arange(len(ids)), 1
    while running.size:
        drawn = uniforms(ids[running], position, _BLOCK, global_index)
        waits = (_MS / rates[running])[:, np.newaxis] * -logarithms(drawn.ravel()).reshape(drawn.shape)
        waits[:, 0] += reached[running]
        times = np.cumsum(waits, axis=1)
        for row, stream in enumerate(running.tolist()):
            pieces[stream].append(times[row, times[row] <= until])
        reached[running] = times[:, -1]
        running = running[times[:, -1] <= until]
        position += _BLOCK
    return [np.concatenate([np.empty(0), *each]) for each in pieces]
