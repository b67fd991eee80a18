"""What a protocol asks for, one run at a time, and what came of it."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, Self, TypeAlias

from engine.errors import EngineError
from engine.experiment.base import changed
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.recordings import Recording, SiteRecording, StimulusRecording
from engine.experiment.stimuli import Holding, Stimulus
from engine.experiment.targets import Site
from engine.experiment.waveforms import CellProperties, Samples
from engine.protocols.tree import Tree

VOLTAGE: Final = "protocol-voltage"  # ids of recordings
CURRENT: Final = "protocol-current"


@dataclass(frozen=True, slots=True)
class Sweep:
    """One run: `value` of what is varied (`unit` in words of the protocol), and the experiment to run."""

    value: float
    experiment: Experiment
    second: float | None = None  # of the other parameter, where two are varied
    part: str = ""  # of the protocol, where it has several that are looked at one by one
    distances: tuple[float, ...] = ()  # µm from the soma, of further places that are to be looked at
    unit: str = "nA"  # of the value

    @property
    def amount(self) -> str:
        """The value with its unit, as tables, legends and messages say it."""
        return f"{self.value:.5g} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sweep recorded, by recording; sample k is at k × `interval` ms.

    `problem`: why there is nothing.
    """

    sweep: Sweep
    interval: float
    columns: Mapping[str, Samples] = field(default_factory=dict)
    problem: str = ""

    @classmethod
    def nothing(cls, sweep: Sweep, why: str) -> Self:
        """Of a sweep that did not reach its end."""
        return cls(sweep, sweep.experiment.conditions.dt, problem=why)

    @property
    def voltage(self) -> Samples:
        """(n,) mV at the place of the protocol; EngineError if the sweep failed."""
        return self._column(VOLTAGE)

    @property
    def current(self) -> Samples:
        """(n,) nA that the electrode of the protocol delivered; EngineError if the sweep failed."""
        return self._column(CURRENT)

    def voltage_at(self, number: int) -> Samples:
        """(n,) mV at one of the further places, in their order; EngineError if the sweep failed."""
        return self._column(f"{VOLTAGE}-{number}")

    @property
    def is_there(self) -> bool:
        """Whether the sweep reached its end."""
        return not self.problem

    def _column(self, recording: str) -> Samples:
        if self.problem or recording not in self.columns:
            raise EngineError(f"The sweep at {self.sweep.amount} has no result. {self.problem}".strip())
        return self.columns[recording]

    def index(self, time_ms: float) -> int:
        """The sample at a time, or the last one."""
        return min(round(time_ms / self.interval), max(map(len, self.columns.values()), default=1) - 1)

    def within(self, samples: Samples, start_ms: float, end_ms: float) -> Samples:
        """The samples from one time to another, with both."""
        return samples[self.index(start_ms) : self.index(end_ms) + 1]


@dataclass(frozen=True, slots=True)
class Column:
    """One quantity of every row of a table; NaN where there is none."""

    name: str
    unit: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class TextColumn:
    """What every row of a table is in words, such as its name, or a verdict; "" where there is nothing."""

    name: str
    values: tuple[str, ...]
    unit: Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Number:
    """One result, with its standard error where a fit gave one."""

    name: str
    value: float
    unit: str
    error: float | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A fit, or a curve that is not of sweeps: points to draw over the table's."""

    name: str
    x: Samples
    y: Samples


@dataclass(frozen=True, slots=True)
class Result:
    """What a protocol found: a table, of which two columns make the plot, and single numbers."""

    columns: tuple[Column | TextColumn, ...]
    x: str = ""
    y: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    curves: tuple[Curve, ...] = ()
    by: str = ""  # the column that parts the rows into several curves
    y_title: str = ""  # what several quantities of one unit are together

    @property
    def numeric(self) -> tuple[Column, ...]:
        """The columns that are numbers."""
        return tuple(each for each in self.columns if isinstance(each, Column))

    def column(self, name: str) -> Column:
        """One of numbers, by its name; KeyError."""
        return {each.name: each for each in self.numeric}[name]

    def words(self, name: str) -> tuple[str, ...]:
        """What a column of words says, by its name; KeyError."""
        return {each.name: each.values for each in self.columns if isinstance(each, TextColumn)}[name]

    def number(self, name: str) -> float:
        """The value of a single result; KeyError."""
        return {each.name: each.value for each in self.numbers}[name]


@dataclass(frozen=True, slots=True)
class Plan:
    """So many sweeps, and how long they last together in ms of the model."""

    sweeps: int
    model_ms: float

    def __add__(self, other: "Plan") -> "Plan":
        return Plan(self.sweeps + other.sweeps, self.model_ms + other.model_ms)

    def times(self, count: int) -> "Plan":
        """As often as that."""
        return Plan(self.sweeps * count, self.model_ms * count)


Batch: TypeAlias = tuple[Sweep, ...]
# Asks for sweeps until it knows; those of one batch can be run at the same time, in any order.
Play: TypeAlias = Generator[Batch, tuple[Outcome, ...], Result]


@dataclass(frozen=True, slots=True)
class Bench:
    """The cell on which a protocol is played: all of an experiment but its stimuli and recordings.

    A holding current stays, and lasts as long as each run, since it belongs to the cell's resting state.
    `site` is where the protocol injects and records. `known_tree` is there for protocols that say that they
    need it.
    """

    experiment: Experiment
    site: Site
    properties: CellProperties
    known_tree: Tree | None = None

    @property
    def tree(self) -> Tree:
        """The sections of the cell."""
        assert self.known_tree is not None, "the protocol does not say that it needs a tree"
        return self.known_tree

    def held(self) -> "Bench":
        """With the holding current that the circuit gives the cell, if it gives one and none is on."""
        if self.holding or self.properties.holding_current is None:
            return self
        holding = Holding(target=self.site)
        return replace(self, experiment=changed(self.experiment, stimuli=(*self.experiment.stimuli, holding)))

    def sweep(
        self,
        value: float,
        tstop: float,
        *stimuli: Stimulus,
        second: float | None = None,
        clamp: bool = False,
        places: Sequence[Site] = (),
    ) -> Sweep:
        """One run with these stimuli, that records the voltage, also at further places.

        With a `clamp`, what the first of the stimuli delivers, too. The value is a current in nA, or with a
        clamp its voltage in mV.
        """
        recordings: list[Recording] = [SiteRecording(id=VOLTAGE, site=self.site)]
        recordings += [
            SiteRecording(id=f"{VOLTAGE}-{number}", site=place) for number, place in enumerate(places)
        ]
        if stimuli and clamp:
            recordings.append(StimulusRecording(id=CURRENT, stimulus=stimuli[0].id))
        experiment = changed(
            self.experiment,
            cells=ListedCells(cells=(self.site.cell,)),
            stimuli=(*stimuli, *(_for_whole(each, tstop) for each in self.holding)),
            recordings=tuple(recordings),
            conditions=changed(self.experiment.conditions, tstop=tstop),
        )
        return Sweep(value, experiment, second, unit="mV" if clamp else "nA")

    @property
    def holding(self) -> tuple[Holding, ...]:
        """The holding currents that are on."""
        return tuple(each for each in self.experiment.stimuli if isinstance(each, Holding) and each.enabled)


def _for_whole(holding: Holding, tstop: float) -> Holding:
    """From the beginning to the end of a run, which may be longer than those of the experiment."""
    return changed(holding, delay=0.0, duration=max(holding.end, tstop))
