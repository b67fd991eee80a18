"""What is selected: cells, a spot on one of them, an element of the experiment. Not part of the document."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.experiment.targets import CellReference, Site
from gui.background import Task, in_background

NodeIds = NDArray[np.int64]
_NONE: NodeIds = np.empty(0, dtype=np.int64)

CONDITIONS = "conditions"  # what `element` is when the conditions of the run are selected
FEW: Final = 8  # cells: so many are built and drawn together
MANY: Final = 100_000  # cells: to make an array of more takes longer than a hand should wait


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
        self._choosing: Task | None = None

    @property
    def is_choosing(self) -> bool:
        """Whether cells that `choose` was asked for are still to come."""
        return self._choosing is not None

    def cells_of(self, population: str) -> NodeIds:
        """Ids, ascending, of the selected cells if they are of this population; else none."""
        return self.node_ids if self.population == population else _NONE

    def holds(self, population: str, node_id: int) -> bool:
        """Whether a cell is selected. As quick with ten million as with ten."""
        ids = self.cells_of(population)
        place = int(np.searchsorted(ids, node_id))
        return place < ids.size and int(ids[place]) == node_id

    def few(self, most: int = FEW) -> tuple[CellReference, ...]:
        """The selected cells, the current one first; it alone if there are more than that."""
        if self.current is None:
            return ()
        ids = self.node_ids.tolist() if self.node_ids.size <= most else ()
        cells = (CellReference(self.population, node_id) for node_id in ids)
        return (self.current, *(cell for cell in cells if cell != self.current))

    def select_cells(self, population: str, node_ids: ArrayLike, current: int | None = None) -> None:
        """Select these and no others; `current` (None: the first) is the one that is shown in full."""
        self._select(population, _each_once(np.asarray(node_ids, dtype=np.int64)), current)

    def choose(
        self, population: str, ids_of: Callable[[], NodeIds], current: int | None = None, *, size: int
    ) -> None:
        """Select what `ids_of` gives: ids, ascending, each once.

        Where it has to look at many cells (`size`) it does so in a thread; whoever selects meanwhile wins.
        """
        self.stop_choosing()
        if size <= MANY:
            self._select(population, ids_of(), current)
            return

        def select(ids: NodeIds) -> None:
            self._select(population, ids, current)

        self._choosing = in_background(lambda _task: ids_of(), select, _raised)

    def stop_choosing(self) -> None:
        """Do not select what `choose` still works on."""
        if self._choosing is not None:
            self._choosing.cancel()
            self._choosing = None

    def toggle(self, population: str, node_id: int) -> None:
        """Add a cell to those that are selected, or take it out."""
        before, held = self.cells_of(population), self.holds(population, node_id)

        def ids_of() -> NodeIds:
            place = int(np.searchsorted(before, node_id))
            return np.delete(before, place) if held else np.insert(before, place, node_id)

        self.choose(population, ids_of, None if held else node_id, size=before.size)

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

    def _select(self, population: str, ids: NodeIds, current: int | None) -> None:
        self.stop_choosing()
        if current is None and ids.size:
            current = int(ids[0])
        chosen = CellReference(population, current) if ids.size and current is not None else None
        if population == self.population and chosen == self.current and _are_same(ids, self.node_ids):
            return
        self.population, self.node_ids, self.current = population, ids, chosen
        self.cells_changed.emit()
        if self.site is not None and self.site.cell != chosen:
            self.select_site(None)


def _each_once(ids: NodeIds) -> NodeIds:
    """Ascending. NumPy's `unique` would import masked arrays first, which takes 30 ms."""
    ascending = np.sort(ids.ravel())
    return ascending[np.append(True, ascending[1:] != ascending[:-1])] if ids.size else _NONE


def _are_same(one: NodeIds, other: NodeIds) -> bool:
    """Of many, only whether it is the same array: to be told twice costs less than to compare."""
    return one is other or (one.size == other.size <= MANY and np.array_equal(one, other))


def _raised(error: EngineError) -> None:
    raise error
