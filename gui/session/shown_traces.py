"""Which recordings of which runs the user sees at present, for whoever measures them."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine.messages.events import TraceHead
from gui.session.run import Run


@dataclass(frozen=True, slots=True)
class ShownTrace:
    """One line of the scope. `name`: what the scope calls it; `colour`: "#rrggbb" of its line."""

    run: Run
    column: int
    name: str
    colour: str

    @property
    def head(self) -> TraceHead:
        """What was recorded, where."""
        return self.run.heads[self.column]

    @property
    def is_voltage(self) -> bool:
        """Whether its numbers are in mV."""
        return self.head.unit == "mV"


class ShownTraces(QObject):
    """The scope tells it; the newest run is last."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.traces: tuple[ShownTrace, ...] = ()

    @property
    def voltages(self) -> tuple[ShownTrace, ...]:
        """Those in mV."""
        return tuple(each for each in self.traces if each.is_voltage)

    def show(self, traces: Sequence[ShownTrace]) -> None:
        """These are drawn now."""
        if tuple(traces) != self.traces:
            self.traces = tuple(traces)
            self.changed.emit()
