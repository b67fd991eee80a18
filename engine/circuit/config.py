"""Configuration files of both dialects: finding them from any path, and what they say of a circuit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from engine.circuit.manifest import expand, read_json, resolve
from engine.circuit.problems import Problem, problem_of
from engine.errors import CircuitError

try:
    import libsonata
except ImportError:  # no wheels for Windows
    libsonata = None

Dialect = Literal["obi", "allen"]

_USUAL_NAMES: Final = ("config.json", "simulation_config.json", "circuit_config.json")
_HINT = (
    "Open a circuit configuration (it has 'networks'), a simulation configuration (it has 'run' and "
    "'network'), or the folder of one."
)


def _nothing(value: Any) -> Any:
    """Allen's files write "NULL" or nothing for a file that there is not."""
    return None if isinstance(value, str) and value in ("", "NULL", "NONE") else value


FileName = Annotated[str, Field(min_length=1)]
OptionalFileName = Annotated[FileName | None, BeforeValidator(_nothing)]


class PopulationSettings(BaseModel):
    """What a configuration says of one population: its type, and components of its own (the extra keys)."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str = ""


class FileEntry(BaseModel):
    """A file of nodes or edges; without `populations` all that it holds are meant."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    file: FileName = Field(validation_alias=AliasChoices("nodes_file", "edges_file"))
    types_file: OptionalFileName = Field(
        None, validation_alias=AliasChoices("node_types_file", "edge_types_file")
    )
    populations: dict[str, PopulationSettings] | None = None


@dataclass(frozen=True, slots=True)
class CircuitConfig:
    """A circuit configuration with its variables replaced; texts that are paths are relative to `base`."""

    base: Path
    dialect: Dialect
    nodes: tuple[FileEntry, ...]
    edges: tuple[FileEntry, ...]
    components: Mapping[str, Any] = field(default_factory=dict)
    node_sets_file: str | None = None

    def component(self, population: str, key: str) -> Path | None:
        """The path of a component, that of the population before the general one; None if there is none."""
        for components in (self._own(population), self.components):
            alternates = components.get("alternate_morphologies")
            for place in (components, alternates if isinstance(alternates, dict) else {}):
                value = place.get(key)
                if isinstance(value, str) and value:
                    return resolve(self.base, value)
        return None

    def _own(self, population: str) -> Mapping[str, Any]:
        for entry in self.nodes:
            if entry.populations and population in entry.populations:
                return entry.populations[population].model_extra or {}
        return {}


@dataclass(frozen=True, slots=True)
class SimulationFiles:
    """The files that a simulation configuration names for use with its circuit."""

    node_sets: Path | None = None
    compartment_sets: Path | None = None


def locate(path: Path, problems: list[Problem]) -> tuple[Path, Path | None]:
    """The circuit configuration, and the simulation configuration if there is one, that a path leads to.

    Raises CircuitError if it leads to no circuit configuration.
    """
    if path.is_dir():
        path = _in_folder(path)
    raw = expand(read_json(path), path.parent, [])
    if "networks" in raw:
        return path, path if "run" in raw else None
    if isinstance(raw.get("simulation"), str) and "run" not in raw:
        return _of_wrapper(path, raw, problems)
    if "run" in raw or "network" in raw:
        return _network_of(path, raw, problems), path
    raise CircuitError(f"{path.name} is not a SONATA configuration.", where=str(path.parent), hint=_HINT)


def read_circuit_config(path: Path, problems: list[Problem]) -> CircuitConfig:
    """What a circuit configuration says; what it says wrongly goes to `problems`. Raises CircuitError."""
    raw = expand(read_json(path), path.parent, problems)
    networks = raw.get("networks")
    if not isinstance(networks, dict):
        raise CircuitError(
            f"{path.name} is not a circuit configuration: it has no object 'networks'.",
            where=str(path.parent),
            hint=_HINT,
        )
    nodes = _entries(networks, "nodes", path, problems)
    edges = _entries(networks, "edges", path, problems)
    components = raw.get("components")
    if not isinstance(components, dict | None):
        problems.append(Problem("'components' is not an object {…} and is ignored.", str(path)))
    if not nodes:
        problems.append(Problem("The circuit lists no nodes.", str(path), "Add files to networks, nodes."))
    return CircuitConfig(
        base=path.parent,
        dialect="obi" if any(entry.populations for entry in nodes) else "allen",
        nodes=nodes,
        edges=edges,
        components=_known_kinds(components, path, problems) if isinstance(components, dict) else {},
        node_sets_file=_text(raw, "node_sets_file", path, problems),
    )


def read_simulation_files(path: Path, problems: list[Problem]) -> SimulationFiles:
    """The files that a simulation configuration names; raises CircuitError."""
    raw = expand(read_json(path), path.parent, problems)
    node_sets = _text(raw, "node_sets_file", path, problems)
    compartment_sets = _text(raw, "compartment_sets_file", path, problems)
    return SimulationFiles(
        node_sets=resolve(path.parent, node_sets) if node_sets else None,
        compartment_sets=resolve(path.parent, compartment_sets) if compartment_sets else None,
    )


def refusal_of_libsonata(path: Path) -> Problem | None:
    """Why libsonata, and so every program that is built on it, would not open a circuit configuration."""
    if libsonata is None:
        return None
    try:
        libsonata.CircuitConfig.from_file(str(path))
    except (libsonata.SonataError, RuntimeError) as error:  # the latter comes from its JSON reader
        reason = str(error).rpartition("] ")[2].rstrip(".")
        what = f"Programs that use libsonata will refuse the circuit: {reason}."
        return Problem(what, str(path), "It can be used here all the same.", "warning")
    return None


def _in_folder(folder: Path) -> Path:
    """The configuration of a folder: by its usual name, else the only one of its kind."""
    for name in _USUAL_NAMES:
        if (folder / name).is_file():
            return folder / name
    circuits, simulations = _configurations(folder)
    for found in (circuits, simulations):
        if len(found) == 1:
            return found[0]
    several = [each.name for each in (*circuits, *simulations)]
    if several:
        raise CircuitError(
            f"The folder holds several configurations: {', '.join(several)}.",
            where=str(folder),
            hint="Open one of these files.",
        )
    raise CircuitError("The folder holds no SONATA configuration.", where=str(folder), hint=_HINT)


def _configurations(folder: Path) -> tuple[list[Path], list[Path]]:
    """The circuit configurations and the simulation configurations directly in a folder."""
    circuits, simulations = [], []
    try:
        candidates = sorted(folder.glob("*.json"))
    except OSError as error:
        raise CircuitError(f"The folder cannot be read: {error.strerror}.", where=str(folder)) from error
    for path in candidates:
        try:
            raw = read_json(path)
        except CircuitError:
            continue  # some other JSON: it would be reported if it were opened by name
        if "networks" in raw:
            circuits.append(path)
        elif "run" in raw:
            simulations.append(path)
    return circuits, simulations


def _of_wrapper(path: Path, raw: Mapping[str, Any], problems: list[Problem]) -> tuple[Path, Path | None]:
    """Allen's config.json, which only names the other two."""
    simulation: Path | None = resolve(path.parent, raw["simulation"])
    simulated: Mapping[str, Any] = {}
    try:
        assert simulation is not None
        simulated = expand(read_json(simulation), simulation.parent, [])
    except CircuitError as error:
        problems.append(problem_of(error))
        simulation = None
    if isinstance(raw.get("network"), str):
        return resolve(path.parent, raw["network"]), simulation
    if simulation is not None:
        return _network_of(simulation, simulated, problems), simulation
    raise CircuitError(f"{path.name} names no circuit.", where=str(path.parent), hint="Add 'network'.")


def _network_of(path: Path, raw: Mapping[str, Any], problems: list[Problem]) -> Path:
    """The circuit configuration of a simulation configuration."""
    network = raw.get("network")
    if isinstance(network, str) and network:
        return resolve(path.parent, network)
    usual = path.parent / "circuit_config.json"
    if usual.is_file():
        return usual
    circuits, _ = _configurations(path.parent)
    if len(circuits) != 1:
        raise CircuitError(
            f"{path.name} names no circuit, and there is no circuit_config.json beside it.",
            where=str(path.parent),
            hint='Add "network": "PATH OF THE CIRCUIT CONFIGURATION".',
        )
    what = f"{path.name} names no circuit; {circuits[0].name}, the only one beside it, is used."
    problems.append(Problem(what, str(path.parent), f'Add "network": "{circuits[0].name}".', "warning"))
    return circuits[0]


def _entries(
    networks: Mapping[str, Any], kind: Literal["nodes", "edges"], path: Path, problems: list[Problem]
) -> tuple[FileEntry, ...]:
    listed = networks.get(kind) or []
    if not isinstance(listed, list):
        problems.append(Problem(f"'networks' → {kind!r} is not a list and is ignored.", str(path)))
        return ()
    entries = []
    for number, raw in enumerate(listed):
        try:
            entries.append(FileEntry.model_validate(raw))
        except ValidationError as error:
            first = error.errors()[0]
            place = " → ".join(["networks", kind, str(number), *map(str, first["loc"])])
            problems.append(
                Problem(f"An entry of the circuit is not understood: {first['msg']}.", f"{path}, {place}")
            )
    return tuple(entries)


def _known_kinds(
    components: Mapping[str, Any], path: Path, problems: list[Problem]
) -> dict[str, str | dict[str, Any]]:
    """The components that are paths, or sets of paths."""
    wrong = [key for key, value in components.items() if not isinstance(value, str | dict | None)]
    problems.extend(
        Problem(f"The component {key!r} is not a path and is ignored.", str(path)) for key in wrong
    )
    return {key: value for key, value in components.items() if isinstance(value, str | dict)}


def _text(raw: Mapping[str, Any], key: str, path: Path, problems: list[Problem]) -> str | None:
    value = _nothing(raw.get(key))
    if value is None or isinstance(value, str):
        return value
    problems.append(Problem(f"{key!r} is not the name of a file and is ignored.", str(path)))
    return None


def component_folders(config: CircuitConfig) -> Sequence[tuple[str, Path]]:
    """Every component that the configuration names, with its path, each once."""
    found: dict[tuple[str, Path], None] = {}
    owners = [config.components]
    owners += [
        settings.model_extra or {}
        for entry in config.nodes
        for settings in (entry.populations or {}).values()
    ]
    for components in owners:
        alternates = components.get("alternate_morphologies")
        for place in (components, alternates if isinstance(alternates, dict) else {}):
            for key, value in place.items():
                if isinstance(value, str) and value:
                    found[key, resolve(config.base, value)] = None
    return list(found)
