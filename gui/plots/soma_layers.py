"""Where somata lie and what colours them, as arrays. Works in a thread."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from gui.background import Task

if TYPE_CHECKING:
    from engine.circuit.nodes import NodePopulation

View = tuple[float, float, float, float]  # left, right, bottom, top
Plane = tuple[str, str]  # the attribute to the right and the one upwards

PLANES: Final[tuple[Plane, ...]] = (("x", "y"), ("x", "z"), ("z", "y"))
MOST_CLASSES: Final = 8  # as many as there are colours that can be told apart
STEPS: Final = 12  # of a scale of numbers
NO_CLASS: Final = 255  # the value is missing


@dataclass(frozen=True, slots=True)
class Places:
    """Positions in µm of the cells that have one; `ids` ascending. `bounds` hold all of them."""

    ids: NDArray[np.int64]
    right: NDArray[np.float32]
    up: NDArray[np.float32]
    bounds: View

    def only(self, which: NDArray[np.intp]) -> "Places":
        """Some of them, by where they are in the arrays, ascending."""
        return Places(self.ids[which], self.right[which], self.up[which], self.bounds)


@dataclass(frozen=True, slots=True)
class Colouring:
    """The class of each cell of the population: the index of a name, or of a step between two numbers.

    With "numbers", `names` are the lowest and the highest; with "names", "others" may be the last.
    """

    kind: Literal["names", "numbers"]
    classes: NDArray[np.uint8]
    names: tuple[str, ...]
    has_others: bool = False
    limits: tuple[float, float] = (0.0, 0.0)  # with "numbers": the lowest and the highest

    def span(self, lowest: int, highest: int) -> tuple[float, float]:
        """The numbers from which to which two steps reach."""
        start, end = self.limits
        width = (end - start) / STEPS
        return start + lowest * width, start + (highest + 1) * width


def places_of(task: Task, nodes: "NodePopulation", plane: Plane) -> Places:
    """Read the positions in a plane."""
    right, up = (_numbers(task, nodes, name) for name in plane)
    finite = np.isfinite(right) & np.isfinite(up)
    if finite.all():
        return Places(np.arange(nodes.size), right, up, _bounds(right, up))
    right, up = right[finite], up[finite]
    return Places(np.flatnonzero(finite), right, up, _bounds(right, up))


def colouring_of(task: Task, nodes: "NodePopulation", column: str) -> Colouring:
    """Put the cells into classes by one of their attributes."""
    if nodes.columns[column].kind == "real":
        return _by_number(_numbers(task, nodes, column))
    codes, names = _codes(task, nodes, column)
    if nodes.columns[column].kind == "integer" and len(names) > MOST_CLASSES:
        return _by_number(_numbers(task, nodes, column))
    return _by_name(codes, names)


def _bounds(right: NDArray[np.float32], up: NDArray[np.float32]) -> View:
    if not right.size:
        return (0.0, 0.0, 0.0, 0.0)
    return (float(right.min()), float(right.max()), float(up.min()), float(up.max()))


def _numbers(task: Task, nodes: "NodePopulation", column: str) -> NDArray[np.float32]:
    values = np.empty(nodes.size, dtype=np.float32)
    for start, stop in nodes.chunks():
        task.report(start, nodes.size, f"Reading {column}…")
        values[start:stop] = nodes.raw(column, start, stop)
    return values


def _codes(task: Task, nodes: "NodePopulation", column: str) -> tuple[NDArray[Any], list[str]]:
    library = nodes.library(column)
    parts = []
    for start, stop in nodes.chunks():
        task.report(start, nodes.size, f"Reading {column}…")
        raw = nodes.raw(column, start, stop)
        parts.append(raw if library is not None or raw.dtype.kind != "O" else raw.astype(str))
    values = np.concatenate([*parts]) if parts else np.empty(0, dtype=np.int64)
    if library is not None:
        return values, [str(each) for each in library]
    present, codes = np.unique(values, return_inverse=True)
    return codes, [str(each) for each in present.tolist()]


def _by_name(codes: NDArray[Any], names: list[str]) -> Colouring:
    counts = np.bincount(codes, minlength=len(names))
    present = [code for code in np.argsort(-counts, kind="stable").tolist() if counts[code]]
    shown = sorted(present[:MOST_CLASSES], key=lambda code: (names[code].casefold(), names[code]))
    class_of = np.full(len(names), MOST_CLASSES, dtype=np.uint8)
    class_of[shown] = np.arange(len(shown))
    has_others = len(present) > MOST_CLASSES
    others = (f"{len(present) - MOST_CLASSES} others",) if has_others else ()
    titles = tuple(names[code] or "(empty)" for code in shown)
    return Colouring("names", class_of[codes], (*titles, *others), has_others)


def _by_number(values: NDArray[np.float32]) -> Colouring:
    finite = values[np.isfinite(values)]
    lowest, highest = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    width = (highest - lowest) or 1.0
    steps = np.clip((np.nan_to_num(values, nan=lowest) - lowest) * (STEPS / width), 0, STEPS - 1)
    classes = np.where(np.isfinite(values), steps.astype(np.uint8), np.uint8(NO_CLASS))
    names = (f"{lowest:.4g}", f"{highest:.4g}")
    return Colouring("numbers", classes, names, limits=(lowest, highest))
