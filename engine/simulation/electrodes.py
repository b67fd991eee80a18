"""The stimuli of an experiment, put where they belong."""

from engine.circuit.circuit import Circuit
from engine.errors import EngineError
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Experiment
from engine.experiment.placed_synapse import PlacedSynapse
from engine.experiment.properties import properties_of
from engine.experiment.stimuli import Stimulus, stream_numbers
from engine.experiment.targets import CellReference
from engine.experiment.waveforms import CellProperties, MissingPropertyError, Waveform
from engine.simulation.clamps import Clamp, play
from engine.simulation.places import Places, Spot
from engine.simulation.synapse_electrode import SynapseElectrode

Electrode = Clamp | SynapseElectrode


def place_electrodes(experiment: Experiment, places: Places, circuit: Circuit) -> dict[str, list[Electrode]]:
    """Electrodes by stimulus id, one for each segment of the target, in the order of the experiment."""
    properties: dict[CellReference, CellProperties] = {}
    placed: dict[str, list[Electrode]] = {}
    streams = stream_numbers(experiment.stimuli)
    for stimulus, stream in zip(experiment.stimuli, streams, strict=True):
        if stimulus.enabled:
            place = _Placing(stimulus, stream, experiment.conditions, circuit, properties)
            placed[stimulus.id] = [place.at(spot) for spot in places.spots(stimulus.target)]
    return placed


class _Placing:
    """Places one stimulus; cells get their waveform once, however many electrodes they have."""

    def __init__(
        self,
        stimulus: Stimulus,
        stream: int,
        conditions: Conditions,
        circuit: Circuit,
        properties: dict[CellReference, CellProperties],
    ) -> None:
        self._stimulus = stimulus
        self._stream = stream
        self._conditions = conditions
        self._circuit = circuit
        self._properties = properties
        self._waveforms: dict[CellReference, Waveform] = {}

    def at(self, spot: Spot) -> Electrode:
        reference = CellReference(spot.cell.population, spot.cell.node_id)
        if isinstance(self._stimulus, PlacedSynapse):
            cell = CellProperties(gid=reference.node_id)
            events = self._stimulus.event_times(cell, self._conditions, self._stream)
            return SynapseElectrode(self._stimulus, events, spot.segment)
        return play(self._waveform(reference), spot.segment)

    def _waveform(self, reference: CellReference) -> Waveform:
        if reference not in self._waveforms:
            try:
                self._waveforms[reference] = self._computed(reference)
            except EngineError as error:
                error.where = error.where or f"the stimulus {self._name} at cell {reference}"
                raise
        return self._waveforms[reference]

    def _computed(self, reference: CellReference) -> Waveform:
        """Few stimuli ask for properties of the cell, and to read them takes longer than all the rest."""
        known = self._properties.get(reference)
        try:
            return self._of_cell(known or CellProperties(gid=reference.node_id))
        except MissingPropertyError:
            if known is not None:
                raise
        self._properties[reference] = properties_of(self._circuit, reference, self._conditions)
        return self._of_cell(self._properties[reference])

    def _of_cell(self, cell: CellProperties) -> Waveform:
        return self._stimulus.waveform(cell, self._conditions, self._stream)

    @property
    def _name(self) -> str:
        return repr(self._stimulus.name or self._stimulus.title)
