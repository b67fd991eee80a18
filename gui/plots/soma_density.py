"""What is seen of many somata: single ones while few are in view, else how dense they lie."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gui.background import Task
from gui.plots.soma_layers import Colouring, Places, View
from gui.plots.soma_regions import Members, inside

MOST_POINTS: Final = 50_000
SELECTED, KEPT, DIMMED = range(3)  # layers, from the uppermost; dimmed is what the filter hides

_PIECE: Final = 1_000_000  # cells at a time
_FAINTEST: Final = 0.15  # of 1: where there is one cell, something is to be seen

Colour = tuple[int, int, int]  # 0 to 255


@dataclass(frozen=True, slots=True)
class Scene:
    """Cells, and which of them the filter keeps and are selected."""

    places: Places
    kept: Members
    selected: Members


@dataclass(frozen=True, slots=True)
class Near:
    """Cells that are drawn one by one."""

    places: Places
    kept: NDArray[np.bool_]
    selected: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen in a view: single cells, or (right, up, 4) colours from 0 to 255."""

    view: View
    near: Near | None
    picture: NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True)
class Crowd:
    """The cells in a small piece of the map, and how many of each class of the colouring, most first."""

    total: int
    kept: int
    classes: tuple[tuple[int, int], ...]  # class, cells


def near(scene: Scene) -> Near:
    """All of them, one by one."""
    places = scene.places
    return Near(places, scene.kept.among(places), scene.selected.among(places))


def look(task: Task, scene: Scene, view: View, bins: tuple[int, int], colours: Sequence[Colour]) -> Look:
    """See a view (left, right, bottom, top); `colours` are those of the layers. Works in a thread."""
    seen = inside(scene.places, view)
    task.report()
    if np.count_nonzero(seen) <= MOST_POINTS:
        few = scene.places.only(np.flatnonzero(seen))
        return Look(view, near(replace(scene, places=few)), None)
    layers = densities(task, scene, view, bins)
    task.report()
    return Look(view, None, painted(layers, colours))


def densities(task: Task, scene: Scene, view: View, bins: tuple[int, int]) -> NDArray[np.int64]:
    """(layers, bins right, bins up) how many cells lie in each piece of the view, each in one layer."""
    places = scene.places
    left, end, bottom, top = view
    is_kept, is_selected = scene.kept.among(places), scene.selected.among(places)
    counts = np.zeros(bins[0] * bins[1] * 3, dtype=np.int64)
    for start in range(0, len(places.ids), _PIECE):
        task.report()
        piece = slice(start, start + _PIECE)
        right, up = places.right[piece], places.up[piece]
        held = (right >= left) & (right < end) & (up >= bottom) & (up < top)
        columns = ((right[held] - left) * (bins[0] / (end - left))).astype(np.int64)
        rows = ((up[held] - bottom) * (bins[1] / (top - bottom))).astype(np.int64)
        np.minimum(columns, bins[0] - 1, out=columns)  # 32 bits may round up to the edge
        np.minimum(rows, bins[1] - 1, out=rows)
        layer = np.where(is_selected[piece][held], SELECTED, np.where(is_kept[piece][held], KEPT, DIMMED))
        counts += np.bincount((columns * bins[1] + rows) * 3 + layer, minlength=len(counts))
    return np.moveaxis(counts.reshape(*bins, 3), 2, 0)


def painted(layers: NDArray[np.int64], colours: Sequence[Colour]) -> NDArray[np.uint8]:
    """(right, up, 4) colours of the layers over one another, each on a logarithmic scale of its own."""
    picture = np.zeros((*layers.shape[1:], 4), dtype=np.float32)
    for counts, colour in reversed(tuple(zip(layers, colours, strict=True))):
        strength = np.log1p(counts.astype(np.float32))
        strength /= max(float(strength.max()), 1e-9)
        strength = np.where(counts > 0, _FAINTEST + (1 - _FAINTEST) * strength, 0)[..., None]
        picture = picture * (1 - strength) + np.array([*colour, 255], dtype=np.float32) * strength
    opacity = picture[..., 3:] / 255
    picture[..., :3] = np.where(opacity > 0, picture[..., :3] / np.maximum(opacity, 1e-6), 0)
    return np.clip(picture, 0, 255).astype(np.uint8)


def crowd(task: Task, scene: Scene, colouring: Colouring | None, view: View) -> Crowd:
    """Count what lies in a piece of the map. Works in a thread."""
    there = np.flatnonzero(inside(scene.places, view))
    task.report()
    few = scene.places.only(there)
    shown = few.ids[scene.kept.among(few)]
    if colouring is None:
        return Crowd(len(there), len(shown), ())
    classes, counts = np.unique(colouring.classes[shown], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    pairs = zip(classes[order].tolist(), counts[order].tolist(), strict=True)
    return Crowd(len(there), len(shown), tuple(pairs))
