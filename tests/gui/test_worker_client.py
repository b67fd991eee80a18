"""The client of one worker, against workers that behave well and badly."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from engine.experiment.conditions import Conditions
from engine.launch import WorkerCommand
from engine.messages import events as e
from engine.messages.live import Temperature
from tests.fakes.commands import CELL, behaving
from tests.gui.conftest import Start

_BASE = Path()
_LONG = 20_000  # ms: a machine that is busy


def test_that_chunks_come_in_order_and_then_the_end(qtbot: QtBot, start: Start) -> None:
    client, witness = start()
    with qtbot.waitSignal(client.finished, timeout=_LONG) as finished:
        run_id = client.run(behaving(traces=2), _BASE)
    samples = witness.runs[run_id].samples
    np.testing.assert_array_equal(samples, np.repeat(np.arange(400.0), 2).reshape(400, 2))
    assert finished.args == [witness.events[-1]]
    assert witness.kinds() == ["hello", "started", "chunk", "finished"]
    assert not client.busy


def test_that_numbers_are_neither_copied_nor_converted(qtbot: QtBot, start: Start) -> None:
    client, _ = start()
    with qtbot.waitSignal(client.chunk, timeout=_LONG) as chunk:
        client.run(behaving(traces=3), _BASE)
    event, numbers = chunk.args
    assert (event.samples, event.traces) == numbers.shape == (40, 3)
    assert numbers.dtype == np.float64
    assert not numbers.flags.owndata


def test_that_every_request_is_answered_under_its_name(qtbot: QtBot, start: Start) -> None:
    client, witness = start()
    with qtbot.waitSignals([client.loaded, client.prepared, client.described], timeout=_LONG):
        asked = [
            client.load(Path("circuit.json")),
            client.prepare([CELL], Conditions()),
            client.describe(CELL, Conditions()),
        ]
    assert list(witness.answers) == asked
    assert witness.kinds() == ["hello", "progress", "loaded", "prepared", "description"]
    assert client.circuit == str(Path("circuit.json").absolute())


def test_that_a_description_brings_its_points(qtbot: QtBot, start: Start) -> None:
    client, _ = start()
    with qtbot.waitSignal(client.described, timeout=_LONG) as described:
        client.describe(CELL, Conditions())
    np.testing.assert_array_equal(described.args[1], np.arange(12.0).reshape(3, 4))


def test_that_what_cannot_be_done_is_refused(qtbot: QtBot, start: Start) -> None:
    client, _ = start()
    with qtbot.waitSignal(client.refused, timeout=_LONG) as refused:
        asked = client.load(Path("bad.json"))
    assert refused.args[0].request_id == asked
    assert client.circuit is None


def test_that_a_run_can_be_paused_changed_stepped_and_stopped(qtbot: QtBot, start: Start) -> None:
    client, witness = start()
    with qtbot.waitSignal(client.chunk, timeout=_LONG):
        run_id = client.run(behaving("endless"), _BASE)
    with qtbot.waitSignal(client.paused, timeout=_LONG) as paused:
        client.pause()
    reached = witness.runs[run_id].samples.shape[0]
    assert paused.args[0].time == pytest.approx(reached * 0.025)
    with qtbot.waitSignals([client.applied, client.snapshot_taken], timeout=_LONG):
        client.set(Temperature(celsius=20))
        client.take_snapshot()
    with qtbot.waitSignal(client.paused, timeout=_LONG):
        client.step(1.0)
    assert witness.runs[run_id].samples.shape[0] == reached + 40
    with qtbot.waitSignal(client.resumed, timeout=_LONG):
        client.resume()
    with qtbot.waitSignal(client.finished, timeout=_LONG) as finished:
        client.stop()
    assert finished.args[0].stopped


def test_that_a_run_may_begin_paused(qtbot: QtBot, start: Start) -> None:
    client, witness = start()
    with qtbot.waitSignal(client.paused, timeout=_LONG):
        client.run(behaving(), _BASE, paused=True)
    assert witness.kinds() == ["hello", "started", "paused"]
    with qtbot.waitSignal(client.finished, timeout=_LONG):
        client.resume()


def test_that_controls_without_a_run_do_nothing(start: Start) -> None:
    client, witness = start()
    for control in (client.pause, client.resume, client.step, client.stop, client.kill):
        control()
    client.cancel("unheard of")
    assert client.hello is None and witness.events == []


def test_that_runs_follow_each_other_in_one_process(qtbot: QtBot, start: Start) -> None:
    client, witness = start()
    for _ in range(3):
        with qtbot.waitSignal(client.finished, timeout=_LONG):
            client.run(behaving(), _BASE)
    assert witness.kinds().count("hello") == 1
    assert list(witness.last_words.values()) == [1, 1, 1]


def test_that_a_run_can_be_started_when_another_has_just_ended(qtbot: QtBot, start: Start) -> None:
    """A slot of `finished`, or of `failed` when the process is gone, may ask at once."""
    client, witness = start()

    class Again(QObject):
        left = 2

        def on_end(self, _event: object) -> None:
            if self.left:
                self.left -= 1
                client.run(behaving("dies SIGKILL" if self.left else "steady"), _BASE)

    again = Again()
    client.finished.connect(again.on_end)
    client.failed.connect(again.on_end)
    client.run(behaving(), _BASE)
    qtbot.waitUntil(lambda: len(witness.last_words) == 3, timeout=_LONG)
    assert [event.kind for event in witness.events if isinstance(event, e.LastWord)] == [
        "finished",
        "failed",
        "finished",
    ]


def test_that_a_dialog_opened_in_a_slot_does_not_stop_the_stream(qtbot: QtBot, start: Start) -> None:
    """A nested event loop goes on reading, and events keep their order."""
    client, witness = start()

    class Dialog(QObject):
        opened = False

        def on_chunk(self, *_: object) -> None:
            if not self.opened:
                self.opened = True
                qtbot.waitSignal(client.finished, timeout=_LONG).wait()

    dialog = Dialog()
    client.chunk.connect(dialog.on_chunk)
    with qtbot.waitSignal(client.finished, timeout=_LONG):
        run_id = client.run(behaving(), _BASE)
    np.testing.assert_array_equal(witness.runs[run_id].samples[:, 0], np.arange(400.0))
    assert witness.kinds() == ["hello", "started", "chunk", "finished"]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("SIGKILL", "killed (SIGKILL)"),
        ("SIGSEGV", "crashed (SIGSEGV)"),
        ("SIGABRT", "crashed (SIGABRT)"),
        ("SIGTERM", "from outside (SIGTERM)"),
        ("0", "by itself (exit code 0)"),
        ("7", "by itself (exit code 7)"),
        ("3", "cannot work here: last words before 3"),
    ],
)
def test_that_a_death_is_told_with_its_cause_and_the_last_words(
    qtbot: QtBot, start: Start, how: str, said: str
) -> None:
    client, witness = start()
    with qtbot.waitSignal(client.failed, timeout=_LONG) as failed:
        run_id = client.run(behaving(f"dies {how}"), _BASE)
    (event,) = failed.args
    assert said in event.what
    assert event.hint
    assert event.reason == "died"
    assert f"last words before {how}" in event.detail
    np.testing.assert_array_equal(witness.runs[run_id].samples[:, 0], np.arange(120.0))


@pytest.mark.parametrize("circuit", ["dies-SIGKILL", "dies-0"])
def test_that_requests_of_a_dying_worker_are_refused_once(qtbot: QtBot, start: Start, circuit: str) -> None:
    client, witness = start()
    with qtbot.waitSignal(client.failed, timeout=_LONG):
        asked = [client.load(Path(circuit)), client.prepare([CELL], Conditions())]
        run_id = client.run(behaving(), _BASE)
    assert witness.answers == dict.fromkeys(asked, 1)
    assert witness.last_words == {run_id: 1}
    assert all(event.reason == "died" for event in witness.events if isinstance(event, e.Refused))


@pytest.mark.parametrize("scenario", ["dies-SIGSEGV", "dies-1"])
def test_that_a_worker_that_never_says_hello_fails_the_run(qtbot: QtBot, start: Start, scenario: str) -> None:
    client, witness = start(scenario)
    for _ in range(2):
        with qtbot.waitSignal(client.failed, timeout=_LONG):
            client.run(behaving(), _BASE)
    assert len(witness.last_words) == 2


def test_that_a_missing_program_is_named(qtbot: QtBot, start: Start) -> None:
    client, _ = start(WorkerCommand("no-such-python", (), {}, Path.cwd()))
    for _ in range(2):
        with qtbot.waitSignal(client.failed, timeout=_LONG) as failed:
            client.run(behaving(), _BASE)
        assert "could not be started" in failed.args[0].what
        assert "no-such-python" in failed.args[0].hint


def test_that_an_old_worker_is_explained(qtbot: QtBot, start: Start) -> None:
    client, _ = start("old")
    with qtbot.waitSignal(client.failed, timeout=_LONG) as failed:
        client.run(behaving(), _BASE)
    assert "version 999" in failed.args[0].what
    assert "PYTHONPATH" in failed.args[0].hint


@pytest.mark.parametrize(
    ("title", "quoted"),
    [("garbage", "soma(0-1)"), ("nonsense", "hello"), ("short", "4 bytes instead of 32")],
)
def test_that_what_is_no_message_is_quoted_and_ends_the_run(
    qtbot: QtBot, start: Start, title: str, quoted: str
) -> None:
    client, witness = start()
    with qtbot.waitSignal(client.failed, timeout=_LONG) as failed:
        run_id = client.run(behaving(title), _BASE)
    assert quoted in failed.args[0].what
    np.testing.assert_array_equal(witness.runs[run_id].samples[:, 0], np.arange(120.0))


def test_that_printing_before_hello_is_quoted(qtbot: QtBot, start: Start) -> None:
    client, _ = start("prints")
    with qtbot.waitSignal(client.failed, timeout=_LONG) as failed:
        client.run(behaving(), _BASE)
    assert "NEURON -- VERSION 9" in failed.args[0].what
