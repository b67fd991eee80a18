"""What a stimulus plays: points in time, joined by straight lines; a repeated time is a jump."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
Quantity = Literal["current", "conductance", "voltage"]
UNIT_OF: dict[Quantity, str] = {"current": "nA", "conductance": "µS", "voltage": "mV"}


@dataclass(frozen=True, slots=True)
class Waveform:
    """Points of a piecewise linear signal, exactly as the simulation plays them.

    `time`: (n,) ms, never decreasing. `amplitude`: (n,) in `unit`. Before the first point and after the
    last one the element is off. `reversal` (mV) belongs to a conductance, `series_resistance` (MΩ) to a
    voltage clamp.
    """

    time: Samples
    amplitude: Samples
    quantity: Quantity = "current"
    reversal: float = 0.0
    series_resistance: float = 0.01

    @property
    def unit(self) -> str:
        """The unit of `amplitude`."""
        return UNIT_OF[self.quantity]


@dataclass(frozen=True, slots=True)
class CellProperties:
    """What relative and random stimuli need to know of the cell they drive.

    `gid` is the number that the random streams are seeded with (the node id).
    Currents in nA, `input_resistance` in MΩ, `resting_potential` in mV; None: not known.
    """

    gid: int
    threshold_current: float | None = None
    holding_current: float | None = None
    input_resistance: float | None = None
    resting_potential: float | None = None
