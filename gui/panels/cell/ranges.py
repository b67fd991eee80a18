"""From which value to which the colours go, if nobody has chosen."""

import math
from typing import Final

from gui.panels.cell.variables import VOLTAGE, Choice
from gui.plots.cell.legend import nice_step

Range = tuple[float, float]

_VOLTAGE: Final = (-80.0, 40.0)  # mV: from rest to the top of a spike
_GATE: Final = (0.0, 1.0)  # most states without a unit are fractions
_STEPS: Final = 20  # of a range that fits: its ends are round


def usual_range(choice: Choice, data: Range | None) -> Range:
    """For a variable with such values; None: there are none yet."""
    if choice.key == VOLTAGE:
        return _VOLTAGE
    if choice.role == "live" and not choice.unit and (data is None or (data[0] >= 0 and data[1] <= 1)):
        return _GATE
    return fitting(data)


def fitting(data: Range | None) -> Range:
    """With round ends around values; as far down as up where they have both signs."""
    if data is None:
        return _GATE
    low, high = data
    if low < 0 < high:
        low, high = symmetric((low, high))
    if low == high:
        return (low - abs(low) / 2, high + abs(high) / 2) if low else (-1.0, 1.0)
    step = nice_step((high - low) / _STEPS)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def symmetric(span: Range) -> Range:
    """As far down from 0 as up."""
    most = max(abs(span[0]), abs(span[1]))
    return -most, most
