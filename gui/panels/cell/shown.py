"""Which cell is shown, and its shape: worked out in the background when the cell has been built."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError, UnknownNameError
from engine.experiment.targets import CellReference, Site
from engine.messages.events import Description
from gui.background import Task, in_background
from gui.plots.cell.shapes import Shape, shape_of
from gui.session.shown_cell import shown_cell

if TYPE_CHECKING:
    from gui.session.session import Session


class ShownCell(QObject):
    """The selected cell; the first one of the experiment while none is selected."""

    changed = Signal()  # `shape` or `words` are others

    def __init__(self, session: "Session", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.cell: CellReference | None = None
        self.shape: Shape | None = None
        self.words = ""  # what to say where there is no shape to draw
        self._description: Description | None = None  # that the shape is of, or will be
        self._making: Task | None = None
        self._building = ""
        rig = session.rig
        for signal in (
            *(session.selection.cells_changed, session.document.experiment_changed),
            *(rig.described, rig.state_changed),
        ):
            signal.connect(self._look)
        rig.building.connect(self._on_building)
        self._look()

    def segment_at(self, site: Site) -> int | None:
        """The segment of the drawn cell at a spot; None if it has no such spot."""
        if self.shape is None or site.cell != self.cell:
            return None
        try:
            return self.shape.anatomy.segment_at(site.section, site.x)
        except UnknownNameError:
            return None

    def _look(self, *_what: object) -> None:
        cell = shown_cell(self._session)
        description = self._session.rig.description(cell) if cell is not None else None
        if cell != self.cell or description is not self._description:
            self.cell, self._description = cell, description
            if self._making is not None:
                self._making.cancel()
                self._making = None
            self.shape = None
            if cell is not None and description is not None:
                self._make(cell, description)
        self._say()

    def _make(self, cell: CellReference, description: Description) -> None:
        points = self._session.rig.description_points(cell)
        assert points is not None, "a cell has a description and no points"
        self._making = in_background(
            lambda _task: shape_of(description, points), self._on_made, self._on_failed
        )

    def _on_made(self, shape: Shape) -> None:
        self._making, self.shape = None, shape
        self._say()

    def _on_failed(self, error: EngineError) -> None:
        self._making = None
        self._session.notices.post_error(error)
        self._say()

    def _on_building(self, text: str, _done: int, _total: int) -> None:
        self._building = text
        if self.shape is None:
            self._say()

    def _say(self) -> None:
        self.words = self._in_words()
        self.changed.emit()

    def _in_words(self) -> str:
        rig = self._session.rig
        if self.shape is not None:
            has_segments = bool(self.shape.anatomy.segments)
            return "" if has_segments else f"Cell {self.cell} is a point: it has no branches to draw."
        if self.cell is None:
            return "Choose a cell in the circuit: it is drawn here."
        if rig.state == "untrusted":
            return f"Cell {self.cell} can be drawn when the code of its circuit may run: Run asks for that."
        if rig.state == "unavailable":
            return rig.reason
        if self._building or self._making is not None:
            return self._building or f"Drawing {self.cell}…"
        return f"Cell {self.cell} has not been built. The log says what kept the simulator from it."
