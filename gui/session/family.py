"""Many runs that belong together, over several workers at once."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from engine.experiment.experiment import Experiment
from engine.messages import events as e
from engine.messages.arrays import Collected, Numbers
from gui.session.worker_client import WorkerClient


@dataclass(frozen=True, slots=True)
class Sweep:
    """One run of a family; `data.last_word` tells how it ended. One that never began stopped at 0 ms."""

    index: int
    experiment: Experiment
    data: Collected

    @property
    def complete(self) -> bool:
        """Whether it reached its end."""
        return isinstance(self.data.last_word, e.Finished) and not self.data.last_word.stopped


class Family(QObject):
    """Runs each experiment once, on whichever worker is free. Clients belong to the pool and stay.

    A sweep whose worker died is run once more; if that dies as well, the sweep has failed. Unless it `keeps`
    them, it has the numbers of a sweep no longer than until they were told.
    """

    began = Signal(int, object)  # sweep, Started: what came of this sweep before is void
    chunk = Signal(int, object, object)  # sweep, Chunk, float64 samples × traces: of several sweeps in turn
    swept = Signal(object)  # Sweep, in the order of the experiments
    progressed = Signal(float)  # part of the whole that is done, 0 to 1
    finished = Signal(object)  # tuple of all Sweeps; once

    def __init__(
        self,
        clients: Sequence[WorkerClient],
        experiments: Sequence[Experiment],
        base: Path,
        parent: QObject | None = None,
        *,
        keeps: bool = True,
    ) -> None:
        super().__init__(parent)
        self._experiments = tuple(experiments)
        self._base, self._keeps = base, keeps
        self._waiting = deque(range(len(self._experiments)))
        self._once_dead: set[int] = set()
        self._reached_ms = [0.0] * len(self._experiments)
        self._ended: dict[int, Sweep] = {}
        self._told = 0
        self._stopping = False
        self._over = False
        self._hands = [_Hand(client, self) for client in clients]
        for hand in self._hands:
            hand.began.connect(self.began)
            hand.chunk.connect(self._on_chunk)
            hand.ended.connect(self._on_ended)
            hand.freed.connect(self._go_on)
        QTimer.singleShot(0, self, self._go_on)  # so that who made it can connect first

    @property
    def clients(self) -> tuple[WorkerClient, ...]:
        """The workers that it occupies until it is finished."""
        return () if self._over else tuple(hand.client for hand in self._hands)

    def stop(self) -> None:
        """End all runs soon and begin no more; what was computed is kept."""
        self._stopping = True
        for index in self._waiting:
            never = Collected()
            never.take(e.Finished(run_id="", time=0.0, stopped=True))
            self._ended[index] = Sweep(index, self._experiments[index], never)
        self._waiting.clear()
        for hand in self._hands:
            hand.stop()
        self._go_on()

    def _go_on(self) -> None:
        """Give work to who is free; tell what can be told."""
        for hand in self._hands:
            if self._waiting and hand.is_free:
                index = self._waiting.popleft()
                hand.run(index, self._experiments[index], self._base)
        while self._told in self._ended:
            sweep = self._ended[self._told]
            if not self._keeps:
                self._ended[self._told] = replace(sweep, data=sweep.data.without_numbers())
            self._told += 1
            self.swept.emit(sweep)
        if self._told == len(self._experiments) and not self._over:
            self._over = True
            for hand in self._hands:
                hand.let_go()
            self.finished.emit(tuple(self._ended[index] for index in range(self._told)))

    def _on_chunk(self, index: int, chunk: e.Chunk, samples: Numbers) -> None:
        self.chunk.emit(index, chunk, samples)
        self._reach(index, chunk.time)

    def _on_ended(self, index: int, data: Collected) -> None:
        word = data.last_word
        died = isinstance(word, e.Failed) and word.reason == "died"
        if died and not self._stopping and index not in self._once_dead:
            self._once_dead.add(index)
            self._waiting.appendleft(index)
            self._reach(index, 0.0)
        else:
            self._ended[index] = Sweep(index, self._experiments[index], data)
            self._reach(index, self._experiments[index].conditions.tstop)
        self._go_on()

    def _reach(self, index: int, time_ms: float) -> None:
        self._reached_ms[index] = time_ms
        total_ms = sum(experiment.conditions.tstop for experiment in self._experiments)
        self.progressed.emit(min(sum(self._reached_ms) / total_ms, 1.0))


class _Hand(QObject):
    """One client, and the sweep that it runs at the moment."""

    began = Signal(int, object)  # sweep, Started
    chunk = Signal(int, object, object)  # sweep, Chunk, samples
    ended = Signal(int, object)  # sweep, Collected
    freed = Signal()  # by a run of somebody else

    def __init__(self, client: WorkerClient, parent: QObject) -> None:
        super().__init__(parent)
        self.client = client
        self._index = -1
        self._run_id = ""
        self._data = Collected()
        self._connections = (
            (client.started, self._on_word),
            (client.chunk, self._on_numbers),
            (client.spikes, self._on_numbers),
            (client.finished, self._on_word),
            (client.failed, self._on_word),
        )
        for signal, slot in self._connections:
            signal.connect(slot)

    @property
    def is_free(self) -> bool:
        return self._run_id == "" and not self.client.busy

    def run(self, index: int, experiment: Experiment, base: Path) -> None:
        self._index, self._data = index, Collected()
        self._run_id = self.client.run(experiment, base)

    def stop(self) -> None:
        if self._run_id:
            self.client.stop()

    def let_go(self) -> None:
        for signal, slot in self._connections:
            signal.disconnect(slot)

    def _on_numbers(self, event: e.Chunk | e.SpikeBatch, numbers: Numbers) -> None:
        if event.run_id == self._run_id:
            self._data.take(event, numbers)
            if isinstance(event, e.Chunk):
                self.chunk.emit(self._index, event, numbers)

    def _on_word(self, event: e.Started | e.LastWord) -> None:
        if event.run_id != self._run_id:
            if isinstance(event, e.LastWord):
                self.freed.emit()
            return
        self._data.take(event)
        if isinstance(event, e.Started):
            self.began.emit(self._index, event)
        else:
            self._run_id = ""
            self.ended.emit(self._index, self._data)
