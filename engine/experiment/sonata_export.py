"""From an experiment to a folder with a SONATA simulation configuration."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.circuit.problems import Problem
from engine.circuit.spike_writing import write_spikes
from engine.errors import EngineError
from engine.experiment.base import changed
from engine.experiment.experiment import Experiment
from engine.experiment.sonata_conditions import LARGEST_SEED, run_and_conditions
from engine.experiment.sonata_export_circuit import CircuitNodes
from engine.experiment.sonata_export_inputs import ExportInputs
from engine.experiment.sonata_export_modifications import ChangedSections, ExportModifications
from engine.experiment.sonata_export_overrides import ExportOverrides
from engine.experiment.sonata_export_reports import ExportReports
from engine.experiment.sonata_export_sets import ExportSets, SectionNumber
from engine.experiment.sonata_import import OutputSettings
from engine.experiment.sonata_levels import LATE, METADATA_KEY
from engine.experiment.sonata_names import CREATOR, relative
from engine.experiment.stimuli import VoltageClamp
from engine.experiment.synaptic_input import SpikeReplay
from engine.user_files import write_whole

_CONFIGURATION: Final = "simulation_config.json"
_NODE_SETS: Final = "node_sets.json"
_COMPARTMENT_SETS: Final = "compartment_sets.json"
_SPIKES: Final = "source_spikes.h5"


@dataclass(frozen=True, slots=True)
class Exported:
    """The configuration that was written, and what of the experiment SONATA cannot say."""

    path: Path
    problems: tuple[Problem, ...]


def to_simulation_config(  # noqa: PLR0913 - what to write, where, and what else is known
    experiment: Experiment,
    circuit_config: Path,
    folder: Path,
    output: OutputSettings | None = None,
    *,
    base: Path | None = None,
    section_number: SectionNumber | None = None,
    changed_sections: ChangedSections | None = None,
) -> Exported:
    """Write `simulation_config.json`, `node_sets.json` and `compartment_sets.json` into `folder`.

    Spikes that no file holds are written into `source_spikes.h5` beside them, with those of all others.

    `base` is the folder that paths of the experiment count from (by default `folder`). `section_number`
    gives SONATA's number of a named section of a cell; without it names other than `soma[0]` stay names.
    `changed_sections` gives the sections that a change of one cell is about, to say it of their segments
    where it has to be.
    Raises EngineError where nothing that runs could be written.
    """
    circuit = CircuitNodes(circuit_config, experiment.node_sets)
    sets = ExportSets(experiment, circuit, section_number)
    inputs = ExportInputs(sets, experiment.conditions)
    inputs.add_stimuli(experiment.stimuli)
    inputs.add_replays(_replays(experiment), base or folder, folder)
    written = _written(experiment)
    found = circuit.source_spikes(written, base or folder)
    if written.replays:
        inputs.add_spikes(_SPIKES)
    reports = ExportReports(sets, experiment.conditions)
    reports.add(experiment.recordings)
    changes = ExportModifications(sets, changed_sections)
    changes.add(experiment.manipulations)
    overrides = ExportOverrides(experiment.connections, circuit, sets)
    config = {
        "version": 2,
        "metadata": _metadata(experiment) | overrides.metadata,
        "network": relative(circuit_config, folder),
        "target_simulator": "NEURON",
        **_run_and_conditions(experiment, changes.modifications),
        "output": _output(output or OutputSettings()),
        **({"connection_overrides": overrides.overrides} if overrides.overrides else {}),
        **_cells(sets),
        "inputs": inputs.inputs,
        "reports": reports.reports,
    }
    _write(folder, config, sets)
    if written.replays:
        pairs = {population: (each.times, each.node_ids) for population, each in found.spikes.items()}
        write_spikes(folder / _SPIKES, pairs)
    problems = (
        *circuit.problems,
        *found.problems,
        *sets.problems,
        *inputs.problems,
        *reports.problems,
        *changes.problems,
        *overrides.problems,
        *_beyond_sonata(experiment),
    )
    return Exported(folder / _CONFIGURATION, problems)


def _replays(experiment: Experiment) -> tuple[SpikeReplay, ...]:
    """The replays that are written as they are: all of them, or none."""
    if _written(experiment).replays:
        return ()
    return tuple(each for each in experiment.replays if isinstance(each, SpikeReplay))


def _written(experiment: Experiment) -> Experiment:
    """The experiment with the sources whose spikes are written into one file, and no others.

    None if all of them are files; else all that are enabled: BlueCelluLab plays only the last replay.
    """
    enabled = tuple(each for each in experiment.replays if each.enabled)
    have_files = all(isinstance(each, SpikeReplay) for each in enabled)
    return changed(experiment, replays=() if have_files else enabled)


def _metadata(experiment: Experiment) -> dict[str, object]:
    """What SONATA has no key for and an import understands; simulators pass it over."""
    metadata: dict[str, object] = {"creator": CREATOR}
    metadata |= {key: each for key in ("title", "notes") if (each := getattr(experiment, key))}
    metadata["seed_convention"] = experiment.conditions.seed_convention
    if not experiment.connections.enabled:
        metadata["connections"] = "none"
    if any(isinstance(each, VoltageClamp) and each.levels for each in experiment.stimuli):
        metadata[METADATA_KEY] = LATE
    return metadata


def _run_and_conditions(experiment: Experiment, modifications: list[dict[str, str]]) -> dict[str, object]:
    run, conditions = run_and_conditions(experiment.conditions)
    if experiment.conditions.mechanism_globals:
        conditions["mechanisms"] = experiment.conditions.mechanism_globals
    if modifications:
        conditions["modifications"] = modifications
    return {"run": run, "conditions": conditions}


def _output(output: OutputSettings) -> dict[str, str]:
    return {
        "output_dir": output.folder,
        "spikes_file": output.spikes_file,
        "spikes_sort_order": output.sort,
    }


def _cells(sets: ExportSets) -> dict[str, str]:
    name = sets.simulated()
    entries = {} if name is None else {"node_set": name}
    if sets.node_sets:
        entries["node_sets_file"] = _NODE_SETS
    if sets.compartment_sets:
        entries["compartment_sets_file"] = _COMPARTMENT_SETS
    return entries


def _write(folder: Path, config: Mapping[str, Any], sets: ExportSets) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    files = {_NODE_SETS: sets.node_sets, _COMPARTMENT_SETS: sets.compartment_sets}
    for name, content in {**files, _CONFIGURATION: config}.items():
        if content:
            write_whole(
                folder / name, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
            )


def _beyond_sonata(experiment: Experiment) -> list[Problem]:
    conditions, connections = experiment.conditions, experiment.connections
    beyond = []
    if conditions.variable_step:
        beyond.append("SONATA has no variable time step; the simulators use the fixed one.")
    if not connections.enabled:
        beyond.append("The connections are off; neurodamus builds those between the cells that take part.")
    elif connections.edge_populations is not None:
        beyond.append("SONATA cannot choose edge populations; the simulators build all of them.")
    if connections.enabled and connections.active:
        cells = ", ".join(str(each.cell) for each in connections.active)
        beyond.append(
            f"SONATA cannot choose single synapses; the simulators build all of those onto {cells}."
        )
    if connections.enabled and connections.counted:
        beyond.append(
            "SONATA cannot say of which network random streams are; synapses may draw other numbers."
        )
    if any(each.enabled and each.only_of_others for each in _replays(experiment)):
        beyond.append("SONATA replays the spikes of all cells of a file, also of those that take part.")
    if conditions.random_seed > LARGEST_SEED:
        beyond.append(
            f"neurodamus takes seeds up to {LARGEST_SEED}; that of the run is {conditions.random_seed}."
        )
    return [Problem(each, severity="warning") for each in beyond]
