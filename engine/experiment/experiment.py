"""The document: one immutable value that says all that a run needs."""

import itertools
from collections import Counter
from typing import Annotated, Final, Literal, Self

from pydantic import Field, JsonValue, model_validator

from engine.experiment.base import Frozen
from engine.experiment.conditions import Conditions
from engine.experiment.manipulations import Manipulation
from engine.experiment.recordings import Recording, StimulusRecording
from engine.experiment.spike_sources import SpikeSource
from engine.experiment.stimuli import Stimulus
from engine.experiment.synaptic_input import Connections
from engine.experiment.targets import CellReference, NodeId, Population

SCHEMA_VERSION: Final = 1


class CircuitReference(Frozen):
    """Which circuit: a path relative to the experiment file (`/` between parts), and what it held.

    `fingerprint` is the SHA-256 of the configuration file when it was last opened; empty: never opened.
    """

    path: Annotated[
        str, Field(min_length=1, title="Circuit", description="Relative to the experiment's file")
    ]
    fingerprint: str = ""


class NodeSetOfCells(Frozen):
    """All non-virtual cells of a node set (None: of the whole circuit) take part."""

    kind: Literal["node_set"] = "node_set"
    node_set: Annotated[
        str | None, Field(min_length=1, title="Node set", description="Empty: the whole circuit")
    ] = None


class ListedCells(Frozen):
    """These cells take part."""

    kind: Literal["cells"] = "cells"
    cells: Annotated[tuple[CellReference, ...], Field(title="Cells")] = ()

    @model_validator(mode="after")
    def _names_each_cell_once(self) -> Self:
        if len(set(self.cells)) < len(self.cells):
            twice = next(cell for cell, count in Counter(self.cells).items() if count > 1)
            raise ValueError(f"the cell {twice} is listed more than once")
        return self


Cells = Annotated[ListedCells | NodeSetOfCells, Field(discriminator="kind")]


class Spot(Frozen):
    """One line of a compartment set: a cell, a section by its SONATA number or name, a position."""

    node_id: NodeId
    section: int | str
    x: Annotated[float, Field(ge=0, le=1)]


class CompartmentSet(Frozen):
    """Spots on the cells of one population."""

    population: Population
    spots: tuple[Spot, ...]


class Experiment(Frozen):
    """The document. A file holds exactly one of these.

    No two stimuli, recordings, manipulations, spike sources or connection overrides have the same id, and
    whatever is referred to by its id exists. `node_sets` are more than, and go before, those of the circuit;
    so are `compartment_sets`.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    title: Annotated[str, Field(title="Title")] = ""
    notes: Annotated[str, Field(title="Notes")] = ""
    circuit: CircuitReference
    cells: Cells = ListedCells()
    stimuli: Annotated[tuple[Stimulus, ...], Field(title="Stimuli")] = ()
    recordings: Annotated[tuple[Recording, ...], Field(title="Recordings")] = ()
    connections: Connections = Connections()
    replays: Annotated[tuple[SpikeSource, ...], Field(title="Spike sources")] = ()
    manipulations: Annotated[tuple[Manipulation, ...], Field(title="Manipulations")] = ()
    conditions: Conditions = Conditions()
    node_sets: Annotated[dict[str, JsonValue], Field(title="Node sets")] = Field(default_factory=dict)
    compartment_sets: Annotated[dict[str, CompartmentSet], Field(title="Compartment sets")] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        owners: dict[str, str] = {}
        lists = self.stimuli, self.recordings, self.manipulations, self.replays, self.connections.overrides
        for element in itertools.chain.from_iterable(lists):
            if element.id in owners:
                raise ValueError(
                    f"a {owners[element.id]} and a {element.kind} have the same id {element.id!r}"
                )
            owners[element.id] = element.kind
        return self

    @model_validator(mode="after")
    def _references_exist(self) -> Self:
        stimuli = {stimulus.id for stimulus in self.stimuli}
        for recording in self.recordings:
            if isinstance(recording, StimulusRecording) and recording.stimulus not in stimuli:
                raise ValueError(
                    f"the recording {recording.label or recording.id!r} is of a stimulus"
                    f" {recording.stimulus!r} that does not exist"
                )
        return self
