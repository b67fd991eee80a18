"""A figure for print, as data: charts over each other, with a legend. Nothing of it depends on the screen."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

Floats = NDArray[np.float64]
Symbol = Literal["circle", "square", "triangle", "diamond"]

SINGLE_COLUMN_MM: Final = 85.0
DOUBLE_COLUMN_MM: Final = 180.0
MM_PER_POINT: Final = 25.4 / 72
_STEPS: Final = (1.0, 2.0, 5.0, 10.0)
_UNIT: Final = re.compile(r"\(([^()]+)\)\s*$")


@dataclass(frozen=True, slots=True)
class Style:
    """How a figure is drawn: sizes in mm and points, white ground, black text and axes.

    `height_mm` None: by the number of charts. `scale_bars`: instead of axes.
    """

    width_mm: float = SINGLE_COLUMN_MM
    height_mm: float | None = None
    text_points: int = 8
    line_points: float = 0.8
    legend: bool = True
    scale_bars: bool = False
    dots_per_inch: int = 600


@dataclass(frozen=True, eq=False, slots=True)
class Curve:
    """A line through points, or points alone. NaN breaks the line; `pairs`: a line for every two points.

    `width` is a factor of the style's; `dash` counts in widths of the line.
    """

    x: Floats
    y: Floats
    colour: str
    dash: tuple[float, ...] = ()
    width: float = 1.0
    has_line: bool = True
    pairs: bool = False
    symbol: Symbol | None = None
    symbol_is_filled: bool = True
    symbol_size: float = 4.0  # points
    opacity: float = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class Area:
    """A polygon, filled."""

    x: Floats
    y: Floats
    colour: str
    opacity: float = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class Pixels:
    """A picture that fills a rectangle of the chart: left, top, width, height, in units of the axes."""

    image: QImage
    place: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Words:
    """Text in the middle over a place of the chart."""

    x: float
    y: float
    text: str


Mark = Curve | Area | Pixels | Words
Naming = Callable[[Sequence[float], float], Sequence[str]]  # the texts at values, which lie so far apart


@dataclass(frozen=True, slots=True)
class Axis:
    """`ticks` None: at round numbers, which `naming` may put into words. Inverted: its low end is up."""

    title: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] | None = None
    naming: Naming | None = None
    is_inverted: bool = False

    @property
    def unit(self) -> str:
        """What stands in brackets at the end of the title."""
        found = _UNIT.search(self.title)
        return found[1] if found else ""

    def part(self, values: Floats) -> Floats:
        """(n,) 0 at the low end, 1 at the high end; the other way round if it is inverted."""
        parts: Floats = (np.asarray(values, dtype=np.float64) - self.low) / ((self.high - self.low) or 1.0)
        return 1 - parts if self.is_inverted else parts

    def tick_marks(self, most: int) -> tuple[tuple[float, str], ...]:
        """Values within, and their texts."""
        if self.ticks is not None:
            within = tuple(each for each in self.ticks if self.low <= each[0] <= self.high)
            return within[:: max(math.ceil(len(within) / max(most, 1)), 1)]
        step = round_step((self.high - self.low) / max(most, 1))
        values = [
            float(round(k * step, 12))
            for k in range(math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9) + 1)
        ]
        texts = (
            self.naming(values, step) if self.naming is not None else [number_text(each) for each in values]
        )
        return tuple(zip(values, texts, strict=True))


@dataclass(frozen=True, eq=False, slots=True)
class Chart:
    """Marks on two axes, which a drawing has not. `fixed_lines`: its height in lines of text."""

    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    has_axes: bool = True
    fixed_lines: float | None = None
    is_square: bool = False  # a unit is as long on both axes


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend."""

    text: str
    colour: str
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Figure:
    """Charts from the top; those above the last one share its x axis if they have the same."""

    charts: tuple[Chart, ...]
    legend: tuple[Entry, ...] = ()
    title: str = ""


def round_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not less."""
    if not least > 0 or not math.isfinite(least):
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in _STEPS if step * power >= least * (1 - 1e-9))


def round_length(most: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not more."""
    if not most > 0 or not math.isfinite(most):
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in _STEPS if step * power <= most * (1 + 1e-9))


def number_text(value: float) -> str:
    """A number with a minus that is one."""
    return f"{value:.6g}".replace("-", "−").replace("e−0", "e−").replace("e+0", "e")
