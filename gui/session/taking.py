"""What a worker says of a run, written into the run."""

import math
from typing import Final

from PySide6.QtCore import QObject, Signal

from engine.messages import events as e
from engine.messages.arrays import Numbers
from engine.messages.live import AppliedSetting
from gui.session.frames import Frames
from gui.session.run import OVER, Run, RunState
from gui.session.spikes import SpikeTimes
from gui.session.traces import Traces
from gui.session.worker_client import WorkerClient

_MOST_EXPECTED: Final = 2_500_000  # numbers that get room at once (20 MB): long runs are often stopped
_SMOOTHING: Final = 0.1  # part of a new speed in the mean: chunks come about 40 times a second


class Taking(QObject):
    """One run as the protocol has it: a run from t = 0, or one that goes on where `run` had ended.

    Of what the client says, only the events with this `run_id` change `run`.
    """

    advanced = Signal(object)  # Run
    ended = Signal(object)  # LastWord: the last thing that this says

    def __init__(self, run: Run, run_id: str, client: WorkerClient, parent: QObject) -> None:
        super().__init__(parent)
        self.run, self.run_id = run, run_id
        self.has_started = False
        self._mean_speed = 0.0
        self._before: RunState = run.state  # of a run that goes on: how it had ended
        if run.is_over:
            run.state = "starting"
        self._connections = (
            (client.started, self._on_started),
            (client.chunk, self._on_chunk),
            (client.spikes, self._on_spikes),
            (client.frames, self._on_frames),
            (client.paused, self._on_turn),
            (client.resumed, self._on_turn),
            (client.applied, self._on_applied),
            (client.finished, self._on_finished),
            (client.failed, self._on_failed),
        )
        for signal, slot in self._connections:
            signal.connect(slot)

    @property
    def goes_on(self) -> bool:
        """Whether the run had ended once before."""
        return self._before in OVER

    def seconds_left(self) -> float | None:
        """On the wall, as fast as it went lately; None: it cannot be said."""
        if not self.has_started or self._mean_speed <= 0:
            return None
        return max(self.run.tstop - self.run.time, 0.0) / 1000 / self._mean_speed

    def _on_started(self, event: e.Started) -> None:
        if event.run_id != self.run_id:
            return
        run = self.run
        self.has_started = True
        if not self.goes_on:
            run.heads = event.traces
            start = event.first_sample * event.interval
            most = _MOST_EXPECTED // max(len(event.traces), 1)
            expected = min(math.ceil((event.tstop - event.time) / event.interval) + 2, most)
            run.traces = Traces(len(event.traces), event.interval, start, expected)
        run.time, run.tstop = event.time, event.tstop
        if run.state == "starting":
            run.state = "running"
        self.advanced.emit(run)

    def _on_chunk(self, event: e.Chunk, numbers: Numbers) -> None:
        if event.run_id != self.run_id:
            return
        run = self.run
        if event.traces == run.traces.columns:
            run.traces.append(numbers)
        run.time, run.tstop, run.speed = event.time, event.tstop, event.speed
        change = event.speed - self._mean_speed
        self._mean_speed += _SMOOTHING * change if self._mean_speed else change
        self.advanced.emit(run)

    def _on_spikes(self, event: e.SpikeBatch, numbers: Numbers) -> None:
        if event.run_id == self.run_id:  # they come with the chunks, which tell it
            self.run.spikes.setdefault(event.population, SpikeTimes()).append(numbers)

    def _on_frames(self, event: e.Frames, numbers: Numbers) -> None:
        """They come just before the chunk that tells it."""
        if event.run_id != self.run_id:
            return
        run = self.run
        if run.frames is None or not run.frames.follows(event):
            run.frames = Frames.of(event, run.tstop)
        run.frames.append(numbers)

    def _on_turn(self, event: e.Paused | e.Resumed) -> None:
        if event.run_id != self.run_id:
            return
        self.run.time = event.time
        if self.run.state != "stopping":
            self.run.state = "paused" if isinstance(event, e.Paused) else "running"
        self.advanced.emit(self.run)

    def _on_applied(self, event: e.Applied) -> None:
        if event.run_id == self.run_id:
            self.run.settings += (AppliedSetting(time=event.time, setting=event.setting),)
            self.advanced.emit(self.run)

    def _on_finished(self, event: e.Finished) -> None:
        if event.run_id != self.run_id:
            return
        run = self.run
        run.state = "stopped" if event.stopped else "finished"
        if self.has_started:
            run.time, run.settings = event.time, event.settings
        elif self.goes_on:
            run.state = self._before  # given up before it went on
        self._end(event)

    def _on_failed(self, event: e.Failed) -> None:
        """What came before stays valid; a run that could not go on has ended as it had before."""
        if event.run_id != self.run_id:
            return
        run = self.run
        if self.goes_on and not self.has_started:
            run.state = self._before
        else:
            run.state, run.problem = "failed", event
            run.settings = event.settings or run.settings
        self._end(event)

    def _end(self, event: e.LastWord) -> None:
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self.ended.emit(event)
