"""A worker as the window sees it: requests are methods, events are signals, processes come and go."""

import functools
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from typing_extensions import override

from engine.experiment.base import changed
from engine.launch import worker_command
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.arrays import numbers_of
from engine.messages.asking import Asking, new_name
from gui.session.worker_process import Death, WorkerProcess

Supply = Callable[[], WorkerProcess]

_WITH_NUMBERS = e.Chunk | e.SpikeBatch | e.Frames | e.Description


def cold_process() -> WorkerProcess:
    """A worker that has just been started."""
    process = WorkerProcess(worker_command())
    process.start()
    return process


class WorkerClient(Asking, QObject):
    """Owns one worker at a time; one that dies is replaced, and loads and prepares what the last one had.

    Every run ends with exactly one `finished` or `failed`, and every load, prepare, describe, search, set and
    snapshot with exactly one `refused` or the answer of its kind, whatever happens to the process. The
    process is started by the first request, or by `start`.
    """

    ready = Signal(object)  # Hello, of each process
    progressed = Signal(object)  # Progress
    loaded = Signal(object)  # Loaded
    prepared = Signal(object)  # Prepared
    firing_current = Signal(object)  # FiringCurrent
    described = Signal(object, object)  # Description; float64 points × (x, y, z, diameter) in µm
    applied = Signal(object)  # Applied
    snapshot_taken = Signal(object)  # SnapshotTaken
    refused = Signal(object)  # Refused
    started = Signal(object)  # Started
    chunk = Signal(object, object)  # Chunk; float64 samples × traces
    spikes = Signal(object, object)  # SpikeBatch; float64 count × (time in ms, node id)
    frames = Signal(object, object)  # Frames; float32 count × segments
    paused = Signal(object)  # Paused
    resumed = Signal(object)  # Resumed
    finished = Signal(object)  # Finished
    failed = Signal(object)  # Failed
    printed = Signal(object)  # tuple of lines of the worker's stderr
    died = Signal(object)  # Death, just before the answers that the process owed

    def __init__(self, supply: Supply = cold_process, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._supply = supply
        self._process: WorkerProcess | None = None
        self._closed = False
        self._asked: dict[str, r.Load | r.Prepare] = {}
        self._loaded: r.Load | None = None
        self._lost: r.Load | None = None  # no process has lived to answer it, and there was none before
        self._prepared: r.Prepare | None = None
        self._restoring: set[str] = set()  # requests that nobody but us waits for
        self._signals = {
            e.Hello: self.ready,
            e.Progress: self.progressed,
            e.Loaded: self.loaded,
            e.Prepared: self.prepared,
            e.Description: self.described,
            e.FiringCurrent: self.firing_current,
            e.Applied: self.applied,
            e.SnapshotTaken: self.snapshot_taken,
            e.Refused: self.refused,
            e.Started: self.started,
            e.Chunk: self.chunk,
            e.SpikeBatch: self.spikes,
            e.Frames: self.frames,
            e.Paused: self.paused,
            e.Resumed: self.resumed,
            e.Finished: self.finished,
            e.Failed: self.failed,
        }

    @property
    @override
    def run_id(self) -> str | None:
        """The run that has not had its last word."""
        return None if self._process is None else self._process.run_id

    @property
    def hello(self) -> e.Hello | None:
        """What the present process said of itself, once it could take requests."""
        return None if self._process is None else self._process.hello

    @property
    def circuit(self) -> str | None:
        """The circuit that was loaded last."""
        return None if self._loaded is None else self._loaded.circuit

    def start(self) -> None:
        """Have a process, before there is anything to ask of it."""
        if self._process is None:
            self._take_process()

    @override
    def ask(self, request: r.AnyRequest) -> None:
        """Send a request, to a new process if need be."""
        if self._process is None:
            if isinstance(request, r.Cancel):
                return  # it has been refused when the process died
            self._take_process()
            if not isinstance(request, r.Load):
                self._restore(self._loaded or self._lost)
        if isinstance(request, r.Load | r.Prepare):
            self._asked[request.request_id] = request
        assert self._process is not None
        self._process.ask(request)

    def kill(self, what: str = "The simulator was ended by the user.") -> None:
        """End the process at once; what it owes is answered with this sentence."""
        if self._process is not None:
            self._process.kill(what)

    def hang_up(self) -> None:
        """Begin to shut down: no request may follow."""
        self._closed = True
        if self._process is not None:
            self._process.hang_up()

    def shutdown(self) -> None:
        """Leave no process behind. What is owed is answered before this returns."""
        self.hang_up()
        if self._process is not None:
            self._process.wait_for_end()

    @property
    def _has_process(self) -> bool:
        return self._process is not None

    def _take_process(self) -> None:
        assert not self._closed, "the client was shut down"
        process = self._supply()
        process.setParent(self)
        process.said.connect(self._on_said)
        process.printed.connect(self.printed)
        process.ended.connect(self._on_ended)
        self._process = process
        if process.hello is not None:  # queued: a slot must not ask anything before who called us has
            QTimer.singleShot(0, self, functools.partial(self._tell, process.hello, b""))

    def _restore(self, load: r.Load | None, prepare: r.Prepare | None = None) -> None:
        """Ask again, under other names, what the last process was asked."""
        again: list[r.Load | r.Prepare] = []
        if load is not None:
            again.append(changed(load, request_id=new_name()))
        if prepare is not None:
            again.append(changed(prepare, request_id=new_name()))
        assert self._process is not None
        for request in again:
            self._restoring.add(request.request_id)
            self._process.ask(request)

    def _on_said(self, event: e.AnyEvent, body: bytes) -> None:
        if isinstance(event, e.Progress | e.Answer) and event.request_id in self._restoring:
            self._on_restored(event)
            return
        if isinstance(event, e.Answer):
            self._remember(event)
        self._tell(event, body)

    def _on_restored(self, event: e.Progress | e.Answer) -> None:
        if not isinstance(event, e.Progress):
            self._restoring.discard(event.request_id)
        if isinstance(event, e.Loaded):
            self._loaded, self._lost = self._loaded or self._lost, None
        if isinstance(event, e.Refused):
            self.printed.emit((f"The new simulator could not be brought as far as the last: {event.what}",))

    def _remember(self, event: e.Answer) -> None:
        request = self._asked.pop(event.request_id, None)
        if isinstance(event, e.Loaded) and isinstance(request, r.Load):
            self._loaded, self._lost, self._prepared = request, None, None
        if isinstance(event, e.Prepared) and isinstance(request, r.Prepare):
            self._prepared = request

    def _tell(self, event: e.AnyEvent, body: bytes) -> None:
        signal = self._signals[type(event)]
        if isinstance(event, _WITH_NUMBERS):
            signal.emit(event, numbers_of(event, body))
        else:
            signal.emit(event)

    def _on_ended(self, death: Death) -> None:
        assert self._process is not None
        self._process.deleteLater()
        self._process = None
        # a process that dies of its restoration is not replaced before somebody asks for something
        replace = death.greeted and self._loaded is not None and not self._restoring
        private, self._restoring = self._restoring, set()
        if self._loaded is None:
            loads = [request for request in self._asked.values() if isinstance(request, r.Load)]
            self._lost = loads[-1] if loads else self._lost
        self._asked.clear()
        self.died.emit(death)
        for event in death.answers:
            if not (isinstance(event, e.Refused) and event.request_id in private):
                self._tell(event, b"")
        if replace and not (self._has_process or self._closed):  # by whoever was just told
            self._take_process()
            self._restore(self._loaded, self._prepared)
