"""All that the panels share: the document, its circuit, the selection, the rig and its runs."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.analysis.feature_process import FeatureProcess
from engine.errors import EngineError
from engine.experiment.conditions import Conditions
from gui.background import Task, after_all, in_background, wait_for_all
from gui.session import journal, reading
from gui.session.afferent import Afferent
from gui.session.document import Document
from gui.session.measuring import Measuring
from gui.session.notices import Notices
from gui.session.playhead import Playhead
from gui.session.pointing import Pointing
from gui.session.references import References
from gui.session.regions import Regions
from gui.session.rerunning import Rerunning
from gui.session.rig import Rig, RigState
from gui.session.run import Run
from gui.session.run_list import RunList
from gui.session.run_store import RunStore
from gui.session.selection import Selection
from gui.session.shown_traces import ShownTraces
from gui.session.time_span import TimeSpan
from gui.session.trace_colours import TraceColours
from gui.session.trace_memory import TraceMemory, usual_file
from gui.session.worker_pool import WorkerPool

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit


class Session(QObject):
    """One window's worth of work. Panels get this and nothing else; they read it and call its methods."""

    circuit_opened = Signal(object)  # Circuit, or None when it was closed
    opening = Signal(object)  # Path: a file is being read
    opened = Signal()  # what was being read is here, or was refused: `opening` is over

    def __init__(self, pool: WorkerPool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.circuit: Circuit | None = None
        self.document = Document(self)
        self.selection = Selection(self)
        self.pointing = Pointing(self)
        self.playhead = Playhead(self)
        self.time_span = TimeSpan(self)
        self.notices = Notices(self)
        self.runs = RunList(self)
        self.regions = Regions(self.runs, self)
        self.shown_traces = ShownTraces(self)
        self.features = FeatureProcess()
        self.trace_memory = TraceMemory(usual_file(), self)
        self.trace_memory.failed.connect(self.notices.post_error)
        self.trace_colours = TraceColours(self.runs, self.trace_memory, self)
        self.rig = Rig(self, pool)
        self.measuring = Measuring(self, pool)
        self.afferent = Afferent(self)
        self.rerunning = Rerunning(self)
        self.references = References(self)
        self._store = RunStore(self.document, self.runs, self.notices, self)
        self._journal = journal.Journal(self.document, self)
        self._journal.failed.connect(self.notices.post_error)
        self._reading: Task | None = None
        self.runs.added.connect(self._show_newest)
        self.document.replaced.connect(self._forget_regions)
        self.rig.state_changed.connect(self._on_rig)
        self._usual_conditions = Conditions()  # of new experiments with the circuit that is open

    def open_path(self, path: Path) -> None:
        """Open an experiment file, a circuit or simulation configuration, or a folder that holds one.

        It is read in the background; a sentence says what is wrong with one that cannot be. Until it is
        there, and if it cannot be, what is open stays. Who calls has asked about unsaved changes.
        """
        self._read(path, lambda task: reading.read(path, task.report))

    def open_example(self, file: Path) -> None:
        """Open a built-in experiment as a document without a file."""
        self.open_path(file)

    def new_experiment(self) -> None:
        """Begin an empty experiment with the circuit that is open."""
        if self.circuit is not None:
            self.selection.select_element("")
            self.rerunning.put(None)
            self.document.put(reading.new_experiment(self.circuit, self._usual_conditions))
            self._show_runs(())

    def close(self) -> None:
        """Let go of the document and its circuit."""
        self._give_up_reading()
        self.selection.clear()
        self.rerunning.put(None)
        self.document.put(None)
        self._show_runs(())
        self._show_circuit(None)

    def recover(self, recovery: journal.Recovery) -> None:
        """Open what a program that is gone could not save: it counts as modified."""
        self._read(recovery.path or recovery.file, lambda task: reading.read_recovery(recovery, task.report))

    def shutdown(self) -> None:
        """The end of the window: no process, thread or journal stays, and the runs are on the disk."""
        self.rig.shutdown()
        self.features.close()
        self._store.finish()
        self.trace_memory.finish()
        self.close()
        wait_for_all()

    def _read(self, path: Path, work: Callable[[Task], reading.Opened]) -> None:
        self._give_up_reading()
        self.opening.emit(path)
        self._reading = in_background(work, self._on_read, self._on_refused)

    def _give_up_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _on_read(self, found: reading.Opened) -> None:
        self._reading = None
        self.selection.clear()
        self._show_circuit(found.circuit)
        self._usual_conditions = found.usual_conditions
        recovered = found.recovered
        token = recovered.token if recovered is not None else ""
        self.document.put(found.experiment, found.path, modified=recovered is not None, token=token)
        if recovered is not None:
            journal.discard(recovered)
        self._show_runs(found.runs)
        self.rerunning.put(found.simulation)
        self.opened.emit()
        for notice in found.notices:
            self.notices.posted.emit(notice)
        self.rerunning.tell()

    def _on_refused(self, error: EngineError) -> None:
        self._reading = None
        self.opened.emit()
        self.notices.post_error(error)

    def _show_runs(self, runs: tuple[Run, ...]) -> None:
        self._store.know(runs)
        self.runs.put(runs)

    def _show_newest(self, _run: Run) -> None:
        """Of a run that begins, or of another document."""
        self.playhead.move(None)

    def _forget_regions(self) -> None:
        """Of another document's runs."""
        self.regions.remove()

    def _on_rig(self, state: RigState) -> None:
        if state == "starting":  # also of a run that goes on
            self.playhead.move(None)

    def _show_circuit(self, circuit: "Circuit | None") -> None:
        old, self.circuit = self.circuit, circuit
        self.circuit_opened.emit(circuit)
        if old is not None:
            after_all(old.close)
