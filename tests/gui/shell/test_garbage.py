"""The garbage of a long session goes; what the program is made of is not looked at again and again."""

import gc
import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from gui.garbage import GarbageCollector
from tests.gui.shell.conftest import Start


class _Circle:
    def __init__(self) -> None:
        self.me = self


def test_that_full_collections_leave_out_what_was_there_when_the_window_was_ready(start: Start) -> None:
    program, _ = start()
    assert gc.get_freeze_count() > 100_000 and len(gc.get_objects()) < 100_000
    program.end()
    assert gc.get_freeze_count() == 0 and gc.isenabled()


def test_that_circles_made_later_are_collected_by_the_event_loop(qtbot: QtBot) -> None:
    owner = QObject()
    collector = GarbageCollector(owner)
    collector.keep_what_is_there()
    circle = weakref.ref(_Circle())
    more: list[list[int]] = [[] for _ in range(gc.get_threshold()[0] + 1)]  # it has to be worth a collection
    qtbot.waitUntil(lambda: circle() is None)
    collector.stop()
    assert more
