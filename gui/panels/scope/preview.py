"""What every stimulus will play: computed while the user types, by the code that the simulation uses."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Cells, Experiment
from engine.experiment.stimuli import PlacedSynapse, Stimulus, stream_numbers
from engine.experiment.targets import CellReference, Site
from engine.experiment.waveforms import UNIT_OF, CellProperties, MissingPropertyError, Quantity
from gui.background import Task, in_background
from gui.session.session import Session

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit

_QUICK_RANDOM, _QUICK_SAMPLES = 3_000, 60_000  # points that take some milliseconds


@dataclass(frozen=True, eq=False)
class Preview:
    """Points of one stimulus, in `unit` at ms; none where `problem` says why."""

    stimulus: Stimulus
    time: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    amplitude: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    quantity: Quantity = "current"
    note: str = ""
    problem: str = ""

    @property
    def unit(self) -> str:
        """The unit of `amplitude`."""
        return UNIT_OF[self.quantity]

    @property
    def name(self) -> str:
        """What the user calls the stimulus."""
        return self.stimulus.name or self.stimulus.title


@dataclass(frozen=True)
class _Wanted:
    """All that a preview depends on; with the same of these it is the same."""

    stimulus: Stimulus
    stream: int
    conditions: Conditions
    cells: Cells


class Previewer(QObject):
    """Keeps `previews` of the enabled stimuli up to date; `changed` tells when they are others.

    Ordinary ones are computed at once, those that take long or read files in the background, newest first to
    win: until then the last one of the same stimulus stays.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._task: Task | None = None
        self._known: dict[str, tuple[_Wanted, Preview]] = {}
        self._properties: dict[tuple[CellReference, float, float], CellProperties] = {}
        self.previews: tuple[Preview, ...] = ()
        session.document.experiment_changed.connect(self._on_experiment)
        session.circuit_opened.connect(self._on_circuit)
        session.runs.ended.connect(self.look_again)
        self.update()

    def look_again(self, _reason: object = None) -> None:
        """Ask again for what could not be previewed: properties may have been measured."""
        self._properties.clear()
        self._known = {key: each for key, each in self._known.items() if not each[1].problem}
        self.update()

    def update(self) -> None:
        """Compute what is not known yet."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        wanted = _wanted(self._session.document.experiment)
        slow = [each for each in wanted if not self._is_known(each) and not self._compute_now(each)]
        self._known = {each.stimulus.id: found for each in wanted if (found := self._found(each))}
        self._publish(wanted)
        if slow and self._session.circuit is not None:
            self._begin(slow, self._session.circuit)

    def _on_experiment(self, old: Experiment | None, new: Experiment | None) -> None:
        if old is None or new is None or _wanted(old) != _wanted(new):
            self.update()

    def _on_circuit(self, _circuit: object) -> None:
        self._properties.clear()
        self._known.clear()
        self.update()

    def _is_known(self, wanted: _Wanted) -> bool:
        known = self._found(wanted)
        return known is not None and known[0] == wanted

    def _found(self, wanted: _Wanted) -> tuple[_Wanted, Preview] | None:
        return self._known.get(wanted.stimulus.id)

    def _compute_now(self, wanted: _Wanted) -> bool:
        """Compute what needs no file and little time; whether that was so."""
        target = wanted.stimulus.target
        if not isinstance(target, Site) or not _is_quick(wanted.stimulus):
            return False
        conditions = wanted.conditions
        key = (target.cell, conditions.celsius, conditions.v_init)
        cell = self._properties.get(key, CellProperties(target.cell.node_id))
        try:
            preview = _computed(wanted, cell)
        except MissingPropertyError:
            if self._session.circuit is not None:
                return False  # files may tell
            preview = Preview(wanted.stimulus, problem="The circuit is not open, so its cells are not known.")
        self._known[wanted.stimulus.id] = (wanted, preview)
        return True

    def _begin(self, slow: list[_Wanted], circuit: "Circuit") -> None:
        experiment = self._session.document.experiment
        assert experiment is not None, "who wants previews has an experiment"
        self._task = in_background(
            lambda task: [_from_files(each, experiment, circuit, task) for each in slow],
            lambda found: self._on_computed(slow, found),
            self._session.notices.post_error,
        )

    def _on_computed(
        self, slow: list[_Wanted], found: list[tuple[Preview, CellReference, CellProperties | None]]
    ) -> None:
        for wanted, (preview, cell, properties) in zip(slow, found, strict=True):
            self._known[wanted.stimulus.id] = (wanted, preview)
            if properties is not None and not preview.problem:
                key = (cell, wanted.conditions.celsius, wanted.conditions.v_init)
                self._properties[key] = properties
        self._publish(_wanted(self._session.document.experiment))

    def _publish(self, wanted: list[_Wanted]) -> None:
        self.previews = tuple(found[1] for each in wanted if (found := self._found(each)))
        self.changed.emit()


def _wanted(experiment: Experiment | None) -> list[_Wanted]:
    if experiment is None:
        return []
    streams = stream_numbers(experiment.stimuli)
    return [
        _Wanted(stimulus, stream, experiment.conditions, experiment.cells)
        for stimulus, stream in zip(experiment.stimuli, streams, strict=True)
        if stimulus.enabled
    ]


def _is_quick(stimulus: Stimulus) -> bool:
    if isinstance(stimulus, PlacedSynapse):
        return stimulus.events <= _QUICK_RANDOM
    interval = getattr(stimulus, "sample_interval", 0.5)
    if stimulus.family is not None:
        return stimulus.duration / interval <= _QUICK_RANDOM
    if stimulus.kind in {"sine", "sine_sweep"}:
        return stimulus.duration / interval <= _QUICK_SAMPLES
    if stimulus.kind == "pulse_train":
        return stimulus.duration / 1000 * stimulus.frequency * 5 <= _QUICK_SAMPLES
    return stimulus.kind != "waveform" or len(stimulus.times) <= _QUICK_SAMPLES


def _from_files(
    wanted: _Wanted, experiment: Experiment, circuit: "Circuit", task: Task
) -> tuple[Preview, CellReference, CellProperties | None]:
    """In the background: look the cell up, and its properties if they are needed."""
    from engine.experiment.properties import properties_of
    from gui.panels.scope.driven_cells import first_cell

    task.report(text="preview of stimuli")
    cell, properties = CellReference("unknown", 0), None
    try:
        cell, count = first_cell(wanted.stimulus.target, experiment, circuit)
        note = f"shown for {cell}, the first of {count:,} cells" if count > 1 else ""
        try:
            preview = _computed(wanted, CellProperties(cell.node_id), note)
        except MissingPropertyError:
            properties = properties_of(circuit, cell, wanted.conditions)
            preview = _computed(wanted, properties, note)
    except EngineError as error:
        hint = f" {error.hint}" if error.hint else ""
        preview = Preview(wanted.stimulus, problem=f"{error.what}{hint}")
    return preview, cell, properties


def _computed(wanted: _Wanted, cell: CellProperties, note: str = "") -> Preview:
    """MissingPropertyError goes to the caller, who may know where to look; other errors are told in words."""
    try:
        waveform = wanted.stimulus.waveform(cell, wanted.conditions, wanted.stream)
    except MissingPropertyError:
        raise
    except EngineError as error:
        return Preview(wanted.stimulus, problem=f"{error.what} {error.hint}".rstrip())
    return Preview(wanted.stimulus, waveform.time, waveform.amplitude, waveform.quantity, note)
