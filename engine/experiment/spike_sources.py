"""Presynaptic spikes that need no file: at random, at regular intervals, or one by one."""

from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, model_validator

from engine.experiment.base import Frozen, new_id
from engine.experiment.recordings import Identifier
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.targets import CellReference
from engine.units import Hertz, Milliseconds, SoftLimits

LONGEST_MS: Final = 1e7
MOST_WRITTEN: Final = 50_000  # spikes that are kept in the document: it is written at every edit

Seed = Annotated[int, Field(ge=0, le=2**32 - 1, title="Seed", description="Another one, other trains")]


class GeneratedSource(Frozen):
    """Base of all that the program makes itself. `title` names the kind, `purpose` says what it is for."""

    title: ClassVar[str]
    purpose: ClassVar[str]
    id: Identifier = Field(default_factory=new_id)
    name: Annotated[str, Field(title="Name")] = ""
    enabled: Annotated[bool, Field(title="Enabled", description="Takes part in the run")] = True


class Trains(GeneratedSource):
    """Base of trains that many cells fire: those of a population, of a node set, or of both."""

    population: Annotated[
        str | None,
        Field(min_length=1, title="Population", description="Whose cells fire; empty: those of the node set"),
    ] = None
    node_set: Annotated[
        str | None,
        Field(min_length=1, title="Node set", description="Only its cells fire; empty: the whole population"),
    ] = None
    delay: Annotated[
        Milliseconds, Field(ge=0, le=LONGEST_MS, title="Delay", description="When the trains begin")
    ] = 0.0
    duration: Annotated[
        Milliseconds, Field(gt=0, le=LONGEST_MS, title="Duration", description="How long they last")
    ] = 1000.0

    @model_validator(mode="after")
    def _names_its_cells(self) -> Self:
        if self.population is None and self.node_set is None:
            raise ValueError("name a population or a node set: its cells fire the spikes")
        return self

    @property
    def end(self) -> float:
        """After this (ms) there are no more spikes."""
        return self.delay + self.duration

    @property
    def whose(self) -> str:
        """The sources in words."""
        if self.population is None or self.node_set == self.population:
            return str(self.node_set)
        return f"{self.population} in {self.node_set}" if self.node_set else self.population


class PoissonTrains(Trains):
    """Each source fires at random, independently of all others, at one mean rate (a Poisson process)."""

    title: ClassVar = "Poisson trains"
    purpose: ClassVar = (
        "Sources fire at random and independently: background activity at a rate of your choice."
    )
    kind: Literal["poisson"] = "poisson"
    rate: Annotated[
        Hertz,
        Field(ge=0, le=10_000, title="Rate", description="Mean number of spikes per second of each source"),
        SoftLimits(0.01, 200),
    ] = 5.0
    seed: Seed = 1


class RegularTrains(Trains):
    """Each source fires at a regular interval, all together or spread."""

    title: ClassVar = "Regular trains"
    purpose: ClassVar = (
        "Sources fire at a fixed interval, together or spread: does the cell follow the rhythm?"
    )
    kind: Literal["regular"] = "regular"
    interval: Annotated[
        Milliseconds,
        Field(ge=0.1, le=LONGEST_MS, title="Interval", description="Between the spikes of a source"),
        SoftLimits(1, 10_000),
    ] = 50.0
    spread: Annotated[
        Milliseconds,
        Field(
            ge=0,
            le=LONGEST_MS,
            title="Spread",
            description="Each source begins later by up to so much, at random; 0: all begin together",
        ),
    ] = 0.0
    jitter: Annotated[
        Milliseconds,
        Field(
            ge=0,
            le=LONGEST_MS,
            title="Jitter",
            description="Each spike comes up to so much earlier or later, at random; 0: exactly in time",
        ),
    ] = 0.0
    seed: Seed = 1


Time = Annotated[Milliseconds, Field(ge=0, le=LONGEST_MS, title="Time")]


class Train(Frozen):
    """When one cell fires, in ms, in any order."""

    cell: Annotated[CellReference, Field(title="Cell")]
    times: Annotated[tuple[Time, ...], Field(title="Times")] = ()


class TypedSpikes(GeneratedSource):
    """Spikes of single cells, one by one: typed in, or taken over from an earlier run."""

    title: ClassVar = "Typed-in spikes"
    purpose: ClassVar = "You say which cell fires when: the effect of single spikes and of their timing."
    kind: Literal["typed"] = "typed"
    trains: Annotated[
        tuple[Train, ...],
        Field(title="Spikes", description="Which cell (population:id) fires when: times in ms, with spaces"),
    ] = ()
    only_of_others: Annotated[
        bool,
        Field(
            title="Only of other cells",
            description="Leave out the spikes of cells that take part: they fire by themselves",
        ),
    ] = False

    @model_validator(mode="after")
    def _is_not_too_long(self) -> Self:
        if self.count > MOST_WRITTEN:
            raise ValueError(
                f"these are {self.count:,} spikes, and at most {MOST_WRITTEN:,} are kept in an experiment:"
                " replay them from a spike file"
            )
        return self

    @property
    def count(self) -> int:
        """How many spikes there are."""
        return sum(len(train.times) for train in self.trains)


SpikeSource = Annotated[
    SpikeReplay | PoissonTrains | RegularTrains | TypedSpikes, Field(discriminator="kind")
]
