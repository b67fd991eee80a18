"""Workers that are deaf, silent, too loud or dead, and windows that are busy."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from pytestqt.qtbot import QtBot

from engine.experiment.base import changed
from engine.experiment.conditions import Conditions
from engine.messages.conversation import Conversation, Received
from gui.session.patience import Patience
from gui.session.worker_client import WorkerClient
from gui.session.worker_process import WorkerProcess
from tests.fakes.commands import CELL, behaving
from tests.gui.conftest import Start

_BASE = Path()
_LONG = 20_000  # ms: a machine that is busy


@pytest.mark.parametrize("title", ["deaf", "stubborn", "mute"])
def test_that_a_worker_deaf_to_stop_is_killed_and_the_run_has_stopped(
    qtbot: QtBot, start: Start, title: str
) -> None:
    client, witness = start(stop_deadline_ms=100)
    with qtbot.waitSignal(client.started, timeout=_LONG):
        run_id = client.run(behaving(title), _BASE)
    with qtbot.waitSignal(client.finished, timeout=_LONG) as finished:
        client.stop()
        client.stop()
    assert finished.args[0].stopped
    samples = witness.runs[run_id].samples
    assert finished.args[0].time == pytest.approx(len(samples) * 0.025)


@pytest.mark.parametrize("scenario", ["silent", ""])
def test_that_a_silent_worker_is_ended(qtbot: QtBot, start: Start, scenario: str) -> None:
    client, _ = start(scenario, patience_ms=1500)
    with qtbot.waitSignal(client.failed, timeout=_LONG) as failed:
        client.run(behaving("mute"), _BASE)
    assert "said nothing for 1.5 s" in failed.args[0].what


def test_that_a_paused_run_may_be_silent(qtbot: QtBot, start: Start) -> None:
    client, _ = start()
    with qtbot.waitSignal(client.paused, timeout=_LONG):
        client.run(behaving("endless"), _BASE, paused=True)
    qtbot.waitUntil(lambda: not _is_watched(client))
    with qtbot.waitSignal(client.resumed, timeout=_LONG):
        client.resume()
        assert _is_watched(client)
    with qtbot.waitSignal(client.finished, timeout=_LONG):
        client.stop()
    qtbot.waitUntil(lambda: not _is_watched(client))


def _is_watched(client: WorkerClient) -> bool:
    assert client._process is not None
    return client._process._silence._timer.isActive()


def test_that_a_window_that_was_busy_itself_does_not_blame_the_worker(qtbot: QtBot) -> None:
    """The timer is overdue when the loop turns again, but the messages are there: they are read first."""
    patience = Patience(80)
    with qtbot.assertNotEmitted(patience.ran_out):
        patience.start()
        _be_busy(0.2)
        QCoreApplication.processEvents()
        patience.refresh()
    with qtbot.waitSignal(patience.ran_out, timeout=_LONG):
        pass


def _be_busy(seconds: float) -> None:
    """Compute, as a window does that has much to draw."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def test_that_a_window_that_does_not_read_holds_the_worker_up(
    qtbot: QtBot, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory stays bounded: no more is taken from the pipe at once than a pipe holds, and nothing is lost."""
    portions: list[int] = []
    heard = Conversation.heard

    def counted(self: Conversation, data: bytes) -> Iterator[Received]:
        portions.append(len(data))
        return heard(self, data)

    monkeypatch.setattr(Conversation, "heard", counted)
    client, witness = start()
    with qtbot.waitSignal(client.chunk, timeout=_LONG):
        run_id = client.run(behaving("endless", traces=10), _BASE)
    for _ in range(3):
        _be_busy(0.3)
        with qtbot.waitSignal(client.chunk, timeout=_LONG):
            pass
    with qtbot.waitSignal(client.finished, timeout=_LONG):
        client.stop()
    samples = witness.runs[run_id].samples
    np.testing.assert_array_equal(samples[:, 3], np.arange(len(samples)))
    assert max(portions) <= 2 * 65536


def test_that_no_turn_of_the_loop_is_long_however_much_there_is_to_tell(
    qtbot: QtBot, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not told yet is held back in the worker: nothing is read while there is a rest."""
    turns_s: list[float] = []
    rests: list[int] = []
    deliver, on_frames = WorkerProcess._deliver, WorkerProcess._on_frames

    def timed(self: WorkerProcess) -> None:
        began = time.thread_time()
        deliver(self)
        turns_s.append(time.thread_time() - began)

    def counted(self: WorkerProcess) -> None:
        rests.append(len(self._unread))
        on_frames(self)

    monkeypatch.setattr(WorkerProcess, "_deliver", timed)
    monkeypatch.setattr(WorkerProcess, "_on_frames", counted)
    client, _ = start()
    client.resumed.connect(lambda _event: _be_busy(0.001))
    with qtbot.waitSignal(client.resumed, timeout=_LONG):
        client.run(behaving("flood"), _BASE)
    qtbot.waitUntil(lambda: len(turns_s) > 200, timeout=_LONG)
    with qtbot.waitSignal(client.finished, timeout=_LONG):
        client.stop()
    assert sorted(turns_s)[len(turns_s) // 2] < 0.016
    assert max(rests) <= 1


@pytest.mark.parametrize("title", ["flood", "babble"])
def test_that_the_window_lives_through_a_flood(qtbot: QtBot, start: Start, title: str) -> None:
    client, _ = start()
    turns = []
    clock = QTimer()
    clock.timeout.connect(lambda: turns.append(0))
    sign = client.resumed if title == "flood" else client.printed
    with qtbot.waitSignal(sign, timeout=_LONG):
        client.run(behaving(title), _BASE)
    clock.start(0)
    qtbot.waitUntil(lambda: len(turns) > 30, timeout=_LONG)
    with qtbot.waitSignal(client.finished, timeout=_LONG) as finished:
        client.stop()
    assert finished.args[0].stopped


def test_that_lines_come_whole_and_from_each_process(qtbot: QtBot, start: Start) -> None:
    client, witness = start()
    with qtbot.waitSignal(client.loaded, timeout=_LONG):
        client.load(Path("größe.json"))
    qtbot.waitUntil(lambda: bool(witness.lines), timeout=_LONG)
    assert witness.lines == [f"loaded {Path('größe.json').absolute()}"]


def test_that_a_new_process_is_brought_as_far_as_the_last(qtbot: QtBot, start: Start) -> None:
    client, witness = start()
    with qtbot.waitSignals([client.loaded, client.prepared], timeout=_LONG):
        client.load(Path("circuit.json"))
        client.prepare([CELL], Conditions())
    with qtbot.waitSignal(client.failed, timeout=_LONG):
        client.run(behaving("dies SIGSEGV"), _BASE)
    qtbot.waitUntil(lambda: witness.lines.count("prepared 1") == 2, timeout=_LONG)
    with qtbot.waitSignal(client.finished, timeout=_LONG):
        client.run(behaving(), _BASE)
    assert witness.kinds().count("loaded") == 1, "what we asked for ourselves is no news"
    assert witness.kinds().count("hello") == 2
    loads = [line for line in witness.lines if line.startswith("loaded")]
    assert loads == [f"loaded {Path('circuit.json').absolute()}"] * 2


def test_that_a_process_that_dies_of_its_restoration_is_not_replaced_for_ever(
    qtbot: QtBot, start: Start, tmp_path: Path
) -> None:
    client, witness = start(f"counts-{tmp_path}")
    with qtbot.waitSignal(client.loaded, timeout=_LONG):
        client.load(Path("once-dies-later.json"))
    assert client._loaded is not None
    client._loaded = changed(client._loaded, circuit="dies-SIGKILL")  # as if its files had changed
    with qtbot.waitSignals([client.died, client.died], timeout=_LONG):
        client.kill()
    with qtbot.waitSignal(client.failed, timeout=_LONG):
        client.run(behaving(), _BASE)
    assert len(list(tmp_path.iterdir())) == 3
    assert list(witness.last_words.values()) == [1]


def test_that_shutdown_answers_what_is_owed_and_leaves_no_process(
    qtbot: QtBot, start: Start, tmp_path: Path
) -> None:
    client, witness = start(f"counts-{tmp_path}")
    with qtbot.waitSignal(client.chunk, timeout=_LONG):
        run_id = client.run(behaving("deaf"), _BASE)
    client.shutdown()
    assert witness.last_words == {run_id: 1}
    (process,) = tmp_path.iterdir()
    with pytest.raises(ProcessLookupError):
        os.kill(int(process.name), 0)
