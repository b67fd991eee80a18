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
    """Positions in µm of the cells that have one; `ids` ascending."""

    ids: NDArray[np.int64]
    right: NDArray[np.float32]
    up: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Colouring:
    """The class of each cell of the population: the index of a name, or of a step between two numbers.

    With "numbers", `names` are the lowest and the highest; with "names", "others" may be the last.
    """

    kind: Literal["names", "numbers"]
    classes: NDArray[np.uint8]
    names: tuple[str, ...]
    has_others: bool = False


def places_of(task: Task, nodes: "NodePopulation", plane: Plane) -> Places:
    """Read the positions in a plane."""
    right, up = (_numbers(task, nodes, name) for name in plane)
    finite = np.isfinite(right) & np.isfinite(up)
    if finite.all():
        return Places(np.arange(nodes.size), right, up)
    return Places(np.flatnonzero(finite), right[finite], up[finite])


def colouring_of(task: Task, nodes: "NodePopulation", column: str) -> Colouring:
    """Put the cells into classes by one of their attributes."""
    if nodes.columns[column].kind == "real":
        return _by_number(_numbers(task, nodes, column))
    codes, names = _codes(task, nodes, column)
    if nodes.columns[column].kind == "integer" and len(names) > MOST_CLASSES:
        return _by_number(_numbers(task, nodes, column))
    return _by_name(codes, names)


def density(
    places: Places, chosen: NDArray[np.bool_] | None, view: View, bins: tuple[int, int]
) -> NDArray[np.float32]:
    """(bins right, bins up) how many cells lie in each piece of the view (left, right, bottom, top)."""
    left, end, bottom, top = view
    right, up = (places.right, places.up) if chosen is None else (places.right[chosen], places.up[chosen])
    columns = ((right - left) * (bins[0] / (end - left))).astype(np.int32)
    rows = ((up - bottom) * (bins[1] / (top - bottom))).astype(np.int32)
    inside = (right >= left) & (up >= bottom) & (columns < bins[0]) & (rows < bins[1])
    flat = columns[inside] * bins[1] + rows[inside]
    counts = np.bincount(flat, minlength=bins[0] * bins[1])
    return np.log1p(counts.astype(np.float32)).reshape(bins)


def inside(places: Places, view: View) -> NDArray[np.bool_]:
    """(cells,) whether each lies in a rectangle (left, right, bottom, top)."""
    left, end, bottom, top = view
    right, up = places.right, places.up
    return (right >= left) & (right <= end) & (up >= bottom) & (up <= top)


def nearest(places: Places, right: float, up: float, reach: float) -> int:
    """The place, in the arrays, of the cell that is nearest to a point; -1 if none is within reach (µm)."""
    if not places.ids.size:
        return -1
    squares = (places.right - right) ** 2 + (places.up - up) ** 2
    place = int(squares.argmin())
    return place if float(squares[place]) <= reach * reach else -1


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
    return Colouring("numbers", classes, (f"{lowest:.4g}", f"{highest:.4g}"))
