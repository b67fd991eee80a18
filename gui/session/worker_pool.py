"""The workers of all circuits that are open, and a warm one in reserve."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from engine.experiment.experiment import Experiment
from engine.launch import WorkerCommand, worker_command
from gui.session.family import Family
from gui.session.worker_client import WorkerClient
from gui.session.worker_process import USUAL_LIMITS, Death, Limits, WorkerProcess

MakeCommand = Callable[[int | None], WorkerCommand]
_Mechanisms = tuple[Path, Path | None]  # a circuit, and a folder of mod files besides its own

_REFILL_AFTER_MS = 500  # the worker that was just taken has work to do: the processor is its own


class WorkerPool(QObject):
    """Owns all workers. NEURON cannot unload mechanisms, so each circuit has a client of its own.

    A spare process with NEURON imported stands ready; it takes the place of one that dies, at once.
    """

    reserve_changed = Signal(bool)  # whether a spare stands ready

    def __init__(
        self,
        command: MakeCommand = worker_command,
        *,
        cores: int | None = None,
        memory_limit_mib: int | None = None,
        limits: Limits = USUAL_LIMITS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._command = command
        self._cores = cores or os.cpu_count() or 1
        self._memory_limit_mib = memory_limit_mib
        self._limits = limits
        self._spare: WorkerProcess | None = None
        self._clients: dict[_Mechanisms, WorkerClient] = {}
        self._helpers: dict[_Mechanisms, list[WorkerClient]] = {}
        self._family: Family | None = None
        # What was let go stays until the event loop turns: one of its signals may have led here. The pool is
        # nobody's parent: the last client to go would take the pool along, and so be deleted twice.
        self._leaving: list[QObject] = []
        self._refill = QTimer(self)
        self._refill.setSingleShot(True)
        self._refill.setInterval(_REFILL_AFTER_MS)
        self._refill.timeout.connect(self.start)

    @property
    def is_ready(self) -> bool:
        """Whether a spare stands ready."""
        return self._spare is not None and self._spare.hello is not None

    @property
    def memory_limit_mib(self) -> int | None:
        """What a worker may take, in MiB; a change holds for workers that start from now on."""
        return self._memory_limit_mib

    @memory_limit_mib.setter
    def memory_limit_mib(self, limit: int | None) -> None:
        self._memory_limit_mib = limit
        if self._spare is not None:
            self._drop_spare()
            self.start()

    def start(self) -> None:
        """Have a spare. Call it early: before anyone has chosen a circuit."""
        if self._spare is None:
            self._spare = self._new_process()
            self._spare.setParent(self)
            self._spare.said.connect(self._on_spare_ready)
            self._spare.ended.connect(self._on_spare_ended)

    def client(self, circuit: Path, mechanisms: Path | None = None) -> WorkerClient:
        """The client for a circuit, always the same; it is told to load the circuit when it is made."""
        key = _key(circuit, mechanisms)
        if key not in self._clients:
            self._clients[key] = self._new_client(key)
        return self._clients[key]

    def family(
        self,
        circuit: Path,
        experiments: Sequence[Experiment],
        base: Path,
        mechanisms: Path | None = None,
        *,
        keeps: bool = True,
    ) -> Family:
        """Run experiments of one circuit on all cores; it begins when the event loop turns. One at a time.

        The client of the circuit takes part unless it has a run of its own.
        """
        assert self._family is None, "one family at a time"
        key = _key(circuit, mechanisms)
        count = max(min(self._cores, len(experiments)), 1)
        main = self.client(circuit, mechanisms)
        clients = [] if main.busy else [main]
        helpers = self._helpers.setdefault(key, [])
        while len(clients) + len(helpers) < count:
            helpers.append(self._new_client(key))
        clients += helpers[: count - len(clients)]
        self._family = Family(clients, experiments, base, keeps=keeps)
        self._family.finished.connect(self._on_family_finished)
        return self._family

    def release(self, circuit: Path, mechanisms: Path | None = None) -> None:
        """End the workers of a circuit that was closed."""
        key = _key(circuit, mechanisms)
        closing = self._helpers.pop(key, [])
        if key in self._clients:
            closing.append(self._clients.pop(key))
        if self._family is not None and not set(closing).isdisjoint(self._family.clients):
            self._family.stop()
        self._shut_down(closing)

    def shutdown(self) -> None:
        """Leave no process behind. Call it before the application quits."""
        self._refill.stop()
        if self._family is not None:
            self._family.stop()
        self._drop_spare()
        self._shut_down(
            [*self._clients.values(), *(each for helpers in self._helpers.values() for each in helpers)]
        )
        self._clients.clear()
        self._helpers.clear()

    def _new_client(self, key: _Mechanisms) -> WorkerClient:
        client = WorkerClient(self._supply)
        client.load(*key)
        return client

    def _new_process(self) -> WorkerProcess:
        process = WorkerProcess(self._command(self._memory_limit_mib), limits=self._limits)
        process.start()
        return process

    def _supply(self) -> WorkerProcess:
        """The spare, or one that is started now; a new spare follows."""
        self._refill.start()
        spare, self._spare = self._spare, None
        if spare is None:
            return self._new_process()
        spare.said.disconnect(self._on_spare_ready)
        spare.ended.disconnect(self._on_spare_ended)
        self.reserve_changed.emit(False)
        return spare

    def _on_spare_ready(self) -> None:
        self.reserve_changed.emit(True)

    def _on_spare_ended(self, death: Death) -> None:
        self._drop_spare()
        if death.greeted:  # else this installation cannot simulate: no use in trying again and again
            self._refill.start()

    def _drop_spare(self) -> None:
        spare, self._spare = self._spare, None
        if spare is not None:
            spare.ended.disconnect(self._on_spare_ended)
            spare.hang_up()
            spare.wait_for_end()
            spare.deleteLater()
            self.reserve_changed.emit(False)

    def _on_family_finished(self) -> None:
        assert self._family is not None
        self._let_go(self._family)
        self._family = None

    def _shut_down(self, clients: Sequence[WorkerClient]) -> None:
        """All at once: each takes a moment to go."""
        for client in clients:
            client.hang_up()
        for client in clients:
            client.shutdown()
        self._let_go(*clients)

    def _let_go(self, *those: QObject) -> None:
        self._leaving += those
        QTimer.singleShot(0, self, self._leaving.clear)


def _key(circuit: Path, mechanisms: Path | None) -> _Mechanisms:
    return circuit.absolute(), None if mechanisms is None else mechanisms.absolute()
