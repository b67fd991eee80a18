"""The connection overrides of an experiment as those of a SONATA configuration."""

from typing import Any, Final

from engine.circuit.problems import Problem
from engine.experiment.assignments import format_assignments
from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.overriding import in_words
from engine.experiment.sonata_export_circuit import CircuitNodes, Pathway
from engine.experiment.sonata_export_sets import ExportSets
from engine.experiment.sonata_import_overrides import KEYS
from engine.experiment.sonata_names import BASE_OVERRIDES, SPONTANEOUS_RELEASE, unique
from engine.experiment.synaptic_input import Connections

_MINIS: Final = "spont_minis"


class ExportOverrides:
    """The overrides, ours behind those that make neurodamus and BlueCelluLab build the rest as we do.

    neurodamus leaves out the connections of a population that no override names if one names others, and
    lets synapses release at the rates of the circuit; BlueCelluLab builds Exp2Syn synapses only where an
    override says so, whatever the type of the edges.
    """

    def __init__(self, connections: Connections, circuit: CircuitNodes, sets: ExportSets) -> None:
        self.overrides: list[dict[str, Any]] = []
        self.problems: list[Problem] = []
        self._connections, self._circuit, self._sets = connections, circuit, sets
        own = [each for each in connections.overrides if each.enabled]
        if connections.enabled:
            if not (own and connections.only_overridden):
                self._add_base(is_needed=bool(own))
            self._base = len(self.overrides)
            for each in own:
                self._add(each)

    @property
    def metadata(self) -> dict[str, object]:
        """What an import of the file needs to know, to find our own overrides again."""
        if not self._connections.enabled:
            return {}
        said: dict[str, object] = {}
        if len(self.overrides) > self._base and not self._connections.only_overridden:
            said[BASE_OVERRIDES] = self._base
        return said | ({SPONTANEOUS_RELEASE: "on"} if self._connections.spontaneous_release else {})

    def _add_base(self, *, is_needed: bool) -> None:
        """One for all connections between two populations, where it changes something."""
        for pathway in self._circuit.pathways:
            entry: dict[str, Any] = {}
            if pathway.is_exp2syn:
                entry["modoverride"] = "Exp2Syn"
            if self._silences(pathway):
                entry[_MINIS] = 0.0
            if entry or is_needed:
                name = f"{pathway.source}_{pathway.target}"
                self._put(
                    f"{name}_Exp2Syn" if pathway.is_exp2syn else name,
                    {
                        "source": self._sets.whole(pathway.source),
                        "target": self._sets.whole(pathway.target),
                        **entry,
                    },
                )

    def _silences(self, pathway: Pathway) -> bool:
        return pathway.releases and not self._connections.spontaneous_release

    def _add(self, override: ConnectionOverride) -> None:
        entry: dict[str, Any] = {
            "source": self._end(override, "source"),
            "target": self._end(override, "target"),
        }
        for key in KEYS:
            value = getattr(override, key.field)
            if value != key.default or key.name == "weight":
                entry[key.name] = value
        if _MINIS not in entry and any(map(self._silences, self._circuit.pathways)):
            entry[_MINIS] = 0.0
        if override.modoverride is not None:
            entry["modoverride"] = override.modoverride
        if override.synapse_configure:
            entry["synapse_configure"] = format_assignments(override.synapse_configure, "synapse")
        self._put(override.name or "override", entry)
        self._warn_of_population(override)

    def _end(self, override: ConnectionOverride, end: str) -> str:
        """The node set at one end; all nodes of a population where an edge population says which."""
        name: str | None = getattr(override, end)
        if name is not None:
            return self._sets.end(name)
        ends = {getattr(each, end) for each in self._meant(override)}
        return self._sets.whole(ends.pop()) if len(ends) == 1 else self._sets.everything()

    def _meant(self, override: ConnectionOverride) -> list[Pathway]:
        wanted = override.edge_population
        return [each for each in self._circuit.pathways if wanted is None or wanted in each.edge_populations]

    def _warn_of_population(self, override: ConnectionOverride) -> None:
        wanted = override.edge_population
        is_said = override.source is None and override.target is None
        meant = [name for each in self._meant(override) for name in each.edge_populations]
        if wanted is not None and not (is_said and meant == [wanted]):
            what = f"SONATA cannot choose edge populations: the connection override {in_words(override)}"
            self.problems.append(
                Problem(f"{what} will be about others than {wanted}, too.", severity="warning")
            )

    def _put(self, name: str, entry: dict[str, Any]) -> None:
        taken = [each["name"] for each in self.overrides]
        self.overrides.append({"name": unique(name, taken), **entry})
