"""Where the sections of a built cell are, as far as synapses on them are concerned."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.circuit.unplaced import Segments

Reals = NDArray[np.float64]

NO_SECTION: Final = -1


@dataclass(frozen=True, eq=False)
class SectionPlaces:
    """The sections of a built cell, (sections,) each. `numbers`: SONATA's, `NO_SECTION` for none.

    `near_ends`: µm along the path from the middle of the soma to the near end; `lengths` in µm. `arcs` gives,
    for a section, how far along it each of its 3-D points is (µm): some circuits count from these.
    """

    names: tuple[str, ...]
    numbers: NDArray[np.int64]
    near_ends: Reals
    lengths: Reals
    are_soma: NDArray[np.bool_]
    segment_counts: NDArray[np.int64]
    arcs: Callable[[int], Reals]

    @cached_property
    def segments(self) -> Segments:
        """All segments."""
        counts = self.segment_counts
        sections = np.repeat(np.arange(len(counts)), counts)
        within = np.arange(len(sections)) - np.repeat(np.cumsum(counts) - counts, counts)
        xs = (within + 0.5) / counts[sections]
        kinds = np.array([name.partition("[")[0] for name in self.names], dtype=object)
        return Segments(
            sections,
            kinds[sections],
            xs,
            self.distances(sections, xs),
            (self.lengths / np.maximum(counts, 1))[sections],
        )

    def along(self, row: int, point: float, offset: float) -> float:
        """Where in a section (0 to 1) something is that lies `offset` µm behind a 3-D point; NaN: unknown."""
        arcs = self.arcs(row)
        if not 0 <= point < len(arcs) or not self.lengths[row] > 0:
            return np.nan
        return float(np.clip((arcs[int(point)] + max(offset, 0.0)) / self.lengths[row], 0.0, 1.0))

    def rows_of(self, numbers: Reals) -> NDArray[np.int64]:
        """(n,) which section each SONATA number means; `NO_SECTION` where the cell has none of it."""
        order = np.argsort(self.numbers, kind="stable")
        known = self.numbers[order]
        wanted = np.where(np.isfinite(numbers) & (numbers >= 0), numbers, NO_SECTION - 1.0)
        places = np.clip(np.searchsorted(known, wanted), 0, max(len(known) - 1, 0))
        if not len(known):
            return np.full(len(numbers), NO_SECTION, dtype=np.int64)
        return np.where(known[places] == wanted, order[places], NO_SECTION).astype(np.int64)

    def distances(self, rows: NDArray[np.int64], xs: Reals) -> Reals:
        """(n,) µm along the path from the middle of the soma; NaN where there is no section."""
        if not len(self.names):
            return np.full(len(rows), np.nan)
        lengths = self.lengths[rows]
        along = np.where(self.are_soma[rows], np.abs(xs - 0.5) * lengths, self.near_ends[rows] + xs * lengths)
        return np.where(rows == NO_SECTION, np.nan, along)
