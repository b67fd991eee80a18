"""Work that would hold up the window: in a thread, with progress, given up when nobody wants it any more."""

import functools
import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError


class CancelledError(Exception):
    """The task was given up; raised by `Task.report` inside of the work."""


class Task(QObject):
    """One piece of work. Lives in the window's thread; every task ends with exactly one `ended`.

    `done` and `failed` do not come any more once `cancel` was called.
    """

    progressed = Signal(object, object, object)  # done, total (0: not known), text
    done = Signal(object)  # what the work returned
    failed = Signal(object)  # EngineError
    ended = Signal()
    _returned = Signal(object, object)  # result, exception: from the thread to the window

    def __init__(self, work: Callable[["Task"], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.work = work
        self.cancelled = False
        self.is_over = False
        self._returned.connect(self._on_returned)

    def cancel(self) -> None:
        """Give it up: nothing of it is told any more."""
        self.cancelled = True

    def report(self, done: int = 0, total: int = 0, text: str = "") -> None:
        """Called by the work, often: tells how far it is, and leaves it if it was cancelled."""
        if self.cancelled:
            raise CancelledError
        self.progressed.emit(done, total, text)

    def perform(self) -> None:
        """Runs in a thread of the pool."""
        result, error = None, None
        try:
            result = None if self.cancelled else self.work(self)
        except BaseException as problem:  # noqa: BLE001 - it is told in the window's thread
            error = problem
        self._returned.emit(result, error)

    def _on_returned(self, result: object, error: BaseException | None) -> None:
        _UNDER_WAY.discard(self)
        self.is_over = True
        self.work = _nothing  # let go of what it held
        if self.cancelled or isinstance(error, CancelledError):
            pass
        elif error is None:
            self.done.emit(result)
        elif isinstance(error, EngineError):
            self.failed.emit(error)
        else:
            sys.excepthook(type(error), error, error.__traceback__)
        self.ended.emit()


# Python's own threads: one of Qt's gets a new Python state for each piece of work, and modules made with
# pybind11 (libsonata, MorphIO) keep the state of the thread that imported them, and crash on the next.
_POOL: Final = ThreadPoolExecutor(max_workers=max(os.cpu_count() or 1, 4), thread_name_prefix="background")
_SWITCH_S: Final = 0.0005

_UNDER_WAY: Final[set[Task]] = set()
_FUTURES: Final[set[Future[None]]] = set()


def give_way_quickly() -> None:
    """At the start of the program: let threads that compute give way to the window's ten times as often.

    Painting asks Python for each cell of a table, and may wait each time for a thread that computes.
    """
    sys.setswitchinterval(_SWITCH_S)


def in_background(
    work: Callable[[Task], Any],
    done: Callable[[Any], object],
    failed: Callable[[EngineError], object],
) -> Task:
    """Begin work in a thread; `done` or `failed` is called in this one. Keep the task to cancel it."""
    task = Task(work)
    _UNDER_WAY.add(task)
    task.done.connect(done)
    task.failed.connect(failed)
    future = _POOL.submit(task.perform)
    _FUTURES.add(future)
    future.add_done_callback(_FUTURES.discard)
    return task


def after_all(call: Callable[[], object]) -> None:
    """Call when all work that is under way now has ended: what it reads must not be closed before."""
    waiting = set(_UNDER_WAY)

    def ended(task: Task) -> None:
        waiting.discard(task)
        if not waiting:
            call()

    for task in tuple(waiting):
        task.ended.connect(functools.partial(ended, task))
    if not waiting:
        call()


def wait_for_all(milliseconds: int = 5_000) -> bool:
    """Before the program ends: give up all tasks and wait for their threads."""
    for task in tuple(_UNDER_WAY):
        task.cancel()
    return not wait(tuple(_FUTURES), milliseconds / 1000).not_done


def _nothing(_task: Task) -> None:
    return None
