"""Cells of the circuit put into the experiment: one, those that are selected, or those of a node set."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.experiment import edits
from engine.experiment.targets import CellReference
from gui.background import Task
from gui.models.circuit_tree import VIRTUAL_WORD, Branch
from gui.models.node_view import Wish, find_rows
from gui.panels.circuit import filter_text
from gui.session.grouping import Grouping

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit
    from gui.session.session import Session

_MOST_LOOKED_AT: Final = 10_000  # cells: more are refused before anything is made of them


class Adding:
    """One cell is in at once; several are looked up in the background, and `follow` gets the task."""

    def __init__(self, session: "Session", follow: Callable[[Task], object]) -> None:
        self._session = session
        self._grouping = Grouping(session)
        self._follow = follow

    def selected(self, node_type: str) -> None:
        """Add the cells that are selected; `node_type` is that of their population."""
        selection = self._session.selection
        ids, population = selection.node_ids, selection.population
        if self._session.document.experiment is None or not ids.size:
            return
        if node_type == "virtual":
            self._session.notices.post(
                VIRTUAL_WORD, hint="Choose a cell of another population.", severity="warning"
            )
        elif ids.size == 1:
            self._add_one(CellReference(population, int(ids[0])))
        elif not self._refuses(ids.size):
            self._add_group(lambda _task, _circuit: _references(population, ids))

    def of_branch(self, branch: Branch) -> None:
        """Add the cells that an entry of the tree stands for: a population, a node set, cells of one type."""
        experiment = self._session.document.experiment
        extra = {} if experiment is None else dict(experiment.node_sets)

        def read(task: Task, circuit: "Circuit") -> list[CellReference]:
            nodes = circuit.node_populations[branch.population]
            text = filter_text.of_values(branch.name, [branch.value]) if branch.kind == "value" else ""
            wish = Wish(text, branch.name if branch.kind == "set" else "")
            rows = find_rows(task, circuit, nodes, wish, extra).rows
            ids = np.arange(nodes.size) if rows is None else np.sort(rows.astype(np.int64))
            if ids.size > _MOST_LOOKED_AT:
                raise _too_many(ids.size)
            return _references(nodes.name, ids)

        self._add_group(read)

    def _add_one(self, cell: CellReference) -> None:
        experiment = self._session.document.experiment
        assert experiment is not None
        try:
            added = edits.with_cell(experiment, cell)
        except EngineError as error:
            self._session.notices.post_error(error)
            return
        self._session.document.change(added, "Add cell")

    def _add_group(self, cells_of: "Callable[[Task, Circuit], list[CellReference]]") -> None:
        task = self._grouping.add(cells_of)
        if task is not None:
            self._follow(task)

    def _refuses(self, count: int) -> bool:
        if count <= _MOST_LOOKED_AT:
            return False
        self._session.notices.post_error(_too_many(count))
        return True


def _references(population: str, ids: NDArray[np.int64]) -> list[CellReference]:
    return [CellReference(population, node_id) for node_id in ids.tolist()]


def _too_many(count: int) -> EngineError:
    from engine.experiment.groups import MOST_CELLS

    return EngineError(
        f"These are {count:,} cells; an experiment is built with at most {MOST_CELLS} together.",
        hint="Select fewer cells.",
    )
