"""A protocol that is played on the chosen cell: its sweeps go over all cores."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import EngineError
from engine.experiment.targets import CellReference, Site
from engine.messages.outcomes import outcome_of
from engine.output.sweep_store import SweepStore
from gui.background import Task, in_background
from gui.session import family as families
from gui.session.forecasting import Forecast
from gui.session.interim import InterimResult
from gui.session.shown_cell import shown_cell
from gui.session.worker_pool import WorkerPool

if TYPE_CHECKING:
    from engine.messages.events import Description
    from engine.protocols.protocol import Protocol
    from engine.protocols.sweeps import Batch, Bench, Outcome, Play, Result
    from gui.session.session import Session

State = Literal["preparing", "running", "finished", "stopped", "failed"]


@dataclass(eq=False)
class Measurement:
    """One protocol on one cell, while it runs and afterwards. `outcomes`: its sweeps so far."""

    number: int
    protocol: "Protocol"
    site: Site
    state: State = "preparing"
    outcomes: "list[Outcome]" = field(default_factory=list)
    asked: int = 0  # sweeps so far
    result: "Result | None" = None
    problem: str = ""  # why there is no result
    interim: "Result | None" = None  # what is known before the end

    @property
    def found(self) -> "Result | None":
        """The result, or what is known of it so far."""
        return self.result or self.interim

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("finished", "stopped", "failed")


class Measuring(QObject):
    """One protocol at a time. Results stay until the document is another; sweeps of the last one only."""

    changed = Signal()  # what can be done, or how far it is
    began = Signal(object)  # Measurement
    swept = Signal(object, object)  # Measurement, Outcome
    grew = Signal(object)  # Measurement: more of its result is known
    ended = Signal(object)  # Measurement

    def __init__(self, session: "Session", pool: WorkerPool) -> None:
        super().__init__(session)
        self.measurements: list[Measurement] = []
        self._session, self._pool = session, pool
        self._bench: Bench | None = None
        self._play: Play | None = None
        self._family: families.Family | None = None
        self._thinking: Task | None = None
        self._batch: Batch = ()
        self._stopping = False
        self._store = SweepStore()
        self._prepare: Callable[[Description | None], Bench] | None = None  # while it waits for the cell
        self._interim = InterimResult(self)
        self.forecast = Forecast(session)
        self._interim.grew.connect(self._on_grew)
        session.document.replaced.connect(self._on_replaced)
        session.circuit_opened.connect(self._on_replaced)
        session.rig.state_changed.connect(self.changed)
        session.rig.described.connect(self._get_ready)
        session.rig.building.connect(self._on_building)

    @property
    def current(self) -> Measurement | None:
        """The newest."""
        return self.measurements[-1] if self.measurements else None

    @property
    def cell(self) -> CellReference | None:
        """The cell that would be measured."""
        return shown_cell(self._session)

    def is_measuring(self) -> bool:
        """Whether a protocol is under way."""
        return self.current is not None and not self.current.is_over

    def can_start(self) -> bool:
        """Whether there is a cell to measure, and nothing runs."""
        experiment = self._session.document.experiment
        is_free = self._session.rig.state == "ready" and not self.is_measuring()
        return is_free and experiment is not None and self.cell is not None and self._family is None

    def start(self, protocol: "Protocol") -> None:
        """Play it on the chosen cell, at its soma."""
        experiment, cell, circuit = self._session.document.experiment, self.cell, self._session.circuit
        if not self.can_start() or experiment is None or cell is None or circuit is None:
            return
        from engine.experiment.properties import properties_of
        from engine.messages.trees import tree_of
        from engine.protocols.sweeps import Bench

        site = Site(cell=cell)
        number = len(self.measurements) + 1
        measurement = Measurement(number, protocol, site)
        for older in self.measurements:
            older.outcomes.clear()
        self._store = SweepStore()
        self.measurements.append(measurement)
        self._stopping = False

        def prepare(description: "Description | None") -> "Bench":
            tree = None if description is None else tree_of(description)
            properties = properties_of(circuit, cell, experiment.conditions)
            return Bench(experiment, site, properties, tree)

        self._prepare = prepare
        self.began.emit(measurement)
        self._get_ready()
        self.changed.emit()

    def stop(self) -> None:
        """End it soon; what was computed is kept."""
        self._stopping = True
        if self._thinking is not None:
            self._thinking.cancel()
            self._thinking = None
            self._end("stopped")
        elif self._family is not None:
            self._family.stop()
        elif self._prepare is not None:
            self._end("stopped")

    def _get_ready(self, _described: CellReference | None = None) -> None:
        """Begin, as soon as what the protocol has to know of the cell is known."""
        prepare, measurement = self._prepare, self.current
        if prepare is None or measurement is None:
            return
        description = self._session.rig.description(measurement.site.cell)
        if measurement.protocol.needs_tree and description is None:
            if self._session.rig.is_refused(measurement.site.cell):
                self._fail(EngineError("The cell cannot be built, so its sections are not known."))
            return  # the cell is being built
        self._prepare = None
        needed = description if measurement.protocol.needs_tree else None
        self._thinking = in_background(lambda _task: prepare(needed), self._begin, self._fail)

    def _on_building(self, *_how: object) -> None:
        """Perhaps it has come to an end without a cell."""
        if self._prepare is not None:
            QTimer.singleShot(0, self, self._get_ready)

    def _begin(self, bench: "Bench") -> None:
        assert self.current is not None
        self.current.state = "running"
        self._interim.begin(self.current.protocol, bench)
        self.forecast.begin()
        self._bench, self._play = bench, self.current.protocol.play(bench)
        self._go_on(None)

    def _go_on(self, outcomes: "tuple[Outcome, ...] | None") -> None:
        """Give the protocol what it asked for, and run what it asks for next. It thinks in a thread."""
        play = self._play
        assert play is not None
        self._thinking = in_background(lambda _task: _next(play, outcomes), self._on_thought, self._fail)

    def _on_thought(self, thought: "Batch | Result") -> None:
        self._thinking = None
        measurement = self.current
        assert measurement is not None
        if not isinstance(thought, tuple):
            measurement.result = thought
            self._remember(measurement.protocol, thought)
            self._end("stopped" if self._stopping else "finished")
            return
        self._batch = thought
        measurement.asked += len(thought)
        self._run(thought)

    def _run(self, batch: "Batch") -> None:
        circuit = self._session.circuit
        if circuit is None or self._stopping:
            self._end("stopped")
            return
        self._interim.expect(batch)
        self.forecast.ask(sum(each.experiment.conditions.tstop for each in batch))
        path = circuit.config_path
        experiments = [each.experiment for each in batch]
        self._family = self._pool.family(path, experiments, path.parent, keeps=False)
        self._family.swept.connect(self._on_swept)
        self._family.finished.connect(self._on_finished)
        self.changed.emit()

    def _on_swept(self, sweep: families.Sweep) -> None:
        measurement = self.current
        assert measurement is not None
        if measurement.is_over:  # of a document that was replaced
            return
        outcome = self._store.kept(outcome_of(self._batch[sweep.index], sweep.data))
        measurement.outcomes.append(outcome)
        self._interim.take(outcome)
        self.forecast.take(outcome)
        self.swept.emit(measurement, outcome)
        self.changed.emit()

    def _remember(self, protocol: "Protocol", result: "Result") -> None:
        """Beside the result, which is there also where this cannot be kept."""
        bench, circuit = self._bench, self._session.circuit
        if bench is None or circuit is None:
            return

        def remember(_task: Task) -> bool:
            from engine.protocols.remembering import remember_result

            return remember_result(circuit, bench, protocol, result)

        def tell(is_kept: bool) -> None:  # noqa: FBT001 - a result
            if is_kept:
                self._session.rig.learnt.emit(bench.site.cell)

        in_background(remember, tell, self._session.notices.post_error)

    def _on_grew(self, result: "Result") -> None:
        measurement = self.current
        if measurement is not None and not measurement.is_over:
            measurement.interim = result
            self.grew.emit(measurement)

    def _on_finished(self, sweeps: "Iterable[families.Sweep]") -> None:
        self._family = None
        measurement = self.current
        assert measurement is not None
        if measurement.is_over:  # of a document that was replaced
            self.measurements = []
            self.changed.emit()
            return
        count = len(tuple(sweeps))
        self._go_on(tuple(measurement.outcomes[-count:]))

    def _fail(self, error: EngineError) -> None:
        self._thinking = None
        assert self.current is not None
        self.current.problem = str(error)
        self._end("stopped" if self._stopping else "failed")

    def _end(self, state: State) -> None:
        measurement = self.current
        assert measurement is not None
        measurement.state = state
        self._bench = self._play = self._prepare = None
        self._interim.end()
        self.forecast.end()
        self.ended.emit(measurement)
        self.changed.emit()

    def _on_replaced(self, *_what: object) -> None:
        """Results are of another document."""
        if self.is_measuring():
            self.stop()
            if not self.measurements[-1].is_over:
                self._end("stopped")
        self.measurements = self.measurements[-1:] if self._family is not None else []
        self.changed.emit()


def _next(play: "Play", outcomes: "tuple[Outcome, ...] | None") -> "Batch | Result":
    """What a protocol asks for next, or what it found. EngineError if it finds nothing."""
    try:
        return next(play) if outcomes is None else play.send(outcomes)
    except StopIteration as end:
        found: Result = end.value
        return found
    except ValueError as error:
        raise EngineError(f"{error}.") from error
