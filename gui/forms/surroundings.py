"""What forms ask about the world around a model: which cells, sets and stimuli there are to choose from."""

from typing import Final

from PySide6.QtCore import QObject, Signal

from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.targets import CellReference
from engine.messages.events import Description
from gui.session.session import Session
from gui.session.shown_cell import shown_cell

_MOST_LISTED: Final = 2000  # a longer list is typed, not picked


class Surroundings(QObject):
    """Reads the session; says when a list of choices may be another."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        session.document.experiment_changed.connect(self._on_experiment_changed)
        session.circuit_opened.connect(self._on_changed)
        session.rig.described.connect(self._on_changed)

    def cells(self) -> tuple[CellReference, ...]:
        """The cells that take part, as far as they are listed one by one."""
        experiment = self._session.document.experiment
        if experiment is None or not isinstance(experiment.cells, ListedCells):
            current = self._session.selection.current
            return (current,) if current is not None else ()
        return experiment.cells.cells[:_MOST_LISTED]

    def node_sets(self) -> tuple[str, ...]:
        """Names of the experiment's node sets, and of the circuit's."""
        experiment, circuit = self._session.document.experiment, self._session.circuit
        own = tuple(experiment.node_sets) if experiment is not None else ()
        return tuple(dict.fromkeys((*own, *(circuit.node_sets.names if circuit is not None else ()))))

    def populations(self) -> tuple[str, ...]:
        """Names of the circuit's node populations, virtual ones first: they only send spikes."""
        circuit = self._session.circuit
        return () if circuit is None else circuit.sending_populations

    def edge_populations(self) -> tuple[str, ...]:
        """Names of the circuit's populations of edges."""
        circuit = self._session.circuit
        return () if circuit is None else tuple(circuit.edge_populations)

    def compartment_sets(self) -> tuple[str, ...]:
        """Names of the experiment's compartment sets, and of the circuit's."""
        experiment, circuit = self._session.document.experiment, self._session.circuit
        own = tuple(experiment.compartment_sets) if experiment is not None else ()
        return tuple(dict.fromkeys((*own, *(circuit.compartment_sets if circuit is not None else ()))))

    def stimuli(self) -> tuple[tuple[str, str], ...]:
        """Ids of the stimuli, and what each is called."""
        experiment = self._session.document.experiment
        stimuli = experiment.stimuli if experiment is not None else ()
        return tuple((each.id, each.name or f"{each.title} on {each.target}") for each in stimuli)

    def description(self, cell: CellReference) -> Description | None:
        """What a cell consists of; None while that is not known."""
        return self._session.rig.description(cell)

    def is_building(self, cell: CellReference) -> bool:
        """Whether the description of a cell is on its way."""
        may_build = self._session.rig.state not in ("empty", "unavailable", "untrusted")
        return may_build and self.description(cell) is None and cell in self.cells()

    def any_description(self) -> Description | None:
        """Of the first cell of the experiment that is built: for fields that mean many cells."""
        return next((found for cell in self.cells()[:50] if (found := self.description(cell))), None)

    def shown_description(self) -> Description | None:
        """Of the cell that views of one cell show."""
        cell = shown_cell(self._session)
        return None if cell is None else self.description(cell)

    def _on_experiment_changed(self, old: Experiment | None, new: Experiment | None) -> None:
        if old is None or new is None or self._lists(old) != self._lists(new):
            self.changed.emit()

    def _on_changed(self, _what: object) -> None:
        self.changed.emit()

    def _lists(self, experiment: Experiment) -> tuple[object, ...]:
        stimuli = tuple((each.id, each.name) for each in experiment.stimuli)
        return experiment.cells, experiment.node_sets, experiment.compartment_sets, stimuli
