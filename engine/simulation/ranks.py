"""The processes that share one run, and what they say to each other; they are called ranks, as MPI has it."""

import contextlib
import heapq
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NoReturn, TypeVar

import numpy as np
from typing_extensions import override

from engine.errors import EngineError, SimulationError
from engine.experiment.waveforms import Samples
from engine.simulation.host import explaining, h

T = TypeVar("T")
_NEVER: Final = 0.0  # seconds without a step after which NEURON gives up; rank 0 may write for long


class Ranks:
    """One process that does all by itself, and what several have to do more.

    What is named `gather`, `share`, `all_of` or `together` has to be called by every rank, in the same order.
    """

    number = 0
    count = 1

    @property
    def is_first(self) -> bool:
        """Whether this process is the one that writes and tells."""
        return self.number == 0

    def all_of(self, value: T) -> list[T]:
        """The values of all ranks, by their number."""
        return [value]

    def gather(self, value: T) -> list[T]:
        """The same on the first rank; empty on the others."""
        return [value]

    def share(self, value: T) -> T:
        """The value of the first rank."""
        return value

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """All ranks do this, each its part; if one fails, its EngineError is raised on all of them."""
        yield

    @contextlib.contextmanager
    def exchanging(self) -> Iterator[None]:
        """In the block NEURON exchanges spikes: who fails in there leaves the others waiting."""
        yield


class ManyRanks(Ranks):
    """One of several processes under MPI."""

    def __init__(self) -> None:
        self._context = h.ParallelContext()
        self.number = int(self._context.id())
        self.count = int(self._context.nhost())
        self._context.timeout(_NEVER)

    @override
    def all_of(self, value: T) -> list[T]:
        found: list[T] = self._context.py_allgather(value)
        return found

    @override
    def gather(self, value: T) -> list[T]:
        return self._context.py_gather(value, 0) or []

    @override
    def share(self, value: T) -> T:
        shared: T = self._context.py_broadcast(value, 0)
        return shared

    @contextlib.contextmanager
    @override
    def together(self) -> Iterator[None]:
        mine: EngineError | None = None
        try:
            yield
        except EngineError as error:
            mine = error
        told = None if mine is None else (mine.what, mine.where, mine.hint, getattr(mine, "printed", ""))
        first = next((each for each in self.all_of(told) if each is not None), None)
        if first is not None:
            what, where, hint, printed = first
            raise AgreedError(what, where=where, hint=hint, printed=printed) from mine

    @contextlib.contextmanager
    @override
    def exchanging(self) -> Iterator[None]:
        try:
            yield
        except EngineError as error:
            raise LostRanksError(error) from error


class AgreedError(SimulationError):
    """What one rank met, and all know of."""


class LostRanksError(Exception):
    """A rank failed while the others wait for its spikes: all that is left is to tell why and end them."""

    def __init__(self, error: EngineError) -> None:
        super().__init__(str(error))
        self.error = error


class Columns:
    """Puts the columns of a table, of which each rank has some, side by side in the order of their keys."""

    def __init__(self, keys: Sequence[Any], ranks: Ranks) -> None:
        self._ranks = ranks
        self.keys = [key for of_rank in ranks.all_of(list(keys)) for key in of_rank]
        order = sorted(range(len(self.keys)), key=self.keys.__getitem__)
        self.order = None if order == list(range(len(order))) else np.array(order, dtype=np.intp)

    def sorted(self, values: Sequence[T]) -> list[T]:
        """(columns of this rank) to (columns of all), on the first rank; nothing elsewhere."""
        found = [value for of_rank in self._ranks.gather(list(values)) for value in of_rank]
        return found if self.order is None or not found else [found[index] for index in self.order.tolist()]

    def joined(self, samples: Samples) -> Samples:
        """(n, columns of this rank) to (n, columns of all), on the first rank; as it came elsewhere."""
        tables = self._ranks.gather(samples)
        if not tables:
            return samples
        table = tables[0] if len(tables) == 1 else np.concatenate(tables, axis=1)
        return table if self.order is None else table[:, self.order]


ALONE: Final = Ranks()


def join_ranks(count: int | None = None, environment: Mapping[str, str] = MappingProxyType({})) -> ManyRanks:
    """Become one of several processes, of `count` if that is known.

    `environment` tells NEURON where the MPI library is. SimulationError where the processes do not meet.
    """
    os.environ.update(environment)
    with explaining("joining the other processes"):
        h.nrnmpi_init()
    ranks = ManyRanks()
    expected = count or _expected()
    if ranks.count != expected:
        raise SimulationError(
            f"The {expected} processes of this run do not find each other.",
            hint="NEURON needs the MPI library whose mpiexec starts them: name it in MPI_LIB_NRN_PATH.",
        )
    return ranks


def _expected() -> int:
    """How many processes the launcher says there are."""
    known = (os.environ.get(name, "") for name in ("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS"))
    return next((int(each) for each in known if each.isdigit()), 1)


def leave(code: int) -> NoReturn:
    """End this process: in accord with the others with 0, else at once, and its launcher ends the others."""
    sys.stdout.flush()
    sys.stderr.flush()
    if code == 0:
        h.ParallelContext().barrier()
        h.quit()
    os._exit(code)


def dealt(costs: Iterable[float], hands: int) -> list[list[int]]:
    """Deal things round, the most costly first, each to whoever has least: who has which, ascending."""
    piles: list[list[int]] = [[] for _ in range(hands)]
    loads = [(0.0, 0, hand) for hand in range(hands)]  # a heap: who has least is its first
    of_each = list(costs)
    for index in sorted(range(len(of_each)), key=lambda each: (-of_each[each], each)):
        load, size, hand = loads[0]
        piles[hand].append(index)
        heapq.heapreplace(loads, (load + of_each[index], size + 1, hand))
    return [sorted(pile) for pile in piles]
