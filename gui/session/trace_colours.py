"""The colour of each recording, wherever it is drawn: as a trace, or as an electrode on the cell."""

from PySide6.QtCore import QObject, Signal

from engine.experiment.experiment import Experiment
from engine.experiment.recordings import Report
from engine.messages.events import TraceHead
from gui import theme
from gui.session.run_list import RunList
from gui.session.trace_memory import TraceMemory


class TraceColours(QObject):
    """Traces are coloured in the order of what the newest run records; what the user chose goes before that.

    A choice is remembered for this user.
    """

    changed = Signal()

    def __init__(self, runs: RunList, memory: TraceMemory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs, self._memory = runs, memory
        self.chosen = memory.colours  # "#rrggbb" by the id of the recording

    def choose(self, recording: str, colour: str) -> None:
        """Give a recording a colour, "#rrggbb"; "" for its usual one."""
        self.chosen[recording] = colour
        self._memory.keep([recording])
        self.changed.emit()

    def colour(self, recording: str, experiment: Experiment) -> str:
        """The colour of a recording, also of one that no run knows yet; "" if it makes no trace."""
        if chosen := self.chosen.get(recording):
            return chosen
        newest = self._runs.latest
        heads: tuple[TraceHead, ...] = tuple(newest.heads) if newest is not None else ()
        place = next((number for number, head in enumerate(heads) if _is_of(head, recording)), None)
        if place is None:
            place = _expected_place(recording, experiment)
        return theme.trace_colour(place) if place is not None else ""


def _is_of(head: TraceHead, recording: str) -> bool:
    """A recording with several columns is that of its first."""
    return head.id in (recording, f"{recording}.0")


def _expected_place(recording: str, experiment: Experiment) -> int | None:
    traced = [each.id for each in experiment.recordings if each.enabled and not isinstance(each, Report)]
    return traced.index(recording) if recording in traced else None
