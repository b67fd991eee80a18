"""The rig: builds the selected cell, runs the experiment, and says at any time what it is doing."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, SignalInstance

from engine.errors import EngineError
from engine.experiment.experiment import Experiment, ListedCells
from engine.experiment.targets import CellReference
from engine.messages import events as e
from engine.messages.events import Description
from engine.messages.live import Setting
from engine.messages.watch import Watch
from gui.session import simulator
from gui.session.building import CellBuilder, Points
from gui.session.run import Run
from gui.session.taking import Taking
from gui.session.telling import Telling
from gui.session.trusting import Clearance
from gui.session.worker_client import WorkerClient
from gui.session.worker_pool import WorkerPool
from gui.session.worker_process import Death

if TYPE_CHECKING:
    from engine.circuit.circuit import Circuit
    from gui.session.session import Session

RigState = Literal["empty", "unavailable", "untrusted", "ready", "starting", "running", "paused", "stopping"]


class Rig(QObject):
    """Owns the talk with the workers. Every method may be called at any time; nonsense does nothing.

    `empty`: no experiment is open. `unavailable`: cells cannot be built, `reason` says why and what to do.
    `untrusted`: the circuit's code may not run yet.
    """

    state_changed = Signal(object)  # RigState
    building = Signal(object, object, object)  # text such as "building L5_TPC…", done, total; "" when over
    described = Signal(object)  # CellReference, whose `description` is known now
    learnt = Signal(object)  # CellReference, whose properties say more now
    trust_wanted = Signal(object)  # TrustQuestion: ask the user, then call `give_trust` or do nothing
    worker_changed = Signal()  # `worker_text` is another

    def __init__(self, session: "Session", pool: WorkerPool) -> None:
        super().__init__(session)
        self.state: RigState = "empty"
        self.reason = ""
        self.worker_text = ""  # such as "worker 4711, NEURON 9.0.1"
        self.current: Run | None = None  # under way, or the last of this rig
        self.watched: Watch | None = None  # streamed by the next run, into its `frames`
        self._session, self._pool = session, pool
        self._circuit: Circuit | None = None
        self._client: WorkerClient | None = None
        self._path: Path | None = None  # of the circuit that the client is for
        self._taking: Taking | None = None
        self._last_id = ""  # of the protocol run that can be extended
        self._loaded_fingerprint = ""  # of the circuit, as the worker has it
        self._loads_refused = 0
        self._is_telling = False  # of something that is built, other than by the builder
        self._told: object = None
        self._telling = Telling(session.notices)
        self._clearance = Clearance(self)
        self._clearance.given.connect(self._take_client)
        self._clearance.asked.connect(self._on_asked)
        self._clearance.refused.connect(self._on_unavailable)
        self._builder = CellBuilder(self)
        self._builder.building.connect(self.building)
        self._builder.described.connect(self.described)
        self._builder.firing.found.connect(self.learnt)
        self._builder.failed.connect(self._telling.refusal)
        session.circuit_opened.connect(self._on_circuit)
        session.document.experiment_changed.connect(self._on_experiment)
        session.document.replaced.connect(self._on_replaced)
        session.selection.cells_changed.connect(self._want_cells)

    def description(self, cell: CellReference) -> Description | None:
        """What a built cell consists of; None: not known yet, it is built when it is selected."""
        return self._builder.description(cell)

    def is_refused(self, cell: CellReference) -> bool:
        """Whether a cell cannot be built; its notice says why."""
        return self._builder.is_refused(cell)

    def description_points(self, cell: CellReference) -> Points | None:
        """Points × (x, y, z, diameter) in µm, of all sections of the description one after the other."""
        return self._builder.points(cell)

    def can_run(self) -> bool:
        """Whether there is something to run, and nothing runs."""
        experiment = self._session.document.experiment
        ready = self.state == "ready" and self._client is not None and not self._client.busy
        return ready and experiment is not None and _takes_cells(experiment)

    def can_pause(self) -> bool:
        """Also: resume."""
        return self.state in ("running", "paused")

    def can_stop(self) -> bool:
        """Whether a run is under way that was not stopped."""
        return self.state in ("starting", "running", "paused")

    def can_step(self) -> bool:
        """Whether a time step makes sense; from the beginning, if nothing runs."""
        return self.can_pause() or self.can_run()

    def can_continue(self) -> bool:
        """Whether the last run can go on from its end."""
        is_idle = self._client is not None and not self._client.busy
        return self.state == "ready" and is_idle and bool(self._last_id)

    def seconds_left(self) -> float | None:
        """How long the run will take on the wall; None: nothing runs, or it cannot be said."""
        return self._taking.seconds_left() if self._taking is not None else None

    def watch(self, cell: CellReference | None, variable: str = "v") -> None:
        """Let the next runs stream a variable of all segments of a cell into their `frames`; None: none."""
        self.watched = None if cell is None else Watch(cell=cell, variable=variable)

    def run(self) -> None:
        """Run the experiment from t = 0."""
        self._begin(paused=False)

    def pause_or_resume(self) -> None:
        """Let the run wait, or go on."""
        if self._client is not None and self.state == "running":
            self._client.pause()
        elif self._client is not None and self.state == "paused":
            self._client.resume()

    def step(self) -> None:
        """Compute one time step and wait; when nothing runs, the first one."""
        if self.can_run():
            self._begin(paused=True)
        elif self._client is not None and self.state == "running":
            self._client.pause()
        if self._client is not None and self._taking is not None and self.state != "stopping":
            self._client.step()

    def stop(self) -> None:
        """End the run soon and keep what was computed."""
        if self.can_stop() and self._client is not None and self.current is not None:
            self.current.state = "stopping"
            self._client.stop()
            self._update()

    def continue_for(self, milliseconds: float) -> None:
        """Let the last run go on from its end, for so long."""
        if self.can_continue() and milliseconds > 0:
            assert self._client is not None and self.current is not None
            run_id, self._last_id = self._client.extend(self._last_id, milliseconds), ""
            self._follow(self.current, run_id)

    def set(self, setting: Setting) -> None:
        """Change a parameter of the run that is under way."""
        if self._client is not None and self.state in ("running", "paused"):
            self._client.set(setting)

    def ask_for_trust(self) -> None:
        """Ask the user again, if there is something to be trusted."""
        if self._clearance.question is not None:
            self.trust_wanted.emit(self._clearance.question)

    def give_trust(self) -> None:
        """The user trusts the circuit's code: remember it, and begin to build."""
        self._clearance.trust()

    def restart_worker(self) -> None:
        """End the worker, whatever it does, and begin with another."""
        self._release()
        self._check()

    def shutdown(self) -> None:
        """Leave no process behind. Call it before the application quits."""
        self._clearance.give_up()
        self.stop()
        self._release()
        self._pool.shutdown()

    def _begin(self, *, paused: bool) -> None:
        if not self.can_run():
            return
        experiment = self._session.document.experiment
        assert self._client is not None and experiment is not None and self._path is not None
        run_id = self._client.run(experiment, self._path.parent, paused=paused, watch=self.watched)
        self._last_id = ""
        runs = self._session.runs
        self.current = Run(run_id, runs.next_number(), experiment, datetime.now(UTC))
        self.current.tstop = experiment.conditions.tstop
        runs.add(self.current)
        self._follow(self.current, run_id)

    def _follow(self, run: Run, run_id: str) -> None:
        assert self._client is not None
        self._taking = Taking(run, run_id, self._client, self)
        self._taking.advanced.connect(self._on_advanced)
        self._taking.ended.connect(self._on_ended)
        self._update()

    def _on_circuit(self, circuit: "Circuit | None") -> None:
        self._circuit = circuit
        self._telling.forget()
        self.watched = None
        self.stop()
        old = self._loaded_fingerprint  # "": nothing is loaded yet
        if circuit is None or circuit.config_path != self._path or old not in ("", circuit.fingerprint):
            self._release()
        self._builder.use(None, None)
        self._check()

    def _check(self) -> None:
        """Find out, in a thread, whether the circuit's code may run."""
        if self.reason:  # what did not work is tried again with another worker
            self._release()
        self.reason = simulator.MISSING if self._circuit is not None and not simulator.is_installed() else ""
        self._clearance.look(None if self.reason else self._circuit)
        self._update()

    def _on_asked(self) -> None:
        self._update()
        self.ask_for_trust()

    def _on_unavailable(self, error: EngineError) -> None:
        self.reason = str(error)
        self._session.notices.post_error(error)
        self._update()

    def _take_client(self) -> None:
        """The circuit's code may run: have a worker for it."""
        assert self._circuit is not None
        if self._client is None:
            self._path = self._circuit.config_path
            self._client = self._pool.client(self._path)
            for signal, slot in self._connections(self._client):
                signal.connect(slot)
            if self._client.hello is not None:
                self._on_ready(self._client.hello)
        self._builder.use(self._client, self._circuit)
        self._want_cells()
        self._update()

    def _release(self) -> None:
        """Let go of the worker: a run that is under way ends."""
        client, path = self._client, self._path
        if client is None or path is None:
            return
        self._builder.use(None, None)
        client.stop()
        for signal, slot in self._connections(client):
            signal.disconnect(slot)  # its end is no news, but for the run that is under way
        self._pool.release(path)
        self._client = self._path = None
        self._last_id = self._loaded_fingerprint = ""
        self._set_worker_text("")

    def _connections(self, client: WorkerClient) -> tuple[tuple[SignalInstance, Callable[..., None]], ...]:
        return (
            (client.ready, self._on_ready),
            (client.progressed, self._on_progressed),
            (client.loaded, self._on_loaded),
            (client.prepared, self._builder.prepared),
            (client.described, self._builder.take),
            (client.firing_current, self._builder.firing.take),
            (client.refused, self._on_refused),
            (client.started, self._on_started),
            (client.finished, self._on_last_word),
            (client.failed, self._on_last_word),
            (client.printed, self._on_printed),
            (client.died, self._on_died),
        )

    def _on_experiment(self, _old: Experiment | None, _new: Experiment | None) -> None:
        self._want_cells()
        self._update()

    def _on_replaced(self) -> None:
        """The runs are of another document: none of them goes on."""
        self._last_id = ""
        self.stop()
        if self._taking is None:
            self.current = None
        self._update()

    def _want_cells(self) -> None:
        self._builder.want(self._session.selection.few(), self._session.document.experiment)

    def _on_advanced(self, run: Run) -> None:
        self._stop_telling()
        self._update()
        self._session.runs.tell_advanced(run)

    def _on_ended(self, word: e.LastWord) -> None:
        assert self._taking is not None
        run = self._taking.run
        if run not in self._session.runs:  # of a document that was replaced
            self.current = None
        elif isinstance(word, e.Finished) and self._taking.has_started:
            self._last_id = word.run_id
        self._taking.deleteLater()
        self._taking = None
        if isinstance(word, e.Failed):
            self._telling.refusal(word)
        self._update()
        self._session.runs.tell_ended(run)

    def _on_last_word(self, word: e.LastWord) -> None:
        """Also of runs of others, such as families: the worker is free again."""
        self._stop_telling()
        if self._taking is None or word.run_id != self._taking.run_id:
            self._last_id = ""
            self._update()

    def _on_ready(self, hello: e.Hello) -> None:
        self._set_worker_text(f"worker {hello.process_id}, NEURON {hello.neuron}")

    def _on_progressed(self, event: e.Progress) -> None:
        if self._builder.owns(event.request_id):
            self._builder.progressed(event)
        else:
            self._is_telling = True
            self.building.emit(event.text, event.done, event.total)

    def _on_loaded(self, event: e.Loaded) -> None:
        self._loaded_fingerprint, self._loads_refused = event.fingerprint, 0
        self._stop_telling()
        self._telling.problems(event.problems)

    def _on_started(self, event: e.Started) -> None:
        if self._taking is not None and event.run_id == self._taking.run_id:
            self._telling.problems(event.problems)

    def _stop_telling(self) -> None:
        if self._is_telling:
            self._is_telling = False
            self.building.emit("", 0, 0)

    def _on_refused(self, event: e.Refused) -> None:
        assert self._client is not None
        if self._builder.owns(event.request_id):
            self._builder.refused(event)
        elif event.reason == "not_trusted" and not self._loads_refused:  # it was changed this very moment
            self._loads_refused += 1
            self._release()
            self._check()
        elif event.reason == "died":
            pass  # its death has been told
        elif self._client.circuit is None and not event.cancelled:  # the circuit could not be loaded
            self._stop_telling()
            self.reason = " ".join(filter(None, [event.what, event.hint]))
            self._telling.refusal(event)
            self._update()
        elif not event.cancelled:
            self._telling.refusal(event)

    def _on_printed(self, lines: tuple[str, ...]) -> None:
        self._session.notices.printed.emit(lines)

    def _on_died(self, death: Death) -> None:
        self._set_worker_text("")
        self._last_id = ""
        if death.cannot_work:
            self.reason = " ".join(filter(None, [death.what, death.hint]))
        if self._taking is None:  # else the run tells it
            self._telling.death(death)
        self._update()

    def _set_worker_text(self, text: str) -> None:
        if text != self.worker_text:
            self.worker_text = text
            self.worker_changed.emit()

    def _update(self) -> None:
        """Tell it when the state is another, or what can be done in it."""
        self.state = self._present_state()
        told = self.state, self.can_run(), self.can_continue(), self.reason
        if told != self._told:
            self._told = told
            self.state_changed.emit(self.state)

    def _present_state(self) -> RigState:
        if self._taking is not None:
            match self._taking.run.state:
                case "finished" | "stopped" | "failed":
                    return "ready"
                case state:
                    return state
        if self._session.document.experiment is None or self._circuit is None:
            return "empty"
        if self._clearance.question is not None:
            return "untrusted"
        if self._clearance.is_pending:
            return "empty"
        return "unavailable" if self.reason else "ready"


def _takes_cells(experiment: Experiment) -> bool:
    return not isinstance(experiment.cells, ListedCells) or bool(experiment.cells.cells)
