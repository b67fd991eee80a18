"""Gap junctions: each side is a current at one cell that feels the voltage at a place on another."""

from collections import Counter
from collections.abc import Collection, Container, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.circuit.edges import EdgePopulation
from engine.circuit.problems import Problem, left_out
from engine.errors import SimulationError
from engine.simulation.cells.cell import Cell
from engine.simulation.contacts import FAR_END, NEAR_END, Edges
from engine.simulation.host import explaining, h
from engine.simulation.stand_ins import GAP, model_of

_COLUMNS: Final = ("afferent_junction_id", "efferent_junction_id")
_SECTION_COLUMNS: Final = ("afferent_section_id", "sec_id")
_POSITION_COLUMNS: Final = ("afferent_section_pos", "sec_x")
_TRANSFERS: Final = 4  # what gid_clear is to forget: no gids


class GapJunctions:
    """Owns all sides of the gap junctions between built cells; NEURON has room for one such set.

    As in neurodamus, an edge is the side at its target: the voltage there is published under the number
    afferent_junction_id, and the junction reads what is published as efferent_junction_id.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._sides: list[Any] = []
        self._places: dict[int, tuple[object, int, float]] = {}  # of what is published
        self._is_set_up = False

    def __len__(self) -> int:
        """How many sides there are: two for each junction."""
        return len(self._sides)

    def __del__(self) -> None:
        """NEURON must not read voltages of cells that go."""
        if self._is_set_up:
            h.ParallelContext().gid_clear(_TRANSFERS)

    @property
    def mechanisms(self) -> frozenset[str]:
        """Of which kind they are, where that may come from elsewhere."""
        return frozenset({GAP} if self._sides else ())

    def join(
        self, edges: Edges, targets: Mapping[int, Cell], sources: Collection[int], remote: Container[int]
    ) -> None:
        """Build those of these edges that begin at one of the sources that take part."""
        inside = np.isin(edges.sources, np.fromiter(sources, dtype=np.int64, count=len(sources)))
        if inside.any():
            self.add(edges.only(inside), targets, remote)

    def add(self, edges: Edges, targets: Mapping[int, Cell], remote: Container[int] = ()) -> None:
        """Build those of these edges whose partner is built, too, or is in another process (`remote`)."""
        kind = model_of(GAP)
        population = edges.population
        if kind is None or not all(name in population.columns for name in _COLUMNS):
            self._warn(len(edges.rows), population, *_why_not(kind, population))
            return
        published, read = (edges.numbers(name).astype(np.int64) for name in _COLUMNS)
        sections, positions = edges.numbers(*_SECTION_COLUMNS), edges.numbers(*_POSITION_COLUMNS)
        conductances = edges.numbers("conductance")
        _check(conductances, population)
        has_partner = np.isin(read, published) | np.array(
            [source in remote for source in edges.sources.tolist()], dtype=np.bool_
        )
        if not has_partner.all():
            self._warn(
                int((~has_partner).sum()),
                population,
                "Nobody has the number efferent_junction_id: the edge of the other side is missing.",
                "Each junction needs an edge in both directions.",
            )
        misplaced: Counter[str] = Counter()
        positions = np.clip(positions, NEAR_END, FAR_END)
        for index in np.flatnonzero(has_partner).tolist():
            cell, place = targets[int(edges.targets[index])], (int(sections[index]), float(positions[index]))
            try:
                segment = cell.segment(*place)
                self._publish(int(published[index]), segment, (cell, *place))
            except SimulationError as error:
                misplaced[error.what] += 1
                continue
            self._sides.append(_side(kind, segment, float(conductances[index]), int(read[index])))
        for what, count in misplaced.items():
            self._warn(count, population, what)

    def set_up(self) -> None:
        """Let voltages be exchanged from now on; in all processes that share a run, or in none."""
        self._is_set_up = True
        with explaining(
            "connecting gap junctions",
            hint="Each number of a junction (efferent_junction_id) has to be that of another edge.",
        ):
            h.ParallelContext().setup_transfer()

    def _publish(self, number: int, segment: Any, place: tuple[object, int, float]) -> None:
        if number not in self._places:
            self._places[number] = place
            h.ParallelContext().source_var(segment._ref_v, number, sec=segment.sec)
        elif self._places[number] != place:
            raise SimulationError(f"The number {number} of a junction means two places.")

    def _warn(self, count: int, population: EdgePopulation, what: str, hint: str = "") -> None:
        self.problems.append(left_out(count, population.name, what, hint))


def _side(kind: str, segment: Any, conductance: float, partner: int) -> Any:
    with explaining(f"putting a gap junction at {segment}"):
        side = getattr(h, kind)(segment)
        side.g = conductance
        h.ParallelContext().target_var(side, side._ref_vgap, partner)
    return side


def _why_not(kind: str | None, population: EdgePopulation) -> tuple[str, str]:
    if kind is None:
        return (
            "There is no mechanism Gap.",
            "Put gap.mod with the mod files, or install a compiler.",
        )
    missing = " and ".join(name for name in _COLUMNS if name not in population.columns)
    return f"They lack {missing}.", "Gap junctions are joined by these numbers."


def _check(conductances: NDArray[np.float64], population: EdgePopulation) -> None:
    if not (np.isfinite(conductances) & (conductances >= 0)).all():
        raise SimulationError(
            f"The gap junctions of {population.name} have conductances that are not 0 nS or more.",
            hint="Mend their attribute conductance.",
        )
