"""From the samples of a simulation to frames, paced by the clock on the wall."""

import time
from collections.abc import Callable

import numpy as np

from engine.experiment.waveforms import Samples
from engine.messages import events as e
from engine.simulation.simulation import Simulation

SEND_EVERY_S = 0.025  # what a screen can show
_LARGEST_BODY_BYTES = 16 * 2**20

Send = Callable[..., None]


class Stream:
    """Sends what a run has computed since the last time, when it is time."""

    def __init__(self, run_id: str, simulation: Simulation, send: Send, first_sample: int = 0) -> None:
        self._run_id = run_id
        self._simulation = simulation
        self._send = send
        self._sent = first_sample
        self._due = 0.0
        self._last = (time.perf_counter(), simulation.time)

    @property
    def sent(self) -> int:
        """The number of the next sample."""
        return self._sent

    def offer(self) -> None:
        """Send if it is time."""
        if time.perf_counter() >= self._due:
            self.flush()

    def flush(self) -> None:
        """Send now."""
        now, model_time = time.perf_counter(), self._simulation.time
        began, model_began = self._last
        speed = (model_time - model_began) / max((now - began) * 1000, 1e-6)
        self._send_frames()
        self._send_samples(self._simulation.fresh(), speed)
        self._send_spikes()
        self._last = (now, model_time)
        self._due = time.perf_counter() + SEND_EVERY_S

    def _send_frames(self) -> None:
        film = self._simulation.film
        if film is None:
            return
        first, frames = film.fetch()
        most = max(_LARGEST_BODY_BYTES // (4 * film.segments), 1)
        for start in range(0, len(frames), most):
            part = frames[start : start + most]
            event = e.Frames(
                run_id=self._run_id,
                cell=film.watch.cell,
                variable=film.watch.variable,
                unit=film.unit,
                first_frame=first + start,
                count=len(part),
                segments=film.segments,
                interval=film.interval,
            )
            self._send(event, part.tobytes())

    def _send_samples(self, samples: Samples, speed: float) -> None:
        columns = samples.shape[1]
        most = max(_LARGEST_BODY_BYTES // (8 * max(columns, 1)), 1)
        for start in range(0, max(len(samples), 1), most):
            part = np.ascontiguousarray(samples[start : start + most])
            chunk = e.Chunk(
                run_id=self._run_id,
                first_sample=self._sent,
                samples=len(part),
                traces=columns,
                time=self._simulation.time,
                tstop=self._simulation.tstop,
                speed=speed,
            )
            self._send(chunk, part.tobytes())
            self._sent += len(part)

    def _send_spikes(self) -> None:
        for population, spikes in self._simulation.fresh_spikes().items():
            pairs = np.column_stack([spikes.times, spikes.node_ids.astype(np.float64)])
            batch = e.SpikeBatch(run_id=self._run_id, population=population, count=len(pairs))
            self._send(batch, pairs.tobytes())
