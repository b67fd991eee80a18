"""The run itself: how long, how finely, how warm, from which seeds."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, NonNegativeInt

from engine.experiment.base import Frozen
from engine.units import Degrees, Micrometres, Millimolar, Milliseconds, Millivolts, SoftLimits

IntegrationMethod = Literal["euler", "crank_nicolson", "crank_nicolson_ion"]
SpikeLocation = Literal["soma", "AIS"]
SeedConvention = Literal["neurodamus", "bluecellulab"]
Seed = Annotated[NonNegativeInt, Field(le=2**32 - 1)]


class Conditions(Frozen):
    """Everything about a run that is not a cell, an input or a recording."""

    tstop: Annotated[Milliseconds, Field(gt=0, le=1e7, title="Duration")] = 1000.0
    dt: Annotated[Milliseconds, Field(gt=0, le=10, title="Time step"), SoftLimits(0.001, 0.1)] = 0.025
    variable_step: Annotated[bool, Field(title="Variable time step")] = False
    absolute_tolerance: Annotated[
        float, Field(gt=0, le=1, title="Absolute tolerance", description="Used by the variable time step")
    ] = 1e-3
    celsius: Annotated[Degrees, Field(ge=-10, le=60, title="Temperature"), SoftLimits(4, 40)] = 34.0
    v_init: Annotated[Millivolts, Field(ge=-500, le=500, title="Initial voltage"), SoftLimits(-100, -40)] = -80.0
    integration_method: Annotated[IntegrationMethod, Field(title="Integration method")] = "euler"
    spike_threshold: Annotated[Millivolts, Field(ge=-500, le=500, title="Spike threshold")] = -30.0
    spike_location: Annotated[SpikeLocation, Field(title="Spike location")] = "soma"
    random_seed: Annotated[Seed, Field(title="Random seed")] = 0
    stimulus_seed: Annotated[Seed, Field(title="Stimulus seed")] = 0
    ionchannel_seed: Annotated[Seed, Field(title="Ion channel seed")] = 0
    minis_seed: Annotated[Seed, Field(title="Minis seed")] = 0
    synapse_seed: Annotated[Seed, Field(title="Synapse seed")] = 0
    seed_convention: Annotated[
        SeedConvention,
        Field(title="Seed convention", description="Whose random streams to draw: the two count cells differently"),
    ] = "neurodamus"
    segment_length: Annotated[
        Micrometres,
        Field(gt=0, le=1000, title="Half segment length (dL)", description="Allen cells: nseg = 1 + 2 int(L / 2 dL)"),
    ] = 20.0
    extracellular_calcium: Annotated[Millimolar, Field(gt=0, le=20, title="Extracellular calcium")] | None = None
    randomize_gaba_rise_time: bool = False
    mechanism_globals: Annotated[
        dict[str, dict[str, JsonValue]],
        Field(description="Mechanism suffix to variable to value, set before cells are built"),
    ] = {}
