"""The amplitude that a signal reaches in each segment, against the distance, and how it falls off."""

import math
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from engine.analysis.cable import Decay, fitted_decay
from engine.errors import EngineError
from engine.messages.anatomy import Anatomy
from engine.messages.places_in_words import SECTION_TYPES, type_in_words
from gui.background import Task
from gui.plots.distance_plot import Floats
from gui.session.frames import Frames

Direction = Literal["upwards", "downwards"]

DIRECTIONS: Final[dict[Direction, str]] = {"upwards": "upwards", "downwards": "downwards"}
_NOT_FITTED: Final = ("soma",)  # one spot, or nearly
_POINTS_OF_A_CURVE: Final = 100
_MOST_DIGITS: Final = 3  # behind the point


@dataclass(frozen=True, eq=False)
class Recorded:
    """What is needed of frames: taken in the window's thread, used in another one."""

    baseline: Floats  # (segments,)
    lowest: Floats  # (segments,) since the baseline
    highest: Floats  # (segments,)
    since: NDArray[np.float32] | None  # frames × segments since the baseline, where those two are not known

    def amplitudes(self, direction: Direction) -> Floats:
        """(segments,) how far each went from its baseline at most, in that direction."""
        lowest, highest = self.lowest, self.highest
        if self.since is not None:
            lowest, highest = np.fmin.reduce(self.since, axis=0), np.fmax.reduce(self.since, axis=0)
        went = highest - self.baseline if direction == "upwards" else self.baseline - lowest
        return np.asarray(went, dtype=np.float64)


def recorded_of(frames: Frames, baseline: float | None) -> Recorded:
    """Peaks since a moment (ms) and the values then; None: since the first frame. There must be a frame."""
    index = 0 if baseline is None else frames.index_at(baseline) or 0
    return Recorded(
        frames.values[index].astype(np.float64),
        frames.lowest.astype(np.float64),
        frames.highest.astype(np.float64),
        frames.values[index:] if index else None,
    )


@dataclass(frozen=True, eq=False)
class Part:
    """The segments of one type, from the nearest, and how the signal falls off in them.

    `fit`: None where there is none; `problem` says why then, "" where none is sought.
    """

    section_type: str
    segments: NDArray[np.intp]  # (n,)
    distances: Floats  # (n,) µm
    amplitudes: Floats  # (n,)
    fit: Decay | None = None
    problem: str = ""

    @property
    def name(self) -> str:
        """What people call the type."""
        return type_in_words(self.section_type)

    @property
    def curve(self) -> tuple[Floats, Floats]:
        """The fit as distances and values, as far as there are segments."""
        if self.fit is None:
            return np.empty(0), np.empty(0)
        distances = np.linspace(self.distances[0], self.distances[-1], _POINTS_OF_A_CURVE)
        return distances, self.fit.at(distances)

    def in_words(self) -> tuple[str, str]:
        """The length constant with its error, and how good the fit is; why there is none, and nothing."""
        if self.fit is None:
            return self.problem, ""
        length, error = rounded_pair(self.fit.length, self.fit.error)
        return f"{length} ± {error} µm", f"r² {self.fit.r_squared:.3f}"


def parts_of(task: Task, anatomy: Anatomy, origin: int, amplitudes: Floats) -> list[Part]:
    """By type of section, each with a fit; distances are those from a segment. Works in a thread."""
    distances = anatomy.distances_from(origin)
    kinds = np.array([each.section_type for each in anatomy.description.sections])[anatomy.sections]
    order = np.argsort(distances, kind="stable")
    order = order[np.isfinite(amplitudes[order])]
    parts = []
    for kind in [*SECTION_TYPES, *sorted(set(kinds.tolist()) - set(SECTION_TYPES))]:
        task.report()
        segments = order[kinds[order] == kind]
        if segments.size:
            parts.append(_with_fit(Part(kind, segments, distances[segments], amplitudes[segments])))
    return parts


def rounded_pair(value: float, error: float) -> tuple[str, str]:
    """A number and its error, to two digits of the error."""
    if not (math.isfinite(error) and error > 0):
        return f"{value:.4g}", f"{error:.2g}"
    digits = min(max(1 - math.floor(math.log10(error)), 0), _MOST_DIGITS)
    return f"{value:.{digits}f}", f"{error:.{digits}f}"


def _with_fit(part: Part) -> Part:
    if part.section_type in _NOT_FITTED:
        return part
    try:
        return replace(part, fit=fitted_decay(part.distances, part.amplitudes))
    except EngineError as error:
        return replace(part, problem=error.what)
