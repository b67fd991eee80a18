"""What a run will cost, measured on a few of its cells: they are built and solved as in a process of many."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from engine.circuit.circuit import Circuit
from engine.circuit.links import is_electrical
from engine.circuit.loads import Loads
from engine.errors import SimulationError
from engine.experiment.base import changed
from engine.experiment.experiment import Experiment
from engine.experiment.taking_part import taking_part
from engine.experiment.targets import CellReference
from engine.simulation.cell_store import CellStore
from engine.simulation.ranks import dealt
from engine.simulation.simulation import Simulation

_BATCH: Final = 8  # cells; those of the first batch load what all cells of their kinds share
_FEWEST_STEPS: Final = 40
_STEPS: Final = 80
_CACHES_BYTES: Final = 2**26


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of the whole run: numbers of things, seconds, and MiB in all processes and in the largest of them.

    `measured`: how many cells were built for it.
    """

    cells: int
    connections: int
    measured: int
    build_s: float
    solve_s: float
    memory_mib: float
    largest_mib: float


@dataclass(frozen=True, slots=True)
class _Cost:
    """Of some cells: seconds and MiB, each of building them and of their synapses; s for each ms of model."""

    cells_s: float
    cells_mib: float
    synapses_s: float
    synapses_mib: float
    solve_s_per_ms: float
    connections: int


def estimate(
    experiment: Experiment, circuit: Circuit, base: Path, ranks: int, resident_mib: Callable[[], float]
) -> Estimate:
    """Build, solve and let go of a few cells; `resident_mib` says how much memory this process has.

    Raises EngineError as a run would.
    """
    everyone = taking_part(experiment.cells, experiment, circuit)
    if not everyone:
        raise SimulationError("No cell takes part in the experiment.", hint="Choose cells.")
    experiment = _without_junctions(experiment, circuit)
    loads = Loads()
    costs = [loads.of(circuit.cell(each.population, each.node_id)) for each in everyone]
    empty_mib = resident_mib()
    first, second = _sample(costs)
    chosen = [everyone[place] for place in second]
    measured = _measured(
        experiment, circuit, base, [everyone[place] for place in first], chosen, resident_mib
    )
    cost_of_chosen = sum(costs[place] for place in second)
    scale, per_cell = sum(costs) / cost_of_chosen, len(everyone) / len(second)
    largest = max(sum(costs[place] for place in pile) for pile in dealt(costs, ranks)) / sum(costs)
    grown_mib = measured.cells_mib * scale + measured.synapses_mib * per_cell
    return Estimate(
        cells=len(everyone),
        connections=round(measured.connections * per_cell),
        measured=len({*first, *second}),
        build_s=(measured.cells_s * scale + measured.synapses_s * per_cell) * largest,
        solve_s=measured.solve_s_per_ms * scale * experiment.conditions.tstop * largest,
        memory_mib=empty_mib * ranks + grown_mib,
        largest_mib=empty_mib + grown_mib * largest,
    )


def _without_junctions(experiment: Experiment, circuit: Circuit) -> Experiment:
    """A gap junction needs both of its cells."""
    connections = experiment.connections
    names = circuit.edge_populations if connections.edge_populations is None else connections.edge_populations
    kept = tuple(
        name
        for name in names
        if name not in circuit.edge_populations or not is_electrical(circuit.edge_populations[name])
    )
    return changed(experiment, connections=changed(connections, edge_populations=kept))


def _sample(costs: Sequence[float]) -> tuple[list[int], list[int]]:
    """Two batches that have of the cheap as of the costly, without a cell in common; all cells if few."""
    order = sorted(range(len(costs)), key=costs.__getitem__)
    if len(order) < 2 * _BATCH:
        return [], order
    step = len(order) / _BATCH
    places = [int((number + 0.5) * step) for number in range(_BATCH)]
    return [order[place - 1] for place in places], [order[place] for place in places]


def _measured(  # noqa: PLR0913, PLR0917 - what to build, and how to look at it
    experiment: Experiment,
    circuit: Circuit,
    base: Path,
    first: Sequence[CellReference],
    chosen: Sequence[CellReference],
    resident_mib: Callable[[], float],
) -> _Cost:
    with closing(CellStore(circuit)) as store:
        store.provide(first, experiment.conditions)
        before_mib, began = resident_mib(), time.process_time()
        store.provide([*first, *chosen], experiment.conditions)
        built_mib, built = resident_mib(), time.process_time()
        store.provide(chosen, experiment.conditions)
        held_mib, wiring = resident_mib(), time.process_time()
        with closing(Simulation(experiment, circuit, base, store, mine=lambda _all: chosen)) as simulation:
            wired_mib, wired = resident_mib(), time.process_time()
            speed = _solve_s_per_ms(simulation, cold=bool(first))
            return _Cost(
                cells_s=built - began,
                cells_mib=max(built_mib - before_mib, 0.0),
                synapses_s=wired - wiring,
                synapses_mib=max(wired_mib - held_mib, 0.0),
                solve_s_per_ms=speed,
                connections=simulation.connection_count,
            )


def _solve_s_per_ms(simulation: Simulation, *, cold: bool) -> float:
    """Seconds for each ms of the model, after the first steps.

    `cold`: at each step the cells come from main memory, as those of a large run do; a few cells alone stay
    in the caches of the processor and are solved two to three times as fast.
    """
    simulation.start()
    dt = simulation.conditions.dt
    simulation.solve(_FEWEST_STEPS * dt)
    if simulation.finished:
        simulation.start()
    others = np.ones(_CACHES_BYTES // 8) if cold else np.empty(0)
    spent, from_ms = 0.0, simulation.time
    for _ in range(_STEPS):
        if simulation.finished:
            break
        others += 1.0
        began = time.process_time()
        simulation.solve(simulation.time + dt)
        spent += time.process_time() - began
    return spent / (simulation.time - from_ms)
