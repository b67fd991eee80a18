"""Many of NEURON's variables read at once, into a vector: one by one, or voltages as they lie in memory."""

import functools
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
        self.pointers = h.PtrVector(len(references))
        for place, reference in enumerate(references):
            self.pointers.pset(place, reference)

    def filling(self, vector: Any) -> Callable[[], object]:
        """As Source has it."""
        return functools.partial(self.pointers.gather, vector)


class SideBySide:
    """Copies the voltages of all cells as the solver has them: a tenth of the time."""

    def __init__(self, first: Any, width: int, order: Indices) -> None:
        self.width = width
        self.order: Indices | slice = order
        self._first = first

    def filling(self, vector: Any) -> Callable[[], object]:
        """As Source has it."""
        return functools.partial(vector.from_double, self.width, self._first)


def side_by_side(voltages: OneByOne, cells: Iterable[Cell]) -> SideBySide | None:
    """Where the solver has some voltages; None if they are not found. Call it when NEURON is initialised.

    NEURON keeps the voltages of all nodes in one array, that of the first root first. Which is whose is seen
    by writing numbers into them, which are taken back. `cells`: all that are simulated.
    """
    sections = [section for cell in cells for section in cell.sections.values()]
    roots = [section for section in sections if section.parentseg() is None]
    # each section has a node at its end, each root one at its beginning; what follows the last root is there
    width = sum(section.nseg + 1 for section in sections) + 1
    before, marks, seen = h.Vector(voltages.width), h.Vector(voltages.width), h.Vector(width)
    marks.indgen(_FIRST_MARK, 1)
    voltages.pointers.gather(before)
    voltages.pointers.scatter(marks)
    try:
        for root in roots:
            seen.from_double(width, root(0)._ref_v)
            order = _order(np.array(seen.as_numpy()), voltages.width)
            if order is not None:
                return SideBySide(root(0)._ref_v, width, order)
    finally:
        voltages.pointers.scatter(before)
    return None


def _order(seen: NDArray[np.float64], count: int) -> Indices | None:
    """Where each mark is; None if one is missing."""
    places = np.flatnonzero((seen >= _FIRST_MARK) & (seen < _FIRST_MARK + count))
    if len(places) != count:
        return None
    order = np.empty(count, np.intp)
    order[(seen[places] - _FIRST_MARK).astype(np.intp)] = places
    return order
