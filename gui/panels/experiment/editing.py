"""What the experiment panel does to the document: each a step that can be undone, with a name."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from engine.errors import EngineError
from engine.experiment import edits
from engine.experiment.base import changed, new_id
from engine.experiment.edits import Element
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.placing import Placement, placed_at, voltage_recording_at
from engine.experiment.presets import SOMA, Preset, stimulate_soma, with_preset
from engine.experiment.recordings import Report, SiteRecording, StimulusRecording
from engine.experiment.stimulus_base import StimulusBase
from engine.experiment.summaries import name_of, noun_of
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import CellProperties
from gui.session.experimenting import CellFacts, KnownCells
from gui.session.selection import CONDITIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.session.session import Session

_PLACED: dict[Placement, str] = {
    "inject": "Inject at",
    "record": "Record at",
    "synapse": "Put synapse at",
    "clamp": "Clamp at",
}


class Editing:
    """Changes the experiment of a session, and selects what came of it."""

    def __init__(self, session: "Session", known: KnownCells) -> None:
        self._session = session
        self._known = known
        self._is_reading = False  # a key that repeats itself adds one stimulus

    @property
    def experiment(self) -> Experiment | None:
        """The present one."""
        return self._session.document.experiment

    @property
    def selected(self) -> Element | None:
        """The element that is selected."""
        chosen = self._session.selection.element
        if self.experiment is None or chosen in ("", CONDITIONS):
            return None
        return next((each for each in edits.all_elements(self.experiment) if each.id == chosen), None)

    @property
    def cell(self) -> CellReference | None:
        """On which cell something new is put: the selected one, or the only one of the experiment."""
        current = self._session.selection.current
        if current is not None or self.experiment is None:
            return current
        cells = self.experiment.cells
        return cells.cells[0] if isinstance(cells, ListedCells) and len(cells.cells) == 1 else None

    def stimulate(self, cell: CellReference) -> None:
        """Add a step that makes the cell fire, and record its soma."""
        self._with_facts(
            cell,
            lambda experiment, properties: stimulate_soma(experiment, cell, properties, self._soma(cell)),
            "Stimulate soma",
        )

    def add_preset(self, preset: Preset, cell: CellReference) -> None:
        """Add a stimulus at the soma."""
        self._with_facts(
            cell,
            lambda experiment, properties: with_preset(
                experiment, preset, cell, properties, self._soma(cell)
            ),
            f"Add {_in_lower_case(preset.title)}",
        )

    def place(self, placement: Placement, sites: tuple[Site, ...]) -> None:
        """Put the same at each of some places of one cell, as one step."""
        if not sites or self.experiment is None:
            return
        where = f"{sites[0].section}({sites[0].x:g})" if len(sites) == 1 else f"{len(sites)} places"
        if placement == "record" and all(voltage_recording_at(self.experiment, each) for each in sites):
            known = voltage_recording_at(self.experiment, sites[0])
            assert known is not None, "all of them are recorded"
            self._session.selection.select_element(known.id)
            return
        self._with_facts(
            sites[0].cell,
            lambda experiment, properties: placed_at(experiment, placement, sites, properties),
            f"{_PLACED[placement]} {where}",
        )

    def add_cell(self, cell: CellReference) -> None:
        """Let a cell take part."""
        if self.experiment is not None:
            self._try(lambda experiment: edits.with_cell(experiment, cell), f"Add cell {cell}")

    def record(self, cell: CellReference) -> None:
        """Add a recording of the voltage; where, is then said in its form."""
        recording = SiteRecording(site=Site(cell=cell, section=self._soma(cell)))

        def recorded(experiment: Experiment) -> Experiment:
            is_listed = isinstance(experiment.cells, ListedCells)
            with_it = edits.with_cell(experiment, cell) if is_listed else experiment
            return edits.with_recording(with_it, recording)

        self._try(recorded, "Add recording")

    def record_current(self, stimulus: StimulusBase) -> None:
        """Add a recording of what a stimulus delivers."""
        recording = StimulusRecording(stimulus=stimulus.id)
        self._try(lambda experiment: edits.with_recording(experiment, recording), "Add recording of current")

    def duplicate(self, element: Element) -> None:
        """Put a copy behind it."""
        copy = new_id()
        self._try(
            lambda experiment: edits.duplicated(experiment, element.id, copy), f"Duplicate {noun_of(element)}"
        )

    def delete(self, element: Element) -> None:
        """Take it out, and select its neighbour."""
        assert self.experiment is not None
        neighbour = _neighbour(self.experiment, element)
        lost = sum(
            isinstance(each, StimulusRecording) and each.stimulus == element.id
            for each in self.experiment.recordings
        )
        what = f"Delete {noun_of(element)}" + (f" and {_counted(lost, 'recording')} of it" if lost else "")
        self._try(lambda experiment: edits.without(experiment, element.id), what)
        self._session.selection.select_element(neighbour)

    def remove_cell(self, cell: CellReference) -> None:
        """Take a cell out, with what stimulates and records it."""
        if (experiment := self.experiment) is None:
            return
        try:
            left = edits.without_cell(experiment, cell)
        except EngineError as error:
            self._session.notices.post_error(error)
            return
        gone = (
            (len(experiment.stimuli) - len(left.stimuli), "stimulus"),
            (len(experiment.recordings) - len(left.recordings), "recording"),
            (len(experiment.manipulations) - len(left.manipulations), "manipulation"),
        )
        lost = " and ".join(_counted(count, noun) for count, noun in gone if count)
        self._session.document.change(left, f"Remove cell {cell}{f' with {lost}' if lost else ''}")

    def rename(self, element_id: str, name: str) -> None:
        """Give it another name; empty: none."""
        element = self._element(element_id)
        if element is None or name == name_of(element):
            return
        field = "label" if isinstance(element, SiteRecording | StimulusRecording | Report) else "name"
        renamed = changed(element, **{field: name})
        self._try(lambda experiment: edits.replaced(experiment, renamed), f"Rename {noun_of(element)}")

    def switch(self, element_id: str, enabled: bool) -> None:  # noqa: FBT001 - a slot
        """Let it take part in the run, or not."""
        element = self._element(element_id)
        if element is not None:
            self._try(
                lambda experiment: edits.switched(experiment, element_id, enabled=enabled),
                f"Switch {noun_of(element)} {'on' if enabled else 'off'}",
            )

    def move(self, element_id: str, position: int) -> None:
        """Move it to another position of its list."""
        element = self._element(element_id)
        if element is not None:
            self._try(
                lambda experiment: edits.moved(experiment, element_id, position), f"Move {noun_of(element)}"
            )

    def shift(self, element: Element, by: int) -> None:
        """Move it up (-1) or down (1)."""
        assert self.experiment is not None
        siblings = _siblings(self.experiment, element)
        position = siblings.index(element.id) + by
        if 0 <= position < len(siblings):
            self.move(element.id, position)

    def can_shift(self, element: Element, by: int) -> bool:
        """Whether there is a place to go to."""
        assert self.experiment is not None
        siblings = _siblings(self.experiment, element)
        return 0 <= siblings.index(element.id) + by < len(siblings)

    def _with_facts(
        self, cell: CellReference, edit: "Callable[[Experiment, CellProperties], Experiment]", text: str
    ) -> None:
        if self._is_reading or self.experiment is None:
            return

        def use(facts: CellFacts) -> None:
            if facts.refusal is not None:
                self._session.notices.post_error(facts.refusal)
            else:
                self._try(lambda experiment: edit(experiment, facts.properties), text, in_turns=True)

        task = self._known.tell(cell, use)
        if task is None:
            self._session.notices.post(
                "The circuit of this experiment is not open, so nothing is known of its cells.",
                hint="Open the circuit first.",
                severity="warning",
            )
            return
        self._is_reading = True
        task.ended.connect(self._on_read)

    def _on_read(self) -> None:
        self._is_reading = False

    def _try(self, edit: "Callable[[Experiment], Experiment]", text: str, *, in_turns: bool = False) -> None:
        """Make an edit, or tell why it is impossible; select what is new in the experiment.

        `in_turns`: the selection, which may make a form, gets a turn of the event loop of its own.
        """
        if (old := self.experiment) is None:
            return
        try:
            new = edit(old)
        except EngineError as error:
            self._session.notices.post_error(error)
            return
        self._session.document.change(new, text)
        self._session.document.end_burst()
        before = {each.id for each in edits.all_elements(old)}
        if added := [each.id for each in edits.all_elements(new) if each.id not in before]:
            select = partial(self._session.selection.select_element, added[0])
            if in_turns:
                QTimer.singleShot(0, self._session, select)
            else:
                select()

    def _element(self, element_id: str) -> Element | None:
        found = () if self.experiment is None else edits.all_elements(self.experiment)
        return next((each for each in found if each.id == element_id), None)

    def _soma(self, cell: CellReference) -> str:
        """The name of its soma: what the built cell says, or the usual one."""
        description = self._session.rig.description(cell)
        found = (
            [each.name for each in description.sections if each.section_type == "soma"] if description else []
        )
        return found[0] if found else SOMA


def _siblings(experiment: Experiment, element: Element) -> list[str]:
    return [each.id for each in edits.siblings(experiment, element.id)]


def _neighbour(experiment: Experiment, element: Element) -> str:
    """What is selected when the element is gone: the next, or the one before, or nothing."""
    siblings = _siblings(experiment, element)
    at = siblings.index(element.id)
    return next(iter((*siblings[at + 1 : at + 2], *siblings[max(at - 1, 0) : at])), "")


def _counted(count: int, noun: str) -> str:
    many = {"stimulus": "stimuli"}.get(noun, f"{noun}s")
    return f"{count} {noun if count == 1 else many}"


def _in_lower_case(title: str) -> str:
    """As inside of a sentence; names such as Ornstein keep their capital."""
    return title if title.startswith(("Ornstein", "Gauss")) else title[0].lower() + title[1:]
