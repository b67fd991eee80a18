"""Electrodes and synapses of the experiment on the drawn cell: shown, chosen, dragged along its tree."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engine.errors import EngineError, UnknownNameError
from engine.experiment.edits import Element, element
from engine.experiment.experiment import Experiment
from engine.experiment.placing import moved_to, recordings_at, site_of
from engine.experiment.recordings import Recording, SiteRecording, StimulusRecording
from engine.experiment.stimuli import PlacedSynapse, VoltageClamp
from engine.experiment.summaries import name_of
from engine.experiment.targets import Site
from gui import theme
from gui.panels.cell.placing import Placing
from gui.panels.cell.shown import ShownCell
from gui.plots.cell.markers import Marker, MarkerKind
from gui.plots.cell.picking import Pick
from gui.plots.cell.view import CellView

if TYPE_CHECKING:
    from gui.session.session import Session

_SAME_X = 2e-3  # of a section: less is a hand that trembles


class Electrodes(QObject):
    """Keeps the markers of a view as the experiment has them.

    What records at the place of a stimulus is drawn as one with it: both are the same pipette.
    """

    def __init__(self, session: "Session", shown: ShownCell, view: CellView, placing: Placing) -> None:
        super().__init__(view)
        self._session, self._shown, self._view, self._placing = session, shown, view, placing
        view.marker_pressed.connect(self._on_pressed)
        view.marker_dropped.connect(self._on_dropped)
        for signal in (
            *(session.document.experiment_changed, session.selection.element_changed),
            *(session.runs.added, session.runs.advanced, session.runs.removed, session.trace_colours.changed),
            *(placing.changed, theme.notifier().changed),
        ):
            signal.connect(self.show)
        shown.changed.connect(self._show_anew)
        self._told: tuple[Marker, ...] = ()
        self.show()

    def show(self, *_what: object) -> None:
        """Show what there is now."""
        markers = tuple(self._markers())
        if markers != self._told:
            self._told = markers
            self._view.show_markers(markers)

    def _show_anew(self) -> None:
        """The view has forgotten them with the last cell."""
        self._told = ()
        self.show()

    def at(self, segment: int) -> Site | None:
        """Where an electrode on a segment is; None if there is none."""
        for marker in self._told:
            if marker.segment == segment and (site := self._site(marker.key)) is not None:
                return site
        return None

    def _markers(self) -> Iterator[Marker]:
        experiment = self._session.document.experiment
        if experiment is None:
            return
        pipettes = tuple(self._pipettes(experiment))
        taken = {(each.segment, each.x) for each in pipettes}
        for number, place in enumerate(self._placing.places):
            segment = self._shown.segment_at(place)
            if segment is not None and (segment, place.x) not in taken:
                yield Marker(("place", number), segment, place.x, theme.colours().accent, "place")
        yield from pipettes

    def _pipettes(self, experiment: Experiment) -> Iterator[Marker]:
        chosen = self._session.selection.element
        for each, recordings in _pipettes(experiment):
            site = site_of(each)
            segment = self._shown.segment_at(site) if site is not None else None
            if site is not None and segment is not None:
                is_selected = chosen in {each.id, *(recording.id for recording in recordings)}
                colour, name = self._colour(each, recordings, experiment), _name(each, recordings)
                yield Marker(each.id, segment, site.x, colour, _kind(each), name, is_selected)

    def _colour(self, each: Element, recordings: list[Recording], experiment: Experiment) -> str:
        """That of its trace: of the voltage there, or else of its own current."""
        if not each.enabled:
            return theme.colours().ghost
        found = (self._session.trace_colours.colour(one.id, experiment) for one in recordings)
        return next(filter(None, found), theme.colours().text)

    def _on_pressed(self, key: object, _pick: Pick) -> None:
        if (site := self._site(key)) is not None:
            self._session.selection.select_site(site)
            self._session.selection.select_element(str(key))

    def _on_dropped(self, key: object, pick: Pick) -> None:
        """It stays where it was dropped, as one step; or goes back if that is where it was."""
        old, experiment = self._site(key), self._session.document.experiment
        if old is None or experiment is None:
            return
        new = self._placing.site_of(pick)
        if self._shown.segment_at(old) != pick.segment or abs(old.x - new.x) > _SAME_X:
            self._move(experiment, str(key), new)
        self._show_anew()

    def _move(self, experiment: Experiment, key: str, site: Site) -> None:
        noun = "synapse" if isinstance(element(experiment, key), PlacedSynapse) else "electrode"
        try:
            moved = moved_to(experiment, key, site)
        except EngineError as error:
            self._session.notices.post_error(error)
            return
        self._session.document.change(moved, f"Move {noun}")
        self._session.document.end_burst()

    def _site(self, key: object) -> Site | None:
        experiment = self._session.document.experiment
        if experiment is None or not isinstance(key, str):
            return None
        try:
            return site_of(element(experiment, key))
        except UnknownNameError:
            return None


def _pipettes(experiment: Experiment) -> Iterator[tuple[Element, list[Recording]]]:
    """Every stimulus with what records it or at its place, and every other recording with itself."""
    taken: set[str] = set()
    for stimulus in experiment.stimuli:
        site = site_of(stimulus)
        if site is None:
            continue
        there = sorted(recordings_at(experiment, site), key=lambda each: each.variable != "v")
        own = [
            each
            for each in experiment.recordings
            if isinstance(each, StimulusRecording) and each.stimulus == stimulus.id
        ]
        taken |= {each.id for each in there}
        yield stimulus, [*there, *own]
    for recording in experiment.recordings:
        if isinstance(recording, SiteRecording) and recording.id not in taken:
            yield recording, [recording]


def _kind(each: Element) -> MarkerKind:
    match each:
        case PlacedSynapse():
            return "synapse"
        case VoltageClamp():
            return "clamp"
        case SiteRecording():
            return "record"
        case _:
            return "inject"


def _name(each: Element, recordings: list[Recording]) -> str:
    return next(filter(None, (name_of(each), *(name_of(one) for one in recordings))), "")
