"""From a SONATA simulation configuration, of either dialect, to an experiment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from engine.circuit.manifest import expand, read_json, resolve
from engine.circuit.problems import Problem
from engine.errors import CircuitError, DocumentError
from engine.experiment.base import Frozen
from engine.experiment.experiment import CircuitReference, Experiment
from engine.experiment.sonata_conditions import conditions_of
from engine.experiment.sonata_entry import Entry
from engine.experiment.sonata_import_inputs import Inputs
from engine.experiment.sonata_import_overrides import connections_of
from engine.experiment.sonata_import_reports import Reports
from engine.experiment.sonata_import_sets import Sets
from engine.experiment.sonata_levels import LATE, METADATA_KEY
from engine.experiment.sonata_modifications import manipulations_of
from engine.experiment.sonata_names import relative

SortOrder = Literal["none", "by_id", "by_time"]

_ALLEN_RUN: Final = {"dL", "nsteps_block", "overwrite_output_dir"}
_ALLEN_SORT: Final = {"time": "by_time", "id": "by_id", "gid": "by_id"}


class OutputSettings(Frozen):
    """Where a configuration wants its results; `folder` is relative to it, with `/` between its parts."""

    folder: Annotated[str, Field(min_length=1)] = "output"
    spikes_file: Annotated[str, Field(min_length=1)] = "out.h5"
    sort: SortOrder = "by_time"


@dataclass(frozen=True, slots=True)
class Imported:
    """An experiment, and what of the configuration is not in it.

    Relative paths in the experiment and in `output` count from `base`, the folder of the configuration.
    """

    experiment: Experiment
    problems: tuple[Problem, ...]
    circuit_path: Path
    base: Path
    output: OutputSettings


def from_simulation_config(path: Path) -> Imported:
    """Read a simulation configuration, Allen's `config.json`, or a file that is circuit and simulation.

    Raises EngineError (one sentence) where the file says something impossible; what is possible and has no
    counterpart in an experiment becomes a problem.
    """
    file, raw, network = _simulation_file(path)
    base = file.parent
    top = Entry(_expanded(raw, base), "The configuration", str(file))
    circuit_path = network or _circuit_path(top, file)
    circuit = _circuit(circuit_path)
    allen = _is_allen(top.values, circuit)
    sets = Sets(top, base, circuit, circuit_path.parent, allen=allen)
    experiment, problems = _experiment(top, sets, relative(circuit_path, base), base, allen=allen)
    return Imported(experiment, tuple(problems), circuit_path, base, _output(top.part("output"), base))


def _experiment(
    top: Entry, sets: Sets, circuit: str, base: Path, *, allen: bool
) -> tuple[Experiment, list[Problem]]:
    metadata = top.part("metadata").values
    run, physical = _run(top), top.part("conditions")
    problems: list[Problem] = []
    conditions = conditions_of(run, physical, metadata, problems, allen=allen)
    late = metadata.get(METADATA_KEY) == LATE
    inputs = Inputs(sets, base, conditions.tstop, allen=allen, late_levels=late)
    inputs.read(top.part("inputs"))
    reports = Reports(sets, conditions.tstop, conditions.dt, allen=allen)
    reports.read(top.part("reports"))
    connections, of_connections = connections_of(top, sets, metadata)
    title, notes = (metadata.get(key) for key in ("title", "notes"))
    experiment = Experiment(
        title=title if isinstance(title, str) else "",
        notes=notes if isinstance(notes, str) else "",
        circuit=CircuitReference(path=circuit),
        cells=sets.cells(),
        stimuli=tuple(inputs.stimuli),
        recordings=tuple(reports.recordings),
        connections=connections,
        replays=tuple(inputs.replays),
        manipulations=manipulations_of(physical, sets.only_cell),
        conditions=conditions,
        node_sets=sets.node_sets_in_use(),
        compartment_sets=sets.compartment_sets_in_use(),
    )
    return experiment, [*problems, *inputs.problems, *reports.problems, *of_connections]


def _simulation_file(path: Path) -> tuple[Path, dict[str, Any], Path | None]:
    """The file that says what to run, what it holds, and the circuit that a wrapper names."""
    raw = read_json(path)
    if "run" in raw or not isinstance(raw.get("simulation"), str):
        return path, raw, None
    wrapper = expand(raw, path.parent)
    simulation = resolve(path.parent, wrapper["simulation"])
    network = wrapper.get("network")
    circuit = resolve(path.parent, network) if isinstance(network, str) else None
    return simulation, read_json(simulation), circuit


def _expanded(raw: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """Titles and notes may hold dollar signs; they are no variables."""
    meaning = {key: value for key, value in raw.items() if key != "metadata"}
    return expand(meaning, base) | {key: raw[key] for key in raw if key == "metadata"}


def _circuit_path(top: Entry, file: Path) -> Path:
    if "networks" in top and "network" not in top:
        return file
    return resolve(file.parent, top.text("network", "circuit_config.json"))


def _circuit(path: Path) -> dict[str, Any]:
    """The circuit's own configuration as far as it can be read: an import goes on without it."""
    try:
        return expand(read_json(path), path.parent, [])
    except CircuitError:
        return {}


def _is_allen(top: Mapping[str, Any], circuit: Mapping[str, Any]) -> bool:
    run = top.get("run")
    inputs, reports = (_objects_in(top.get(key)) for key in ("inputs", "reports"))
    networks = circuit.get("networks")
    nodes = networks.get("nodes") if isinstance(networks, dict) else None
    return (
        bool(isinstance(run, dict) and _ALLEN_RUN & run.keys())
        or any(each.get("module") == "IClamp" or "input_file" in each for each in inputs)
        or any("module" in each and "type" not in each for each in reports)
        or bool(
            isinstance(nodes, list) and nodes and all("populations" not in each for each in _dicts(nodes))
        )
    )


def _objects_in(part: object) -> list[dict[str, Any]]:
    return _dicts(list(part.values())) if isinstance(part, dict) else []


def _dicts(values: list[Any]) -> list[dict[str, Any]]:
    return [each for each in values if isinstance(each, dict)]


def _run(top: Entry) -> Entry:
    if "run" not in top:
        raise DocumentError(
            "The part 'run' is missing, so this is not a simulation configuration.",
            where=top.where,
            hint="Open a circuit configuration to browse it.",
        )
    return Entry(top.get("run"), "'run'", top.where)


def _output(entry: Entry, base: Path) -> OutputSettings:
    fields: dict[str, object] = {
        "folder": relative(resolve(base, entry.text("output_dir", "output")), base),
        "spikes_file": entry.text("spikes_file", "out.h5"),
    }
    sort = entry.text("spikes_sort_order", "by_time")
    fields["sort"] = _ALLEN_SORT.get(sort, sort)
    return entry.build(OutputSettings, fields, {"sort": "spikes_sort_order", "folder": "output_dir"})
