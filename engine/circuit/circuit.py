"""A circuit: its populations, node sets, components and cells, with a list of what is wrong with it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Literal, Self, TypeVar

from engine.circuit.cells import CellDescription, describe_cell
from engine.circuit.compartment_sets import CompartmentSet, read_compartment_sets
from engine.circuit.config import (
    CircuitConfig,
    Dialect,
    FileEntry,
    SimulationFiles,
    component_folders,
    locate,
    read_circuit_config,
    read_simulation_files,
    refusal_of_libsonata,
)
from engine.circuit.edges import EdgePopulation, edge_population_names
from engine.circuit.manifest import resolve
from engine.circuit.node_sets import NodeSets, read_node_sets
from engine.circuit.nodes import NodePopulation, node_population_names
from engine.circuit.problems import Problem
from engine.errors import CircuitError, EngineError, UnknownNameError

Population = TypeVar("Population", NodePopulation, EdgePopulation)


def open_circuit(path: str | Path) -> "Circuit":
    """Open a circuit configuration, a simulation configuration, Allen's config.json, or a folder of one.

    Whatever is wrong with parts of it is in the circuit's `problems`. Raises CircuitError if there is nothing
    to open.
    """
    problems: list[Problem] = []
    try:
        config_path, simulation_path = locate(Path(path).absolute(), problems)
        config = read_circuit_config(config_path, problems)
    except OSError as error:
        raise CircuitError(f"The circuit cannot be read: {error.strerror}.", where=str(path)) from error
    files = SimulationFiles()
    if simulation_path is not None:
        with _collected(problems):
            files = read_simulation_files(simulation_path, problems)
    return Circuit(config_path, config, simulation_path, files, problems)


class Circuit:
    """Owns the open files of its populations; close it, or use it in a `with` statement."""

    def __init__(
        self,
        config_path: Path,
        config: CircuitConfig,
        simulation_path: Path | None,
        simulation_files: SimulationFiles,
        problems: list[Problem],
    ) -> None:
        self.config_path = config_path
        self.simulation_path = simulation_path
        self.dialect: Dialect = config.dialect
        self.fingerprint = hashlib.sha256(config_path.read_bytes()).hexdigest()
        self._config = config
        self._problems = problems
        self.node_populations: Mapping[str, NodePopulation] = MappingProxyType(self._open_nodes())
        self.edge_populations: Mapping[str, EdgePopulation] = MappingProxyType(self._open_edges())
        self.node_sets = self._read_node_sets(simulation_files.node_sets)
        self.compartment_sets: Mapping[str, CompartmentSet] = MappingProxyType(
            self._read_compartment_sets(simulation_files.compartment_sets)
        )
        self._check_components()
        if self.dialect == "obi" and (refused := refusal_of_libsonata(config_path)):
            self._problems.append(refused)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is known to be wrong; reading more may add to it."""
        found = list(self._problems)
        for nodes in self.node_populations.values():
            found += nodes.problems
        for edges in self.edge_populations.values():
            found += edges.problems
        return tuple(dict.fromkeys([*found, *self.node_sets.problems]))

    def component(self, population: str, key: str) -> Path | None:
        """The path of a component such as `morphologies_dir`, or of an alternate morphology such as `h5v1`.

        What the population's own entry says goes before the circuit's. The path need not exist; None if there
        is none.
        """
        return self._config.component(population, key)

    def cell(self, population: str, node_id: int) -> CellDescription:
        """What it takes to build a cell; raises UnknownNameError or CircuitError if there is no such cell."""
        if population not in self.node_populations:
            raise UnknownNameError(
                "node population", population, self.node_populations, where=str(self.config_path)
            )
        return describe_cell(
            self.node_populations[population], node_id, self.dialect, partial(self.component, population)
        )

    def close(self) -> None:
        """Let go of all files."""
        for nodes in self.node_populations.values():
            nodes.close()
        for edges in self.edge_populations.values():
            edges.close()

    @property
    def sending_populations(self) -> tuple[str, ...]:
        """Names of all node populations, virtual ones first: they do nothing but send spikes."""
        nodes = self.node_populations
        return tuple(sorted(nodes, key=lambda name: nodes[name].node_type != "virtual"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open_nodes(self) -> dict[str, NodePopulation]:
        default_type = "biophysical" if self.dialect == "obi" else ""

        def make(path: Path, name: str, types: Path | None, kind: str) -> NodePopulation:
            return NodePopulation(path, name, types, kind or default_type)

        return self._open(self._config.nodes, "node", node_population_names, make)

    def _open_edges(self) -> dict[str, EdgePopulation]:
        def make(path: Path, name: str, types: Path | None, kind: str) -> EdgePopulation:
            return EdgePopulation(path, name, types, kind or "chemical")

        found = self._open(self._config.edges, "edge", edge_population_names, make)
        for edges in found.values():
            for end in {edges.source, edges.target} - set(self.node_populations):
                self._report(
                    f"The edges {edges.name!r} join nodes of {end!r}, a population that the circuit lacks.",
                    "Add the file of that population to networks, nodes.",
                    severity="warning",
                )
        return found

    def _open(
        self,
        entries: tuple[FileEntry, ...],
        kind: str,
        names_in: Callable[[Path], tuple[str, ...]],
        make: Callable[[Path, str, Path | None, str], Population],
    ) -> dict[str, Population]:
        """All populations that can be opened; one that cannot is a problem."""
        found: dict[str, Population] = {}
        for entry in entries:
            path = resolve(self._config.base, entry.file)
            types_path = self._types_path(entry)
            for name, settings in self._settings(entry, path, names_in).items():
                if name in found:
                    self._report(f"There are two {kind} populations named {name!r}; the first is used.")
                    continue
                with _collected(self._problems):
                    found[name] = make(path, name, types_path, settings)
        return found

    def _settings(
        self, entry: FileEntry, path: Path, names_in: Callable[[Path], tuple[str, ...]]
    ) -> dict[str, str]:
        """The populations meant, with their declared types."""
        present: tuple[str, ...] = ()
        hint = f"Put the file in place, or mend its path in {self.config_path.name}."
        with _collected(self._problems, hint):
            present = names_in(path)
        if entry.populations and present:
            return {name: settings.type for name, settings in entry.populations.items()}
        return dict.fromkeys(present, "")

    def _types_path(self, entry: FileEntry) -> Path | None:
        if entry.types_file is None:
            return None
        path = resolve(self._config.base, entry.types_file)
        with _collected(self._problems):
            if path.is_file():
                return path
        self._report(
            f"The table of types {path.name} is missing.",
            "What it says of nodes or edges is unknown until it is put in place.",
            where=str(path.parent),
        )
        return None

    def _read_node_sets(self, of_simulation: Path | None) -> NodeSets:
        """The circuit's sets, and over them the simulation's."""
        named = self._config.node_sets_file
        paths = [resolve(self._config.base, named)] if named else []
        if of_simulation is not None and of_simulation not in paths:
            paths.append(of_simulation)
        node_sets = NodeSets(where=", ".join(map(str, paths)) or "the node sets")
        for path in paths:
            with _collected(self._problems):
                node_sets = node_sets.merged_with(read_node_sets(path))
        return node_sets

    def _read_compartment_sets(self, path: Path | None) -> dict[str, CompartmentSet]:
        found: dict[str, CompartmentSet] = {}
        if path is not None:
            with _collected(self._problems):
                found = read_compartment_sets(path, self._problems)
        for name, compartment_set in found.items():
            if compartment_set.population not in self.node_populations:
                unknown = UnknownNameError(
                    "node population", compartment_set.population, self.node_populations
                )
                self._report(f"The compartment set {name!r}: {unknown.what}", unknown.hint, where=str(path))
        return found

    def _check_components(self) -> None:
        for key, path in component_folders(self._config):
            there = False
            with _collected(self._problems):
                there = path.exists()
            if not there:
                self._report(
                    f"The circuit names {key} {path.name!r}, which is missing.",
                    "Put it in place, or mend its path in the configuration.",
                    where=str(path.parent),
                    severity="warning",
                )

    def _report(
        self, what: str, hint: str = "", *, where: str = "", severity: Literal["error", "warning"] = "error"
    ) -> None:
        self._problems.append(Problem(what, where or str(self.config_path), hint, severity))


@contextmanager
def _collected(problems: list[Problem], hint: str = "") -> Iterator[None]:
    """Go on without what is wrong, or what the system refuses to read, and say so."""
    try:
        yield
    except EngineError as error:
        problems.append(Problem(error.what, error.where, error.hint or hint))
    except OSError as error:
        problems.append(Problem(f"A file cannot be read: {error.strerror}.", str(error.filename or ""), hint))
