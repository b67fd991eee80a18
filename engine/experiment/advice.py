"""What a user should know before a run: nothing here is an error, and most of it has a quick remedy."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from engine.experiment import stimuli as s
from engine.experiment.base import changed
from engine.experiment.edits import Element, switched, with_conditions, with_stimulus
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.presets import AFTERWARDS_MS, record_soma, usual_current
from engine.experiment.stimuli import Stimulus
from engine.experiment.summaries import short_name
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import CellProperties, CellProperty, MissingPropertyError

PropertiesOf = Callable[[CellReference], CellProperties | None]
Remedy = Literal[
    "record_soma",
    "lengthen",
    "switch_on_stimuli",
    "switch_on_recordings",
    "switch_on_connections",
    "in_nanoamperes",
    "",
]

_OF_THRESHOLD = (s.RelativeStep, s.RelativeRamp, s.Subthreshold, s.RelativeNoise)


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence or two, of `element` if that is not empty. `remedy_text`: what its button says."""

    text: str
    remedy: Remedy = ""
    remedy_text: str = ""
    element: str = ""


def advice(experiment: Experiment, properties: PropertiesOf) -> tuple[Advice, ...]:
    """All that is worth saying, most important first. `properties`: None for a cell not read yet."""
    return tuple(
        itertools.chain(
            _on_recordings(experiment),
            _on_switches(experiment),
            _on_connections(experiment),
            _on_stimuli(experiment, properties),
        )
    )


def remedied(  # noqa: PLR0911 - one line for each remedy
    experiment: Experiment, given: Advice, properties: PropertiesOf
) -> Experiment:
    """The experiment after what the button of a piece of advice promises."""
    stimulus = next((each for each in experiment.stimuli if each.id == given.element), None)
    match given.remedy:
        case "record_soma" if (cell := _cell_to_record(experiment)) is not None:
            return record_soma(experiment, cell)
        case "switch_on_stimuli":
            return _switched_on(experiment, experiment.stimuli)
        case "switch_on_recordings":
            return _switched_on(experiment, experiment.recordings)
        case "switch_on_connections":
            return changed(experiment, connections=changed(experiment.connections, enabled=True))
        case "lengthen" if stimulus is not None:
            return with_conditions(experiment, tstop=stimulus.end + AFTERWARDS_MS)
        case "in_nanoamperes" if isinstance(stimulus, s.RelativeStep):
            return with_stimulus(experiment, _absolute(stimulus, properties))
        case _:  # what it was about is gone meanwhile
            return experiment


def needed_property(stimulus: Stimulus) -> CellProperty | None:
    """Which property of the cell decides what it plays; the same that its waveform asks for."""
    match stimulus:
        case s.RelativeShotNoise() | s.RelativeOrnsteinUhlenbeck():
            return "threshold_current" if stimulus.mode == "current" else "input_resistance"
        case s.Holding():
            return "holding_current"
        case _:
            return "threshold_current" if isinstance(stimulus, _OF_THRESHOLD) else None


def _on_recordings(experiment: Experiment) -> Iterator[Advice]:
    if not _has_cells(experiment) or any(each.enabled for each in experiment.recordings):
        return
    if experiment.recordings:
        what = "All recordings are switched off: a run would show no trace."
        yield Advice(what, "switch_on_recordings", "Switch them on")
    elif _cell_to_record(experiment) is not None:
        yield Advice("Nothing is recorded: a run would show no trace.", "record_soma", "Record the soma")
    else:
        yield Advice("No voltage is recorded: a run shows spikes only. Choose a cell and add a recording.")


def _on_switches(experiment: Experiment) -> Iterator[Advice]:
    if experiment.stimuli and not any(each.enabled for each in experiment.stimuli):
        is_one = len(experiment.stimuli) == 1
        yield Advice(
            "The only stimulus is switched off." if is_one else "All stimuli are switched off.",
            "switch_on_stimuli",
            "Switch it on" if is_one else "Switch them on",
        )


def _on_connections(experiment: Experiment) -> Iterator[Advice]:
    connections = experiment.connections
    if not connections.enabled and any(each.enabled for each in connections.overrides):
        what = "Connection overrides change nothing: runs build no synapses of the circuit."
        yield Advice(what, "switch_on_connections", "Build them")


def _on_stimuli(experiment: Experiment, properties: PropertiesOf) -> Iterator[Advice]:
    for stimulus in experiment.stimuli:
        if not stimulus.enabled:
            continue
        if stimulus.delay >= experiment.conditions.tstop:
            yield _too_late(experiment, stimulus)
        yield from _on_properties(experiment, stimulus, properties)


def _too_late(experiment: Experiment, stimulus: Stimulus) -> Advice:
    tstop, end = experiment.conditions.tstop, stimulus.end + AFTERWARDS_MS
    return Advice(
        f"“{short_name(experiment, stimulus)}” starts at {stimulus.delay:g} ms, after the end of the run"
        f" ({tstop:g} ms).",
        "lengthen",
        f"Run {end:g} ms",
        stimulus.id,
    )


def _on_properties(experiment: Experiment, stimulus: Stimulus, properties: PropertiesOf) -> Iterator[Advice]:
    needed = needed_property(stimulus)
    if needed is None or not isinstance(stimulus.target, Site):
        return  # of which cells of a node set, only the run finds out
    known = properties(stimulus.target.cell)
    if known is None:
        return
    try:
        known.known(needed)
    except MissingPropertyError:
        text = (
            f"“{short_name(experiment, stimulus)}” needs the {needed.replace('_', ' ')} of cell"
            f" {stimulus.target.cell}, which is not known."
        )
        if isinstance(stimulus, s.RelativeStep):
            nanoamperes = _absolute(stimulus, properties).amplitude
            yield Advice(text, "in_nanoamperes", f"Use {nanoamperes:g} nA", stimulus.id)
        else:
            yield Advice(f"{text} Measure it, or use a stimulus in nA.", element=stimulus.id)


def _switched_on(experiment: Experiment, elements: Iterable[Element]) -> Experiment:
    for each in elements:
        experiment = switched(experiment, each.id, enabled=True)
    return experiment


def _absolute(stimulus: s.RelativeStep, properties: PropertiesOf) -> s.Step:
    assert isinstance(stimulus.target, Site)
    known = properties(stimulus.target.cell) or CellProperties(gid=0)
    kept = {
        name: getattr(stimulus, name) for name in ("id", "name", "enabled", "target", "delay", "duration")
    }
    return s.Step(**kept, amplitude=usual_current(known))


def _has_cells(experiment: Experiment) -> bool:
    return not isinstance(experiment.cells, ListedCells) or bool(experiment.cells.cells)


def _cell_to_record(experiment: Experiment) -> CellReference | None:
    """The first that is stimulated, else the first."""
    stimulated = [each.target.cell for each in experiment.stimuli if isinstance(each.target, Site)]
    listed = experiment.cells.cells if isinstance(experiment.cells, ListedCells) else ()
    return next(iter((*stimulated, *listed)), None)
