"""What is known of the cells of an experiment: read from files, so in the background, and kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.experiment.conditions import Conditions
from engine.experiment.presets import require_soma
from engine.experiment.targets import CellReference
from engine.experiment.waveforms import CellProperties
from gui.background import Task, in_background

if TYPE_CHECKING:
    from engine.circuit.cells import CellDescription
    from engine.circuit.circuit import Circuit
    from gui.session.session import Session

_MOST_AT_ONCE = 60  # cells: each is read by itself; a list of hundreds tells the types of the first ones
_TYPE_ATTRIBUTES = ("mtype", "cell_type", "pop_name", "model_name", "etype")


@dataclass(frozen=True, slots=True)
class CellFacts:
    """One cell. `refusal`: why it takes no current, or why it cannot be read; None: it has a soma."""

    properties: CellProperties
    type_name: str = ""
    refusal: EngineError | None = None


class KnownCells(QObject):
    """Facts of cells, in the conditions of the present experiment. Forgets them with the circuit."""

    learnt = Signal()  # facts that somebody wanted are here

    def __init__(self, session: "Session") -> None:
        super().__init__()
        self._session = session
        self._facts: dict[tuple[CellReference, float, float], CellFacts] = {}
        self._under_way: set[CellReference] = set()
        self._tasks: set[Task] = set()
        session.circuit_opened.connect(self.forget)
        session.rig.learnt.connect(self._read_again)

    def facts(self, cell: CellReference) -> CellFacts | None:
        """What is known now; None: nothing yet."""
        return self._facts.get(self._key(cell))

    def want(self, cells: Iterable[CellReference]) -> None:
        """Read what is not known yet; `learnt` when it is."""
        missing = [each for each in cells if self.facts(each) is None and each not in self._under_way]
        if missing:
            self._read(missing[:_MOST_AT_ONCE], lambda _facts: None)

    def tell(self, cell: CellReference, use: Callable[[CellFacts], object]) -> Task | None:
        """Call `use` with the facts of a cell as its files have them now, soon; None: no circuit is open."""
        return self._read([cell], lambda facts: use(facts[cell]))

    def forget(self, *_circuit: object) -> None:
        """Read everything anew when it is wanted: another circuit, or a cell was measured."""
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()
        self._under_way.clear()
        self._facts.clear()

    def _read(
        self, cells: list[CellReference], use: Callable[[dict[CellReference, CellFacts]], object]
    ) -> Task | None:
        circuit, conditions = self._session.circuit, self._conditions()
        if circuit is None:
            return None

        def take(found: dict[CellReference, CellFacts]) -> None:
            self._facts |= {
                (cell, conditions.celsius, conditions.v_init): each for cell, each in found.items()
            }
            use(found)
            self.learnt.emit()

        task = in_background(
            lambda task: _facts_of(circuit, cells, conditions, task), take, self._session.notices.post_error
        )
        self._under_way |= set(cells)
        self._tasks.add(task)
        task.ended.connect(lambda: self._on_ended(task, cells))
        return task

    def _read_again(self, cell: CellReference) -> None:
        """There is more to know of a cell than there was."""
        self._facts = {key: facts for key, facts in self._facts.items() if key[0] != cell}
        self._read([cell], lambda _facts: None)

    def _on_ended(self, task: Task, cells: list[CellReference]) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
            self._under_way -= set(cells)

    def _key(self, cell: CellReference) -> tuple[CellReference, float, float]:
        conditions = self._conditions()
        return cell, conditions.celsius, conditions.v_init

    def _conditions(self) -> Conditions:
        experiment = self._session.document.experiment
        return experiment.conditions if experiment is not None else Conditions()


def _facts_of(
    circuit: "Circuit", cells: list[CellReference], conditions: Conditions, task: Task
) -> dict[CellReference, CellFacts]:
    found = {}
    for done, cell in enumerate(cells):
        task.report(done, len(cells), "reading cells…")
        found[cell] = _facts_of_one(circuit, cell, conditions)
    return found


def _facts_of_one(circuit: "Circuit", cell: CellReference, conditions: Conditions) -> CellFacts:
    from engine.experiment.properties import properties_of

    unknown = CellProperties(gid=cell.node_id)
    try:
        description = circuit.cell(cell.population, cell.node_id)
        type_name = _type_name(description)
    except EngineError as error:
        return CellFacts(unknown, refusal=error)
    try:
        require_soma(description)
        return CellFacts(properties_of(circuit, cell, conditions), type_name)
    except EngineError as error:
        return CellFacts(unknown, type_name, error)


def _type_name(description: "CellDescription") -> str:
    """What people call such a cell, or else its template."""
    for name in _TYPE_ATTRIBUTES:
        if text := str(description.attributes.get(name, "")):
            return text
    return description.model_template.rpartition(":")[2].removesuffix(".hoc") or description.model_type
