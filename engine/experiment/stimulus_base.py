"""What all stimuli share: a name, a target, a beginning, and the promise to say what they play."""

from abc import abstractmethod
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field
from typing_extensions import override

from engine.experiment.base import Frozen, new_id
from engine.experiment.conditions import Conditions
from engine.experiment.noise import Family
from engine.experiment.recordings import Identifier
from engine.experiment.targets import Target
from engine.experiment.waveforms import CellProperties, Waveform
from engine.units import (
    Milliseconds,
    Millivolts,
    Nanoamperes,
    NanoamperesOrMicrosiemens,
    NanoamperesOrMicrosiemensSquared,
    Percent,
    SoftLimits,
)

LONGEST_MS: Final = 1e7

Amplitude = Annotated[Nanoamperes, Field(ge=-1000, le=1000), SoftLimits(-10, 10)]
Strength = Annotated[NanoamperesOrMicrosiemens, Field(ge=-1000, le=1000), SoftLimits(-10, 10)]
Spread = Annotated[NanoamperesOrMicrosiemens, Field(gt=0, le=1000), SoftLimits(0, 10)]
SpreadSquared = Annotated[NanoamperesOrMicrosiemensSquared, Field(gt=0, le=1e6), SoftLimits(0, 100)]
Relative = Annotated[Percent, Field(ge=-10_000, le=10_000), SoftLimits(-300, 1000)]
Duration = Annotated[
    Milliseconds,
    Field(gt=0, le=LONGEST_MS, title="Duration", description="How long it lasts, from the delay on"),
]
Mode = Annotated[
    Literal["current", "conductance"],
    Field(title="Mode", description="Inject a current, or a conductance (dynamic clamp)"),
]
SampleInterval = Annotated[
    Milliseconds,
    Field(
        ge=1e-3, le=100, title="Sample interval", description="Between samples the signal is a straight line"
    ),
    SoftLimits(0.01, 1),
]
RandomSeed = Annotated[
    int | None,
    Field(
        ge=0,
        le=2**32 - 1,
        title="Seed",
        description="The same random numbers for every cell; empty: each cell has its own",
    ),
]
Reversal = Annotated[
    Millivolts,
    Field(ge=-500, le=500, title="Reversal", description="Reversal potential of a conductance"),
    SoftLimits(-120, 60),
]


class StimulusBase(Frozen):
    """Something at a target that does exactly nothing before `delay`."""

    title: ClassVar[str]
    family: ClassVar[Family | None] = None  # of random streams; None: draws nothing
    id: Identifier = Field(default_factory=new_id)
    name: Annotated[str, Field(title="Name")] = ""
    enabled: Annotated[bool, Field(title="Enabled", description="Takes part in the run")] = True
    target: Annotated[Target, Field(title="Target", description="Where it is applied")]
    delay: Annotated[
        Milliseconds,
        Field(ge=0, le=LONGEST_MS, title="Delay", description="When it starts, from the start of the run"),
    ] = 100.0

    @property
    @abstractmethod
    def end(self) -> float:
        """When it has done all that it does (ms)."""

    @abstractmethod
    def waveform(self, cell: CellProperties, conditions: Conditions, stream: int = 0) -> Waveform:
        """Return the points that the simulation plays into this cell, and a preview shows.

        `stream` is the stimulus's number of `stimuli.stream_numbers`; only random stimuli look at it.
        Raises `MissingPropertyError` if a property of the cell is needed that is not known, `EngineError`
        if the numbers make no signal.
        """


class TimedStimulus(StimulusBase):
    """A signal at a target, from `delay` to `delay + duration`, and exactly nothing before and after."""

    duration: Duration = 400.0
    represents_physical_electrode: Annotated[
        bool,
        Field(
            title="Physical electrode",
            description="Stands for an electrode, not for missing synaptic input",
        ),
    ] = False

    @property
    @override
    def end(self) -> float:
        return self.delay + self.duration
