"""A client that blocks: enough to ask a real worker and to look at everything it says."""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.experiment.experiment import Experiment
from engine.launch import worker_command
from engine.messages import events as e
from engine.messages import requests as r
from engine.messages.conversation import Conversation
from engine.messages.framing import encode

Event = TypeVar("Event", bound=e.AnyEvent)
_NUMBERS = itertools.count(1)


def new_name(kind: str) -> str:
    """A name that no other request has."""
    return f"{kind}-{next(_NUMBERS)}"


class Worker:
    """A worker process. `said` is all that it has said, in order; `printed()` what it wrote to stderr."""

    def __init__(self, folder: Path, memory_limit_mib: int | None = None, **environment: str) -> None:
        command = worker_command(memory_limit_mib)
        self._stderr = folder / f"{new_name('worker')}.log"
        with self._stderr.open("wb") as stderr:
            self.process = subprocess.Popen(
                [command.program, *command.arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=command.folder,
                env={**os.environ, **command.environment, **environment},
            )
        self.conversation = Conversation()
        self.said: list[tuple[e.AnyEvent, bytes]] = []
        self._events = self._heard()

    def ask(self, *requests: r.AnyRequest) -> None:
        """Send requests, in one write."""
        for request in requests:
            self.conversation.asked(request)
        assert self.process.stdin is not None
        self.process.stdin.write(b"".join(encode(request) for request in requests))
        self.process.stdin.flush()

    def hear(self, kind: type[Event], **fields: object) -> Event:
        """Read until an event of this kind, with these fields, comes."""
        for event in self._events:
            if isinstance(event, kind) and all(
                getattr(event, name) == value for name, value in fields.items()
            ):
                return event
        raise AssertionError(f"the worker ended without {kind.__name__}; it printed:\n{self.printed()}")

    def listen(self) -> Iterator[e.AnyEvent]:
        """What it says, as it comes."""
        return self._events

    def load(self, circuit: Path, mechanisms: Path | None = None) -> e.Loaded:
        """Open a circuit, trusting it."""
        extra = None if mechanisms is None else str(mechanisms)
        self.ask(r.Load(request_id=new_name("load"), circuit=str(circuit), mechanisms=extra))
        return self.succeed(e.Loaded)

    def succeed(self, kind: type[Event]) -> Event:
        """Read until an answer of this kind; a Refused or Failed before it is an error."""
        for event in self._events:
            assert not isinstance(event, e.Refused | e.Failed), event
            if isinstance(event, kind):
                return event
        raise AssertionError(f"the worker ended without {kind.__name__}; it printed:\n{self.printed()}")

    def run(self, experiment: Experiment, base: Path, **options: Any) -> "Trace":
        """Run to the last word."""
        run_id = new_name("run")
        self.ask(r.Run(run_id=run_id, experiment=experiment, base=str(base), **options))
        self.succeed(e.Finished)
        return self.trace(run_id)

    def trace(self, run_id: str) -> "Trace":
        """All that was said about a run."""
        return Trace(run_id, [(event, body) for event, body in self.said if _is_of(event, run_id)])

    def printed(self) -> str:
        """What it wrote to stderr so far."""
        return self._stderr.read_text(encoding="utf-8", errors="replace")

    def close(self) -> int:
        """Close its stdin and wait for its exit code."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait()

    def _heard(self) -> Iterator[e.AnyEvent]:
        assert self.process.stdout is not None
        while data := os.read(self.process.stdout.fileno(), 2**18):
            for event, body in self.conversation.heard(data):
                self.said.append((event, body))
                yield event


class Trace:
    """A run as it was streamed."""

    def __init__(self, run_id: str, said: list[tuple[e.AnyEvent, bytes]]) -> None:
        self.run_id = run_id
        self.said = [event for event, _ in said]
        self.chunks = [event for event in self.said if isinstance(event, e.Chunk)]
        self._said = said

    def only(self, kind: type[Event]) -> Event:
        """The event of a kind that comes once."""
        (event,) = (event for event in self.said if isinstance(event, kind))
        return event

    @property
    def finished(self) -> e.Finished:
        """The last word."""
        assert isinstance(self.said[-1], e.Finished), self.said[-1]
        return self.said[-1]

    @property
    def samples(self) -> NDArray[np.float64]:
        """Samples × traces."""
        columns = len(self.only(e.Started).traces)
        parts = [
            np.frombuffer(body).reshape(event.samples, event.traces)
            for event, body in self._said
            if isinstance(event, e.Chunk)
        ]
        return np.concatenate([np.empty((0, columns)), *parts])

    @property
    def frames(self) -> NDArray[np.float32]:
        """Frames × segments; (0, 0) if there are none."""
        parts = [
            np.frombuffer(body, "<f4").reshape(event.count, event.segments)
            for event, body in self._said
            if isinstance(event, e.Frames)
        ]
        return np.concatenate(parts) if parts else np.empty((0, 0), np.float32)

    @property
    def spikes(self) -> dict[str, list[tuple[float, int]]]:
        """(time in ms, node id) by population."""
        found: dict[str, list[tuple[float, int]]] = {}
        for event, body in self._said:
            if isinstance(event, e.SpikeBatch):
                pairs = np.frombuffer(body).reshape(event.count, 2)
                found.setdefault(event.population, []).extend((t, int(node)) for t, node in pairs.tolist())
        return found


def _is_of(event: e.AnyEvent, run_id: str) -> bool:
    return getattr(event, "run_id", None) == run_id


PYTHON = sys.executable
