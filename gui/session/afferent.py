"""The synapses onto the shown cell: read in the background, filtered, sorted, selected, active or not."""

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.experiment.experiment import Experiment
from engine.experiment.targets import CellReference
from engine.messages.events import Description
from gui.background import Task, in_background
from gui.session.selection import Selection
from gui.session.shown_cell import shown_cell

if TYPE_CHECKING:
    from pathlib import Path

    from engine.circuit.afferent import AfferentSynapses
    from engine.circuit.circuit import Circuit
    from engine.experiment.overriding import OfTable
    from engine.experiment.release_streams import ReleaseStreams
    from gui.session.session import Session

Rows = NDArray[np.int64]
ColourBy = Literal["source", "kind", ""]

_NO_ROWS: Final[Rows] = np.empty(0, dtype=np.int64)


class Afferent(QObject):
    """Reads only while somebody looks (`watch`). A row is a place in `table`; `rows` are those of the filter.

    `selection` is of rows, under the name of the table. `words` say why there is no table, or what is wrong
    with the filter of the document.
    """

    changed = Signal()  # another table, or none; `words` are others
    rows_changed = Signal()  # other rows, or in another order; also after `changed`
    filter_failed = Signal(object)  # EngineError: the rows stay
    active_changed = Signal()
    coloured = Signal()

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self.is_watched = False
        self.cell: CellReference | None = None
        self.table: AfferentSynapses | None = None
        self.rows = _NO_ROWS
        self.active: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
        self.words = ""
        self.spike_files: tuple[Path, ...] = ()
        self.selection = Selection(self)
        self.colour_by: ColourBy = "source"
        self.filter = ""
        self._sort: tuple[str, bool] | None = None
        self._seen: tuple[CellReference | None, Description | None, Circuit | None] | None = None
        self._reading: Task | None = None
        self._finding: Task | None = None
        self._judging: Task | None = None
        self._judged: Experiment | None = None
        self.streams: ReleaseStreams | None = None  # of runs of the experiment
        self.overridden: OfTable | None = None  # what becomes of the rows in such runs
        for signal in (session.selection.cells_changed, session.rig.described):
            signal.connect(self._look)
        session.circuit_opened.connect(self._on_circuit)
        session.document.experiment_changed.connect(self._on_experiment)

    @property
    def selected(self) -> Rows:
        """The selected rows, ascending."""
        return self.selection.cells_of(self.table.name) if self.table is not None else _NO_ROWS

    def watch(self, *, is_watched: bool) -> None:
        """Somebody looks now, or nobody does."""
        if is_watched != self.is_watched:
            self.is_watched = is_watched
            self._look()
            self.coloured.emit()

    def keep(self, text: str) -> None:
        """Show the rows of another filter."""
        self.filter = text
        self._find()

    def sort(self, column: str, *, descending: bool) -> None:
        """Show them in another order; "": as in the files."""
        wanted = (column, descending) if column else None
        if wanted != self._sort:
            self._sort = wanted
            self._find()

    def colour(self, by: ColourBy) -> None:
        """What the colours of the dots on the cell mean; "": there are none."""
        if by != self.colour_by:
            self.colour_by = by
            self.coloured.emit()

    def _on_circuit(self, _circuit: object) -> None:
        self._forget()
        self.cell = None
        self._look()

    def _on_experiment(self, _old: Experiment | None, _new: Experiment | None) -> None:
        self._look()
        self._judge()

    def _look(self, *_what: object) -> None:
        """Read what is shown now, if it is another cell or more is known of it."""
        if not self.is_watched:
            return
        session = self._session
        cell, circuit = shown_cell(session), session.circuit
        description = session.rig.description(cell) if cell is not None else None
        seen = self._seen
        if seen is not None and seen[0] == cell and seen[1] is description and seen[2] is circuit:
            return
        if cell != self.cell:
            self._forget()
        self.cell, self._seen = cell, (cell, description, circuit)
        self._stop_reading()
        if cell is not None and circuit is not None:
            self._read(circuit, cell, description)
        self._say()

    def _read(self, circuit: "Circuit", cell: CellReference, description: Description | None) -> None:
        points = self._session.rig.description_points(cell)

        def work(_task: Task) -> "tuple[AfferentSynapses, tuple[Path, ...]]":
            from engine.circuit.afferent import AfferentSynapses
            from engine.circuit.spike_files import spike_files_beside
            from engine.messages.section_places import section_places

            places = None
            if description is not None and points is not None:
                places = section_places(description, points)
            table = AfferentSynapses(circuit, cell.population, cell.node_id, places)
            for name in table.columns:
                table.values(name)
            return table, spike_files_beside(circuit.config_path)

        self._reading = in_background(work, self._on_read, self._on_failed)

    def _on_read(self, found: "tuple[AfferentSynapses, tuple[Path, ...]]") -> None:
        old, (self.table, self.spike_files) = self.table, found
        self._reading = None
        if old is None or old.size != self.table.size:
            self.rows = np.arange(self.table.size)
            self.active = np.zeros(self.table.size, dtype=np.bool_)
        self._say()
        self._judged = None
        self._judge()
        if self.filter or self._sort:
            self._find()

    def _on_failed(self, error: EngineError) -> None:
        self._reading = None
        self.words = str(error)
        self.changed.emit()
        self.rows_changed.emit()

    def _find(self) -> None:
        """The rows of the filter in the wanted order; the newest wish wins."""
        if self._finding is not None:
            self._finding.cancel()
            self._finding = None
        table, text, order = self.table, self.filter, self._sort
        if table is None:
            return

        def work(_task: Task) -> Rows:
            rows = table.select(text) if text.strip() else np.arange(table.size)
            return rows if order is None else table.sort(order[0], rows, descending=order[1])

        self._finding = in_background(work, self._on_found, self._on_filter_failed)

    def _on_found(self, rows: Rows) -> None:
        self._finding = None
        self.rows = rows
        self.filter_failed.emit(None)
        self.rows_changed.emit()

    def _on_filter_failed(self, error: EngineError) -> None:
        self._finding = None
        self.filter_failed.emit(error)

    def _judge(self) -> None:
        """Which of them are active, as the document has it now."""
        experiment, table, cell = self._session.document.experiment, self.table, self.cell
        circuit = self._session.circuit
        if experiment is None or table is None or cell is None or circuit is None:
            return
        if self._judged is not None and _has_same_synapses(experiment, self._judged):
            return
        self._judged = experiment
        if self._judging is not None:
            self._judging.cancel()

        def work(_task: Task) -> "tuple[NDArray[np.bool_], ReleaseStreams, OfTable | EngineError]":
            from engine.experiment.activation import are_active
            from engine.experiment.overriding import of_table
            from engine.experiment.release_streams import streams_of

            active, streams = are_active(experiment.connections, cell, table), streams_of(experiment, circuit)
            try:
                return active, streams, of_table(experiment, circuit, table)
            except EngineError as error:  # an override that means nothing changes no tick
                return active, streams, error

        self._judging = in_background(work, self._on_judged, self._on_not_judged)

    def _on_judged(self, found: "tuple[NDArray[np.bool_], ReleaseStreams, OfTable | EngineError]") -> None:
        self._judging = None
        self.active, self.streams, overridden = found
        self.overridden = None if isinstance(overridden, EngineError) else overridden
        if isinstance(overridden, EngineError):
            self._session.notices.post_error(overridden)
        self.active_changed.emit()

    def _on_not_judged(self, error: EngineError) -> None:
        self._judging = None
        self._session.notices.post_error(error)

    def _forget(self) -> None:
        self._stop_reading()
        for task in (self._finding, self._judging):
            if task is not None:
                task.cancel()
        self._finding = self._judging = None
        self.table = self._seen = self._judged = self.streams = self.overridden = None
        self.rows, self.active = _NO_ROWS, np.empty(0, dtype=np.bool_)
        self.selection.clear()

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _say(self) -> None:
        if self.cell is None:
            self.words = "Choose a cell in the circuit: the synapses onto it are listed here."
        elif self.table is None:
            self.words = f"Reading the synapses onto {self.cell}…"
        elif not self.table.size:
            self.words = f"No edge of the circuit ends at {self.cell}: it has no synapses."
        else:
            self.words = ""
        self.changed.emit()
        self.rows_changed.emit()


def _has_same_synapses(one: Experiment, other: Experiment) -> bool:
    """Whether all that decides which synapses there are, and their random streams, is alike."""
    return (
        one.connections == other.connections
        and one.cells == other.cells
        and one.conditions == other.conditions
        and one.node_sets == other.node_sets
    )
