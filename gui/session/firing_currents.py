"""What makes a cell fire, where its circuit does not say: found by a worker that has nothing else to do."""

from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.experiment.conditions import Conditions
from engine.experiment.targets import CellReference
from engine.messages import events as e
from gui.background import Task, in_background
from gui.session.worker_client import WorkerClient

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit

_Question: TypeAlias = tuple[CellReference, float, float]  # with °C and mV, on which the answer depends


class FiringCurrents(QObject):
    """Asks for each cell once, in each condition. A request that was given up is made again when wanted."""

    found = Signal(object)  # CellReference: its properties say more now
    over = Signal()  # the worker has only that cell now

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client: WorkerClient | None = None
        self._circuit: Circuit | None = None
        self._settled: set[_Question] = set()
        self._looking_up: Task | None = None
        self._asked: tuple[str, _Question] | None = None

    def use(self, client: WorkerClient | None, circuit: "Circuit | None") -> None:
        """Ask this worker from now on, about cells of this circuit."""
        if self._looking_up is not None:
            self._looking_up.cancel()
            self._looking_up = None
        if self._asked is not None and self._client is not None:
            self._client.cancel(self._asked[0])
        self._asked = None
        self._client, self._circuit = client, circuit
        self._settled.clear()

    def want(self, cell: CellReference, conditions: Conditions) -> None:
        """Find out, unless it is known or was tried; nothing happens while something runs."""
        question = (cell, conditions.celsius, conditions.v_init)
        client, circuit = self._client, self._circuit
        is_idle = client is not None and not client.busy and self._asked is None
        if circuit is None or not is_idle or question in self._settled or conditions.mechanism_globals:
            return
        if self._looking_up is not None:
            self._looking_up.cancel()

        def take(is_missing: bool) -> None:  # noqa: FBT001 - a result
            self._looking_up = None
            if not is_missing:
                self._settled.add(question)
            elif self._client is not None and not self._client.busy:
                self._asked = self._client.find_firing_current(cell, conditions), question

        def failed(_error: EngineError) -> None:  # whoever builds the cell tells it
            self._looking_up = None
            self._settled.add(question)

        self._looking_up = in_background(lambda _task: _is_missing(circuit, cell, conditions), take, failed)

    def owns(self, request_id: str) -> bool:
        """Whether a request was made here and is not answered."""
        return self._asked is not None and self._asked[0] == request_id

    def take(self, event: e.FiringCurrent) -> None:
        """It is known now, also if nothing makes it fire."""
        if self._asked is None or not self.owns(event.request_id):
            return
        self._settled.add(self._asked[1])
        self._asked = None
        if event.current is not None:
            self.found.emit(event.cell)
        self.over.emit()

    def refused(self, event: e.Refused) -> None:
        """It had to give way, or cannot be found: a run of the cell would tell why."""
        assert self._asked is not None
        if not event.cancelled:
            self._settled.add(self._asked[1])
        self._asked = None
        if event.reason != "died":
            self.over.emit()


def _is_missing(circuit: "Circuit", cell: CellReference, conditions: Conditions) -> bool:
    """Whether nobody knows what makes the cell fire; EngineError if it has no soma, or cannot be read."""
    from engine.experiment.presets import require_soma
    from engine.experiment.properties import properties_of

    require_soma(circuit.cell(cell.population, cell.node_id))
    known = properties_of(circuit, cell, conditions)
    return known.threshold_current is None and known.firing_current is None
