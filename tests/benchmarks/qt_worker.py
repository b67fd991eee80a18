"""A worker as the window has it, in an event loop that a benchmark turns."""

import os
import signal
import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from engine.experiment.experiment import Experiment
from engine.messages import events as e
from gui.session.worker_pool import WorkerPool
from tests.benchmarks.l5pc_step import CELL, experiment
from tests.engine.acceptance import l5pc


def application() -> QCoreApplication:
    """The one that there has to be."""
    return QCoreApplication.instance() or QCoreApplication(["benchmark"])


def turn_until(done: Callable[[], bool]) -> None:
    """Turn the event loop of Qt."""
    while not done():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def pass_time(milliseconds: float) -> None:
    """Turn it for so long."""
    passed: list[bool] = []
    QTimer.singleShot(round(milliseconds), lambda: passed.append(True))
    turn_until(lambda: bool(passed))


class PreparedWorker:
    """The worker of a circuit, from a pool, with the L5PC built on it; notes when it says what."""

    def __init__(self, pool: WorkerPool, circuit: l5pc.Circuit) -> None:
        self.client = pool.client(circuit.config)
        self._pool = pool
        self._circuit = circuit
        self._moments: dict[type[e.AnyEvent], float] = {}
        self._prepared: list[e.Prepared] = []
        self._complaints: list[e.AnyEvent] = []
        self.client.prepared.connect(self._prepared.append)
        self.client.refused.connect(self._complaints.append)
        self.client.chunk.connect(self._on_chunk)
        self.client.finished.connect(self._on_last_word)
        self.client.failed.connect(self._on_last_word)
        self._prepare()

    @property
    def building_s(self) -> float:
        """How long its process needed for its cell."""
        return self._prepared[0].seconds

    def run(self, asked: Experiment) -> float:
        """Begin a run; seconds until its first chunk is here."""
        began = time.perf_counter()
        self.begin(asked)
        return self._moment(e.Chunk) - began

    def begin(self, asked: Experiment) -> None:
        """Ask for a run."""
        self._moments.clear()
        self.client.run(asked, self._circuit.folder)

    def stop(self) -> float:
        """Stop the run; seconds until it has."""
        began = time.perf_counter()
        self.client.stop()
        return self._moment(e.Finished) - began

    def crash_and_run(self, asked: Experiment) -> tuple[float, float]:
        """Kill the process in a run, build and run again as soon as its death is known.

        Seconds until the first chunk is here, and how many of these the new process needed to build.
        """
        assert self.client.hello is not None
        began = time.perf_counter()
        os.kill(self.client.hello.process_id, signal.SIGKILL)
        self._moment(e.Failed)
        self._prepare()
        self.begin(asked)
        return self._moment(e.Chunk) - began, self.building_s

    def release(self) -> None:
        """End it; the pool makes another one when it is asked."""
        self._pool.release(self._circuit.config)

    def _prepare(self) -> None:
        self._prepared.clear()
        self.client.prepare([CELL], experiment(0, 1).conditions)
        self._turn_until(lambda: bool(self._prepared))

    def _moment(self, kind: type[e.AnyEvent]) -> float:
        self._turn_until(lambda: kind in self._moments)
        return self._moments[kind]

    def _turn_until(self, done: Callable[[], bool]) -> None:
        turn_until(lambda: done() or bool(self._complaints))
        assert not self._complaints, self._complaints

    def _on_chunk(self, event: e.Chunk, _numbers: object) -> None:
        self._moments.setdefault(type(event), time.perf_counter())

    def _on_last_word(self, event: e.LastWord) -> None:
        self._moments.setdefault(type(event), time.perf_counter())
