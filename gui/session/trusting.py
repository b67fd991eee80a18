"""Whether the code of a circuit may run: asked of its files, in a thread, and of the user."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from gui.background import Task, in_background

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit


@dataclass(frozen=True, slots=True)
class TrustQuestion:
    """What would be executed, so that the user can say whether it may be. `changed`: it was another once."""

    folder: Path
    hoc_files: tuple[Path, ...]
    mod_files: tuple[Path, ...]
    changed: bool


class Clearance(QObject):
    """Finds out whether cells of a circuit may be built, and remembers it when the user says so."""

    given = Signal()  # the code of the circuit may run
    asked = Signal()  # `question` is for the user
    refused = Signal(object)  # EngineError: it cannot be found out, or not be remembered

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.question: TrustQuestion | None = None
        self._circuit: Circuit | None = None
        self._task: Task | None = None

    @property
    def is_pending(self) -> bool:
        """Whether files are being read."""
        return self._task is not None

    def look(self, circuit: "Circuit | None") -> None:
        """Find out about a circuit, in the place of the one before."""
        self.give_up()
        self._circuit, self.question = circuit, None
        if circuit is not None:
            self._begin(lambda _task: question_about(circuit), self._on_looked)

    def trust(self) -> None:
        """The user trusts the code."""
        circuit = self._circuit
        if circuit is not None and self.question is not None:
            self.give_up()
            self._begin(lambda _task: _trust(circuit), self._on_trusted)

    def give_up(self) -> None:
        """Nobody wants to know any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _begin(self, work: Callable[[Task], Any], done: Callable[[Any], object]) -> None:
        self._task = in_background(work, done, self._on_refused)

    def _on_looked(self, question: TrustQuestion | None) -> None:
        self._task, self.question = None, question
        (self.given if question is None else self.asked).emit()

    def _on_trusted(self, _result: object) -> None:
        self._task = self.question = None
        self.given.emit()

    def _on_refused(self, error: EngineError) -> None:
        self._task = None
        self.refused.emit(error)


def question_about(circuit: "Circuit") -> TrustQuestion | None:
    """What to ask before cells of this circuit are built; None: nothing, its code may run."""
    from engine.circuit.trust import code_files, has_changed, is_trusted

    if is_trusted(circuit):
        return None
    files = code_files(circuit)
    hoc = tuple(path for path in files if path.suffix.lower() == ".hoc")
    others = tuple(path for path in files if path.suffix.lower() != ".hoc")
    return TrustQuestion(circuit.config_path.resolve().parent, hoc, others, has_changed(circuit))


def _trust(circuit: "Circuit") -> None:
    from engine.circuit.trust import trust

    trust(circuit)
