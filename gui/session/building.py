"""Cells are built before anybody presses Run, and what they consist of is remembered."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from engine.experiment.conditions import Conditions
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.targets import CellReference
from engine.messages import events as e
from gui.background import Task, in_background
from gui.session.firing_currents import FiringCurrents
from gui.session.worker_client import WorkerClient

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit

Points = NDArray[np.float64]

_WAIT_MS: Final = 150  # who walks through a table does not want each cell on the way
_TICK_MS: Final = 100
_MOST_CELLS: Final = 50  # of an experiment that are built in advance; a run builds the others
_MOST_DESCRIBED: Final = 12  # of them: of many, nobody looks at each


class CellBuilder(QObject):
    """Has cells built and described that are selected, or in the experiment; the newest wish wins."""

    building = Signal(object, object, object)  # text, done, total; "" when over
    described = Signal(object)  # CellReference
    failed = Signal(object)  # Refused

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client: WorkerClient | None = None
        self._circuit: Circuit | None = None
        self._wanted: tuple[CellReference, ...] = ()
        self._looked_at: tuple[CellReference, ...] = ()  # of them, those that are to be described
        self._prepared: set[CellReference] = set()  # or asked for
        self._current: CellReference | None = None  # of them, the one that is selected
        self._conditions = Conditions()
        self._known: dict[CellReference, tuple[e.Description, Points]] = {}
        self._refused: set[CellReference] = set()
        self._asked: dict[str, CellReference | None] = {}  # None: cells are prepared
        self._naming: Task | None = None
        self._what = ""
        self._began = 0.0
        self._done = self._total = 0
        self.firing = FiringCurrents(self)
        self.firing.over.connect(self._on_firing_over)
        self._debounce = QTimer(self)
        self._debounce.setSingleShot(True)
        self._debounce.setInterval(_WAIT_MS)
        self._debounce.timeout.connect(self._ask)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._tell)

    def use(self, client: WorkerClient | None, circuit: "Circuit | None") -> None:
        """Build with this worker from now on: what was known was of another."""
        self._give_up()
        self._client, self._circuit = client, circuit
        self.firing.use(client, circuit)
        self.forget()

    def forget(self) -> None:
        """Nothing is known any more; what is wanted is built again."""
        self._know_nothing()
        self._debounce.start()

    def want(self, selected: Sequence[CellReference], experiment: Experiment | None) -> None:
        """Have these at hand soon: the selected cells, the current one first, and those of the experiment."""
        conditions = experiment.conditions if experiment is not None else self._conditions
        if _builds_alike(conditions) != _builds_alike(self._conditions):
            self._know_nothing()
        self._conditions, self._current = conditions, next(iter(selected), None)
        listed = _listed(experiment)
        wanted = tuple(dict.fromkeys([*selected[:1], *listed, *selected[1:]]))
        self._looked_at = tuple(dict.fromkeys([*selected[:1], *listed[:_MOST_DESCRIBED], *selected[1:]]))
        if wanted != self._wanted or any(self._is_missing(cell) for cell in self._looked_at):
            self._wanted = wanted
            self._debounce.start()
        elif not self._asked:
            self._want_firing()

    def description(self, cell: CellReference) -> e.Description | None:
        """What a built cell consists of."""
        known = self._known.get(cell)
        return known[0] if known else None

    def is_refused(self, cell: CellReference) -> bool:
        """Whether a cell cannot be built, so that there will be no description."""
        return cell in self._refused

    def points(self, cell: CellReference) -> Points | None:
        """Points × (x, y, z, diameter) in µm, as the sections of the description count them."""
        known = self._known.get(cell)
        return known[1] if known else None

    def owns(self, request_id: str) -> bool:
        """Whether a request is one of those that were made here and are not answered."""
        return request_id in self._asked or self.firing.owns(request_id)

    def progressed(self, event: e.Progress) -> None:
        """How far a request of ours is."""
        if self.firing.owns(event.request_id):
            return  # nobody waits for it
        self._done, self._total = event.done, event.total
        self._tell()

    def prepared(self, event: e.Prepared) -> None:
        """Cells are there."""
        self._answered(event.request_id)

    def take(self, event: e.Description, points: Points) -> None:
        """Remember what a cell consists of, whoever asked for it."""
        self._known[event.cell] = event, points
        self._answered(event.request_id)
        self.described.emit(event.cell)

    def refused(self, event: e.Refused) -> None:
        """A request of ours cannot be done."""
        if self.firing.owns(event.request_id):
            self.firing.refused(event)
            return
        cell = self._asked.get(event.request_id)
        is_first = cell is not None and cell == next(filter(None, self._asked.values()))
        self._answered(event.request_id)
        if event.cancelled or cell is None:  # what cannot be prepared is told when it is described
            return
        if is_first or event.reason != "died":  # the others did not kill the worker
            self._refused.add(cell)
        if event.reason != "died":  # its death is told by itself
            self.failed.emit(event)

    def _know_nothing(self) -> None:
        self._known.clear()
        self._refused.clear()
        self._prepared.clear()

    def _is_missing(self, cell: CellReference) -> bool:
        return cell not in self._known and cell not in self._refused

    def _ask(self) -> None:
        if self._client is None:
            return
        missing = [cell for cell in self._looked_at if self._is_missing(cell)]
        others = [cell for cell in self._wanted if cell not in self._looked_at and cell not in self._prepared]
        pending = set(self._asked.values())
        if not others and (not missing or (pending and pending.issuperset(missing))):
            return
        self._give_up()
        self._asked[self._client.prepare(self._wanted, self._conditions)] = None
        self._prepared.update(self._wanted)
        for cell in missing:
            self._asked[self._client.describe(cell, self._conditions)] = cell
        self._begin([*missing, *others])

    def _begin(self, missing: list[CellReference]) -> None:
        self._began = time.perf_counter()
        self._done, self._total = 0, len(missing)
        self._what = str(missing[0]) if len(missing) == 1 else f"{len(missing)} cells"
        self._tick.start()
        if len(missing) == 1 and self._circuit is not None:
            circuit, cell = self._circuit, missing[0]
            self._naming = in_background(
                lambda _task: _kind(circuit, cell), self._on_named, lambda _error: None
            )

    def _on_named(self, name: str) -> None:
        self._what = name or self._what

    def _tell(self) -> None:
        if self._asked:
            seconds = time.perf_counter() - self._began
            self.building.emit(f"Building {self._what}… {seconds:.1f} s", self._done, self._total)

    def _answered(self, request_id: str) -> None:
        if request_id not in self._asked:
            return
        del self._asked[request_id]
        if not self._asked:
            self._rest()
            self._want_firing()

    def _want_firing(self) -> None:
        """The cells are there, and the worker has nothing to do."""
        if self._current is not None and self._current in self._known:
            self.firing.want(self._current, self._conditions)

    def _on_firing_over(self) -> None:
        if len(self._wanted) > 1 and not self._asked and self._client is not None and not self._client.busy:
            self._asked[self._client.prepare(self._wanted, self._conditions)] = None  # the others had to go

    def _rest(self) -> None:
        self._tick.stop()
        if self._naming is not None:
            self._naming.cancel()
            self._naming = None
        self.building.emit("", 0, 0)

    def _give_up(self) -> None:
        asked, self._asked = self._asked, {}
        if not asked:
            return
        self._prepared.clear()
        if self._client is not None:
            for request_id in asked:
                self._client.cancel(request_id)
        self._rest()


def _builds_alike(conditions: Conditions) -> object:
    """What of the conditions goes into a cell when it is built."""
    return conditions.segment_length, conditions.seed_convention, conditions.mechanism_globals


def _listed(experiment: Experiment | None) -> Sequence[CellReference]:
    if experiment is None or not isinstance(experiment.cells, ListedCells):
        return ()
    return experiment.cells.cells[:_MOST_CELLS]


def _kind(circuit: "Circuit", cell: CellReference) -> str:
    """What a person calls this kind of cell: its template, or its type."""
    description = circuit.cell(cell.population, cell.node_id)
    return description.model_template.rpartition(":")[2] or description.model_type
