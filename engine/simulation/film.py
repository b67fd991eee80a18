"""One variable in every segment of a cell, taken while NEURON runs: what a coloured cell shows."""

import itertools
import math
import operator
from collections.abc import Callable, Collection
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.errors import SimulationError
from engine.experiment.conditions import Conditions
from engine.messages.watch import Watch
from engine.simulation.cells.cell import Cell
from engine.simulation.gathering import OneByOne, Source, side_by_side
from engine.simulation.host import explaining, h
from engine.simulation.variables import in_all_segments

Pictures: TypeAlias = NDArray[np.float32]

# Of frames whose interval nobody chose: some percent of the time of a run, and so much of the memory.
SHORTEST_MS: Final = 0.1  # ten frames of a spike
SHORTEST_WITHOUT_CHANNELS_MS: Final = 0.2  # where nothing is as fast, and the run takes less time
BUDGET_BYTES: Final = 64 * 2**20
_ROOM: Final = 2**16  # numbers that NEURON takes between two stops, and frames that they are of at most
_MOST_BETWEEN_STOPS: Final = 64
_LONGEST_STRIDE: Final = 16  # from here on, a stop at each frame costs less than calls that do nothing
_ROUNDING_STEPS: Final = 1e-3


class Film:
    """Takes a frame at t = 0 and one every `interval` ms, and holds them until they are fetched.

    Frame k is at k × `interval`; its values are, as float32, what a recorder has there. Columns are the
    segments of the cell, section by section as it has them; those without the variable are NaN. `cells`: all
    that are simulated. Raises EngineError if no segment has the variable.
    """

    def __init__(self, cell: Cell, watch: Watch, conditions: Conditions, cells: Collection[Cell]) -> None:
        if not cell.sections:
            raise SimulationError(f"Cell {cell} has no membrane to watch.", hint="Choose another cell.")
        self.watch = watch
        self.segments = sum(section.nseg for section in cell.sections.values())
        self._subject = _Voltage(cell, cells) if watch.variable == "v" else _Other(cell, watch.variable)
        self.unit = self._subject.unit
        self._dt, self._stride = conditions.dt, _stride(watch, conditions, cell, self.segments)
        self.interval = self._stride * self._dt
        self._clock, self._solver = h._ref_t, h.CVode()
        self._takes_on_the_way = (
            watch.variable == "v" and not conditions.variable_step and self._stride <= _LONGEST_STRIDE
        )
        self._shots: _Shots  # from the beginning of a run on
        self._room = self._empty(_MOST_BETWEEN_STOPS)
        self._first = self._held = 0

    def begin(self) -> None:
        """A run begins: take the frame at t = 0, and forget all others."""
        self._held = 0
        self._shots = _Shots(self._subject.source(), self._stride, several=self._takes_on_the_way)
        self._shots.take()
        self._keep(0, 1)

    def solve(self, until: float, leap: Callable[[float], None]) -> None:
        """Let NEURON `leap` to `until` ms, or to where frames have to be put away before."""
        now = float(self._clock[0])
        before = self._frames_until(now)
        goal = min(until, (before + len(self._shots)) * self.interval)
        if self._takes_on_the_way:
            self._leap_and_take(round(now / self._dt), goal, leap)
        else:
            leap(goal)
        count = self._frames_until(float(self._clock[0])) - before
        if count and not self._takes_on_the_way:
            self._shots.take()
        self._keep(before + 1, count)

    def fetch(self) -> tuple[int, Pictures]:
        """The number of the first frame since the last call, and frames × segments, good until the next."""
        first, held = self._first, self._held
        self._held = 0
        return first, self._room[:held]

    def _leap_and_take(self, step: int, goal: float, leap: Callable[[float], None]) -> None:
        """NEURON calls, at every step, what is next in the script: nothing of it is written in Python.

        The voltages are final then, while states of mechanisms are still to be solved.
        """
        play = map(operator.call, itertools.islice(self._shots.script, step % self._stride, None)).__next__
        self._solver.extra_scatter_gather(0, play)
        try:
            leap(goal)
        finally:
            self._solver.extra_scatter_gather_remove(play)

    def _frames_until(self, time: float) -> int:
        """The number of the last frame that is not after a time (ms)."""
        return round(time / self._dt) // self._stride

    def _keep(self, first: int, count: int) -> None:
        if not count:
            return
        if not self._held:
            self._first = first
        if self._held + count > len(self._room):
            grown = self._empty(2 * (self._held + count))
            grown[: self._held] = self._room[: self._held]
            self._room = grown
        for number in range(count):
            self._room[self._held + number, self._subject.where] = self._shots.values(number)
        self._held += count

    def _empty(self, frames: int) -> Pictures:
        return np.full((frames, self.segments), np.nan, np.float32)


class _Voltage:
    """The voltage: every segment has it."""

    unit = "mV"
    where = slice(None)  # the columns of the segments that have it

    def __init__(self, cell: Cell, cells: Collection[Cell]) -> None:
        self._cell, self._cells = cell, cells

    def source(self) -> Source:
        """Where to read it in the run that begins."""
        sections = self._cell.sections.values()
        return side_by_side(self._cell, self._cells) or OneByOne(
            [segment._ref_v for section in sections for segment in section]
        )


class _Other:
    """A variable that some segments have."""

    def __init__(self, cell: Cell, name: str) -> None:
        with explaining(f"looking for {name}", where=f"cell {cell}"):
            variables = in_all_segments(cell.sections.values(), name, f"cell {cell}")
        found = [each for each in variables if each is not None]
        self.unit = found[0].unit
        self.where = np.flatnonzero([each is not None for each in variables])
        self._source = OneByOne([each.reference for each in found])

    def source(self) -> Source:
        """Where to read it."""
        return self._source


class _Shots:
    """Vectors of NEURON that a source fills, one after the other, or the first of them now."""

    def __init__(self, source: Source, stride: int, *, several: bool) -> None:
        count = min(_MOST_BETWEEN_STOPS, max(_ROOM // source.width, 1)) if several else 1
        vectors = [h.Vector(source.width) for _ in range(count)]
        self._order = source.order
        self._values = [vector.as_numpy() for vector in vectors]
        self._fillings = [source.filling(vector) for vector in vectors]
        self.script: list[Callable[[], object]] = []  # step by step: a vector at every `stride`-th
        if several:
            for filling in self._fillings:
                self.script += [int] * (stride - 1)
                self.script.append(filling)

    def __len__(self) -> int:
        return len(self._values)

    def take(self) -> None:
        """Fill the first vector."""
        self._fillings[0]()

    def values(self, number: int) -> NDArray[np.float64]:
        """What a vector holds, in the order of the references."""
        values: NDArray[np.float64] = self._values[number][self._order]
        return values


def _stride(watch: Watch, conditions: Conditions, cell: Cell, segments: int) -> int:
    """How many time steps there are from one frame to the next."""
    if watch.interval is not None:
        return max(round(watch.interval / conditions.dt), 1)
    most = max(BUDGET_BYTES // (4 * segments) - 1, 1)
    shortest = SHORTEST_MS if _has_channels(cell) else SHORTEST_WITHOUT_CHANNELS_MS
    interval = max(shortest, conditions.tstop / most)
    return max(math.ceil(interval / conditions.dt - _ROUNDING_STEPS), 1)


def _has_channels(cell: Cell) -> bool:
    sections = cell.sections.values()
    return any(str(mechanism.name()) != "pas" for section in sections for mechanism in section(0.5))
