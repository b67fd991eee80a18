"""The edges between cells of an experiment, and onto them, as synapses and NetCons."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.circuit.circuit import Circuit
from engine.circuit.edges import EdgePopulation
from engine.circuit.links import is_electrical
from engine.circuit.mini_rates import mini_rates
from engine.circuit.missing_nodes import missing_sources
from engine.circuit.problems import Problem, left_out
from engine.errors import CircuitError, SimulationError
from engine.experiment.conditions import Conditions
from engine.experiment.overriding import Overridden, Overrides
from engine.experiment.release_streams import ReleaseStreams, counts_of, population_offsets
from engine.experiment.source_spikes import Trains
from engine.experiment.targets import CellReference
from engine.simulation.active_edges import ActiveEdges, active_edges
from engine.simulation.cells.cell import Cell
from engine.simulation.configuring import configure
from engine.simulation.contacts import Contacts, Edges, Numbers, UnsupportedEdgesError
from engine.simulation.gap_junctions import GapJunctions
from engine.simulation.later_weights import LaterWeights
from engine.simulation.minis import Minis
from engine.simulation.spikes import ReplaySources, connect_cell, connect_remote
from engine.simulation.spread import spread, unknown_places
from engine.simulation.stand_ins import told
from engine.simulation.synapses import contacts_of
from engine.simulation.wiring_key import WiringKey

T = TypeVar("T")
Cells = Mapping[CellReference, Cell]
_ROUNDING = 1e-5  # of a time step: delays in files are float32


class Wiring:
    """Owns the synapses, NetCons and replay sources of a network; gone when this goes."""

    def __init__(self, key: WiringKey, offsets: Mapping[str, int]) -> None:
        """`offsets`: what the node ids of populations are raised by in random streams."""
        self.problems: list[Problem] = []
        self.replay = ReplaySources(dict(key.copies))
        self.later = LaterWeights()
        self.minis = Minis(offsets)
        self.junctions = GapJunctions()
        self._kept: list[tuple[str, int, Any]] = []
        self._placed: list[Any] = []
        self.mechanisms: set[str] = set()
        self._restarts: list[Callable[[], None]] = []
        self._by_edge: dict[tuple[str, int], list[Any]] = {}

    def __len__(self) -> int:
        """How many NetCons there are."""
        return len(self._kept)

    def keep(self, population: str, edge: int, connections: list[Any], placed: Any) -> None:
        """Hold what was made for an edge: NEURON removes what nobody holds."""
        self._kept.extend((population, edge, connection) for connection in connections)
        self._placed.append(placed)

    def note(self, contacts: Contacts) -> None:
        """Keep of which kinds synapses are, and what they need before each run."""
        self.mechanisms |= contacts.mechanisms
        self._restarts.append(contacts.restart)

    def restart(self) -> None:
        """Make all synapses ready for a new run; called before NEURON initialises."""
        for restart in self._restarts:
            restart()
        self.later.restart()

    def begin(self, trains: Trains, conditions: Conditions) -> None:
        """Queue what happens in the run that was just initialised."""
        self.later.schedule()
        self.replay.play(trains)
        self.minis.play(conditions, conditions.tstop)

    @property
    def placed(self) -> list[Any]:
        """What was made or found for each edge, in the order of the edges."""
        return self._placed

    @property
    def netcons(self) -> Iterator[Any]:
        """All that carry spikes, in the order in which they were made."""
        return (connection for _, _, connection in self._kept)

    @property
    def plans(self) -> bool:
        """Whether what it queued goes on while a run lasts, which a saved state does not hold."""
        return bool(self.later) or len(self.minis) > 0

    def connections_of(self, population: str, edge: int) -> list[Any]:
        """The NetCons that were made for an edge."""
        if not self._by_edge:
            for its_population, its_edge, connection in self._kept:
                self._by_edge.setdefault((its_population, its_edge), []).append(connection)
        return self._by_edge.get((population, edge), [])


def wire(  # noqa: PLR0913 - who listens is told as it goes
    key: WiringKey,
    cells: Cells,
    circuit: Circuit,
    conditions: Conditions,
    remote: Mapping[CellReference, int] | None = None,
    *,
    noted: Callable[[Contacts, int], None] = lambda _contacts, _index: None,
) -> Wiring:
    """Build all edges that end at these cells and begin at one of them or at a replayed node.

    Those whose synapses release by themselves are built too, wherever they begin. `remote`: the numbers
    (gids) of cells that take part in other processes, from which spikes come by their number. `noted` is
    called after each edge that was built, with its number among its contacts.
    """
    by_population = _by_population(cells)
    gids = _by_population(remote or {})
    highest = {name: max(each) for name, each in by_population.items()}
    for name, each in gids.items():
        highest[name] = max(*each, highest.get(name, 0))
    offsets = population_offsets(counts_of(highest, key.connections, circuit))
    streams = ReleaseStreams(offsets, conditions)
    wiring = Wiring(key, streams.offsets)
    active = active_edges(key.connections, cells, circuit)
    overrides = Overrides(key.connections, circuit.node_sets.merged_with(json.loads(key.node_sets)), circuit)
    for name in key.edge_populations:
        population = circuit.edge_populations[name]
        targets = by_population.get(population.target, {})
        name_of_sources = population.source
        ends = _Ends(
            by_population.get(name_of_sources, {}),
            gids.get(name_of_sources, {}),
            targets,
            name_of_sources in key.replayed,
        )
        if is_electrical(population):
            onto = _edges_onto(population, targets, active)
            wiring.junctions.join(onto, targets, {*ends.sources, *ends.remote}, ends.remote)
            continue
        wirer = _Wirer(wiring, key, circuit, streams, ends, noted)
        onto_them = _edges_onto(population, targets, active)
        if (problem := missing_sources(circuit, population, onto_them.sources, "these cells")) is not None:
            wiring.problems.append(problem)
        for edges, overridden in wirer.chosen(onto_them, overrides):
            wirer.wire(edges, overridden)
    if any(is_electrical(circuit.edge_populations[name]) for name in key.edge_populations):
        wiring.junctions.set_up()
        wiring.problems += wiring.junctions.problems
    wiring.problems += told(wiring.mechanisms | wiring.junctions.mechanisms)
    return wiring


@dataclass(frozen=True, slots=True)
class _Ends:
    """The cells at both ends of a population's edges, by node id. `replayed`: whether sources may be.

    `remote`: the numbers (gids) of sources in other processes.
    """

    sources: Mapping[int, Cell]
    remote: Mapping[int, int]
    targets: Mapping[int, Cell]
    replayed: bool


class _Wirer:
    """Builds the edges of one population."""

    def __init__(  # noqa: PLR0913, PLR0917 - what wiring needs
        self,
        wiring: Wiring,
        key: WiringKey,
        circuit: Circuit,
        streams: ReleaseStreams,
        ends: _Ends,
        noted: Callable[[Contacts, int], None],
    ) -> None:
        self._wiring, self._noted = wiring, noted
        self._grid = key.grid
        self._releases = key.connections.spontaneous_release
        self._circuit = circuit
        self._streams = streams
        self._conditions = streams.conditions
        self._ends = ends

    def chosen(self, edges: Edges, overrides: Overrides) -> Iterator[tuple[Edges, Overridden]]:
        """Those of these edges over which something can arrive, by the model that an override chose."""
        overridden = overrides.of(edges.population, edges.sources, edges.targets)
        overridden = overridden.with_minis(self._minis(edges, overridden))
        unnamed = int(overridden.are_left_out.sum())
        if unnamed:
            why = SimulationError(
                "Connection overrides name others of the population, and not them.",
                hint="As in neurodamus; turn off Only overridden connections to build them.",
            )
            self._warn(unnamed, edges.population, why)
        can_speak = (overridden.minis > 0) | self._are_driven(edges)
        built = can_speak & ~overridden.are_left_out & ~overridden.are_silent
        for model in sorted(set(overridden.models[built].tolist())):
            mask = built & (overridden.models == model)
            yield edges.only(mask, model), overridden.only(mask)

    def wire(self, edges: Edges, overridden: Overridden) -> None:
        """Make synapses and NetCons of edges; what cannot be built is counted, and told."""
        before = edges
        edges, kept = spread(edges, self._ends.targets, self._circuit)
        if edges.drawn is not None:
            overridden = overridden.only(kept)
            self._wiring.problems += unknown_places(before, edges)
        try:
            contacts = contacts_of(edges, self._ends.targets, self._circuit, self._streams)
        except UnsupportedEdgesError as why:
            self._warn(len(edges.rows), edges.population, why)
            return
        _check(contacts, edges.population)
        self._wiring.note(contacts)
        misplaced: Counter[str] = Counter()
        name = edges.population.source
        references = {each: CellReference(name, each) for each in np.unique(edges.sources).tolist()}
        rows = edges.rows.tolist()
        for index, source_id, cell in self._pairs(edges):
            try:
                placed = contacts.place(index, cell)
            except SimulationError as error:
                misplaced[error.what] += 1
                continue
            if not cell.is_point:
                configure(placed, overridden, index)
            timing = self._delay_and_weight(contacts, overridden, index)
            made = self._connect(references[source_id], placed, timing)
            self._wiring.keep(edges.population.name, rows[index], made, placed)
            self._noted(contacts, index)
            if changes := overridden.later_of(index):
                strength = float(contacts.weights[index])
                self._wiring.later.plan(made, timing[1], [(at, strength * each) for at, each in changes])
            if overridden.minis[index] > 0 and not cell.is_point:
                self._wiring.minis.add(placed, timing[1], float(overridden.minis[index]), edges, index)
        if misplaced:
            self._warn(misplaced.total(), edges.population, SimulationError(_reasons(misplaced)))

    def _pairs(self, edges: Edges) -> Iterator[tuple[int, int, Cell]]:
        for index, (source, target) in enumerate(
            zip(edges.sources.tolist(), edges.targets.tolist(), strict=True)
        ):
            yield index, source, self._ends.targets[target]

    def _connect(self, source: CellReference, placed: Any, timing: tuple[float, float]) -> list[Any]:
        delay, weight = timing
        made = []
        cell = self._ends.sources.get(source.node_id)
        if cell is not None:
            made.append(connect_cell(cell, placed, self._conditions, delay=delay, weight=weight))
        elif (gid := self._ends.remote.get(source.node_id)) is not None:
            self._require_a_step(delay)
            made.append(connect_remote(gid, placed, delay=delay, weight=weight))
        if self._ends.replayed:
            made.extend(self._wiring.replay.connect(source, placed, delay, weight))
        return made

    def _require_a_step(self, delay: float) -> None:
        if delay < self._conditions.dt * (1 - _ROUNDING):
            raise SimulationError(
                f"A spike cannot go from one process to another in {delay:g} ms: that is less than a time "
                f"step ({self._conditions.dt:g} ms).",
                hint="Make the time step smaller than all delays between cells, or run in one process.",
            )

    def _delay_and_weight(
        self, contacts: Contacts, overridden: Overridden, index: int
    ) -> tuple[float, float]:
        """A delay of an override is not brought onto the grid of time steps, as in neurodamus."""
        delay, given = float(contacts.delays[index]), float(overridden.delays[index])
        if not np.isnan(given):
            delay = given
        elif self._grid is not None:
            delay = int(delay / self._grid + _ROUNDING) * self._grid
        return delay, float(contacts.weights[index]) * float(overridden.weights[index])

    def _are_driven(self, edges: Edges) -> NDArray[np.bool_]:
        """Which begin at a cell that takes part, or at a node that may be replayed."""
        if self._ends.replayed:
            return np.ones(len(edges.rows), dtype=np.bool_)
        driven = {*self._ends.sources, *self._ends.remote}
        return np.isin(edges.sources, np.fromiter(driven, dtype=np.int64))

    def _minis(self, edges: Edges, overridden: Overridden) -> Numbers:
        """(n,) Hz: what overrides say, else the circuit if it is asked."""
        return overridden.minis_with(
            mini_rates(edges.population, edges.rows, edges.targets, self._circuit)
            if self._releases
            else np.zeros(len(edges.rows))
        )

    def _warn(self, count: int, population: EdgePopulation, why: SimulationError) -> None:
        self._wiring.problems.append(left_out(count, population.name, why.what, why.hint))


def _reasons(counted: Counter[str]) -> str:
    (first, _), *others = counted.most_common()
    return f"{first} Other reasons of this kind: {len(others)}." if others else first


def _check(contacts: Contacts, population: EdgePopulation) -> None:
    if not (contacts.delays >= 0).all():
        raise CircuitError(
            f"The edges of {population.name} have delays that are not 0 ms or more.",
            hint="A spike cannot arrive before it was sent: mend their attribute delay.",
        )
    if not np.isfinite(contacts.weights).all():
        raise CircuitError(
            f"The edges of {population.name} have weights that are no numbers.",
            hint="Mend their attribute conductance or syn_weight.",
        )


def _edges_onto(population: EdgePopulation, targets: Mapping[int, Cell], active: ActiveEdges) -> Edges:
    """The active edges that end at these cells, cell by cell as BMTK makes them."""
    empty = np.empty(0, dtype=np.int64)
    afferent = [population.afferent(node_id) for node_id in sorted(targets)]
    rows = np.concatenate([empty, *afferent])
    places = np.concatenate([empty, *(np.arange(len(each)) for each in afferent)])
    kept = np.concatenate(
        [
            np.empty(0, dtype=np.bool_),
            *(
                _are_chosen(each, active.get((population.name, target)))
                for target, each in zip(sorted(targets), afferent, strict=True)
            ),
        ]
    )
    rows, places = rows[kept], places[kept]
    return Edges(population, rows, population.sources(rows), population.targets(rows), places)


def _are_chosen(rows: NDArray[np.int64], chosen: NDArray[np.int64] | None) -> NDArray[np.bool_]:
    return np.ones(len(rows), dtype=np.bool_) if chosen is None else np.isin(rows, chosen)


def _by_population(cells: Mapping[CellReference, T]) -> dict[str, dict[int, T]]:
    populations: dict[str, dict[int, T]] = {}
    for reference, cell in cells.items():
        populations.setdefault(reference.population, {})[reference.node_id] = cell
    return populations
