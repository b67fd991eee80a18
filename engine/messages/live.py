"""What may change while a run is under way, and the record of it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from engine.experiment.base import Frozen
from engine.experiment.manipulations import Manipulation, Variable
from engine.experiment.recordings import Identifier
from engine.experiment.targets import CellReference
from engine.units import Degrees, Microsiemens, Milliseconds, Millivolts, Nanoamperes

LONGEST_MS = 1e7


class StimulusAmplitude(Frozen):
    """The current of a stimulus, at all places where it is.

    A stimulus with one amplitude (steps, pulses, sines, the holding current) keeps its times and takes this
    amplitude. `hold`: any stimulus of a current delivers this from now to the end, whatever its times.
    """

    kind: Literal["stimulus_amplitude"] = "stimulus_amplitude"
    stimulus: Identifier
    amplitude: Annotated[Nanoamperes, Field(ge=-1000, le=1000)]
    hold: bool = False


class ClampVoltage(Frozen):
    """From now on to the end of the run the voltage clamp holds this voltage."""

    kind: Literal["clamp_voltage"] = "clamp_voltage"
    stimulus: Identifier
    voltage: Annotated[Millivolts, Field(ge=-1000, le=1000)]


class ChannelDensity(Frozen):
    """A range variable of a mechanism, such as `gnabar_hh`, in some sections of one cell.

    Give a `factor` (of what it was at the start of the run) or a `value` (in NEURON's unit of the variable).
    Sections without the variable are left as they are; one at least must have it.
    """

    kind: Literal["channel_density"] = "channel_density"
    cell: CellReference
    sections: Annotated[str, Field(min_length=1)] = (
        "all"  # soma, axon, dend, apic, all; or one such as dend[3]
    )
    variable: Variable
    factor: Annotated[float, Field(ge=0, le=1e6)] | None = None
    value: float | None = None

    @model_validator(mode="after")
    def _says_one_of_two(self) -> Self:
        if (self.factor is None) == (self.value is None):
            raise ValueError("give either a factor or a value")
        return self


class Manipulations(Frozen):
    """From now on these hold, instead of the manipulations that the run had.

    Variables get the values that a run with these manipulations has at this time. Blocked sodium (`ttx`)
    stays as it was, since no mechanism can be inserted in the middle of a run; cells that do not take part
    are left out.
    """

    kind: Literal["manipulations"] = "manipulations"
    manipulations: tuple[Manipulation, ...] = ()


class Temperature(Frozen):
    """The temperature of the bath. A channel that looks at it only when a run starts ignores this."""

    kind: Literal["temperature"] = "temperature"
    celsius: Annotated[Degrees, Field(ge=-10, le=60)]


class SynapseWeight(Frozen):
    """The weight of one edge: µS at an Exp2Syn, nS at a stochastic synapse, the jump of `m` of an IntFire."""

    kind: Literal["synapse_weight"] = "synapse_weight"
    edge_population: Annotated[str, Field(min_length=1)]
    edge: Annotated[int, Field(ge=0)]  # row of the edge population
    weight: Annotated[float, Field(ge=-1e6, le=1e6)]


class PlacedSynapseWeight(Frozen):
    """The peak conductance that each event of a placed synapse opens from now on, wherever it is placed."""

    kind: Literal["placed_synapse_weight"] = "placed_synapse_weight"
    stimulus: Identifier
    weight: Annotated[Microsiemens, Field(ge=0, le=100)]


AnySetting = (
    StimulusAmplitude
    | ClampVoltage
    | ChannelDensity
    | Manipulations
    | Temperature
    | SynapseWeight
    | PlacedSynapseWeight
)
Setting = Annotated[AnySetting, Field(discriminator="kind")]


class AppliedSetting(Frozen):
    """A change and the exact model time from which it held; a list of these replays a run."""

    time: Annotated[Milliseconds, Field(ge=0, le=LONGEST_MS)]
    setting: Setting
