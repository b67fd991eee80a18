"""Which cell the space plot is of, and what was recorded of it."""

from PySide6.QtCore import QObject, Signal

from engine.experiment.experiment import ListedCells
from engine.experiment.targets import CellReference
from engine.messages.anatomy import Anatomy
from gui.session.frames import Frames
from gui.session.run import Run
from gui.session.session import Session
from gui.session.shown_cell import shown_cell

NO_CELL = "Choose a cell in the circuit: values along its branches are drawn here."
NO_RUN = "Run (F5) to see here the values along the cell."
WAITING = "Waiting for the first values…"
NO_FRAMES = "{run} has no recording of the whole of this cell. Run again to make one."
TAKES_NO_PART = "Cell {cell} takes no part in the experiment: stimulate it or add it, then run."
IS_POINT = "Cell {cell} is a point: there is no way along it."


class ShownValues(QObject):
    """The selected cell; the first one of the experiment while none is selected. Frames of the newest run."""

    anatomy_changed = Signal()  # another cell, or the same built anew
    advanced = Signal()  # there are more frames, or of another run

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.cell: CellReference | None = None
        self.anatomy: Anatomy | None = None
        self._building = ""
        rig, runs = session.rig, session.runs
        for signal in (
            *(session.selection.cells_changed, session.document.experiment_changed),
            *(rig.described, rig.state_changed),
        ):
            signal.connect(self._look)
        rig.building.connect(self._on_building)
        for signal in (runs.added, runs.advanced, runs.ended, runs.removed):
            signal.connect(self._on_run)
        self._look()

    @property
    def run(self) -> Run | None:
        """The newest."""
        return self._session.runs.latest

    @property
    def frames(self) -> Frames | None:
        """Of the newest run, if they are of this cell as it is built now, and there are any."""
        run = self.run
        frames = run.frames if run is not None else None
        if frames is None or not frames.count or self.anatomy is None:
            return None
        is_its = frames.cell == self.cell and frames.segments == self.anatomy.segments
        return frames if is_its else None

    @property
    def words(self) -> str:
        """What to say where nothing can be drawn, "" where something can."""
        rig = self._session.rig
        if self.cell is None:
            return NO_CELL
        if self.anatomy is None:
            return self._building or rig.reason or f"Cell {self.cell} has not been built yet."
        if not self.anatomy.segments:
            return IS_POINT.format(cell=self.cell)
        return "" if self.frames is not None else self._why_nothing()

    def _why_nothing(self) -> str:
        experiment, run = self._session.document.experiment, self.run
        cells = experiment.cells if experiment is not None else None
        if isinstance(cells, ListedCells) and self.cell not in cells.cells:
            return TAKES_NO_PART.format(cell=self.cell)
        if run is None:
            return NO_RUN
        return NO_FRAMES.format(run=run.title) if run.is_over else WAITING

    def _look(self, *_what: object) -> None:
        cell = shown_cell(self._session)
        description = self._session.rig.description(cell) if cell is not None else None
        known = self.anatomy.description if self.anatomy is not None else None
        if cell == self.cell and (description is known or description is None):
            return  # built anew, perhaps with the same segments: what is known is of use until then
        self.cell = cell
        self.anatomy = Anatomy(description) if description is not None else None
        self.anatomy_changed.emit()

    def _on_building(self, text: str, _done: int, _total: int) -> None:
        self._building = text
        if self.anatomy is None:
            self.advanced.emit()

    def _on_run(self, run: Run) -> None:
        if run is self.run or self.run is None:
            self.advanced.emit()
