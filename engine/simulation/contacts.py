"""Edges that are to be built, and what is built of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.circuit.edges import EdgePopulation
from engine.errors import CircuitError, SimulationError
from engine.simulation.cells.cell import Cell

Numbers = NDArray[np.float64]
NEAR_END, FAR_END = 1e-7, 0.9999999  # a synapse at a very end of a section belongs to the next segment


@dataclass(frozen=True, slots=True)
class Edges:
    """Some edges of one population: rows, and the nodes at both ends, all (n,).

    `places`: the place of each among all edges of the population that end at its target, in the file's order.
    `drawn`: names of sections and places in them, where these were drawn at random; an edge is then there
    once for each of its synapses.
    `model`: of their synapses, where not the edges themselves say it: see `ConnectionOverride.modoverride`.
    """

    population: EdgePopulation
    rows: NDArray[np.int64]
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    places: NDArray[np.int64]
    model: str = ""
    drawn: "tuple[NDArray[np.object_], Numbers] | None" = None

    def only(self, mask: NDArray[np.bool_] | NDArray[np.int64], model: str = "") -> "Edges":
        """Some of them, by a mask or their numbers, with a model of their synapses."""
        return Edges(
            self.population, self.rows[mask], self.sources[mask], self.targets[mask], self.places[mask], model
        )

    def numbers(self, *names: str, default: float | None = None) -> Numbers:
        """The first of these columns that there is, as numbers."""
        for name in names:
            if name in self.population.columns:
                return np.asarray(self.population.read_rows(name, self.rows), dtype=np.float64)
        if default is None:
            raise CircuitError(
                f"The edges of {self.population.name} have no attribute {names[0]!r}.",
                hint="It is needed to build their synapses.",
            )
        return np.full(len(self.rows), default)

    def texts(self, name: str) -> list[str]:
        """A column as text; empty texts if there is no such column."""
        if name not in self.population.columns:
            return [""] * len(self.rows)
        return [str(value) for value in self.population.read_rows(name, self.rows)]

    def has(self, *names: str) -> bool:
        """Whether one of these columns is there."""
        return any(name in self.population.columns for name in names)


def _nothing() -> None:
    """What most synapses need before a run."""


def _no_stream(_index: int) -> tuple[int, ...]:
    """What most synapses draw from."""
    return ()


@dataclass(frozen=True, slots=True)
class Contacts:
    """What each edge does: `place` makes (or finds) what its NetCon ends at, in the cell given.

    `delays` in ms, not yet on the grid of time steps; `weights` in the unit of what is placed. `restart` is
    called before each run. `mechanisms`: of which kinds they are, where these may come from elsewhere.
    `stream_of`: the ids of the random numbers that the synapse of an edge draws, empty if it draws none.
    """

    place: Callable[[int, Cell], Any]
    weights: Numbers
    delays: Numbers
    restart: Callable[[], None] = _nothing
    mechanisms: frozenset[str] = frozenset()
    stream_of: Callable[[int], tuple[int, ...]] = _no_stream


class UnsupportedEdgesError(SimulationError):
    """Edges of a kind that is not built."""
