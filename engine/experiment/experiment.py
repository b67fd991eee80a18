"""The document: one immutable value that says all that a run needs."""

from typing import Annotated, Final, Literal

from pydantic import Field, JsonValue

from engine.experiment.base import Frozen
from engine.experiment.conditions import Conditions
from engine.experiment.manipulations import Manipulation
from engine.experiment.recordings import Recording
from engine.experiment.stimuli import Stimulus
from engine.experiment.synaptic_input import Connections, SpikeReplay
from engine.experiment.targets import CellReference

SCHEMA_VERSION: Final = 1


class CircuitReference(Frozen):
    """Which circuit: a path relative to the experiment file (`/` between parts), and what it held.

    `fingerprint` is the SHA-256 of the configuration file when it was last opened; empty: never opened.
    """

    path: Annotated[str, Field(min_length=1)]
    fingerprint: str = ""


class NodeSetOfCells(Frozen):
    """All non-virtual cells of a node set (None: of the whole circuit) take part."""

    kind: Literal["node_set"] = "node_set"
    node_set: str | None = None


class ListedCells(Frozen):
    """These cells take part."""

    kind: Literal["cells"] = "cells"
    cells: tuple[CellReference, ...] = ()


Cells = Annotated[ListedCells | NodeSetOfCells, Field(discriminator="kind")]


class Spot(Frozen):
    """One line of a compartment set: a cell, a section by its SONATA number or name, a position."""

    node_id: Annotated[int, Field(ge=0)]
    section: int | str
    x: Annotated[float, Field(ge=0, le=1)]


class CompartmentSet(Frozen):
    """Spots on the cells of one population."""

    population: str
    spots: tuple[Spot, ...]


class Experiment(Frozen):
    """The document. A file holds exactly one of these."""

    schema_version: Literal[1] = SCHEMA_VERSION
    title: str = ""
    notes: str = ""
    circuit: CircuitReference
    cells: Cells = ListedCells()
    stimuli: tuple[Stimulus, ...] = ()
    recordings: tuple[Recording, ...] = ()
    connections: Connections = Connections()
    replays: tuple[SpikeReplay, ...] = ()
    manipulations: tuple[Manipulation, ...] = ()
    conditions: Conditions = Conditions()
    node_sets: dict[str, JsonValue] = {}  # more than, and before, the circuit's own
    compartment_sets: dict[str, CompartmentSet] = {}
