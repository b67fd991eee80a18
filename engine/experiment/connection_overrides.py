"""What is different about some of a circuit's connections: how strong, how late, what they release."""

from typing import Annotated, Literal

from pydantic import Field

from engine.experiment.base import Frozen, new_id
from engine.experiment.manipulations import Assignment
from engine.experiment.recordings import Identifier
from engine.units import Fraction, Hertz, Micromolar, Milliseconds, SoftLimits

SynapseModel = Literal["AMPANMDA", "GABAAB", "GluSynapse", "Exp2Syn"]
_NODE_SET = "Node set that they begin at; empty: any cell"


class ConnectionOverride(Frozen):
    """What holds for the connections from one node set onto another, in the place of what the circuit says.

    Of several that mean the same connection the last one holds, as in neurodamus, whatever it leaves open
    included: strength, delay and spontaneous release are then those of the circuit again. Only the model of
    the synapse stays until another one is chosen, and changes of variables are made one after the other.

    With a `delay` an override says only that the strength changes then. `neuromodulation_…` are kept for
    neurodamus: no neuromodulatory edges are built here.
    """

    kind: Literal["override"] = "override"
    id: Identifier = Field(default_factory=new_id)
    name: Annotated[str, Field(title="Name")] = ""
    enabled: Annotated[bool, Field(title="Enabled", description="Takes part in the run")] = True
    source: Annotated[str | None, Field(min_length=1, title="From", description=_NODE_SET)] = None
    target: Annotated[
        str | None,
        Field(min_length=1, title="Onto", description="Node set that they end at; empty: any cell"),
    ] = None
    edge_population: Annotated[
        str | None,
        Field(min_length=1, title="Edge population", description="Which of the circuit's; empty: all"),
    ] = None
    weight: Annotated[
        Fraction,
        Field(
            ge=0,
            le=1e6,
            title="Weight factor",
            description="What the strength of the circuit is multiplied by; with 0 nothing arrives",
        ),
        SoftLimits(0, 100),
    ] = 1.0
    delay: Annotated[
        Milliseconds,
        Field(
            ge=0,
            le=1e7,
            title="Weight changes at",
            description="Above 0: the weight is as before until then, and nothing else here counts",
        ),
    ] = 0.0
    synapse_delay: Annotated[
        Milliseconds | None,
        Field(
            gt=0,
            le=1e5,
            title="Delay",
            description="From a spike to its arrival; empty: as the circuit says",
        ),
        SoftLimits(0.1, 50),
    ] = None
    spont_minis: Annotated[
        Hertz | None,
        Field(
            ge=0,
            le=1e5,
            title="Spontaneous release",
            description="Of each synapse, without any spike; empty: as the circuit says",
        ),
        SoftLimits(0, 50),
    ] = None
    modoverride: Annotated[
        SynapseModel | None,
        Field(title="Model", description="Of the synapses; empty: what the circuit's edges ask for"),
    ] = None
    synapse_configure: Annotated[
        tuple[Assignment, ...],
        Field(title="Variables", description="Of each synapse, changed in this order, such as NMDA_ratio"),
    ] = ()
    neuromodulation_dtc: Annotated[Milliseconds | None, Field(ge=0)] = None
    neuromodulation_strength: Annotated[Micromolar | None, Field(ge=0)] = None
