"""What a stimulus plays: points in time, joined by straight lines; a repeated time is a jump."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError

Samples = NDArray[np.float64]
Quantity = Literal["current", "conductance", "voltage"]
CellProperty = Literal["threshold_current", "holding_current", "input_resistance", "resting_potential"]
_IN_WORDS: dict[CellProperty, tuple[str, str]] = {
    "threshold_current": ("threshold current", "nA"),
    "holding_current": ("holding current", "nA"),
    "input_resistance": ("input resistance", "MΩ"),
    "resting_potential": ("resting potential", "mV"),
}
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


class MissingPropertyError(EngineError):
    """A stimulus is given relative to a property of the cell that nobody has told us."""

    def __init__(self, name: CellProperty, gid: int) -> None:
        words, unit = _IN_WORDS[name]
        super().__init__(
            f"The {words} of cell {gid} is not known, and this stimulus needs it.",
            hint=f"Measure it, or give the cell the attribute {name} ({unit}) in the circuit.",
        )
        self.name = name


@dataclass(frozen=True, slots=True)
class CellProperties:
    """What relative and random stimuli need to know of the cell they drive.

    `gid` is the number that the random streams are seeded with (the node id).
    Currents in nA, `input_resistance` in MΩ, `resting_potential` in mV; None: not known. `firing_current` is
    one that was seen to make the cell fire, a little over its threshold; 0: it fires by itself.
    """

    gid: int
    threshold_current: float | None = None
    holding_current: float | None = None
    input_resistance: float | None = None
    resting_potential: float | None = None
    firing_current: float | None = None

    def known(self, name: CellProperty) -> float:
        """Return a property, or raise `MissingPropertyError`."""
        value: float | None = getattr(self, name)
        if value is None or not math.isfinite(value):
            raise MissingPropertyError(name, self.gid)
        return value
