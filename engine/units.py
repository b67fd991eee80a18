"""Units live in the type, once; forms, tables, axes and files all read them from there.

The engine speaks NEURON's own units (ms, mV, nA, µm, µS, MΩ), so no number is ever converted on its way.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field


@dataclass(frozen=True, slots=True)
class Unit:
    """How a number is shown and stepped. Limits belong to pydantic (`ge`, `le`)."""

    symbol: str
    step: float = 1.0
    decimals: int = 3


@dataclass(frozen=True, slots=True)
class SoftLimits:
    """Outside of these a value is allowed, and worth a warning: biology rarely goes there."""

    low: float
    high: float


_Finite = Field(allow_inf_nan=False)

Milliseconds = Annotated[float, _Finite, Unit("ms", step=1.0)]
Millivolts = Annotated[float, _Finite, Unit("mV", step=1.0)]
Nanoamperes = Annotated[float, _Finite, Unit("nA", step=0.05, decimals=4)]
NanoamperesSquared = Annotated[float, _Finite, Unit("nA²", step=0.001, decimals=6)]
Microsiemens = Annotated[float, _Finite, Unit("µS", step=0.001, decimals=6)]
NanoamperesOrMicrosiemens = Annotated[float, _Finite, Unit("nA | µS", step=0.01, decimals=6)]
NanoamperesOrMicrosiemensSquared = Annotated[float, _Finite, Unit("nA² | µS²", step=0.001, decimals=8)]
Megaohms = Annotated[float, _Finite, Unit("MΩ", step=1.0)]
Hertz = Annotated[float, _Finite, Unit("Hz", step=1.0)]
Degrees = Annotated[float, _Finite, Unit("°C", step=0.5, decimals=2)]
Micrometres = Annotated[float, _Finite, Unit("µm", step=1.0)]
Millimolar = Annotated[float, _Finite, Unit("mM", step=0.1, decimals=6)]
Micromolar = Annotated[float, _Finite, Unit("µM", step=0.1, decimals=6)]
Percent = Annotated[float, _Finite, Unit("%", step=5.0)]
Fraction = Annotated[float, _Finite, Unit("", step=0.05, decimals=4)]
