"""Sources of spikes to begin with, and what else an experiment needs for them to be felt."""

from collections.abc import Mapping
from typing import Final, Literal

from engine.circuit.spikes import Spikes
from engine.errors import EngineError
from engine.experiment.base import changed
from engine.experiment.edits import with_replay
from engine.experiment.experiment import Experiment
from engine.experiment.presets import record_soma, with_member
from engine.experiment.spike_sources import (
    LONGEST_MS,
    MOST_WRITTEN,
    PoissonTrains,
    RegularTrains,
    SpikeSource,
    Train,
    TypedSpikes,
)
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.targets import CellReference

SourceKind = Literal["poisson", "regular", "typed"]
SOURCE_KINDS: Final[Mapping[SourceKind, type[PoissonTrains | RegularTrains | TypedSpikes]]] = {
    "poisson": PoissonTrains,
    "regular": RegularTrains,
    "typed": TypedSpikes,
}
_FIRST_SPIKE_MS: Final = 100.0


def new_source(kind: SourceKind, population: str, experiment: Experiment, node_id: int = 0) -> SpikeSource:
    """A source of all cells of a population for the whole run, with a seed that no other has.

    Typed-in spikes begin with one, of the cell with this id.
    """
    duration = experiment.conditions.tstop
    match kind:
        case "poisson":
            return PoissonTrains(population=population, duration=duration, seed=_free_seed(experiment))
        case "regular":
            return RegularTrains(population=population, duration=duration, seed=_free_seed(experiment))
        case "typed":
            return TypedSpikes(
                trains=(Train(cell=CellReference(population, node_id), times=(_FIRST_SPIKE_MS,)),)
            )


def spikes_of_run(spikes: Mapping[str, Spikes], title: str) -> TypedSpikes:
    """The spikes of a run as a source of their own: they stay when the run is moved or deleted.

    Cells that take part fire by themselves, so theirs are not sent. EngineError: none, or too many.
    """
    count = sum(map(len, spikes.values()))
    if not count:
        raise EngineError(f"In {title} no cell has fired.", hint="Choose another run.")
    if count > MOST_WRITTEN:
        raise EngineError(
            f"{title} has {count:,} spikes, and at most {MOST_WRITTEN:,} are kept in an experiment.",
            hint="Run the experiment with the command line, and replay the spike file that it writes.",
        )
    trains = [
        Train(cell=CellReference(population, node_id), times=tuple(times))
        for population, found in spikes.items()
        for node_id, times in _times_by_node(found).items()
    ]
    return TypedSpikes(name=f"Spikes of {title}", trains=tuple(trains), only_of_others=True)


def driven_by(experiment: Experiment, cell: CellReference | None, source: SpikeSource) -> Experiment:
    """Let the spikes of a source arrive at the active synapses, and record the soma of a cell.

    Connections are on afterwards. A file that is replayed already is not replayed twice.
    """
    built = changed(experiment, connections=changed(experiment.connections, enabled=True))
    if cell is not None:
        built = record_soma(with_member(built, cell), cell)
    for each in built.replays:
        if isinstance(source, SpikeReplay) and isinstance(each, SpikeReplay) and _is_same(each, source):
            return with_replay(built, changed(each, enabled=True))
    return with_replay(built, source)


def _is_same(one: SpikeReplay, other: SpikeReplay) -> bool:
    return one.spike_file == other.spike_file and one.node_set == other.node_set


def _free_seed(experiment: Experiment) -> int:
    """The same seed would give the same trains once more."""
    used = [each.seed for each in experiment.replays if isinstance(each, PoissonTrains | RegularTrains)]
    return min(max(used, default=0) + 1, 2**32 - 1)


def _times_by_node(spikes: Spikes) -> dict[int, list[float]]:
    found: dict[int, list[float]] = {}
    ordered = spikes.sorted("by_id")
    for node_id, time in zip(ordered.node_ids.tolist(), ordered.times.tolist(), strict=True):
        found.setdefault(node_id, []).append(min(max(time, 0.0), LONGEST_MS))
    return found
