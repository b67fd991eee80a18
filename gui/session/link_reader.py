"""Who is connected with whom in the experiment: read in the background, while somebody looks."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.experiment.experiment import Experiment
from gui.background import Task, in_background
from gui.session.members import Members

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit
    from engine.circuit.links import Links


class LinkReader(QObject):
    """`links` are None until they are read; () where the experiment builds no connections."""

    changed = Signal()
    progressed = Signal(object, object, object)  # done, total, text
    failed = Signal(object)  # EngineError

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.links: tuple[Links, ...] | None = None
        self._shown: object = None
        self._task: Task | None = None

    @property
    def is_reading(self) -> bool:
        """Whether links are still to come."""
        return self._task is not None

    def show(self, circuit: "Circuit | None", members: Members, experiment: Experiment | None) -> None:
        """Have the links among these cells soon; nothing is read if they are there."""
        connections = experiment.connections if experiment is not None else None
        populations = connections.edge_populations if connections is not None else None
        is_on = connections is not None and connections.enabled
        wanted = (circuit, frozenset(members.cells), populations, is_on)
        if wanted == self._shown:
            return
        self.cancel()
        self._shown = wanted
        if circuit is None or not is_on or not members.cells:
            self._take(())
            return
        self.links = None
        self.changed.emit()
        cells = members.by_population()

        def work(task: Task) -> "tuple[Links, ...]":
            from engine.circuit.links import links_between

            return links_between(
                circuit,
                cells,
                populations,
                lambda done, total: task.report(done, total, "Reading connections…"),
            )

        self._task = in_background(work, self._take, self._on_failed)
        self._task.progressed.connect(self.progressed)

    def cancel(self) -> None:
        """Read no further; the next `show` begins anew."""
        self._shown = None
        if self._task is not None:
            self._task.cancel()
            self._task.progressed.disconnect(self.progressed)
            self._task = None

    def _take(self, links: "tuple[Links, ...]") -> None:
        self._task = None
        self.links = links
        self.changed.emit()

    def _on_failed(self, error: EngineError) -> None:
        self._take(())
        self.failed.emit(error)
