"""Edits that a run under way can follow: they are sent to it, and what it answers is said."""

from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Experiment
from engine.experiment.manipulations import BlockSodium
from engine.experiment.stimuli import PlacedSynapse, PulseTrain, Sine, SineSweep, Step, Stimulus, VoltageClamp
from engine.messages.live import (
    AnySetting,
    ClampVoltage,
    Manipulations,
    PlacedSynapseWeight,
    StimulusAmplitude,
    Temperature,
)
from gui.session.run import Run
from gui.session.session import Session

_SEND_EVERY_MS: Final = 100  # changes of cells, while a slider is dragged: each is a mark on the traces


class LiveEdits(QObject):
    """Listens to the document, so that undo changes the running simulation as well."""

    said = Signal(str)  # such as "applied at 123.4 ms"; "" when it is of the past

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._told = 0
        self._waiting: Manipulations | None = None
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(_SEND_EVERY_MS)
        self._pace.timeout.connect(self._send_waiting)
        session.document.experiment_changed.connect(self._on_experiment_changed)
        session.runs.advanced.connect(self._on_advanced)
        session.runs.added.connect(self._on_added)
        session.runs.ended.connect(self._on_ended)

    def _on_experiment_changed(self, old: Experiment | None, new: Experiment | None) -> None:
        run = self._session.rig.current
        if old is None or new is None or run is None or old.circuit is not new.circuit:
            return  # another document
        if self._session.rig.state in ("running", "paused"):
            for setting in live_settings(old, new, run.experiment):
                self._send(setting)

    def _send(self, setting: AnySetting) -> None:
        """Of changes of cells that follow fast, the last one: each says all of them."""
        if isinstance(setting, Manipulations) and self._pace.isActive():
            self._waiting = setting
            return
        self._session.rig.set(setting)
        if isinstance(setting, Manipulations):
            self._pace.start()

    def _send_waiting(self) -> None:
        setting, self._waiting = self._waiting, None
        if setting is not None:
            self._send(setting)

    def _on_added(self, run: Run) -> None:
        self._told, self._waiting = len(run.settings), None
        self.said.emit("")

    def _on_advanced(self, run: Run) -> None:
        if run is self._session.rig.current and len(run.settings) > self._told:
            self._told = len(run.settings)
            self.said.emit(f"Applied at {run.settings[-1].time:.1f} ms of the run.")

    def _on_ended(self, _run: Run) -> None:
        self.said.emit("")


def live_settings(old: Experiment, new: Experiment, running: Experiment) -> list[AnySetting]:
    """Return what a run has to be told so that it follows an edit, as far as it can."""
    settings: list[AnySetting] = []
    if old.stimuli is not new.stimuli:
        before = {each.id: each for each in old.stimuli}
        in_run = {each.id for each in running.stimuli if each.enabled}
        for stimulus in new.stimuli:
            was = before.get(stimulus.id)
            if was is not None and was is not stimulus and stimulus.id in in_run:
                settings += _of_stimulus(was, stimulus)
    return settings + _of_cells(old, new) + _of_conditions(old.conditions, new.conditions)


def _of_cells(old: Experiment, new: Experiment) -> list[AnySetting]:
    """All manipulations, so that the run has the values that the next one will begin with."""
    if old.manipulations is new.manipulations or _effects(old) == _effects(new):
        return []
    return [Manipulations(manipulations=new.manipulations)]


def _effects(experiment: Experiment) -> list[dict[str, Any]]:
    """What manipulations do to a run under way; TTX of the circuit has to be there from the start."""
    return [
        each.model_dump(exclude={"id", "name"})
        for each in experiment.manipulations
        if each.enabled and not isinstance(each, BlockSodium)
    ]


def _of_stimulus(old: Stimulus, new: Stimulus) -> list[AnySetting]:
    if type(old) is not type(new):
        return []
    if isinstance(new, Step | PulseTrain | Sine | SineSweep) and isinstance(old, type(new)):
        is_same = old.amplitude == new.amplitude
        return [] if is_same else [StimulusAmplitude(stimulus=new.id, amplitude=new.amplitude)]
    if isinstance(new, PlacedSynapse) and isinstance(old, PlacedSynapse):
        is_same = old.weight == new.weight
        return [] if is_same else [PlacedSynapseWeight(stimulus=new.id, weight=new.weight)]
    if not isinstance(new, VoltageClamp) or not isinstance(old, VoltageClamp) or new.levels:
        return []
    return [ClampVoltage(stimulus=new.id, voltage=new.voltage)] if old.voltage != new.voltage else []


def _of_conditions(old: Conditions, new: Conditions) -> list[AnySetting]:
    return [Temperature(celsius=new.celsius)] if old.celsius != new.celsius else []
