"""The moment that all views show: who moves it back to the newest."""

from datetime import UTC, datetime

from pytestqt.qtbot import QtBot

from gui.session.run import Run
from gui.session.session import Session
from tests.gui.session.experiments import small


def test_that_a_run_that_begins_is_shown_at_its_newest_moment(fake_session: Session) -> None:
    fake_session.playhead.move(12.0)
    fake_session.runs.add(Run("run-1", 1, small(), datetime.now(UTC)))
    assert fake_session.playhead.time is None


def test_that_a_run_that_goes_on_is_shown_at_its_newest_moment(fake_session: Session) -> None:
    fake_session.playhead.move(12.0)
    fake_session.rig.state_changed.emit("running")
    assert fake_session.playhead.time == 12.0
    fake_session.rig.state_changed.emit("starting")
    assert fake_session.playhead.time is None


def test_that_it_tells_only_of_another_moment(fake_session: Session, qtbot: QtBot) -> None:
    told: list[float | None] = []
    fake_session.playhead.moved.connect(told.append)
    for time in (5.0, 5.0, None, None):
        fake_session.playhead.move(time)
    assert told == [5.0, None]
