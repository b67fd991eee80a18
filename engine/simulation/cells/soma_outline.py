"""A soma that is drawn as an outline, as a stack of truncated cones: of morphologies in MorphIO's format.

NEURON's Import3d does this too, but closes the outline before it looks for the axes. neurodamus and
BlueCelluLab, which read this format with MorphIO, do not; their somata differ by a few per cent. The steps
are those of their `morphio_wrapper`; circuits in this format are simulated with somata of this form.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.simulation.cells.morphologies import in_eight_digits

Points = NDArray[np.floating[Any]]

_RESAMPLED: Final = 101
_STACKED: Final = 21


def stacked(outline: Points) -> Points:
    """(21, 4) positions and diameters in µm, along the longest axis; from (n, 3) points around the soma."""
    resampled = _evenly(outline)
    centre = resampled.mean(axis=0)
    resampled -= centre
    strengths, axes = np.linalg.eig(resampled.T @ resampled)
    order = np.argsort(strengths)
    long, wide = -axes[:, order[2]], axes[:, order[1]] * (1, 1, 0)
    halves = _halves(resampled @ long, resampled @ wide)
    ends = np.sort(np.concatenate([along for along, _ in halves]))
    places = np.linspace(ends[1], ends[-2], _STACKED)
    left, right = (np.interp(places, *half) for half in halves)
    diameters = np.abs(left - right)
    diameters[0], diameters[-1] = diameters[:2].mean(), diameters[-2:].mean()
    return np.column_stack([centre + places[:, np.newaxis] * long, diameters])


def reshape(soma: Any, outline: Points) -> None:
    """Give a section that Import3d made of this outline the other form, in the order of BlueCelluLab."""
    stack = in_eight_digits(stacked(outline).astype(np.float32))  # as MorphIO keeps them
    soma.pt3dclear()
    for point in stack[::-1]:
        soma.pt3dadd(*map(float, point))


def _evenly(outline: Points) -> Points:
    """The same outline in points that are equally far from one another, as seen from above."""
    steps = np.linalg.norm(np.diff(outline[:, :2], axis=0), axis=1)
    walked = np.cumsum(np.concatenate([[0.0], steps]))  # in 64 bits, whatever the outline has
    places = np.linspace(0, walked[-1], _RESAMPLED)
    return np.column_stack([np.interp(places, walked, outline[:, axis]) for axis in range(3)])


def _halves(along: Points, across: Points) -> tuple[tuple[Points, Points], ...]:
    """Both sides of the long axis, each from its lower end to its upper one and never backwards."""
    top = int(np.argmax(along))
    along, across = np.roll(along, -top), np.roll(across, -top)
    bottom = int(np.argmin(along))
    down = along[:bottom][::-1], across[:bottom][::-1]
    up = along[bottom:], across[bottom:]
    return tuple(_rising(*half) for half in (down, up))


def _rising(along: Points, across: Points) -> tuple[Points, Points]:
    """Without the points that lie above one that comes later."""
    lowest_after = np.minimum.accumulate(along[::-1])[::-1]
    is_kept = np.append(along[:-1] < lowest_after[1:], True)
    return along[is_kept], across[is_kept]
