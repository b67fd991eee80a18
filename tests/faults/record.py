"""All that one client was told, and the rules that hold whatever happened to its workers."""

import time
from collections import Counter

import numpy as np

from engine.messages import events as e
from engine.messages.arrays import Collected, Numbers


class Record:
    """Takes every event of a client, over all of its workers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.runs: dict[str, Collected] = {}
        self.last_words: dict[str, e.LastWord] = {}
        self.answers: dict[str, e.Answer] = {}
        self.paused: dict[str, list[float]] = {}  # ms
        self.progress: dict[str, str] = {}  # the last text
        self._heard = time.monotonic()
        self._samples: Counter[str] = Counter()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._wrong: list[str] = []  # what must never be

    def take(self, event: e.AnyEvent, numbers: Numbers) -> None:
        """Note it, and what is wrong with it."""
        self._heard = time.monotonic()
        if isinstance(event, e.Answer):
            self._once(event.request_id, event.request_id in self.answers)
            self.answers[event.request_id] = event
        if isinstance(event, e.OfRun):
            self._counts[event.kind, event.run_id] += 1
            self._once(event.run_id, event.run_id in self.last_words)
            self.runs.setdefault(event.run_id, Collected()).take(event, numbers)
        match event:
            case e.Progress():
                self.progress[event.request_id] = event.text
            case e.Finished() | e.Failed():
                self.last_words[event.run_id] = event
            case e.Chunk():
                self._check_order(event, numbers)
            case e.Paused():
                self.paused.setdefault(event.run_id, []).append(event.time)

    @property
    def silence_s(self) -> float:
        """Since the last event."""
        return time.monotonic() - self._heard

    def count(self, kind: type[e.OfRun], run_id: str) -> int:
        """How many events of a kind there were about a run."""
        return self._counts[kind.model_fields["kind"].default, run_id]

    def check(self, runs: list[str], requests: list[str]) -> None:
        """Exactly one last word for each run and one answer for each request, and none for anything else."""
        assert self._wrong == []
        assert sorted(self.last_words) == sorted(runs)
        assert sorted(self.answers) == sorted(requests)

    def _once(self, name: str, again: bool) -> None:
        if again:
            self._wrong.append(f"something came after the last word on {name}")

    def _check_order(self, chunk: e.Chunk, numbers: Numbers) -> None:
        if chunk.first_sample != self._samples[chunk.run_id] or numbers.shape != (
            chunk.samples,
            chunk.traces,
        ):
            self._wrong.append(f"{chunk} does not follow {self._samples[chunk.run_id]} samples")
        self._samples[chunk.run_id] += len(numbers)


def check_beginning(samples: Numbers, reference: Numbers) -> None:
    """The samples are those of a run that nobody disturbed, bit for bit, as far as they go."""
    assert len(samples) <= len(reference)
    np.testing.assert_array_equal(samples.ravel(), reference[: len(samples)].ravel())
