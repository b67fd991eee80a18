"""Which cell the views of one cell show."""

from typing import TYPE_CHECKING

from engine.experiment.experiment import ListedCells
from engine.experiment.targets import CellReference

if TYPE_CHECKING:
    from gui.session.session import Session


def shown_cell(session: "Session") -> CellReference | None:
    """The selected one, or the only one of the experiment."""
    current, experiment = session.selection.current, session.document.experiment
    if current is not None or experiment is None:
        return current
    cells = experiment.cells
    return cells.cells[0] if isinstance(cells, ListedCells) and len(cells.cells) == 1 else None
