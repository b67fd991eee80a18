"""One run in the worker: slices, and obedience between them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final, Protocol

from engine.experiment.recordings import Report
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.live import AnySetting, AppliedSetting
from engine.simulation.live import apply_setting
from engine.simulation.pace import Pace
from engine.simulation.simulation import Simulation
from engine.simulation.snapshots import Moment, save_state
from engine.worker.channel import Channel
from engine.worker.streaming import Stream

_SLICE_S: Final = 0.012  # of wall time: how soon a request is obeyed


class Desk(Protocol):
    """What a run leaves to others."""

    def keep(self, name: str, moment: Moment) -> None:
        """Keep a snapshot under this name."""

    def answer(self, request: r.AnsweredRequest, make: Callable[[], e.Answer]) -> None:
        """Send what is made, or say why it could not be."""

    def has_at_hand(self, request: r.AnyRequest) -> bool:
        """Whether a request can be served at once, without disturbing the run."""

    def serve(self, request: r.AnyRequest) -> None:
        """Serve such a request."""


class Run:
    """Advances a simulation that has started, streams it, and obeys. Says everything but the last word.

    `past`: the moment that it goes on from. `planned` settings are applied at their times.
    """

    def __init__(
        self, run_id: str, simulation: Simulation, past: Moment, planned: Iterable[AppliedSetting]
    ) -> None:
        self.run_id = run_id
        self.simulation = simulation
        self.planned = deque(planned)
        self._log: list[AppliedSetting] = list(past.settings)
        self._past = past
        self._samples = past.samples
        self._stopped = False
        self._paused = False
        self._pause_at: float | None = None
        self._pace = Pace(simulation.conditions.dt, _SLICE_S)

    @property
    def log(self) -> tuple[AppliedSetting, ...]:
        """What was changed since t = 0."""
        return tuple(self._log)

    @property
    def moment(self) -> Moment:
        """Where it is now; complete when all samples have been sent."""
        return replace(
            self._past, settings=self.log, time=self.simulation.time, samples=self._samples, saved=None
        )

    def go(self, channel: Channel, desk: Desk, *, paused: bool) -> e.Finished:
        """Run to the end, or until it is stopped; EngineError if the solution fails."""
        self._channel, self._desk = channel, desk
        self._stream = Stream(self.run_id, self.simulation, channel.send, self._samples)
        channel.send(self._started())
        if paused:
            self._pause()
        try:
            self._obey()
            while not self._is_over():
                self._slice()
                self._obey()
        finally:
            self._flush()
        time = self.simulation.time
        return e.Finished(run_id=self.run_id, time=time, stopped=self._stopped, settings=self.log)

    def _is_over(self) -> bool:
        return self._stopped or (self.simulation.finished and not self._paused)

    def _slice(self) -> None:
        self._apply_planned()
        simulation = self.simulation
        goals = [self._pace.begin(simulation.time), *(applied.time for applied in self.planned)]
        if self._pause_at is not None:
            goals.append(self._pause_at)
        simulation.advance(min(goals))
        self._pace.end(simulation.time)
        self._stream.offer()
        if self._pause_at is not None and simulation.has_reached(self._pause_at):
            self._pause()

    def _apply_planned(self) -> None:
        while self.planned and self.simulation.has_reached(self.planned[0].time):
            self._apply(self.planned.popleft().setting)

    def _apply(self, setting: AnySetting) -> None:
        apply_setting(setting, self.simulation)
        self._log.append(AppliedSetting(time=self.simulation.time, setting=setting))

    def _pause(self) -> None:
        self._apply_planned()
        self._paused, self._pause_at = True, None
        self._flush()
        self._channel.send(e.Paused(run_id=self.run_id, time=self.simulation.time))

    def _flush(self) -> None:
        self._stream.flush()
        self._samples = self._stream.sent

    def _obey(self) -> None:
        """Do what has been asked for; while it is paused, wait for more."""
        while not self._stopped:
            request = self._channel.next_of(self._concerns, wait=self._paused)
            if request is None:
                return
            self._follow(request)
            if isinstance(request, r.Resume | r.Step):
                return

    def _concerns(self, request: r.AnyRequest) -> bool:
        if not isinstance(request, r.ControlRequest):
            return self._desk.has_at_hand(request)
        waits = isinstance(request, r.Step) and self._pause_at is not None  # for the step before it
        return request.run_id == self.run_id and not waits

    def _follow(self, request: r.AnyRequest) -> None:
        match request:
            case r.Stop():
                self._stopped = True
            case r.Pause():
                self._pause()
            case r.Resume():
                self._paused, self._pause_at = False, None
                self._channel.send(e.Resumed(run_id=self.run_id, time=self.simulation.time))
            case r.Step():
                self._step(request.duration or 0.0)
            case r.Set():
                self._desk.answer(request, lambda: self._set(request))
            case r.TakeSnapshot():
                self._desk.answer(request, lambda: self._take_snapshot(request))
            case _:
                self._desk.serve(request)

    def _step(self, duration: float) -> None:
        dt = self.simulation.conditions.dt
        self._paused = False
        self._pause_at = self.simulation.time + max(duration, dt)
        if self._pause_at > self.simulation.tstop + dt / 100:
            self.simulation.end_at(self._pause_at)

    def _set(self, request: r.Set) -> e.Applied:
        self._apply(request.setting)
        time = self.simulation.time
        return e.Applied(
            request_id=request.request_id, run_id=self.run_id, time=time, setting=request.setting
        )

    def _take_snapshot(self, request: r.TakeSnapshot) -> e.SnapshotTaken:
        self._flush()
        self._desk.keep(request.snapshot, replace(self.moment, saved=save_state(self.simulation)))
        return e.SnapshotTaken(
            request_id=request.request_id,
            run_id=self.run_id,
            snapshot=request.snapshot,
            time=self.simulation.time,
        )

    def _started(self) -> e.Started:
        simulation = self.simulation
        traces = [
            e.TraceHead(id=each.id, label=each.label, variable=each.variable, unit=each.unit, site=each.site)
            for each in simulation.traces
        ]
        problems = [
            e.Problematic(what=each.what, where=each.where, hint=each.hint) for each in simulation.problems
        ]
        return e.Started(
            run_id=self.run_id,
            traces=tuple(traces),
            interval=simulation.conditions.dt,
            time=simulation.time,
            tstop=simulation.tstop,
            first_sample=self._past.samples,
            problems=(*problems, *_reports_left_out(simulation)),
        )


def _reports_left_out(simulation: Simulation) -> Iterator[e.Problematic]:
    for recording in simulation.experiment.recordings:
        if isinstance(recording, Report) and recording.enabled:
            yield e.Problematic(
                what=f"The report {recording.label or recording.id!r} is not streamed.",
                hint="Reports are written into files, by `somascope run`.",
            )
