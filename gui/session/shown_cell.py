"""Which cell the views of one cell show."""

from typing import TYPE_CHECKING

from engine.experiment.experiment import ListedCells
from engine.experiment.targets import CellReference

if TYPE_CHECKING:
    from gui.session.session import Session


def shown_cell(session: "Session") -> CellReference | None:
    """The selected one; the first one of the experiment while none is selected."""
    experiment, current = session.document.experiment, session.selection.current
    if current is not None or experiment is None or not isinstance(experiment.cells, ListedCells):
        return current
    return next(iter(experiment.cells.cells), None)


def takes_part(session: "Session", cell: CellReference | None) -> bool:
    """Whether a cell is one of the experiment's; of a node set, it may be."""
    experiment = session.document.experiment
    if experiment is None or cell is None:
        return False
    return not isinstance(experiment.cells, ListedCells) or cell in experiment.cells.cells
