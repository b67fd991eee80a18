"""Edits: pure functions from one experiment to the next.

Stimuli, recordings, manipulations, spike sources and connection overrides are all elements: named by their
ids, which no two of an experiment share, and kept in the order that the user gave them.
"""

from typing import Literal, TypeVar

from pydantic import BaseModel

from engine.errors import EngineError, UnknownNameError
from engine.experiment.base import changed, new_id
from engine.experiment.connection_overrides import ConnectionOverride
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.manipulations import Manipulation
from engine.experiment.recordings import Recording, Report, SiteRecording, StimulusRecording
from engine.experiment.spike_sources import SpikeSource
from engine.experiment.stimuli import Stimulus
from engine.experiment.synaptic_input import Connections
from engine.experiment.targets import CellReference, Site

Element = Stimulus | Recording | Manipulation | SpikeSource | ConnectionOverride
ListName = Literal["stimuli", "recordings", "manipulations", "replays", "overrides"]
LISTS: tuple[ListName, ...] = ("stimuli", "recordings", "manipulations", "replays", "overrides")
_Any = TypeVar("_Any", bound=BaseModel)


def with_stimulus(experiment: Experiment, stimulus: Stimulus) -> Experiment:
    """Add a stimulus, or put it in place of the one with its id."""
    return changed(experiment, stimuli=_put(experiment.stimuli, stimulus))


def with_recording(experiment: Experiment, recording: Recording) -> Experiment:
    """Add a recording, or put it in place of the one with its id."""
    return changed(experiment, recordings=_put(experiment.recordings, recording))


def with_manipulation(experiment: Experiment, manipulation: Manipulation) -> Experiment:
    """Add a manipulation, or put it in place of the one with its id."""
    return changed(experiment, manipulations=_put(experiment.manipulations, manipulation))


def with_replay(experiment: Experiment, replay: SpikeSource) -> Experiment:
    """Add a source of spikes, or put it in place of the one with its id."""
    return changed(experiment, replays=_put(experiment.replays, replay))


def with_override(experiment: Experiment, override: ConnectionOverride) -> Experiment:
    """Add a connection override behind the others, or put it in place of the one with its id."""
    return _with_list(experiment, "overrides", _put(experiment.connections.overrides, override))


def elements(experiment: Experiment, name: ListName) -> tuple[Element, ...]:
    """One of the lists of an experiment."""
    found: tuple[Element, ...] = getattr(_owner(experiment, name), name)
    return found


def all_elements(experiment: Experiment) -> tuple[Element, ...]:
    """Those of all lists."""
    return tuple(each for name in LISTS for each in elements(experiment, name))


def siblings(experiment: Experiment, element_id: str) -> tuple[Element, ...]:
    """The list that an element is in; `UnknownNameError` if there is no such element."""
    return elements(experiment, _find(experiment, element_id)[0])


def element(experiment: Experiment, element_id: str) -> Element:
    """Return the element with this id; `UnknownNameError` if there is none."""
    name, position = _find(experiment, element_id)
    return elements(experiment, name)[position]


def replaced(experiment: Experiment, new: Element) -> Experiment:
    """Put an element in the place of the one with its id; `UnknownNameError` if there is none."""
    name, _ = _find(experiment, new.id)
    return _with_list(experiment, name, _put(elements(experiment, name), new))


def without(experiment: Experiment, element_id: str) -> Experiment:
    """Take an element out; recordings of a stimulus go with it."""
    name, position = _find(experiment, element_id)
    kept = list(elements(experiment, name))
    del kept[position]
    if name == "stimuli":
        recordings = _recordings_but_of({element_id}, experiment.recordings)
        return changed(experiment, stimuli=tuple(kept), recordings=recordings)
    return _with_list(experiment, name, tuple(kept))


def moved(experiment: Experiment, element_id: str, position: int) -> Experiment:
    """Move an element to another position of its list; the order of random stimuli decides their streams."""
    name, old = _find(experiment, element_id)
    ordered = list(elements(experiment, name))
    ordered.insert(max(position, 0), ordered.pop(old))
    return _with_list(experiment, name, tuple(ordered))


def duplicated(experiment: Experiment, element_id: str, copy_id: str | None = None) -> Experiment:
    """Put a copy right behind an element."""
    name, position = _find(experiment, element_id)
    longer = list(elements(experiment, name))
    longer.insert(position + 1, changed(longer[position], id=copy_id or new_id()))
    return _with_list(experiment, name, tuple(longer))


def switched(experiment: Experiment, element_id: str, *, enabled: bool) -> Experiment:
    """Let an element take part in the run, or not."""
    name, position = _find(experiment, element_id)
    others = list(elements(experiment, name))
    others[position] = changed(others[position], enabled=enabled)
    return _with_list(experiment, name, tuple(others))


def with_cell(experiment: Experiment, cell: CellReference) -> Experiment:
    """Let one more cell take part."""
    cells = _listed(experiment)
    return experiment if cell in cells else changed(experiment, cells=ListedCells(cells=(*cells, cell)))


def without_cell(experiment: Experiment, cell: CellReference) -> Experiment:
    """Let a cell take part no more; what stimulates, records and changes it alone goes with it."""
    cells = _listed(experiment)
    if cell not in cells:
        raise UnknownNameError("cell", str(cell), map(str, cells), where="the experiment")
    stimuli = tuple(stimulus for stimulus in experiment.stimuli if not _is_on(stimulus.target, cell))
    gone = {stimulus.id for stimulus in experiment.stimuli} - {stimulus.id for stimulus in stimuli}
    recordings = _recordings_but_of(gone, experiment.recordings)
    return changed(
        experiment,
        cells=ListedCells(cells=tuple(each for each in cells if each != cell)),
        stimuli=stimuli,
        recordings=tuple(each for each in recordings if not _is_on(_place(each), cell)),
        manipulations=tuple(each for each in experiment.manipulations if getattr(each, "cell", None) != cell),
    )


def with_conditions(experiment: Experiment, **changes: object) -> Experiment:
    """Change conditions of the run, by the names of their fields."""
    return changed(experiment, conditions=changed(experiment.conditions, **changes))


def _put(elements: tuple[_Any, ...], new: _Any) -> tuple[_Any, ...]:
    kept = {_id(each): each for each in elements}
    kept[_id(new)] = new
    return tuple(kept.values())


def _id(each: BaseModel) -> str:
    return str(each.id)  # type: ignore[attr-defined]  # every element has one; a union cannot bound a TypeVar


def _owner(experiment: Experiment, name: ListName) -> Experiment | Connections:
    return experiment.connections if name == "overrides" else experiment


def _with_list(experiment: Experiment, name: ListName, new: tuple[Element, ...]) -> Experiment:
    owner = changed(_owner(experiment, name), **{name: new})
    return owner if isinstance(owner, Experiment) else changed(experiment, connections=owner)


def _find(experiment: Experiment, element_id: str) -> tuple[ListName, int]:
    for name in LISTS:
        for position, each in enumerate(elements(experiment, name)):
            if each.id == element_id:
                return name, position
    known = [each.id for each in all_elements(experiment)]
    raise UnknownNameError(
        "stimulus, recording, manipulation, spike source or override",
        element_id,
        known,
        where="the experiment",
    )


def _recordings_but_of(stimuli: set[str], recordings: tuple[Recording, ...]) -> tuple[Recording, ...]:
    return tuple(
        each for each in recordings if not (isinstance(each, StimulusRecording) and each.stimulus in stimuli)
    )


def _listed(experiment: Experiment) -> tuple[CellReference, ...]:
    if isinstance(experiment.cells, ListedCells):
        return experiment.cells.cells
    raise EngineError(
        "The cells of this experiment are those of a node set, so single ones cannot be added or removed.",
        hint="List the cells of the experiment one by one, or choose another node set.",
    )


def _place(recording: Recording) -> object:
    match recording:
        case SiteRecording():
            return recording.site
        case Report():
            return recording.target
        case StimulusRecording():
            return None


def _is_on(place: object, cell: CellReference) -> bool:
    return isinstance(place, Site) and place.cell == cell
