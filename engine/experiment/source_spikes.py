"""Which spikes the sources of an experiment send: one pure function, for previews, runs and exports."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, assert_never

import numpy as np
from numpy.typing import NDArray

from engine.circuit.circuit import Circuit
from engine.circuit.manifest import resolve
from engine.circuit.node_sets import NodeSets
from engine.circuit.problems import Problem
from engine.circuit.spikes import Spikes, read_spikes
from engine.errors import EngineError, SimulationError
from engine.experiment.experiment import Experiment
from engine.experiment.spike_sources import PoissonTrains, RegularTrains, SpikeSource, TypedSpikes
from engine.experiment.spike_trains import drawn, expected_spikes
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.taking_part import taking_part
from engine.experiment.targets import CellReference

MOST_SPIKES: Final = 5_000_000  # of one source: some hundred MB, and a minute of queueing
_UNNAMED: Final = ""

Read = Callable[[SpikeSource, Experiment, Circuit, Path], tuple[Mapping[str, Spikes], Sequence[Problem]]]
Trains = Mapping[CellReference, NDArray[np.float64]]
Chosen = Mapping[str, NDArray[np.int64]]  # node ids, ascending, by population


@dataclass(frozen=True)
class SourceSpikes:
    """`spikes` by population, ordered by node and then time. `problems`: what of the sources is left out."""

    spikes: Mapping[str, Spikes]
    problems: tuple[Problem, ...] = ()

    def by_cell(self) -> Trains:
        """When each node fires: ms, ascending."""
        return {
            reference: times
            for population, spikes in self.spikes.items()
            for reference, times in _by_cell(population, spikes)
        }


def source_spikes(
    experiment: Experiment, circuit: Circuit, base: Path, read: Read | None = None
) -> SourceSpikes:
    """The spikes of all enabled sources together; `base` is where their paths start from.

    `read` is what is asked in the place of `spikes_of`, by who remembers what it said.

    What cannot be sent becomes a problem in a sentence, and the rest is sent: a file that is missing or holds
    no spikes, times that are no times, nodes that there are not, a node set that is unknown, a rate of which
    too many spikes would come.
    """
    parts: dict[str, list[Spikes]] = {}
    problems: list[Problem] = []
    for source in experiment.replays:
        if source.enabled:
            found, told = (read or spikes_of)(source, experiment, circuit, base)
            problems += told
            for population, spikes in found.items():
                parts.setdefault(population, []).append(spikes)
    return SourceSpikes({name: _together(each) for name, each in parts.items()}, tuple(problems))


def spikes_of(
    source: SpikeSource, experiment: Experiment, circuit: Circuit, base: Path
) -> tuple[dict[str, Spikes], list[Problem]]:
    """The spikes of one source of an experiment by population, in any order, and what of it is left out."""
    node_sets = circuit.node_sets.merged_with(experiment.node_sets)
    problems: list[Problem] = []
    try:
        match source:
            case SpikeReplay():
                found = _replayed(source, node_sets, circuit, base, problems)
            case PoissonTrains() | RegularTrains():
                found = _drawn(source, node_sets, circuit)
            case TypedSpikes():
                found = _typed(source)
            case _:
                assert_never(source)
    except EngineError as error:
        return {}, [Problem(_left_out(source, error.what), error.where, error.hint, severity="warning")]
    there = dict(_existing(source, found, circuit, problems))
    if isinstance(source, SpikeReplay | TypedSpikes) and source.only_of_others:
        there = _of_others(there, experiment, circuit)
    return there, problems


def _of_others(found: dict[str, Spikes], experiment: Experiment, circuit: Circuit) -> dict[str, Spikes]:
    """Without the spikes of cells that take part."""
    members: dict[str, list[int]] = {}
    for cell in taking_part(experiment.cells, experiment, circuit):
        members.setdefault(cell.population, []).append(cell.node_id)
    kept = {name: ~np.isin(spikes.node_ids, members.get(name, [])) for name, spikes in found.items()}
    return {name: Spikes(each.times[kept[name]], each.node_ids[kept[name]]) for name, each in found.items()}


def _replayed(
    replay: SpikeReplay, node_sets: NodeSets, circuit: Circuit, base: Path, problems: list[Problem]
) -> dict[str, Spikes]:
    path = resolve(base, replay.spike_file)
    chosen = None if replay.node_set is None else node_sets.select(replay.node_set, circuit.node_populations)
    told: list[Problem] = []
    found = dict(read_spikes(path, told=told))
    problems += [replace(each, what=_left_out(replay, each.what)) for each in told]
    if _UNNAMED in found:
        found[_population_of_unnamed(chosen, circuit, path)] = found.pop(_UNNAMED)
    nobody = np.empty(0, dtype=np.int64)
    return {
        population: _restricted(spikes, replay, None if chosen is None else chosen.get(population, nobody))
        for population, spikes in found.items()
    }


def _population_of_unnamed(chosen: Chosen | None, circuit: Circuit, path: Path) -> str:
    """Older files do not say whose spikes they hold; then the node set does."""
    if chosen is None:
        possible = [name for name, nodes in circuit.node_populations.items() if nodes.node_type == "virtual"]
    else:
        possible = [name for name, node_ids in chosen.items() if len(node_ids)]
    if len(possible) != 1:
        raise SimulationError(
            f"The file {path.name} does not say of which population its spikes are.",
            where=str(path.parent),
            hint="Restrict the replay to a node set of that population.",
        )
    return possible[0]


def _restricted(spikes: Spikes, replay: SpikeReplay, node_ids: NDArray[np.int64] | None) -> Spikes:
    inside = spikes.times >= replay.delay
    if replay.duration is not None:
        inside &= spikes.times <= replay.delay + replay.duration
    if node_ids is not None:
        inside &= np.isin(spikes.node_ids, node_ids)
    return Spikes(spikes.times[inside], spikes.node_ids[inside])


def _drawn(trains: PoissonTrains | RegularTrains, node_sets: NodeSets, circuit: Circuit) -> dict[str, Spikes]:
    chosen = node_sets.select(trains.node_set or str(trains.population), circuit.node_populations)
    if trains.node_set is not None and trains.population is not None:
        chosen = {name: ids for name, ids in chosen.items() if name == trains.population}
    count = sum(map(len, chosen.values()))
    if not count:
        raise SimulationError(
            f"No cell is both in {trains.node_set!r} and in {trains.population!r}."
            if trains.population
            else f"The node set {trains.node_set!r} is empty.",
            hint="Choose another node set, or leave it out.",
        )
    if (expected := expected_spikes(trains, count)) > MOST_SPIKES:
        raise SimulationError(
            f"These would be about {expected:,.0f} spikes of {count:,} cells, more than {MOST_SPIKES:,}.",
            hint="Let fewer cells fire, more slowly, or for a shorter time.",
        )
    return {name: drawn(trains, name, ids) for name, ids in chosen.items()}


def _typed(typed: TypedSpikes) -> dict[str, Spikes]:
    found: dict[str, list[Spikes]] = {}
    for train in typed.trains:
        times = np.array(train.times, dtype=np.float64)
        ids = np.full(len(times), train.cell.node_id, dtype=np.int64)
        found.setdefault(train.cell.population, []).append(Spikes(times, ids))
    return {name: _together(each) for name, each in found.items()}


def _existing(
    source: SpikeSource, found: Mapping[str, Spikes], circuit: Circuit, problems: list[Problem]
) -> Iterator[tuple[str, Spikes]]:
    """Only those of nodes that the circuit has."""
    known = circuit.node_populations
    for population, spikes in found.items():
        if population not in known:
            what = f"{_many(len(spikes))} of a population {population!r}, which the circuit does not have."
            hint = f"Its populations are {', '.join(known)}."
            problems.append(Problem(_left_out(source, what), hint=hint, severity="warning"))
            continue
        are_there = spikes.node_ids < known[population].size
        if lost := int(np.count_nonzero(~are_there)):
            what = (
                f"{_many(lost)} of nodes that {population} does not have: its last one is "
                f"{known[population].size - 1}."
            )
            hint = "The spikes may be of another circuit; the others are sent."
            problems.append(Problem(_left_out(source, what), hint=hint, severity="warning"))
        yield population, Spikes(spikes.times[are_there], spikes.node_ids[are_there])


def _left_out(source: SpikeSource, what: str) -> str:
    return f"{source.name}: {what}" if source.name else what


def _many(count: int) -> str:
    return "1 spike is" if count == 1 else f"{count:,} spikes are"


def _together(parts: list[Spikes]) -> Spikes:
    if len(parts) == 1:
        return parts[0].sorted("by_id")
    times = np.concatenate([each.times for each in parts])
    node_ids = np.concatenate([each.node_ids for each in parts])
    return Spikes(times, node_ids).sorted("by_id")


def _by_cell(population: str, spikes: Spikes) -> Iterator[tuple[CellReference, NDArray[np.float64]]]:
    node_ids, firsts = np.unique(spikes.node_ids, return_index=True)
    ends = np.append(firsts, len(spikes))[1:]
    for node_id, first, end in zip(node_ids.tolist(), firsts.tolist(), ends.tolist(), strict=True):
        yield CellReference(population, node_id), spikes.times[first:end]
