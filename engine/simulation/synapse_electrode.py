"""A placed synapse: an Exp2Syn of NEURON, and the events that are sent to it."""

from typing import Any

from engine.experiment.placed_synapse import PlacedSynapse
from engine.experiment.waveforms import Samples
from engine.simulation.host import explaining, h


class SynapseElectrode:
    """A synapse at one segment, which gets events at given times; it lives as long as this object is held."""

    def __init__(self, synapse: PlacedSynapse, events: Samples, segment: Any) -> None:
        self.events = events  # ms, ascending
        self.segment = segment
        with explaining(f"putting a synapse at {segment}"):
            self.element = h.Exp2Syn(segment)
            self.element.tau1, self.element.tau2 = synapse.rise_time, synapse.decay_time
            self.element.e = synapse.reversal
            self._connection = h.NetCon(None, self.element, 0.0, 0.0, synapse.weight)

    @property
    def current_reference(self) -> Any:
        """Where NEURON keeps the current of the synapse (nA, negative into the cell)."""
        return self.element._ref_i

    @property
    def weight(self) -> float:
        """Peak conductance (µS) that the next event opens."""
        return float(self._connection.weight[0])

    def weigh(self, weight: float) -> None:
        """From the next event on, also in a run under way, open another conductance (µS)."""
        self._connection.weight[0] = weight

    def send_events(self) -> None:
        """Queue all events of the run that was just initialised."""
        for time in self.events.tolist():
            self._connection.event(time)
