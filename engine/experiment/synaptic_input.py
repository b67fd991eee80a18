"""Where synaptic input comes from: which connections are built, and which spikes arrive over them."""

from collections import Counter
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from engine.experiment.base import Frozen, new_id
from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.recordings import Identifier
from engine.experiment.targets import CellReference, Population
from engine.units import Milliseconds


class SpikeReplay(Frozen):
    """Spikes of a file, sent by their own source cells over the connections of the circuit.

    `node_set` restricts the sources (None: every population that the file holds). Spikes before `delay` are
    left out, and those after `delay + duration` when a duration is given. With `only_of_others` the
    spikes of cells that take part are left out: these send their own.
    """

    kind: Literal["replay"] = "replay"
    id: Identifier = Field(default_factory=new_id)
    name: Annotated[str, Field(title="Name")] = ""
    enabled: Annotated[bool, Field(title="Enabled", description="Takes part in the run")] = True
    spike_file: Annotated[
        str,
        Field(
            min_length=1,
            title="Spike file",
            description="Relative to the experiment's file, / between its parts",
        ),
    ]
    node_set: Annotated[
        str | None,
        Field(min_length=1, title="Sources", description="Node set of the sources; empty: all of them"),
    ] = None
    delay: Annotated[
        Milliseconds, Field(ge=0, le=1e7, title="Delay", description="Earlier spikes are left out")
    ] = 0.0
    duration: Annotated[
        Milliseconds | None,
        Field(gt=0, le=1e7, title="Duration", description="Later spikes are left out; empty: none are"),
    ] = None
    only_of_others: Annotated[
        bool,
        Field(
            title="Only of other cells",
            description="Leave out the spikes of cells that take part: they fire by themselves",
        ),
    ] = False


EdgeId = Annotated[int, Field(ge=0, le=2**63 - 1)]


class OfPopulations(Frozen):
    """The synapses of these edge populations."""

    kind: Literal["populations"] = "populations"
    populations: Annotated[tuple[str, ...], Field(title="Edge populations")]


class OfFilter(Frozen):
    """The synapses that a filter keeps, in the language of the table of synapses."""

    kind: Literal["filter"] = "filter"
    text: Annotated[str, Field(title="Filter", description="Such as distance > 100 & kind == excitatory")]


class EdgesOfPopulation(Frozen):
    """Edges of one population by their ids, which are their places in its file."""

    population: str
    edges: tuple[EdgeId, ...]


class OfEdges(Frozen):
    """These synapses, one by one."""

    kind: Literal["edges"] = "edges"
    edges: Annotated[tuple[EdgesOfPopulation, ...], Field(title="Edges")]


class AtRandom(Frozen):
    """So many synapses, chosen at random among those that a filter keeps (empty: among all).

    With the same seed a larger count keeps those of a smaller one.
    """

    kind: Literal["random"] = "random"
    count: Annotated[int, Field(ge=0, le=10_000_000, title="Number of synapses")]
    seed: Annotated[int, Field(ge=0, le=2**32 - 1, title="Seed", description="Another one, others")] = 1
    text: Annotated[str, Field(title="Filter", description="Empty: among all synapses of the cell")] = ""


Choice = Annotated[OfPopulations | OfFilter | OfEdges | AtRandom, Field(discriminator="kind")]


class ActiveSynapses(Frozen):
    """Which of the synapses onto one cell are built."""

    cell: CellReference
    choice: Choice


class CountedPopulation(Frozen):
    """How many cells of a population count: all up to the highest node id that takes part."""

    population: Population
    count: Annotated[int, Field(ge=0, le=2**63 - 1)]


class Connections(Frozen):
    """Which edges are built between the cells of the experiment and onto them.

    Onto a cell that `active` names only those of its choice, onto all others those of `edge_populations`.
    `counted`: the cells of a larger network whose random streams the synapses draw from. Streams are numbered
    through all populations that take part, so a cell that is run alone would else draw other numbers.
    Of these, `overrides` change some; with `only_overridden`, edges of a population that overrides are about
    are left out where no override names them, as in neurodamus.
    """

    enabled: Annotated[bool, Field(title="Connections", description="Build the synapses of the circuit")] = (
        False
    )
    edge_populations: Annotated[
        tuple[str, ...] | None,
        Field(title="Edge populations", description="Which of the circuit's; empty: all of them"),
    ] = None
    active: Annotated[
        tuple[ActiveSynapses, ...],
        Field(title="Active synapses", description="Of cells that do not have all of them"),
    ] = ()
    counted: Annotated[
        tuple[CountedPopulation, ...],
        Field(title="Network", description="Whose random streams synapses have; empty: of this experiment"),
    ] = ()
    overrides: Annotated[tuple[ConnectionOverride, ...], Field(title="Connection overrides")] = ()
    only_overridden: Annotated[
        bool,
        Field(
            title="Only overridden connections",
            description="Leave out of a population what no override names, if one names some of it",
        ),
    ] = False
    spontaneous_release: Annotated[
        bool,
        Field(
            title="Spontaneous release",
            description="At the rates that the circuit gives its cells, where no override says otherwise",
        ),
    ] = False

    @model_validator(mode="after")
    def _names_each_cell_once(self) -> Self:
        if twice := [cell for cell, count in Counter(each.cell for each in self.active).items() if count > 1]:
            raise ValueError(f"the active synapses of the cell {twice[0]} are chosen more than once")
        return self

    def choice_of(self, cell: CellReference) -> Choice | None:
        """What `active` says of a cell; None: all of its synapses."""
        return next((each.choice for each in self.active if each.cell == cell), None)
