"""One run shared by several ranks: who has which cells, and how their results come together."""

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.circuit.cells import CellDescription
from engine.circuit.circuit import Circuit
from engine.circuit.links import is_electrical
from engine.circuit.loads import Loads
from engine.circuit.problems import Problem, summed_up
from engine.circuit.spikes import Spikes
from engine.errors import SimulationError
from engine.experiment.experiment import Experiment
from engine.experiment.taking_part import taking_part
from engine.experiment.targets import CellReference
from engine.simulation.ranks import Columns, Ranks, dealt
from engine.simulation.simulation import Simulation
from engine.simulation.traces import TraceDescription


def shared_simulation(experiment: Experiment, circuit: Circuit, base: Path, ranks: Ranks) -> Simulation:
    """What this rank simulates. An EngineError of any rank is raised on all of them."""
    with ranks.together():
        if experiment.conditions.variable_step:
            raise SimulationError(
                "A run with a variable time step cannot be shared by processes.",
                hint="Turn the variable time step off, or run it in one process.",
            )
        everyone = taking_part(experiment.cells, experiment, circuit)
        loads = Loads()
        places = range(ranks.number, len(everyone), ranks.count)
        costs = {place: loads.of(_described(everyone[place], circuit)) for place in places}
    found = {place: cost for of_rank in ranks.all_of(costs) for place, cost in of_rank.items()}
    mine = dealt([found[place] for place in range(len(everyone))], ranks.count)[ranks.number]
    with _building(experiment, circuit, ranks):
        simulation = Simulation(
            experiment, circuit, base, mine=lambda references: [references[place] for place in mine]
        )
    simulation.also_stop_at({time for times in ranks.all_of(simulation.change_times) for time in times})
    return simulation


def _building(
    experiment: Experiment, circuit: Circuit, ranks: Ranks
) -> contextlib.AbstractContextManager[None]:
    """Where there are gap junctions, NEURON lets all ranks meet before they have built everything."""
    names = experiment.connections.edge_populations or circuit.edge_populations
    known = (circuit.edge_populations[name] for name in names if name in circuit.edge_populations)
    meets = experiment.connections.enabled and any(is_electrical(each) for each in known)
    return ranks.exchanging() if meets else ranks.together()


def all_spikes(simulation: Simulation, ranks: Ranks) -> Mapping[str, Spikes]:
    """The spikes of all ranks, on the first one; those of one moment by their node ids."""
    gathered = ranks.gather(dict(simulation.spikes))
    if len(gathered) < 2:
        return gathered[0] if gathered else {}
    everyone = (reference.population for reference in simulation.places.everyone)
    joined = {}
    for population in dict.fromkeys(everyone):
        parts = [spikes[population] for spikes in gathered if population in spikes]
        times = np.concatenate([part.times for part in parts])
        node_ids = np.concatenate([part.node_ids for part in parts])
        order = np.lexsort((node_ids, times))
        joined[population] = Spikes(times[order], node_ids[order])
    return joined


def all_traces(simulation: Simulation, columns: Columns) -> tuple[TraceDescription, ...]:
    """What the columns of all ranks are, on the first one: cells are named where a recording has several."""
    of_each = Counter(recording for recording, _ in columns.keys)
    here = Counter(recording for recording, _ in simulation.trace_keys)
    named = []
    for trace, (recording, _) in zip(simulation.traces, simulation.trace_keys, strict=True):
        is_unnamed = here[recording] == 1 < of_each[recording]
        named.append(replace(trace, label=f"{trace.label}, {trace.site.cell}") if is_unnamed else trace)
    return tuple(columns.sorted(named))


def all_problems(simulation: Simulation, ranks: Ranks) -> Sequence[Problem]:
    """What is to be told of the run, each thing once; what is idle on one rank may not be on another."""
    told = ranks.all_of((simulation.problems, simulation.idle))
    if len(told) == 1:
        return simulation.problems
    problems = summed_up(problem for of_rank, _ in told for problem in of_rank)
    idle = [of_rank for _, of_rank in told]
    at_work = frozenset.union(*idle) - frozenset.intersection(*idle)
    return [each for each in problems if each not in at_work]


def _described(reference: CellReference, circuit: Circuit) -> CellDescription:
    return circuit.cell(reference.population, reference.node_id)
