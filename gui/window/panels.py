"""Which panels there are, where they come from and what they are called. Imported when they are made."""

import importlib
from dataclasses import dataclass
from typing import Final

from PySide6.QtWidgets import QWidget

from gui.session.session import Session


@dataclass(frozen=True, slots=True)
class Place:
    """A panel of the window. The scope is in the middle, the others are docks."""

    name: str
    title: str
    module: str
    panel: str


SCOPE: Final = Place("scope", "Traces", "gui.panels.scope.panel", "ScopePanel")
DOCKS: Final = (
    Place("circuit", "Circuit", "gui.panels.circuit.panel", "CircuitPanel"),
    Place("runs", "Runs", "gui.panels.runs", "RunsPanel"),
    Place("cell", "Cell", "gui.panels.cell.panel", "CellPanel"),
    Place("space", "Space plot", "gui.panels.space.panel", "SpacePanel"),
    Place("network", "Network", "gui.panels.network.panel", "NetworkPanel"),
    Place("protocols", "Protocols", "gui.panels.protocols.panel", "ProtocolsPanel"),
    Place("measurements", "Measurements", "gui.panels.measurements.panel", "MeasurementsPanel"),
    Place("sections", "Sections", "gui.panels.sections.panel", "SectionsPanel"),
    Place("synapses", "Synapses", "gui.panels.synapses.panel", "SynapsesPanel"),
    Place("experiment", "Experiment", "gui.panels.experiment.panel", "ExperimentPanel"),
    Place("inspector", "Inspector", "gui.panels.experiment.inspector", "InspectorPanel"),
    Place("channels", "Channels", "gui.panels.channels.panel", "ChannelsPanel"),
)
LOG_TITLE: Final = "Log"


def make(place: Place, session: Session) -> QWidget:
    """Import and make a panel."""
    panel: QWidget = getattr(importlib.import_module(place.module), place.panel)(session)
    return panel
