"""The run itself: how long, how finely, how warm, from which seeds."""

from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from engine.experiment.base import Frozen
from engine.units import Degrees, Micrometres, Millimolar, Milliseconds, Millivolts, SoftLimits

IntegrationMethod = Literal["euler", "crank_nicolson", "crank_nicolson_ion"]
SpikeLocation = Literal["soma", "AIS"]
SeedConvention = Literal["neurodamus", "bluecellulab"]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
AddedSeed = Annotated[int, Field(ge=0, le=2**31 - 1)]  # is added to the number of a stream, which has 32 bits


class Conditions(Frozen):
    """Everything about a run that is not a cell, an input or a recording."""

    tstop: Annotated[
        Milliseconds,
        Field(gt=0, le=1e7, title="Duration", description="How long the run lasts"),
        SoftLimits(1, 1e5),
    ] = 1000.0
    dt: Annotated[
        Milliseconds,
        Field(gt=0, le=10, title="Time step", description="Of the solver, and between recorded samples"),
        SoftLimits(0.001, 0.1),
    ] = 0.025
    variable_step: Annotated[
        bool, Field(title="Variable time step", description="Let the solver (CVODE) choose its own steps")
    ] = False
    absolute_tolerance: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            title="Absolute tolerance",
            description="Error that the variable time step allows in a state, in the state's own unit",
        ),
    ] = 1e-3
    celsius: Annotated[
        Degrees,
        Field(ge=-10, le=60, title="Temperature", description="Channels are faster when it is warmer"),
        SoftLimits(4, 40),
    ] = 34.0
    v_init: Annotated[
        Millivolts,
        Field(ge=-500, le=500, title="Initial voltage", description="Of every cell at the start of the run"),
        SoftLimits(-100, -40),
    ] = -80.0
    integration_method: Annotated[
        IntegrationMethod,
        Field(title="Integration method", description="Of the fixed time step: first order, or second order"),
    ] = "euler"
    spike_threshold: Annotated[
        Millivolts,
        Field(ge=-500, le=500, title="Spike threshold", description="Crossing it upwards is a spike"),
        SoftLimits(-60, 30),
    ] = -30.0
    spike_location: Annotated[
        SpikeLocation, Field(title="Spike location", description="Where spikes are detected on a cell")
    ] = "soma"
    random_seed: Annotated[
        Seed, Field(title="Random seed", description="Changes every random stream of the run")
    ] = 0
    stimulus_seed: Annotated[
        AddedSeed, Field(title="Stimulus seed", description="Changes the streams of random stimuli")
    ] = 0
    ionchannel_seed: Annotated[
        AddedSeed, Field(title="Ion channel seed", description="Changes the streams of stochastic channels")
    ] = 0
    minis_seed: Annotated[
        AddedSeed, Field(title="Minis seed", description="Changes the streams of spontaneous release")
    ] = 0
    synapse_seed: Annotated[
        AddedSeed, Field(title="Synapse seed", description="Changes the streams of synaptic release")
    ] = 0
    seed_convention: Annotated[
        SeedConvention,
        Field(
            title="Seed convention",
            description="Whose random streams are drawn: neurodamus counts cells from 1, through all "
            "populations, BlueCelluLab from 0. Minis, noise, rise times of GABA and plastic synapses differ",
        ),
    ] = "neurodamus"
    segment_length: Annotated[
        Micrometres,
        Field(
            gt=0,
            le=1000,
            title="Half segment length (dL)",
            description="Allen cells: nseg = 1 + 2 int(L / 2 dL)",
        ),
        SoftLimits(5, 100),
    ] = 20.0
    extracellular_calcium: Annotated[
        Millimolar | None,
        Field(
            gt=0, le=20, title="Extracellular calcium", description="Scales synaptic release; empty: as it is"
        ),
        SoftLimits(0.5, 5),
    ] = None
    randomize_gaba_rise_time: Annotated[
        bool, Field(title="Random GABA rise times", description="Draw the rise time of each GABA-A synapse")
    ] = False
    mechanism_globals: Annotated[
        dict[str, dict[str, JsonValue]],
        Field(
            title="Mechanism variables",
            description="Global variables of mechanisms, set before cells are built: suffix, variable, value",
        ),
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_a_step_at_least(self) -> Self:
        if self.dt > self.tstop:
            raise ValueError(f"a time step of {self.dt:g} ms does not fit into a run of {self.tstop:g} ms")
        return self
