"""The single traces of an experiment: what each of them is, and its recorder."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.errors import SimulationError
from engine.experiment.experiment import Experiment
from engine.experiment.recordings import SiteRecording, StimulusRecording
from engine.experiment.targets import CellReference, Site
from engine.simulation.electrodes import Electrode
from engine.simulation.places import Places
from engine.simulation.recorder import Recorder
from engine.simulation.variables import Variable, variable_at, variable_of_point_cell


@dataclass(frozen=True, slots=True)
class TraceDescription:
    """One column of samples. `id` is that of its recording, and `.0`, `.1`… if that has several columns."""

    id: str
    label: str
    variable: str
    unit: str
    site: Site


@dataclass(frozen=True, slots=True)
class Trace:
    """A description and what fills it. `key`: the number of its recording, and that of its place in it."""

    description: TraceDescription
    recorder: Recorder
    key: tuple[int, int] = (0, 0)


def record_traces(
    experiment: Experiment,
    places: Places,
    electrodes: Mapping[str, Sequence[Electrode]],
    interval: float | None,
) -> list[Trace]:
    """Recorders for all enabled recordings but reports, sampled at every step or every `interval` ms."""
    traces: list[Trace] = []
    for number, recording in enumerate(experiment.recordings):
        if not recording.enabled:
            continue
        if isinstance(recording, SiteRecording):
            if not places.is_elsewhere(recording.site.cell):
                traces.append(_of_site(recording, number, places, interval))
        elif isinstance(recording, StimulusRecording):
            found = _of_stimulus(recording, experiment, places, electrodes, interval)
            traces.extend(replace(each, key=(number, each.key[1])) for each in found)
    return traces


def _of_site(recording: SiteRecording, number: int, places: Places, interval: float | None) -> Trace:
    variable = _variable(recording, places)
    label = recording.label or f"{recording.site} {recording.variable}"
    description = TraceDescription(recording.id, label, recording.variable, variable.unit, recording.site)
    return Trace(description, Recorder(variable, interval), (number, 0))


def _variable(recording: SiteRecording, places: Places) -> Variable:
    cell = places.cell(recording.site.cell)
    if cell.is_point:
        return variable_of_point_cell(cell.netcon_target, recording.variable, str(cell))
    (spot,) = places.spots(recording.site)
    return variable_at(spot.segment, recording.variable)


def _of_stimulus(
    recording: StimulusRecording,
    experiment: Experiment,
    places: Places,
    electrodes: Mapping[str, Sequence[Electrode]],
    interval: float | None,
) -> Iterator[Trace]:
    stimulus = next((each for each in experiment.stimuli if each.id == recording.stimulus), None)
    if stimulus is None:
        raise SimulationError(
            f"The recording {recording.label or recording.id!r} is of a stimulus that does not exist.",
            hint="Remove the recording or choose another stimulus for it.",
        )
    if not stimulus.enabled:
        return
    spots = places.spots(stimulus.target)
    for number, (spot, electrode) in enumerate(zip(spots, electrodes[stimulus.id], strict=True)):
        name = recording.id if len(spots) == 1 else f"{recording.id}.{number}"
        label = recording.label or stimulus.name or stimulus.title
        if len(spots) > 1:
            label = f"{label}, {CellReference(spot.cell.population, spot.cell.node_id)}"
        variable = Variable("i", electrode.current_reference, "nA")
        description = TraceDescription(name, label, "i", "nA", spot.site)
        yield Trace(description, Recorder(variable, interval), (0, spot.number))
