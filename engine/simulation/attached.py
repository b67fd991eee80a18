"""What a simulation puts on built cells, and takes off again."""

from dataclasses import dataclass, field

from engine.errors import SimulationError
from engine.simulation.connections import Wiring
from engine.simulation.electrodes import Electrode
from engine.simulation.manipulate import Manipulated, WayBack
from engine.simulation.recorder import Recorder, Recorders
from engine.simulation.spikes import SpikeDetectors
from engine.simulation.stability import Stability
from engine.simulation.traces import Trace


@dataclass(slots=True)
class Attached:
    """What a simulation put on the cells.

    It knows nothing of the simulation: a circle of references would leave it to the garbage collector when
    NEURON gets rid of it.
    """

    manipulated: Manipulated
    wiring: Wiring | None
    electrodes: dict[str, list[Electrode]]
    traces: list[Trace]
    recorders: Recorders
    detectors: SpikeDetectors
    stability: Stability
    ticks: Recorder | None
    live: WayBack = field(default_factory=WayBack)


class Attachment:
    """Holds what is attached until it is taken off."""

    def __init__(self, parts: Attached) -> None:
        self._parts: Attached | None = parts

    @property
    def parts(self) -> Attached:
        if self._parts is None:
            raise SimulationError("Another simulation has taken over the cells.", hint="Make this one again.")
        return self._parts

    @property
    def holds(self) -> bool:
        """Whether it is not yet taken off."""
        return self._parts is not None

    def take_off(self) -> None:
        """Give the cells back as they were."""
        if self._parts is not None:
            self._parts.live.go()
            self._parts.manipulated.undo()
            self._parts = None
