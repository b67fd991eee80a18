"""The cells of an experiment in an order, and in groups: read in the background, from the circuit's files."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.experiment.experiment import Experiment
from engine.experiment.targets import CellReference
from gui.background import Task, in_background

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit

POPULATION: Final = "population"
_NO_VALUE: Final = "(none)"


@dataclass(frozen=True, eq=False)
class Members:
    """The cells, in the order of their groups and of their ids; `groups` (cells,) counts `names`.

    `by` is what they are grouped or ordered by: `POPULATION`, or one of `choices`.
    """

    cells: tuple[CellReference, ...]
    groups: NDArray[np.intp]
    names: tuple[str, ...]
    by: str = POPULATION
    choices: tuple[str, ...] = (POPULATION,)

    @cached_property
    def places(self) -> dict[CellReference, int]:
        """Where each cell is."""
        return {cell: place for place, cell in enumerate(self.cells)}

    def spans(self) -> list[tuple[str, int, int]]:
        """The groups as stretches: name, first place, and the place behind the last."""
        edges = np.searchsorted(self.groups, np.arange(len(self.names) + 1))
        return [(name, int(edges[each]), int(edges[each + 1])) for each, name in enumerate(self.names)]

    def by_population(self) -> dict[str, list[int]]:
        """The node ids of each population."""
        found: dict[str, list[int]] = {}
        for cell in self.cells:
            found.setdefault(cell.population, []).append(cell.node_id)
        return found


NOBODY: Final = Members((), np.empty(0, dtype=np.intp), ())


class Membership(QObject):
    """Reads who takes part in an experiment. `by` "": as most people would group such cells."""

    changed = Signal()  # `members` are others
    failed = Signal(object)  # EngineError

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.members = NOBODY
        self.by = ""
        self._shown: object = None
        self._task: Task | None = None

    @property
    def is_reading(self) -> bool:
        """Whether other members are still to come."""
        return self._task is not None

    def show(self, circuit: "Circuit | None", experiment: Experiment | None) -> None:
        """Have the members of this experiment soon; nothing is read if they are those that are there."""
        wanted = (
            circuit,
            self.by,
            *((experiment.cells, experiment.node_sets) if experiment is not None else ()),
        )
        if wanted == self._shown:
            return
        self._shown = wanted
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if circuit is None or experiment is None:
            self._take(NOBODY)
            return
        by = self.by
        self._task = in_background(
            lambda _task: members_of(circuit, experiment, by), self._take, self._on_failed
        )

    def _take(self, members: Members) -> None:
        self._task = None
        self.members = members
        self.changed.emit()

    def _on_failed(self, error: EngineError) -> None:
        self._take(NOBODY)
        self.failed.emit(error)


def members_of(circuit: "Circuit", experiment: Experiment, by: str = "") -> Members:
    """Who takes part, grouped by population or by an attribute; EngineError if the files cannot be read.

    An attribute with numbers that are not whole orders the cells of each population, and makes no groups.
    """
    from engine.experiment.taking_part import taking_part

    cells = taking_part(experiment.cells, experiment, circuit)
    populations = list(dict.fromkeys(each.population for each in cells))
    choices = _choices(circuit, populations)
    if by not in choices:
        by = _usual(populations, choices)
    if by == POPULATION:
        keys: list[Any] = [each.population for each in cells]
    else:
        keys = _values(circuit, cells, by)
    if all(isinstance(key, float) for key in keys) and keys:
        numbers = np.array(keys)
        order = sorted(range(len(cells)), key=lambda place: (cells[place].population, numbers[place], place))
        ordered = tuple(cells[place] for place in order)
        return _grouped(ordered, [each.population for each in ordered], by, choices)
    order = sorted(range(len(cells)), key=lambda place: (_rank(keys[place]), place))
    return _grouped(
        tuple(cells[place] for place in order), [_name(keys[place]) for place in order], by, choices
    )


def _grouped(
    cells: tuple[CellReference, ...], keys: Sequence[str], by: str, choices: tuple[str, ...]
) -> Members:
    names = tuple(dict.fromkeys(keys))
    codes = {name: code for code, name in enumerate(names)}
    groups = np.array([codes[key] for key in keys], dtype=np.intp)
    return Members(cells, groups, names, by, choices)


def _choices(circuit: "Circuit", populations: Sequence[str]) -> tuple[str, ...]:
    """What the cells can be ordered by: columns that every population has come first in its own order."""
    found = dict.fromkeys(
        name for each in populations for name in circuit.node_populations[each].columns if "/" not in name
    )
    return (POPULATION, *(name for name in found if name not in ("node_id", "node_type_id")))


def _usual(populations: Sequence[str], choices: tuple[str, ...]) -> str:
    """By population where there are several; else by type."""
    if len(populations) > 1:
        return POPULATION
    types = ("mtype", "pop_name", "model_name", "ei", "synapse_class", "layer")
    return next((name for name in types if name in choices), POPULATION)


def _values(circuit: "Circuit", cells: Sequence[CellReference], column: str) -> list[Any]:
    """Of each cell; None where its population has no such column."""
    found: dict[CellReference, Any] = {}
    for population in dict.fromkeys(each.population for each in cells):
        nodes = circuit.node_populations[population]
        its = [each for each in cells if each.population == population]
        if column in nodes.columns:
            values = nodes.read_rows(column, [each.node_id for each in its]).tolist()
            found.update(zip(its, values, strict=True))
    return [found.get(each) for each in cells]


def _rank(key: Any) -> tuple[int, float, str]:
    """Numbers in their order, then texts in theirs, then what is missing."""
    if isinstance(key, int | float):
        return 0, float(key), ""
    return (1, 0.0, str(key)) if key else (2, 0.0, "")


def _name(key: Any) -> str:
    return _NO_VALUE if key is None or key == "" else str(key)
