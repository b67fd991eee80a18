"""The other selected cells, where they stand beside the one that is shown."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.circuit.placement import seen_from
from engine.experiment.targets import CellReference
from engine.messages.events import Description
from gui.background import Task, in_background
from gui.plots.cell.shapes import Shape, shape_of
from gui.session.selection import FEW

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit
    from gui.session.building import Points
    from gui.session.session import Session

Built = tuple[Description, "Points"]


class Company(QObject):
    """Follows the selection; of many cells none has company. Cells come as they are built."""

    changed = Signal()  # who they are, or where they stand

    def __init__(self, session: "Session", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shapes: tuple[Shape, ...] = ()
        self._current: CellReference | None = None  # in whose frame they are
        self._wanted: object = None  # what they are of, or will be
        self._making: Task | None = None
        for signal in (session.selection.cells_changed, session.rig.described, session.circuit_opened):
            signal.connect(self._look)

    def of(self, cell: CellReference) -> tuple[Shape, ...]:
        """Those beside this cell, in its frame."""
        return self._shapes if self._current == cell else ()

    def _look(self, *_what: object) -> None:
        circuit, current = self._session.circuit, self._session.selection.current
        built = self._built() if circuit is not None and current is not None else {}
        wanted = current, tuple((cell, id(description)) for cell, (description, _) in built.items())
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if self._making is not None:
            self._making.cancel()
            self._making = None
        if built and circuit is not None and current is not None:
            self._making = in_background(
                lambda _task: _shapes(circuit, current, built),
                lambda shapes: self._take(current, shapes),
                self._session.notices.post_error,
            )
        else:
            self._take(current, ())

    def _built(self) -> dict[CellReference, Built]:
        rig, current = self._session.rig, self._session.selection.current
        found: dict[CellReference, Built] = {}
        for cell in self._session.selection.few(FEW):
            description, points = rig.description(cell), rig.description_points(cell)
            if cell != current and description is not None and points is not None:
                found[cell] = description, points
        return found

    def _take(self, current: CellReference | None, shapes: tuple[Shape, ...]) -> None:
        self._making = None
        is_other = bool(shapes or self._shapes)
        self._current, self._shapes = current, shapes
        if is_other:
            self.changed.emit()


def _shapes(
    circuit: "Circuit", current: CellReference, built: dict[CellReference, Built]
) -> tuple[Shape, ...]:
    """In the frame of the current cell."""
    here = circuit.cell(current.population, current.node_id)
    shapes = []
    for cell, (description, points) in built.items():
        there = circuit.cell(cell.population, cell.node_id)
        shapes.append(shape_of(description, seen_from(points, there, here)))
    return tuple(shape for shape in shapes if len(shape.pieces))
