"""All currents at a place are recorded with one step."""

from typing import TYPE_CHECKING

from engine.experiment.base import changed
from engine.experiment.experiment import Experiment
from engine.experiment.presets import with_member
from engine.experiment.recordings import SiteRecording
from engine.experiment.targets import Site
from engine.messages.currents import currents_at
from gui.session.shown_cell import shown_cell

if TYPE_CHECKING:
    from gui.session.session import Session


def place_of(session: "Session") -> Site | None:
    """The chosen place of the shown cell, or its soma; None where no cell is shown."""
    cell, site = shown_cell(session), session.selection.site
    if cell is None:
        return None
    return site if site is not None and site.cell == cell else Site(cell=cell)


def currents_there(session: "Session") -> tuple[str, ...]:
    """What can be recorded there; nothing while the cell is not built, or if it is a point."""
    site = place_of(session)
    description = session.rig.description(site.cell) if site is not None else None
    return currents_at(description, site.section) if site is not None and description is not None else ()


def record_currents(session: "Session") -> None:
    """Record all of them there, and the voltage; what is recorded already stays as it is."""
    experiment, site, names = session.document.experiment, place_of(session), currents_there(session)
    if experiment is None or site is None or not names:
        return
    made = with_recordings(experiment, site, ("v", *names))
    if made is not experiment:
        session.document.change(made, "Record all currents")
        session.document.end_burst()


def with_recordings(experiment: Experiment, site: Site, names: tuple[str, ...]) -> Experiment:
    """Record these variables at a place, as far as they are not."""
    present = [each for each in experiment.recordings if isinstance(each, SiteRecording) and each.enabled]
    recorded = {each.variable for each in present if each.site == site}
    fresh = tuple(
        SiteRecording(site=site, variable=name, label=f"{name} {site.section}")
        for name in names
        if name not in recorded
    )
    if not fresh:
        return experiment
    member = with_member(experiment, site.cell)
    return changed(member, recordings=(*member.recordings, *fresh))
