"""Where synaptic input comes from: which connections are built, and which spikes arrive over them."""

from typing import Annotated, Literal

from pydantic import Field

from engine.experiment.base import Frozen
from engine.experiment.recordings import Identifier
from engine.units import Milliseconds


class SpikeReplay(Frozen):
    """Spikes of a file, sent by their own source cells over the connections of the circuit.

    `node_set` restricts the sources (None: every population that the file holds). Spikes before `delay` are
    left out, and those after `delay + duration` when a duration is given.
    """

    kind: Literal["replay"] = "replay"
    id: Identifier
    name: str = ""
    enabled: bool = True
    spike_file: Annotated[str, Field(min_length=1, title="Spike file")]  # relative to the document, `/` between parts
    node_set: str | None = None
    delay: Annotated[Milliseconds, Field(ge=0, title="Delay")] = 0.0
    duration: Annotated[Milliseconds, Field(gt=0, title="Duration")] | None = None


class Connections(Frozen):
    """Which edge populations are built between the cells of the experiment and onto them.

    `edge_populations` None means all of them.
    """

    enabled: bool = False
    edge_populations: tuple[str, ...] | None = None


