"""What the user decides about recordings in the legend: shown or not, their names, their colours."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QColorDialog, QInputDialog, QWidget

from engine.experiment.base import changed as changed_model
from engine.experiment.edits import with_recording
from engine.experiment.experiment import Experiment
from engine.experiment.recordings import Recording
from gui.panels.scope.legend import Entry, Legend
from gui.panels.scope.lines import Appearance
from gui.plots import look
from gui.session.session import Session
from gui.settings import settings


class Naming(QObject):
    """Puts decisions into the appearance, the document or the list of runs."""

    changed = Signal()

    def __init__(self, session: Session, appearance: Appearance, legend: Legend, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._appearance, self._window = session, appearance, parent
        self._legend = legend
        legend.switched.connect(self.switch)
        legend.alone_wanted.connect(self.show_alone)
        legend.rename_wanted.connect(self._ask_name)
        legend.colour_wanted.connect(self._ask_colour)
        session.trace_colours.changed.connect(self.changed)
        session.document.experiment_changed.connect(self._on_experiment)
        self._on_experiment(None, session.document.experiment)

    def can_rename(self, head_id: str) -> bool:
        """Whether the document has this recording."""
        return self._recording(head_id) is not None

    def switch(self, entry: Entry, shown: bool) -> None:  # noqa: FBT001 - a slot
        """Show or hide a recording or a run."""
        if entry.is_ghost:
            settings().change(show_ghost=shown)
        elif not entry.head_id:
            for run in self._session.runs:
                if entry.key == f"run {run.id}":
                    self._session.runs.change(run, is_visible=shown)
        elif shown:
            self._hide(self._appearance.hidden - {entry.head_id})
        else:
            self._hide(self._appearance.hidden | {entry.head_id})
        self.changed.emit()

    def show_alone(self, entry: Entry) -> None:
        """Hide all other recordings."""
        all_of_them = {each.head_id for each in self._legend.entries} - {""}
        self._hide(self._appearance.hidden - {entry.head_id} | (all_of_them - {entry.head_id}))
        self.changed.emit()

    def rename(self, entry: Entry, label: str) -> None:
        """Change the name of the recording in the document."""
        recording, experiment = self._recording(entry.head_id), self._session.document.experiment
        if recording is not None and experiment is not None and label != recording.label:
            renamed = changed_model(recording, label=label)
            self._session.document.change(with_recording(experiment, renamed), "Rename recording")

    def recolour(self, entry: Entry, colour: str) -> None:
        """Give a recording a colour, "#rrggbb", in all runs to come; "" for its usual one."""
        self._session.trace_colours.choose(entry.head_id, colour)

    def _hide(self, recordings: set[str]) -> None:
        """Hide these and no others."""
        hidden = self._appearance.hidden
        others = hidden ^ recordings
        hidden ^= others
        self._session.trace_memory.keep(others)

    def _recording(self, head_id: str) -> Recording | None:
        experiment = self._session.document.experiment
        for recording in experiment.recordings if experiment is not None else ():
            if recording.id == head_id:
                return recording
        return None

    def _on_experiment(self, _old: object, new: Experiment | None) -> None:
        recordings = new.recordings if new is not None else ()
        self._appearance.labels = {each.id: each.label for each in recordings if each.label}

    def _ask_name(self, entry: Entry) -> None:
        label, is_meant = QInputDialog.getText(
            self._window, "Rename recording", "Name of the recording", text=entry.name
        )
        if is_meant and label.strip():
            self.rename(entry, label.strip())

    def _ask_colour(self, entry: Entry) -> None:
        chosen = QColorDialog.getColor(
            look.colour(entry.pen.color()), self._window, f"Colour of {entry.name}"
        )
        if chosen.isValid():
            self.recolour(entry, chosen.name())
