"""What several panels do to the connections of the experiment: each a step that can be undone."""

from typing import TYPE_CHECKING

from engine.experiment.base import changed
from engine.experiment.conditions import SeedConvention
from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.edits import with_conditions, with_override
from engine.experiment.experiment import Experiment
from engine.experiment.synaptic_input import Connections

if TYPE_CHECKING:
    from gui.session.session import Session


class Connecting:
    """Changes overrides, spontaneous release and seeds."""

    def __init__(self, session: "Session") -> None:
        self._session = session

    @property
    def connections(self) -> Connections | None:
        """Those of the present experiment."""
        experiment = self._session.document.experiment
        return None if experiment is None else experiment.connections

    def can(self) -> bool:
        """Whether there is an experiment."""
        return self.connections is not None

    def add_override(self, edge_population: str | None = None) -> None:
        """Add an override that changes nothing yet, behind the others, and show its form.

        Connections are on afterwards: without them it could not change anything.
        """
        experiment = self._session.document.experiment
        if experiment is None:
            return
        override = ConnectionOverride(edge_population=edge_population)
        built = changed(experiment, connections=changed(experiment.connections, enabled=True))
        self._change(with_override(built, override), "Add connection override")
        self._session.selection.select_element(override.id)

    @property
    def releases(self) -> bool:
        """Whether synapses release by themselves as the circuit says."""
        return self.connections is not None and self.connections.spontaneous_release

    def switch_release(self) -> None:
        """Let synapses release by themselves as the circuit says, or only where overrides say so."""
        word = "off" if self.releases else "on"
        self._change_connections(f"Switch spontaneous release {word}", spontaneous_release=not self.releases)

    @property
    def builds_only_overridden(self) -> bool:
        """Whether connections that no override names are left out."""
        return self.connections is not None and self.connections.only_overridden

    def switch_only_overridden(self) -> None:
        """Build connections that no override names, or leave them out as neurodamus does."""
        is_on = self.builds_only_overridden
        text = "Build all connections" if is_on else "Build only overridden connections"
        self._change_connections(text, only_overridden=not is_on)

    def use_seeds(self, convention: SeedConvention) -> None:
        """Draw the random streams of one simulator or of the other."""
        experiment = self._session.document.experiment
        if experiment is not None and experiment.conditions.seed_convention != convention:
            self._change(with_conditions(experiment, seed_convention=convention), "Change seed convention")

    def _change_connections(self, text: str, **changes: object) -> None:
        experiment = self._session.document.experiment
        if experiment is not None:
            connections = changed(experiment.connections, **changes)
            self._change(changed(experiment, connections=connections), text)

    def _change(self, experiment: Experiment, text: str) -> None:
        self._session.document.change(experiment, text)
        self._session.document.end_burst()
