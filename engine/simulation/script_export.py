"""From an experiment to a plain NEURON script, by building its cells and writing down what was built."""

import math
import shutil
from dataclasses import dataclass
from pathlib import Path

from engine.circuit.circuit import Circuit
from engine.circuit.problems import Problem
from engine.errors import EngineError, SimulationError
from engine.experiment.experiment import Experiment
from engine.experiment.manipulations import (
    Assignment,
    BlockSodium,
    ChangeAllSections,
    ChangeCompartments,
    ChangeSection,
    ChangeSectionList,
    Drug,
    Manipulation,
)
from engine.experiment.placed_synapse import PlacedSynapse
from engine.experiment.recordings import Report, SiteRecording
from engine.experiment.sonata_names import unique
from engine.experiment.stimuli import Stimulus
from engine.output.script import (
    AnyElectrode,
    ScriptChange,
    ScriptElectrode,
    ScriptPlace,
    ScriptPlan,
    ScriptSynapse,
    ScriptTrace,
    write_script,
)
from engine.simulation.cell_store import CellStore
from engine.simulation.electrodes import Electrode, place_electrodes
from engine.simulation.host import need_standard_run
from engine.simulation.mechanisms import Compiled
from engine.simulation.places import Places, Spot, taking_part
from engine.simulation.script_cells import ScriptCells
from engine.simulation.script_network import wired
from engine.simulation.stand_ins import stands_in, ttx_switch
from engine.simulation.synapse_electrode import SynapseElectrode
from engine.simulation.traces import Trace, record_traces

_NAME = "run.py"
_MOD_FOLDER = "mod"


@dataclass(frozen=True, slots=True)
class WrittenScript:
    """The script, and what of the experiment is not in it."""

    path: Path
    problems: tuple[Problem, ...]


def to_script(
    experiment: Experiment, circuit: Circuit, base: Path, folder: Path, compiled: Compiled | None = None
) -> WrittenScript:
    """Write a script into `folder` that needs only neuron, numpy and the files it names.

    Paths of the experiment count from `base`. `compiled`: the mechanisms, which have to be loaded already,
    because the cells are built. The script writes a CSV file with the traces that a `Simulation` gives.
    Raises EngineError for what cannot be built, and for gap junctions and cells without sections, which a
    script cannot have yet.
    """
    need_standard_run()
    _make(folder)
    store = CellStore(circuit)
    try:
        references = taking_part(experiment.cells, experiment, circuit)
        if not references:
            raise SimulationError("No cell takes part in the experiment.", hint="Choose at least one cell.")
        places = Places(store.provide(references, experiment.conditions), experiment, circuit)
        plan = _Planner(experiment, circuit, base, places, folder).plan(compiled)
    finally:
        store.close()
    path = folder / _NAME
    write_script(plan, path)
    return WrittenScript(path, tuple(_left_out(experiment)))


class _Planner:
    """Writes down what stands on built cells."""

    def __init__(
        self, experiment: Experiment, circuit: Circuit, base: Path, places: Places, folder: Path
    ) -> None:
        self._experiment, self._circuit, self._base = experiment, circuit, base
        self._places, self._folder = places, folder

    def plan(self, compiled: Compiled | None) -> ScriptPlan:
        experiment, conditions = self._experiment, self._experiment.conditions
        cells = ScriptCells(self._folder, conditions)
        written = tuple(
            cells.write(self._circuit.cell(reference.population, reference.node_id), cell)
            for reference, cell in self._places.cells.items()
        )
        synapses = wired(experiment, self._circuit, self._base, self._places.cells)
        electrodes, traces = self._electrodes_and_traces()
        return ScriptPlan(
            title=experiment.title or f"Cells of {self._circuit.config_path.name} in NEURON.",
            conditions=conditions,
            cells=written,
            changes=tuple(
                change for each in experiment.manipulations if each.enabled for change in self._changes(each)
            ),
            electrodes=electrodes,
            traces=traces,
            library=_copied_library(compiled, self._folder),
            mechanism="" if compiled is None else min(compiled.mechanisms, default=""),
            mod_folder=_copied_sources(compiled, self._folder),
            network=None if synapses is None else synapses.network,
            hoc_files=tuple(cells.hoc_files),
            globals={
                f"{variable}_{suffix}": float(value)
                for suffix, variables in conditions.mechanism_globals.items()
                if not stands_in(suffix)  # then they are of synapses
                for variable, value in variables.items()
                if isinstance(value, int | float)
            },
        )

    def _electrodes_and_traces(
        self,
    ) -> tuple[tuple[AnyElectrode, ...], tuple[ScriptTrace, ...]]:
        experiment = self._experiment
        placed = place_electrodes(experiment, self._places, self._circuit)
        electrodes: dict[str, AnyElectrode] = {}
        names: dict[tuple[str, int], str] = {}
        for stimulus in experiment.stimuli:
            if not stimulus.enabled:
                continue
            spots = self._places.spots(stimulus.target)
            for number, (spot, electrode) in enumerate(zip(spots, placed[stimulus.id], strict=True)):
                name = unique(stimulus.name or stimulus.kind, electrodes)
                names[stimulus.id, number] = name
                electrodes[name] = _written(name, _place(spot), stimulus, electrode)
        interval = experiment.conditions.dt if experiment.conditions.variable_step else None
        found = record_traces(experiment, self._places, placed, interval)
        return tuple(electrodes.values()), tuple(self._traces(found, names))

    def _traces(self, found: list[Trace], names: dict[tuple[str, int], str]) -> list[ScriptTrace]:
        by_id = {each.id: each for each in self._experiment.recordings}
        traces: dict[str, ScriptTrace] = {}
        for trace in found:
            described = trace.description
            unit = f" ({described.unit})" if described.unit else ""
            heading = unique(f"{described.label}{unit}".replace(",", ";"), {"time (ms)", *traces})
            identifier, _, number = described.id.partition(".")
            recording = by_id.get(described.id) or by_id[identifier]
            if isinstance(recording, SiteRecording):
                site = described.site
                place = ScriptPlace(str(site.cell), site.section, site.x)
                traces[heading] = ScriptTrace(heading, place, described.variable)
            else:
                assert not isinstance(recording, Report), "reports are no traces"
                electrode = names[recording.stimulus, int(number or 0)]
                traces[heading] = ScriptTrace(heading, None, "i", electrode)
        return list(traces.values())

    def _changes(self, manipulation: Manipulation) -> list[ScriptChange]:
        if isinstance(manipulation, ChangeCompartments):
            spots = self._places.spots_of_set(manipulation.compartment_set)
            segments = ", ".join(_place(spot).expression for spot in spots)
            changes = manipulation.assignments
            return [ScriptChange(manipulation.name, f"[{segments}]", changes, of_segments=True)]
        cells = [str(each) for each in self._places.changed_cells(manipulation)]
        if isinstance(manipulation, BlockSodium):
            return [ScriptChange(manipulation.name, _sections(cells, ".all()"), switch=ttx_switch())]
        if isinstance(manipulation, Drug):
            return _of_drug(manipulation, _sections(cells, ".all()"))
        return [self._of_sections(manipulation, cells)]

    def _of_sections(
        self, manipulation: ChangeAllSections | ChangeSectionList | ChangeSection, cells: list[str]
    ) -> ScriptChange:
        if isinstance(manipulation, ChangeAllSections):
            of_each = ".all()"
        elif isinstance(manipulation, ChangeSection):
            where = ", ".join(f"cells[{cell!r}].sections[{manipulation.section!r}]" for cell in cells)
            return ScriptChange(manipulation.name, f"[{where}]", manipulation.assignments)
        elif manipulation.section_list == "all":
            of_each = ".all()"
        else:
            of_each = f".kind({manipulation.section_list!r})"
        return ScriptChange(manipulation.name, _sections(cells, of_each), manipulation.assignments)


def _written(name: str, place: ScriptPlace, stimulus: Stimulus, electrode: Electrode) -> AnyElectrode:
    if isinstance(electrode, SynapseElectrode):
        assert isinstance(stimulus, PlacedSynapse), "nothing else has events"
        return ScriptSynapse(name, place, stimulus, electrode.events)
    return ScriptElectrode(name, place, electrode.waveform)


def _of_drug(drug: Drug, where: str) -> list[ScriptChange]:
    """Each conductance on its own: few sections have all of them."""
    end = math.inf if drug.wash_out is None else drug.wash_out
    return [
        ScriptChange(
            drug.name or drug.title,
            where,
            (Assignment(variable=variable, operator="*=", value=drug.factor),),
            begin=drug.wash_in,
            end=end,
        )
        for variable in drug.variables
    ]


def _sections(cells: list[str], of_each: str) -> str:
    return f"[section for name in {cells!r} for section in cells[name]{of_each}]"


def _place(spot: Spot) -> ScriptPlace:
    site = spot.site
    return ScriptPlace(str(site.cell), spot.section, spot.x)


def _copied_sources(compiled: Compiled | None, folder: Path) -> str:
    """The mod files that the library was compiled from, to compile them on another machine."""
    if compiled is None or compiled.sources is None:
        return ""
    (folder / _MOD_FOLDER).mkdir(exist_ok=True)
    compiled.sources.write(folder / _MOD_FOLDER)
    return _MOD_FOLDER


def _copied_library(compiled: Compiled | None, folder: Path) -> str:
    """The compiled mechanisms beside the script: the cache they come from may be emptied."""
    if compiled is None or compiled.library is None:
        return ""
    shutil.copyfile(compiled.library, folder / compiled.library.name)
    return compiled.library.name


def _left_out(experiment: Experiment) -> list[Problem]:
    reports = [each for each in experiment.recordings if isinstance(each, Report) and each.enabled]
    return [
        Problem(
            f"The report {each.label or each.variable!r} is not in the script, which records single spots.",
            hint="Record the spots that you need.",
            severity="warning",
        )
        for each in reports
    ]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(f"The folder {folder} cannot be made: {error.strerror}.") from error
