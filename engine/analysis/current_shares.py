"""Which share of all current each channel carries, inward and outward apart.

The picture that is made of it is that of Alonso and Marder (2019, eLife 8:e42722).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CurrentShares:
    """Of k currents at n times: (k, n) parts of 1, and the (n,) sums that they are parts of, both positive.

    Outward currents are positive in NEURON, inward ones negative. Where there is no current in a direction,
    its sum and all parts are 0.
    """

    outward: Floats
    inward: Floats
    total_outward: Floats
    total_inward: Floats


def current_shares(currents: Floats, starts: NDArray[np.intp] | None = None) -> CurrentShares:
    """Of (k, n) currents in one unit; with `starts`, of the means between one of these samples and the next.

    The means are taken of each direction by itself, so that a spike of current in both is seen in both.
    """
    outward, inward = np.maximum(currents, 0.0), np.maximum(-currents, 0.0)
    if starts is not None:
        counts = np.diff(np.append(starts, currents.shape[1]))
        outward, inward = (np.add.reduceat(each, starts, axis=1) / counts for each in (outward, inward))
    total_outward, total_inward = outward.sum(axis=0), inward.sum(axis=0)
    return CurrentShares(
        _parts(outward, total_outward), _parts(inward, total_inward), total_outward, total_inward
    )


def _parts(currents: Floats, total: Floats) -> Floats:
    parts: Floats = np.divide(currents, total, out=np.zeros_like(currents), where=total > 0)
    return parts
