"""The client without Qt, against workers that behave well and badly."""

import os
import re
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from engine.client.client import Client, RefusedError
from engine.errors import SimulationError
from engine.experiment.conditions import Conditions
from engine.launch import WorkerCommand
from engine.messages import events as e
from engine.messages.arrays import Collected
from engine.messages.live import Temperature
from tests.fakes.commands import CELL, behaving, fake_worker

_BASE = Path()


def _words(client: Client, run_id: str) -> tuple[list[e.AnyEvent], Collected]:
    """All that is said until nothing more can come of this run, and until the worker has gone."""
    data, events = Collected(), []
    for event, numbers in client.follow(run_id):
        events.append(event)
        if isinstance(event, e.OfRun):
            data.take(event, numbers)
    while (heard := client.receive(timeout_s=0.05)) is not None:
        events.append(heard[0])
    assert Counter(event.run_id for event in events if isinstance(event, e.LastWord)) == {run_id: 1}
    return events, data


def test_that_all_samples_and_the_end_arrive() -> None:
    with Client(fake_worker()) as client:
        data = client.collect(client.run(behaving(traces=2), _BASE))
        assert not client.busy
    np.testing.assert_array_equal(data.samples, np.repeat(np.arange(400.0), 2).reshape(400, 2))
    assert isinstance(data.last_word, e.Finished) and not data.last_word.stopped


def test_that_requests_are_answered_while_progress_is_told() -> None:
    told: list[str] = []
    with Client(fake_worker()) as client:
        loaded, _ = client.answer(client.load(Path("c.json")), lambda event: told.append(event.kind))
        prepared, _ = client.answer(client.prepare([CELL], Conditions()))
        description, points = client.answer(client.describe(CELL, Conditions()))
    assert [loaded.kind, prepared.kind, description.kind] == ["loaded", "prepared", "description"]
    assert told == ["hello", "progress"]
    np.testing.assert_array_equal(points, np.arange(12.0).reshape(3, 4))


def test_that_a_refusal_is_an_error_with_its_sentence() -> None:
    with Client(fake_worker()) as client:
        with pytest.raises(RefusedError, match="no such circuit") as refused:
            client.answer(client.load(Path("bad.json")))
        assert refused.value.reason == "error"
        assert client.collect(client.run(behaving(), _BASE)).samples.shape == (400, 1)


def test_that_a_run_can_be_steered() -> None:
    with Client(fake_worker()) as client:
        run_id = client.run(behaving("endless"), _BASE, paused=True)
        events = (event for event, _ in client.follow(run_id))
        assert next(event for event in events if isinstance(event, e.Paused)).time == 0
        asked = client.set(Temperature(celsius=20))
        applied, _ = client.answer(asked)
        assert isinstance(applied, e.Applied) and applied.time == 0
        client.step(1.0)
        assert next(event for event in events if isinstance(event, e.Paused)).time == pytest.approx(1.0)
        client.resume()
        assert next(event for event in events if isinstance(event, e.Resumed)).time == pytest.approx(1.0)
        client.stop()
        *_, last = events
    assert isinstance(last, e.Finished) and last.stopped


@pytest.mark.parametrize(
    ("how", "said"),
    [("SIGKILL", "killed (SIGKILL)"), ("SIGSEGV", "crashed (SIGSEGV)"), ("0", "exit code 0")],
)
def test_that_a_death_keeps_the_samples_and_tells_the_cause(how: str, said: str) -> None:
    with Client(fake_worker()) as client:
        events, data = _words(client, client.run(behaving(f"dies {how}"), _BASE))
        assert not client.alive
        with pytest.raises(SimulationError, match=re.escape(said)):
            client.run(behaving(), _BASE)
    failed = events[-1]
    assert isinstance(failed, e.Failed)
    assert said in failed.what and failed.reason == "died" and f"last words before {how}" in failed.detail
    np.testing.assert_array_equal(data.samples[:, 0], np.arange(120.0))


@pytest.mark.parametrize("circuit", ["dies-SIGKILL", "dies-0"])
def test_that_a_dying_worker_leaves_no_request_unanswered(circuit: str) -> None:
    with Client(fake_worker()) as client:
        asked = [client.load(Path(circuit)), client.prepare([CELL], Conditions())]
        events, _ = _words(client, client.run(behaving(), _BASE))
    answers = [event for event in events if isinstance(event, e.Refused)]
    assert sorted(event.request_id for event in answers) == sorted(asked)
    assert {event.reason for event in answers} == {"died"}


@pytest.mark.parametrize(
    ("title", "quoted"),
    [("garbage", "soma(0-1)"), ("nonsense", "hello"), ("short", "4 bytes instead of 32")],
)
def test_that_what_is_no_message_is_quoted(title: str, quoted: str) -> None:
    with Client(fake_worker()) as client, pytest.raises(RefusedError) as failed:
        client.collect(client.run(behaving(title), _BASE))
    assert quoted in failed.value.what


def test_that_an_old_worker_is_explained() -> None:
    with Client(fake_worker("old")) as client, pytest.raises(RefusedError, match=r"999.*PYTHONPATH"):
        client.collect(client.run(behaving(), _BASE))


def test_that_a_program_that_cannot_start_is_named() -> None:
    with pytest.raises(SimulationError, match="no-such-python"):
        Client(WorkerCommand("no-such-python", (), {}, Path.cwd()))


@pytest.mark.parametrize("title", ["deaf", "mute"])
def test_that_a_worker_deaf_to_stop_is_killed_and_the_run_has_stopped(title: str) -> None:
    with Client(fake_worker(), stop_deadline_s=0.1) as client:
        run_id = client.run(behaving(title), _BASE)
        events = client.follow(run_id)
        while not isinstance(next(events)[0], e.Started):
            pass
        client.stop()
        *_, (last, _) = events
    assert isinstance(last, e.Finished) and last.stopped


@pytest.mark.parametrize("scenario", ["silent", ""])
def test_that_a_silent_worker_is_ended(scenario: str) -> None:
    impatient = Client(fake_worker(scenario), patience_s=1.5)
    with impatient as client, pytest.raises(RefusedError, match=r"said nothing for 1\.5 s"):
        client.collect(client.run(behaving("mute"), _BASE))


def test_that_a_client_that_does_not_listen_holds_the_worker_up() -> None:
    """The time it is away is no silence of the worker, and what waits in memory is bounded."""
    with Client(fake_worker(), patience_s=5.0) as client:
        run_id = client.run(behaving("endless", traces=10), _BASE)
        events = client.follow(run_id)
        while not isinstance(next(events)[0], e.Chunk):
            pass
        client._silence.left_s = 0.3
        portions = client._process._portions
        until = time.monotonic() + 20
        while not portions.full() and time.monotonic() < until:
            pass
        assert portions.full()
        data = Collected()
        client.stop()
        for event, numbers in events:
            data.take(event, numbers)
    np.testing.assert_array_equal(np.diff(data.samples[:, 0]), 1.0)
    assert len(data.samples) * 10 * 8 < 2 * 64 * 65536


def test_that_stop_may_come_from_another_thread() -> None:
    with Client(fake_worker()) as client:
        run_id = client.run(behaving("endless"), _BASE)
        stopping = threading.Thread(target=client.stop)
        events = client.follow(run_id)
        while not isinstance(next(events)[0], e.Chunk):
            pass
        stopping.start()
        *_, (last, _) = events
        stopping.join()
    assert isinstance(last, e.Finished) and last.stopped


def test_that_closing_leaves_no_process_and_answers_what_is_owed() -> None:
    with Client(fake_worker()) as client:
        run_id = client.run(behaving("deaf"), _BASE)
        while not isinstance(client.receive(), tuple):
            pass
    events, _ = _words(client, run_id)
    assert isinstance(events[-1], e.Failed) and "closed" in events[-1].what
    with pytest.raises(ProcessLookupError):
        os.kill(client.process_id, 0)


def test_that_printed_lines_come_whole() -> None:
    lines: list[str] = []
    with Client(fake_worker(), printed=lines.append) as client:
        client.answer(client.load(Path("größe.json")))
        client.answer(client.prepare([CELL], Conditions()))
    assert lines == [f"loaded {Path('größe.json').absolute()}", "prepared 1"]
