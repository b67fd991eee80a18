"""Putting electrodes and synapses on a cell: what a click on it means, and what dragging does."""

import math
from collections.abc import Iterable
from typing import Literal

from engine.errors import EngineError
from engine.experiment.base import changed
from engine.experiment.edits import Element, element, with_recording, with_stimulus
from engine.experiment.experiment import Experiment
from engine.experiment.presets import preset_named, with_member, with_room_for
from engine.experiment.recordings import Report, SiteRecording, StimulusRecording
from engine.experiment.stimuli import Stimulus
from engine.experiment.stimulus_base import StimulusBase
from engine.experiment.targets import Site
from engine.experiment.waveforms import CellProperties

Placement = Literal["inject", "record", "synapse", "clamp"]

_SAME_X = 1e-6


def placed_at(
    experiment: Experiment, placement: Placement, sites: Iterable[Site], properties: CellProperties
) -> Experiment:
    """Do one of these things at each of some places of a cell."""
    for site in sites:
        match placement:
            case "inject":
                experiment = inject_at(experiment, site, properties)
            case "record":
                experiment = record_at(experiment, site)
            case "synapse":
                experiment = synapse_at(experiment, site, properties)
            case "clamp":
                experiment = clamp_at(experiment, site, properties)
    return experiment


def inject_at(experiment: Experiment, site: Site, properties: CellProperties) -> Experiment:
    """Inject a current step there, and record the voltage of the place."""
    return _applied(experiment, "step", site, properties, with_voltage=True)


def synapse_at(experiment: Experiment, site: Site, properties: CellProperties) -> Experiment:
    """Put a synapse there, and record the voltage of the place."""
    return _applied(experiment, "synapse", site, properties, with_voltage=True)


def clamp_at(experiment: Experiment, site: Site, properties: CellProperties) -> Experiment:
    """Clamp the voltage there, and record the current that this takes."""
    clamped = _applied(experiment, "voltage_clamp", site, properties, with_voltage=False)
    return with_recording(clamped, StimulusRecording(stimulus=clamped.stimuli[-1].id))


def record_at(experiment: Experiment, site: Site) -> Experiment:
    """Record the voltage there; nothing changes if that is done already."""
    if voltage_recording_at(experiment, site) is not None:
        return experiment
    return with_recording(with_member(experiment, site.cell), SiteRecording(site=site))


def voltage_recording_at(experiment: Experiment, site: Site) -> SiteRecording | None:
    """The recording of the voltage at a place that is switched on; None if there is none."""
    return next((each for each in recordings_at(experiment, site) if each.variable == "v"), None)


def site_of(placed: Element) -> Site | None:
    """Where an element is, if it is at one place of one cell."""
    place: object = None
    if isinstance(placed, StimulusBase):
        place = placed.target
    elif isinstance(placed, SiteRecording):
        place = placed.site
    elif isinstance(placed, Report):
        place = placed.target
    return place if isinstance(place, Site) else None


def moved_to(experiment: Experiment, element_id: str, site: Site) -> Experiment:
    """Move a stimulus or a recording to another place; UnknownNameError if there is no such element.

    What records at the place of a stimulus is the same electrode and goes with it, unless another stimulus
    stays there. EngineError if the element is not at one place of one cell.
    """
    moving = element(experiment, element_id)
    old = site_of(moving)
    if old is None:
        raise EngineError(
            "This is not at one place of one cell, so it cannot be moved to another.",
            hint="Choose a place for it in the inspector.",
        )
    if isinstance(moving, SiteRecording):
        return with_recording(experiment, changed(moving, site=site))
    if isinstance(moving, Report):
        return with_recording(experiment, changed(moving, target=site))
    stimulus = changed(moving, target=site)
    moved = with_stimulus(experiment, stimulus)  # type: ignore[arg-type]  # nothing else has a site
    if any(is_same(each.target, old) for each in moved.stimuli if each.id != element_id):
        return moved
    for recording in recordings_at(experiment, old):
        moved = with_recording(moved, changed(recording, site=site))
    return moved


def _applied(
    experiment: Experiment, name: str, site: Site, properties: CellProperties, *, with_voltage: bool
) -> Experiment:
    stimulus: Stimulus = preset_named(name).make(site, properties)
    made = with_room_for(with_stimulus(with_member(experiment, site.cell), stimulus), stimulus)
    return record_at(made, site) if with_voltage else made


def recordings_at(experiment: Experiment, site: Site) -> list[SiteRecording]:
    """What is recorded at this very spot, of what is switched on."""
    return [
        each
        for each in experiment.recordings
        if isinstance(each, SiteRecording) and each.enabled and is_same(each.site, site)
    ]


def is_same(place: object, site: Site) -> bool:
    """Whether a target is this very spot."""
    if not isinstance(place, Site) or place.cell != site.cell or place.section != site.section:
        return False
    return math.isclose(place.x, site.x, abs_tol=_SAME_X)
