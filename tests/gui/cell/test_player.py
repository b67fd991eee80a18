"""Playing what a run recorded in the whole cell."""

from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest

from gui.actions import check
from gui.panels.cell.player import PlayerBar
from gui.session import player as player_module
from gui.session.frames import Frames
from gui.session.playhead import Playhead
from gui.session.run import Run
from gui.session.run_list import RunList
from tests.gui.accessibility import nameless_controls
from tests.gui.cell.cells import CELL
from tests.gui.session.experiments import small


class Few(QObject):
    """What the bar needs of a session."""

    def __init__(self) -> None:
        super().__init__()
        self.playhead, self.runs = Playhead(self), RunList(self)

    def add(self, last=None, *, state="finished", tstop=100.0):
        run = Run("run", self.runs.next_number(), small(), datetime.now(UTC), state=state, tstop=tstop)
        if last is not None:  # something at each full ms
            run.frames = Frames(CELL, "v", "mV", 2, interval=1.0)
            run.frames.append(np.zeros((last + 1, 2), dtype=np.float32))
        self.runs.add(run)
        return run


@pytest.fixture
def session():
    return Few()


@pytest.fixture
def bar(session, qtbot):
    made = PlayerBar(session)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.player.pause()


@pytest.fixture
def player(bar):
    return bar.player


def test_that_it_goes_through_the_frames_as_fast_as_it_says(player, session):
    session.add(100)
    player.play_at(50)
    player.play()
    assert session.playhead.time == 0.0
    player.go_on(0.4)
    assert session.playhead.time == pytest.approx(20.0)
    player.play_at(10)
    player.go_on(0.4)
    assert session.playhead.time == pytest.approx(24.0)


def test_that_it_moves_by_itself_until_it_is_paused(player, session, qtbot):
    session.add(100)
    player.play()
    moments: list[float] = []
    session.playhead.moved.connect(moments.append)
    qtbot.waitUntil(lambda: len(moments) >= 3)
    player.pause()
    assert moments == sorted(moments) and len(set(moments)) == len(moments)
    assert not player._turns.isActive()


def test_that_it_stops_at_the_end_and_begins_again_from_there(player, session):
    session.add(100)
    player.play()
    player.go_on(1000)
    assert (session.playhead.time, player.is_playing) == (100.0, False)
    player.play()
    assert (session.playhead.time, player.is_playing) == (0.0, True)


def test_that_it_loops(player, session):
    session.add(100)
    player.toggle_loop()
    player.play()
    session.playhead.move(95.0)
    player.play_at(1000)
    player.go_on(0.015)
    assert session.playhead.time == pytest.approx(10.0)
    assert player.is_playing


def test_that_at_the_end_of_a_run_that_goes_on_it_shows_what_comes(player, session):
    session.add(50, state="running")
    player.play()
    player.go_on(1000)
    assert session.playhead.time is None
    assert not player.is_playing


def test_that_who_wants_the_newest_stops_it(player, session):
    session.add(100)
    player.play()
    session.playhead.move(None)
    assert not player.is_playing


def test_that_a_move_by_somebody_else_is_gone_on_from(player, session):
    session.add(100)
    player.play()
    session.playhead.move(60.0)
    player.play_at(100)
    player.go_on(0.1)
    assert session.playhead.time == pytest.approx(70.0)


def test_that_speeds_are_taken_in_turn_and_end_somewhere(player):
    player.play_at(500)
    player.change_speed(1)
    player.change_speed(1)
    assert player.speed == 1000
    for _ in range(20):
        player.change_speed(-1)
    assert player.speed == 1


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (None, player_module.NO_RUN),
        ({"last": None}, player_module.NO_FRAMES),
        ({"last": None, "state": "running"}, "Waiting for the first values…"),
    ],
)
def test_that_what_cannot_be_played_says_why(bar, session, qtbot, run, reason):
    if run is not None:
        session.add(**run)
    qtbot.waitUntil(lambda: bar.reason.text() == reason)
    assert bar.reason.isVisible()
    assert not any(each.isEnabled() for each in (bar.play, bar.loop, bar.slider, bar.speed))
    bar.player.play()
    assert session.playhead.time is None


def test_that_the_slider_shows_and_moves_the_moment(bar, session, qtbot):
    session.add(50, tstop=100.0)
    session.playhead.move(25.0)
    qtbot.waitUntil(lambda: bar.time.text() == "25.00 of 100 ms")
    assert bar.slider.value() == 2500
    bar.slider.setValue(4000)
    assert session.playhead.time == pytest.approx(40.0)
    bar.slider.setValue(9000)  # nothing is known of then
    assert session.playhead.time == 50.0
    QTest.keyClick(bar.slider, Qt.Key.Key_Escape)
    assert session.playhead.time is None
    qtbot.waitUntil(lambda: bar.time.text() == "newest, 50.00 ms")


def test_that_buttons_do_it_and_say_what_they_do(bar, session, qtbot):
    session.add(100)
    qtbot.waitUntil(bar.play.isEnabled)
    assert nameless_controls(bar) == []
    assert bar.play.accessibleName() == "Play"
    bar.play.click()
    qtbot.waitUntil(lambda: bar.play.accessibleName() == "Pause playing")
    bar.play.click()
    bar.loop.click()
    assert bar.player.loops and not bar.player.is_playing
    bar.speed.setCurrentIndex(0)
    bar.speed.activated.emit(0)
    assert bar.player.speed == 1


def test_that_its_actions_are_refreshed_when_they_mean_something_else(bar, session, qtbot):
    check(bar.actions())
    do = {action.id: action for action in bar.actions()}
    assert not do["player.play"].enabled()
    with qtbot.waitSignal(bar.actions_changed):
        session.add(100)
    assert do["player.play"].enabled() and do["player.play"].text() == "Play"
    do["player.faster"].run()
    assert bar.player.speed == 50
    with qtbot.waitSignal(bar.actions_changed):
        do["player.play"].run()
    assert do["player.play"].text() == "Pause playing"
