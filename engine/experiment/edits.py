"""Edits: pure functions from one experiment to the next.

Stimuli, recordings, manipulations and spike replays are all elements: named by their ids, which no two of an
experiment share, and kept in the order that the user gave them.
"""

from typing import Literal, TypeVar

from pydantic import BaseModel

from engine.errors import EngineError, UnknownNameError
from engine.experiment.base import changed, new_id
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.manipulations import Manipulation
from engine.experiment.recordings import Recording, Report, SiteRecording, StimulusRecording
from engine.experiment.stimuli import Stimulus
from engine.experiment.synaptic_input import SpikeReplay
from engine.experiment.targets import CellReference, Site

Element = Stimulus | Recording | Manipulation | SpikeReplay
ListName = Literal["stimuli", "recordings", "manipulations", "replays"]
_LISTS: tuple[ListName, ...] = ("stimuli", "recordings", "manipulations", "replays")
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


def with_replay(experiment: Experiment, replay: SpikeReplay) -> Experiment:
    """Add a spike replay, or put it in place of the one with its id."""
    return changed(experiment, replays=_put(experiment.replays, replay))


def element(experiment: Experiment, element_id: str) -> Element:
    """Return the element with this id; `UnknownNameError` if there is none."""
    name, position = _find(experiment, element_id)
    return _elements(experiment, name)[position]


def without(experiment: Experiment, element_id: str) -> Experiment:
    """Take an element out; recordings of a stimulus go with it."""
    name, position = _find(experiment, element_id)
    elements = _elements(experiment, name)
    changes: dict[ListName, tuple[Element, ...]] = {name: elements[:position] + elements[position + 1 :]}
    if name == "stimuli":
        changes["recordings"] = _recordings_but_of({element_id}, experiment.recordings)
    return changed(experiment, **changes)


def moved(experiment: Experiment, element_id: str, position: int) -> Experiment:
    """Move an element to another position of its list; the order of random stimuli decides their streams."""
    name, old = _find(experiment, element_id)
    elements = list(_elements(experiment, name))
    elements.insert(max(position, 0), elements.pop(old))
    return changed(experiment, **{name: tuple(elements)})


def duplicated(experiment: Experiment, element_id: str, copy_id: str | None = None) -> Experiment:
    """Put a copy right behind an element."""
    name, position = _find(experiment, element_id)
    elements = _elements(experiment, name)
    copy = changed(elements[position], id=copy_id or new_id())
    return changed(experiment, **{name: (*elements[: position + 1], copy, *elements[position + 1 :])})


def switched(experiment: Experiment, element_id: str, *, enabled: bool) -> Experiment:
    """Let an element take part in the run, or not."""
    name, position = _find(experiment, element_id)
    elements = list(_elements(experiment, name))
    elements[position] = changed(elements[position], enabled=enabled)
    return changed(experiment, **{name: tuple(elements)})


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


def _elements(experiment: Experiment, name: ListName) -> tuple[Element, ...]:
    elements: tuple[Element, ...] = getattr(experiment, name)
    return elements


def _find(experiment: Experiment, element_id: str) -> tuple[ListName, int]:
    for name in _LISTS:
        for position, each in enumerate(_elements(experiment, name)):
            if each.id == element_id:
                return name, position
    known = [each.id for name in _LISTS for each in _elements(experiment, name)]
    raise UnknownNameError(
        "stimulus, recording, manipulation or replay", element_id, known, where="the experiment"
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
