"""A session without workers, whose rig builds what it is told to."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.experiment.targets import CellReference
from engine.messages.events import Description
from engine.messages.watch import Watch
from gui.session.afferent import Afferent
from gui.session.document import Document
from gui.session.notices import Notices
from gui.session.playhead import Playhead
from gui.session.pointing import Pointing
from gui.session.run_list import RunList
from gui.session.selection import Selection
from gui.session.time_span import TimeSpan
from gui.session.trace_colours import TraceColours
from gui.session.trace_memory import TraceMemory
from tests.gui.cell.cells import Branch, described


class SmallRig(QObject):
    """Builds what it is told to."""

    described = Signal(object)
    state_changed = Signal(object)
    building = Signal(object, object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.state, self.reason = "ready", ""
        self.known: dict[CellReference, tuple[Description, Any]] = {}
        self.watched: Watch | None = None

    def watch(self, cell: CellReference | None, variable: str = "v") -> None:
        self.watched = None if cell is None else Watch(cell=cell, variable=variable)

    def description(self, cell: CellReference) -> Description | None:
        return self.known[cell][0] if cell in self.known else None

    def description_points(self, cell: CellReference) -> Any:
        return self.known[cell][1] if cell in self.known else None

    def build(self, cell: CellReference, *branches: Branch) -> None:
        self.known[cell] = described(branches, cell)
        self.described.emit(cell)

    def be(self, state: str, reason: str = "") -> None:
        self.state, self.reason = state, reason
        self.state_changed.emit(state)


class SmallSession(QObject):
    """What the panel needs of a session; no workers."""

    circuit_opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.document = Document(self)
        self.selection = Selection(self)
        self.notices = Notices(self)
        self.pointing = Pointing(self)
        self.playhead = Playhead(self)
        self.time_span = TimeSpan(self)
        self.runs = RunList(self)
        self.trace_memory = TraceMemory(None, self)
        self.trace_colours = TraceColours(self.runs, self.trace_memory, self)
        self.rig = SmallRig(self)
        self.circuit = None
        self.afferent = Afferent(self)  # type: ignore[arg-type]  # a session as far as it needs one
