"""Where synaptic input comes from: which connections are built, and which spikes arrive over them."""

from typing import Annotated, Literal

from pydantic import Field

from engine.experiment.base import Frozen, new_id
from engine.experiment.recordings import Identifier
from engine.units import Milliseconds


class SpikeReplay(Frozen):
    """Spikes of a file, sent by their own source cells over the connections of the circuit.

    `node_set` restricts the sources (None: every population that the file holds). Spikes before `delay` are
    left out, and those after `delay + duration` when a duration is given.
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


class Connections(Frozen):
    """Which edge populations are built between the cells of the experiment and onto them."""

    enabled: Annotated[bool, Field(title="Connections", description="Build the synapses of the circuit")] = (
        False
    )
    edge_populations: Annotated[
        tuple[str, ...] | None,
        Field(title="Edge populations", description="Which of the circuit's; empty: all of them"),
    ] = None
