"""What is selected: cells, a spot on one of them, an element of the experiment. Not part of the document."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, Signal

from engine.experiment.targets import CellReference, Site

NodeIds = NDArray[np.int64]
_NONE: NodeIds = np.empty(0, dtype=np.int64)

CONDITIONS = "conditions"  # what `element` is when the conditions of the run are selected


class Selection(QObject):
    """Tables, maps and trees show this, and change it; each compares with what it shows already.

    Cells are kept by id, so that sorting and filtering lose none of them. `element` is the id of a stimulus,
    recording, manipulation or replay of the experiment, `CONDITIONS`, or "" for none. `site` is a spot on the
    current cell that was chosen to be looked at.
    """

    cells_changed = Signal()
    element_changed = Signal(str)
    site_changed = Signal(object)  # Site, or None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.population = ""
        self.node_ids = _NONE  # ascending, each once
        self.current: CellReference | None = None
        self.element = ""
        self.site: Site | None = None

    def select_cells(self, population: str, node_ids: ArrayLike, current: int | None = None) -> None:
        """Select these and no others; `current` (None: the first) is the one that is shown in full."""
        ids = np.unique(np.asarray(node_ids, dtype=np.int64))
        if current is None and ids.size:
            current = int(ids[0])
        chosen = CellReference(population, current) if ids.size and current is not None else None
        if population == self.population and chosen == self.current and np.array_equal(ids, self.node_ids):
            return
        self.population, self.node_ids, self.current = population, ids, chosen
        self.cells_changed.emit()
        if self.site is not None and self.site.cell != chosen:
            self.select_site(None)

    def select_cell(self, cell: CellReference) -> None:
        """Select one cell."""
        self.select_cells(cell.population, [cell.node_id])

    def select_element(self, element: str) -> None:
        """Select an element of the experiment by its id."""
        if element != self.element:
            self.element = element
            self.element_changed.emit(element)

    def select_site(self, site: Site | None) -> None:
        """Select a spot on the current cell; None: no spot."""
        if site != self.site:
            self.site = site
            self.site_changed.emit(site)

    def clear(self) -> None:
        """Select nothing."""
        self.select_site(None)
        self.select_cells("", _NONE)
        self.select_element("")
