"""One cell of a finished simulation again: the experiment that reproduces what a report has of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from engine.circuit.circuit import Circuit
from engine.circuit.problems import Problem
from engine.experiment.base import changed
from engine.experiment.experiment import CircuitReference, Experiment, ListedCells, NodeSetOfCells
from engine.experiment.finished import FinishedSimulation, StoredReport
from engine.experiment.manipulations import Manipulation
from engine.experiment.recordings import SiteRecording
from engine.experiment.release_streams import network_of
from engine.experiment.stimuli import Stimulus
from engine.experiment.synaptic_input import Connections, SpikeReplay
from engine.experiment.targets import CellReference, NodeSetTarget, Site, Target

_SIMULATED: Final = "Cells of the simulation"
_ELECTRICAL: Final = "electrical"


@dataclass(frozen=True, slots=True)
class Rerun:
    """`recording`, of `experiment`, is to be the same as the report; `problems` say why it may not be."""

    experiment: Experiment
    recording: SiteRecording
    problems: tuple[Problem, ...]


def rerun(
    simulation: FinishedSimulation, report: StoredReport, cell: CellReference, circuit: Circuit
) -> Rerun:
    """The experiment with this cell alone, in which all that reached it in the simulation reaches it again.

    Its neighbours' spikes come from the simulation's spike file, those of replayed nodes from where they came
    then. Random streams are numbered as in the whole network.
    Raises EngineError for a node set that there is not.
    """
    whole = simulation.experiment
    recording = SiteRecording(label=f"{cell} soma", site=Site(cell=cell), variable=report.variable)
    node_sets = dict(whole.node_sets)
    hits = _Hits(whole, cell, circuit)
    experiment = changed(
        whole,
        title=f"{cell} of {whole.title or simulation.path.parent.name}",
        notes=f"Reproduces the report {report.name} of {simulation.path.name}. {whole.notes}".rstrip(),
        circuit=CircuitReference(path=circuit.config_path.as_posix(), fingerprint=circuit.fingerprint),
        cells=ListedCells(cells=(cell,)),
        stimuli=tuple(_kept(whole.stimuli, hits, node_sets)),
        recordings=(recording,),
        connections=_connections(whole, cell, circuit),
        replays=(*whole.replays, *_of_neighbours(simulation, circuit, node_sets)),
        manipulations=tuple(each for each in whole.manipulations if _is_about(each, cell)),
        node_sets=node_sets,
    )
    return Rerun(experiment, recording, tuple(_doubts(simulation, cell, circuit)))


class _Hits:
    """Whether a target means the cell."""

    def __init__(self, experiment: Experiment, cell: CellReference, circuit: Circuit) -> None:
        self._cell, self._circuit = cell, circuit
        self._node_sets = circuit.node_sets.merged_with(experiment.node_sets)
        self._own_sets = experiment.compartment_sets

    def __call__(self, target: Target) -> bool:
        if isinstance(target, Site):
            return target.cell == self._cell
        if isinstance(target, NodeSetTarget):
            chosen = self._node_sets.select(target.node_set, self._circuit.node_populations)
            ids = chosen.get(self._cell.population)
            return ids is not None and self._cell.node_id in ids
        return self._cell in self._of_compartment_set(target.compartment_set)

    def _of_compartment_set(self, name: str) -> set[CellReference]:
        if (own := self._own_sets.get(name)) is not None:
            return {CellReference(own.population, spot.node_id) for spot in own.spots}
        found = self._circuit.compartment_sets.get(name)
        return set() if found is None else {CellReference(found.population, spot[0]) for spot in found.spots}


def _kept(stimuli: Iterable[Stimulus], hits: _Hits, node_sets: dict[str, JsonValue]) -> Iterable[Stimulus]:
    """Those that reach the cell, and random ones: their streams are numbered through."""
    for each in stimuli:
        if hits(each.target):
            yield each
        elif each.family is not None and each.enabled:
            target = each.target
            if isinstance(target, Site):  # a node set may have no cell here, a site may not
                name = str(target.cell)
                ids: JsonValue = [target.cell.node_id]
                node_sets[name] = {"population": target.cell.population, "node_id": ids}
                target = NodeSetTarget(node_set=name, section=target.section, x=target.x)
            yield changed(each, target=target)


def _is_about(manipulation: Manipulation, cell: CellReference) -> bool:
    return getattr(manipulation, "cell", None) in {None, cell}


def _connections(whole: Experiment, cell: CellReference, circuit: Circuit) -> Connections:
    active = tuple(each for each in whole.connections.active if each.cell == cell)
    return changed(whole.connections, active=active, counted=network_of(whole, circuit))


def _of_neighbours(
    simulation: FinishedSimulation, circuit: Circuit, node_sets: dict[str, JsonValue]
) -> Iterable[SpikeReplay]:
    """The spikes of the cells that were simulated: the file may hold those of replayed nodes, too."""
    whole = simulation.experiment
    if simulation.spikes is None or not whole.connections.enabled:
        return
    if isinstance(whole.cells, NodeSetOfCells) and whole.cells.node_set is not None:
        name = whole.cells.node_set
    else:
        nodes = circuit.node_populations.items()
        populations: list[JsonValue] = [name for name, each in nodes if each.node_type != "virtual"]
        name, node_sets[_SIMULATED] = _SIMULATED, {"population": populations}
    yield SpikeReplay(
        name="Spikes of the simulation",
        spike_file=simulation.spikes.as_posix(),
        node_set=name,
        only_of_others=True,
    )


def _doubts(simulation: FinishedSimulation, cell: CellReference, circuit: Circuit) -> Iterable[Problem]:
    if not simulation.experiment.connections.enabled:
        return
    if simulation.spikes is None:
        yield Problem(
            f"The spikes of the neighbours of {cell} are missing: the simulation left no spike file.",
            where=str(simulation.path),
            hint="Run the simulation again, or put its spike file where the configuration says.",
            severity="warning",
        )
    for name, edges in circuit.edge_populations.items():
        is_onto = edges.target == cell.population and edges.edge_type == _ELECTRICAL
        if is_onto and len(edges.afferent(cell.node_id)):
            yield Problem(
                f"The cell {cell} has gap junctions ({name}), and no current comes through them here: its "
                "partners do not take part.",
                where=Path(simulation.path).name,
                hint="Expect a difference from the reference.",
                severity="warning",
            )
