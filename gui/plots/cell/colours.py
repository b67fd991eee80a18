"""Which colour a segment has: by the type of its section, or by a value that it has now."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from engine.messages.anatomy import Anatomy
from gui import theme

Rgb = NDArray[np.uint8]  # (n, 3)

TYPE_NAMES: Final = {
    "soma": "Soma",
    "axon": "Axon",
    "dend": "Basal dendrite",
    "apic": "Apical dendrite",
    "myelin": "Myelin",
}
OTHER_TYPE: Final = "Other"
_STEPS: Final = 256
# Of a map whose lightness grows evenly, the part that can be told from the background
_MAP, _ON_LIGHT, _ON_DARK = "viridis", (0.0, 0.86), (0.3, 1.0)
# Told apart also by those who see no red or no green; 3:1 against the background
_LIGHT_TYPES: Final = {
    "soma": "#3d4654", "axon": "#0072b2", "dend": "#c04f00", "apic": "#a23b84", "myelin": "#007a5a",
}  # fmt: skip
_DARK_TYPES: Final = {
    "soma": "#d3d8df", "axon": "#56b4e9", "dend": "#ff9a4d", "apic": "#e29ac6", "myelin": "#2fcb9c",
}  # fmt: skip


@dataclass(frozen=True)
class ColourScale:
    """From values to colours; what is outside of the range gets the colour of its end."""

    title: str  # such as "Voltage"
    unit: str
    low: float
    high: float

    @property
    def heading(self) -> str:
        """Such as "Voltage (mV)"."""
        return f"{self.title} ({self.unit})" if self.unit else self.title

    def colours(self, values: NDArray[Any]) -> Rgb:
        """(n, 3) colours of values; NaN, where there is none, is grey."""
        span = self.high - self.low
        steps = (np.asarray(values, dtype=np.float64) - self.low) * (
            (_STEPS - 1) / (span if span > 0 else 1.0)
        )
        known = ~np.isnan(steps)
        index = np.clip(np.where(known, steps, 0.0), 0, _STEPS - 1).astype(np.intp)
        colours = scale_colours()[index]
        colours[~known] = rgb(theme.colours().ghost)
        return colours


def scale_colours() -> Rgb:
    """(256, 3) from the lowest to the highest value, in the present theme."""
    return _map(*(_ON_DARK if theme.is_dark() else _ON_LIGHT))


def perceptual(part: float) -> QColor:
    """The colour of a part (0 to 1) of the scale."""
    return QColor(*scale_colours()[round(min(max(part, 0.0), 1.0) * (_STEPS - 1))].tolist())


def rgb(colour: str) -> Rgb:
    """(3,) of "#rrggbb"."""
    return np.frombuffer(bytes.fromhex(colour.lstrip("#")), dtype=np.uint8)


def type_colour(section_type: str) -> str:
    """The colour of a type of section, as "#rrggbb"."""
    colours = _DARK_TYPES if theme.is_dark() else _LIGHT_TYPES
    return colours.get(section_type, theme.colours().muted_text)


def type_on_white(colour: str) -> str | None:
    """The colour on paper of a type of section that has this one in the dark; None: it is none of them."""
    found = (name for name, dark in _DARK_TYPES.items() if dark == colour)
    return _LIGHT_TYPES.get(next(found, ""))


def type_colours(anatomy: Anatomy) -> Rgb:
    """(segments, 3) by the type of each segment's section."""
    of_sections = [rgb(type_colour(each.section_type)) for each in anatomy.description.sections]
    return np.array(of_sections, dtype=np.uint8).reshape(-1, 3)[anatomy.sections]


def types_of(anatomies: Iterable[Anatomy]) -> tuple[tuple[str, str], ...]:
    """Name and colour of each type of section that there is, for a legend."""
    found = {each.section_type for anatomy in anatomies for each in anatomy.description.sections}
    known = [(TYPE_NAMES[kind], type_colour(kind)) for kind in TYPE_NAMES if kind in found]
    others = [(OTHER_TYPE, type_colour(""))] if found - TYPE_NAMES.keys() else []
    return (*known, *others)


@cache
def _map(first: float, last: float) -> Rgb:
    table: NDArray[Any] = pg.colormap.get(_MAP).map(np.linspace(first, last, _STEPS), mode="byte")
    return np.ascontiguousarray(table[:, :3], dtype=np.uint8)
