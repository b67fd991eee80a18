"""Many of NEURON's variables read at once, into a vector: one by one, or voltages as they lie in memory."""

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.simulation.cells.cell import Cell
from engine.simulation.host import h

Indices = NDArray[np.intp]

_FIRST_MARK: Final = 1e6  # mV, which no voltage is


class Source(Protocol):
    """Fills a vector of NEURON with `width` numbers; those that are meant are at `order` of it."""

    width: int
    order: Indices | slice

    def filling(self, vector: Any) -> Callable[[], object]:
        """What fills the vector when it is called; no Python is in between."""


class OneByOne:
    """Follows a reference to each variable: some 50 ns each, when a solver has emptied the caches."""

    def __init__(self, references: Sequence[Any]) -> None:
        self.width = len(references)
        self.order: Indices | slice = slice(None)
        self._pointers = h.PtrVector(len(references))
        for place, reference in enumerate(references):
            self._pointers.pset(place, reference)

    def filling(self, vector: Any) -> Callable[[], object]:
        """As Source has it."""
        return functools.partial(self._pointers.gather, vector)


class SideBySide:
    """Copies the voltages of all nodes, as the solver has them: a tenth of the time."""

    def __init__(self, first: Any, width: int, order: Indices) -> None:
        self.width = width
        self.order: Indices | slice = order
        self._first = first

    def filling(self, vector: Any) -> Callable[[], object]:
        """As Source has it."""
        return functools.partial(vector.from_double, self.width, self._first)


def side_by_side(cell: Cell, cells: Iterable[Cell]) -> SideBySide | None:
    """The voltages of a cell; None if they are not found. Call it when NEURON is initialised.

    NEURON keeps the voltages of all nodes in one array, those of a section one after the other, that of the
    first root first. Where sections begin and end is seen by writing numbers there, which are taken back.
    `cells`: all that are simulated.
    """
    everything = [section for each in cells for section in each.sections.values()]
    # each section has a node at its end, each root one at its beginning; what follows the last root is there
    width = sum(section.nseg + 1 for section in everything) + 1
    ends = [_ends(section) for section in cell.sections.values()]
    before = [[segment.v for segment in pair] for pair in ends]
    seen = h.Vector(width)
    try:
        for number, segment in enumerate(itertools.chain.from_iterable(ends)):
            segment.v = _FIRST_MARK + number
        for root in (section for section in everything if section.parentseg() is None):
            seen.from_double(width, root(0)._ref_v)
            order = _order(np.array(seen.as_numpy()), [section.nseg for section in cell.sections.values()])
            if order is not None:
                return SideBySide(root(0)._ref_v, width, order)
    finally:
        for pair, voltages in zip(ends, before, strict=True):
            for segment, voltage in zip(pair, voltages, strict=True):
                segment.v = voltage
    return None


def _ends(section: Any) -> tuple[Any, Any]:
    half = 0.5 / section.nseg
    return section(half), section(1 - half)


def _order(seen: NDArray[np.float64], counts: Sequence[int]) -> Indices | None:
    """Where each segment is, of sections with so many; None if a mark is missing."""
    marked = np.flatnonzero(seen >= _FIRST_MARK)
    places = dict(zip(seen[marked].tolist(), marked.tolist(), strict=True))
    parts = []
    for number, count in enumerate(counts):
        last = places.get(_FIRST_MARK + 2 * number + 1)
        first = places.get(_FIRST_MARK + 2 * number) if count > 1 else last
        if first is None or last is None or abs(last - first) != count - 1:
            return None
        step = 1 if last >= first else -1
        parts.append(np.arange(first, last + step, step, dtype=np.intp))
    return np.concatenate(parts)
